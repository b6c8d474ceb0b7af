"""Recognise pages where a site wants a log-in or a person. The crawl stops there; it never tries to pass."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import urlsplit

Wall = Literal["login", "captcha"]

_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_SCRIPT = re.compile(r"<(script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_CAPTCHA_TITLE = re.compile(
    r"安全验证|人机验证|访问验证|滑动验证|身份验证|验证码|百度安全|访问过于频繁|just a moment|attention required"
    r"|captcha|security check",
    re.IGNORECASE,
)
_CAPTCHA_TEXT = re.compile(
    r"请(?:输入|填写|完成).{0,8}(?:验证码|安全验证|人机验证)|拖动.{0,6}滑块|滑动.{0,6}(?:完成|进行)验证|访问(?:过于|太)频繁"
    r"|检测到异常(?:访问|流量|请求)|verify (?:that )?you are (?:a )?human|unusual traffic",
    re.IGNORECASE,
)
_LOGIN_PATH = re.compile(
    r"/(?:log-?in|sign-?in|passport|sso|cas/login)\b|[?&](?:action|mod)=login|mod=logging", re.IGNORECASE
)
_LOGIN_TEXT = re.compile(
    r"(?:您|你)?(?:需要|尚未|还没有|请先?|必须)登录|登录后(?:才能|可)|(?:please|must) (?:log|sign) ?in", re.IGNORECASE
)
_PASSWORD = re.compile(r"<input[^>]+type\s*=\s*[\"']?password", re.IGNORECASE)
_SHORT = 600  # characters of visible text: a wall says little, an article about CAPTCHAs says much


def wall_of(text: str, *, url: str) -> Wall | None:
    """The kind of wall that this HTML page is; None for a page that can be read. `url` is the final address."""
    head = text[:20_000]
    title = _TITLE.search(head)
    visible = " ".join(_TAG.sub(" ", _SCRIPT.sub(" ", text[:200_000])).split())
    short = len(visible) <= _SHORT
    if short and ((title and _CAPTCHA_TITLE.search(title[1])) or _CAPTCHA_TEXT.search(visible)):
        return "captcha"
    parts = urlsplit(url)
    at_login = bool(_LOGIN_PATH.search(f"{parts.path}?{parts.query}"))
    if at_login and (_PASSWORD.search(text) or short):
        return "login"
    return "login" if short and (_LOGIN_TEXT.search(visible) or _PASSWORD.search(text)) else None
