"""Where a crawl stops: pages that want a log-in or a person, and pages about a person. It never tries to pass."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import urlsplit

Wall = Literal["login", "captcha"]

_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_SCRIPT = re.compile(r"<(script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_CAPTCHA_TITLE = re.compile(
    r"\s*(?:百度)?(?:(?:安全|人机|访问|滑动|身份)验证|(?:请?输入)?验证码|访问过于频繁|just a moment\W*"
    r"|attention required!?|captcha|security check)\s*(?:[-_|–—].*)?",
    re.IGNORECASE | re.DOTALL,
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
_SHORT = 300  # characters of visible text: a wall says little, an article about CAPTCHAs says much
_ONLY_A_FORM = 120  # characters beside a password field: many pages carry a small log-in form


def wall_of(text: str, *, url: str) -> Wall | None:
    """The kind of wall that this HTML page is; None for a page that can be read. `url` is the final address."""
    head = text[:20_000]
    title = _TITLE.search(head)
    visible = _visible(text)
    short = len(visible) <= _SHORT
    if short and ((title and _CAPTCHA_TITLE.fullmatch(title[1])) or _CAPTCHA_TEXT.search(visible)):
        return "captcha"
    parts = urlsplit(url)
    at_login = bool(_LOGIN_PATH.search(f"{parts.path}?{parts.query}"))
    if at_login and (_PASSWORD.search(text) or short):
        return "login"
    form = len(visible) <= _ONLY_A_FORM and _PASSWORD.search(text)
    return "login" if form or (short and _LOGIN_TEXT.search(visible)) else None


_GONE = re.compile(
    r"(?:文章|内容|页面|网页|稿件|帖子|信息|新闻)[^，。]{0,8}(?:已被?(?:作者|发布者|管理员)?(?:删除|撤下|下线)|不存在|已失效)"
    r"|(?:page|article|content) (?:was |has been )?(?:not found|deleted|removed)",
    re.IGNORECASE,
)


def says_gone(text: str) -> str | None:
    """What a page answers in place of a deleted article although its status is 200; None for any other page."""
    visible = _visible(text)
    found = _GONE.search(visible) if len(visible) <= _SHORT else None
    return found[0] if found else None


def _visible(text: str) -> str:
    return " ".join(_TAG.sub(" ", _SCRIPT.sub(" ", text[:200_000])).split())


_PROFILE = re.compile(
    r"/(?:authors?|users?|u|members?|profiles?|space)/[^/?#]+/?(?:[?#]|$)|[?&]mod=space\b|/space-(?:uid|username)-"
    r"|/space\.php\b",
    re.IGNORECASE,
)


def is_profile(url: str) -> bool:
    """True for the address of somebody's profile page: never fetched."""
    return bool(_PROFILE.search(url))
