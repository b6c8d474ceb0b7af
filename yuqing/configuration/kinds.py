"""
The kinds of values that stand in yuqing.yaml: times, spans, sizes, addresses, names. Each says what to write instead.
"""

from __future__ import annotations

import codecs
import re
from datetime import time, timedelta
from email.utils import parseaddr
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, WithJsonSchema

from core.i18n import _
from core.times import parse_span
from core.values import CHINESE, Kind

T = TypeVar("T")


def _listed(value: Any) -> Any:
    """A single value where a list is meant is a list of one; absent is empty."""
    return [] if value is None else [value] if isinstance(value, str) else value


Listed = Annotated[tuple[T, ...], BeforeValidator(_listed)]


def _filled(text: str) -> str:
    if not text.strip():
        raise ValueError(_("是空的；请写上内容，或删掉这一行。"))
    return text.strip()


Filled = Annotated[str, AfterValidator(_filled)]


def _moment(value: Any) -> Any:
    match = re.fullmatch(r"([01]?\d|2[0-3])[:：]([0-5]\d)", value.strip()) if isinstance(value, str) else None
    if not match:
        raise ValueError(_('写的是“{seen}”，不是时刻；请写 "08:00"。').format(seen=value))
    return time(int(match[1]), int(match[2]))


Moment = Annotated[time, BeforeValidator(_moment), PlainSerializer(lambda at: f"{at:%H:%M}", when_used="json")]


def _span(value: Any) -> Any:
    try:
        span = parse_span(str(value))
    except ValueError:
        raise ValueError(_("写的是“{seen}”，不是时长；请写 30s、10m、2h 或 1d。").format(seen=value)) from None
    if not span:
        raise ValueError(_("不能是 0；请写 30s、10m、2h 或 1d。"))
    return span


def span_text(span: timedelta) -> str:
    """A span as it is written in the file: "10m", "1h30m"."""
    left, parts = int(span.total_seconds()), []
    for unit, seconds in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        count, left = divmod(left, seconds)
        parts.append(f"{count}{unit}" if count else "")
    return "".join(parts)


Span = Annotated[timedelta, BeforeValidator(_span), PlainSerializer(span_text, when_used="json")]

_SIZES = {"KB": 10**3, "MB": 10**6, "GB": 10**9}


def _size(value: Any) -> Any:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(KB|MB|GB)", str(value).strip(), re.IGNORECASE)
    if not match:
        raise ValueError(_("写的是“{seen}”，不是大小；请写 500MB 或 2GB。").format(seen=value))
    return int(float(match[1]) * _SIZES[match[2].upper()])


Size = Annotated[
    int,
    BeforeValidator(_size),
    WithJsonSchema({"type": "string"}),
    PlainSerializer(lambda size: f"{size / 10**6:g}MB", when_used="json"),
]


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise ValueError(_("写的是“{seen}”，没有这个时区；请写 Asia/Shanghai 这样的名字。").format(seen=text)) from None
    return text


Zone = Annotated[str, AfterValidator(_zone)]


_MAIL = re.compile(r"[^\s@<>,;:\"]+@[^\s@<>,;:\"]+")


def _mail(text: str) -> str:
    if not _MAIL.fullmatch(parseaddr(text)[1]) or "\n" in text or "\r" in text:
        raise ValueError(_("写的是“{seen}”，不是邮件地址；请写 pr@xinghe.example 这样的。").format(seen=text))
    return text.strip()


Mail = Annotated[str, AfterValidator(_mail)]


def _web_address(text: str) -> str:
    try:
        parts = urlsplit(text.strip())
        host, _port = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https"):
        raise ValueError(_("写的是“{seen}”，不是网址；请写 https:// 开头的完整地址。").format(seen=text))
    if parts.username or parts.password:
        raise ValueError(_("网址里带了用户名或密码；雷达只看公开内容，请去掉。"))
    return text.strip()


WebAddress = Annotated[str, AfterValidator(_web_address)]


def _web_addresses(text: str) -> str:
    return ",".join(_web_address(each) for each in text.split(","))


WebAddresses = Annotated[str, AfterValidator(_web_addresses)]
"""One address or several with commas between: the nodes of one cluster."""


def _contact(text: str) -> str:
    if _MAIL.fullmatch(text.strip()):
        return text.strip()
    return _web_address(text)


Contact = Annotated[str, AfterValidator(_contact)]


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        message = _("写的是“{seen}”，不是正则表达式（{why}）。").format(seen=text, why=error)
        raise ValueError(message) from None
    return text


Pattern = Annotated[str, AfterValidator(_pattern)]


def _encoding(text: str) -> str:
    try:
        return codecs.lookup(text).name and text
    except LookupError:
        raise ValueError(_("写的是“{seen}”，没有这种编码；请写 utf-8、gbk 或 big5。").format(seen=text)) from None


Encoding = Annotated[str, AfterValidator(_encoding)]


def _hours(text: str) -> str:
    if not re.fullmatch(r"(?:[01]?\d|2[0-3]):[0-5]\d\s*-\s*(?:[01]?\d|2[0-3]):[0-5]\d", text.strip()):
        raise ValueError(_('写的是“{seen}”，不是时段；请写 "23:00-07:00"。').format(seen=text))
    return text.replace(" ", "")


Hours = Annotated[str, AfterValidator(_hours)]


def _identifier(text: str) -> str:
    if not re.fullmatch(r"\w[\w.-]{0,63}", text):
        raise ValueError(_("写的是“{seen}”；请用 1 到 64 个字母、数字、- 或 _。").format(seen=text))
    return text


Identifier = Annotated[str, AfterValidator(_identifier)]


def _index_name(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,60}", text):
        message = _("写的是“{seen}”；Elasticsearch 只认小写：请以字母开头，用小写字母、数字、- 和 _，至多 61 个。")
        raise ValueError(message.format(seen=text))
    return text


IndexName = Annotated[str, AfterValidator(_index_name)]


def _kind(value: Any) -> Any:
    return {chinese: kind for kind, chinese in CHINESE["kind"].items()}.get(value, value)


NamedKind = Annotated[Kind, BeforeValidator(_kind)]
