"""Facts from a plain JSON object, as `yuqing match` reads them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.errors import UsageError
from core.i18n import _
from core.times import SHANGHAI, parse_instant
from core.values import Facts
from search_index.query.fields import is_value, normal_value


def facts_of(raw: Mapping[str, Any], *, zone: ZoneInfo = SHANGHAI) -> Facts:
    """
    The facts that a JSON object gives: `title`, `body` or `text`, and single values or lists, ids or Chinese names.

    A date without an offset is in `zone`. Null, "" and [] are absent. Raises UsageError naming the key that is
    not what it should be.
    """
    if not isinstance(raw, Mapping):
        raise UsageError(_("一行应是一个 JSON 对象，例如 {example}").format(example='{"id": "1", "body": "…"}'))
    moments, heats = _moments(raw, zone), _numbers(raw, "heat")
    return Facts(
        id=_identity(raw),
        title=_text(raw, "title"),
        body=_text(raw, "body") or _text(raw, "text"),
        published_at=next(iter(moments), None),
        sentiment=_one(raw, "sentiment"),
        topics=_many(raw, "topics", "topic"),
        source=_many(raw, "source", "sources"),
        outlet=_one(raw, "outlet"),
        companies=_many(raw, "company", "companies"),
        author=_one(raw, "author"),
        status=_one(raw, "status"),
        level=_one(raw, "level"),
        kind=_one(raw, "kind"),
        heat=next(iter(heats), None),
        url=_one(raw, "url"),
        story=_one(raw, "story"),
        also=(
            *((key, value) for key in _SINGLE for value in _many(raw, key)[1:]),
            *(("date", moment) for moment in moments[1:]),
            *(("heat", heat) for heat in heats[1:]),
        ),
    )


_CLOSED = ("sentiment", "status", "level", "kind")
_SINGLE = (*_CLOSED, "outlet", "author", "url")
_QUERY_FIELD = {"topics": "topic", "sources": "source", "companies": "company"}


def _text(raw: Mapping[str, Any], key: str) -> str:
    value = raw.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise UsageError(_("{key} 应是文字，看到的是 {value}").format(key=key, value=_shown(value)))
    return value


def _many(raw: Mapping[str, Any], *keys: str) -> tuple[str, ...]:
    key = next((key for key in keys if raw.get(key) is not None), keys[0])
    return tuple(_value(key, item) for item in _given(raw.get(key)))


def _value(key: str, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise UsageError(_("{key} 应是一个值或一列值，看到的是 {value}").format(key=key, value=_shown(value)))
    field = _QUERY_FIELD.get(key, key)
    if field in ("url", "story"):
        return str(value)
    if field in _CLOSED and not is_value(field, str(value)):
        raise UsageError(_("{key} 没有“{value}”这个值").format(key=key, value=_shown(value)))
    known = normal_value(field, str(value))
    return known if field in (*_CLOSED, "topic") else str(value)


def _one(raw: Mapping[str, Any], key: str) -> str | None:
    found = _many(raw, key)
    return found[0] if found else None


def _identity(raw: Mapping[str, Any]) -> str:
    """The id as text; "" when there is none."""
    value = raw.get("id")
    if isinstance(value, (bool, list, Mapping)):
        raise UsageError(_("{key} 应是文字，看到的是 {value}").format(key="id", value=_shown(value)))
    return "" if value is None else str(value)


def _given(value: Any) -> list[Any]:
    """A value or a list as a list, without what is absent."""
    return [item for item in (value if isinstance(value, list) else [value]) if item is not None and item != ""]


def _numbers(raw: Mapping[str, Any], key: str) -> list[float]:
    return [_number(key, value) for value in _given(raw.get(key))]


def _number(key: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise UsageError(_("{key} 应是数，看到的是 {value}").format(key=key, value=_shown(value))) from None


def _moments(raw: Mapping[str, Any], zone: ZoneInfo) -> list[datetime]:
    return [_moment(value, zone) for value in _given(raw.get("date")) or _given(raw.get("published_at"))]


def _moment(value: Any, zone: ZoneInfo) -> datetime:
    if isinstance(value, str):
        try:
            return parse_instant(value, zone=zone).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    message = _("date 应是 ISO 8601 时间，例如 2026-11-20T08:00:00+08:00，看到的是 {value}")
    raise UsageError(message.format(value=_shown(value)))


def _shown(value: Any) -> str:
    return repr(value)[:40]
