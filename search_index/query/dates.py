"""Dates of the query language as instants. The only file of the language that knows days, weeks and months."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from core.times import day_bounds, day_of
from search_index.query.ast import Range, Recent

Bounds = tuple[datetime | None, datetime | None]
"""Half-open [from, to) in UTC; None is open."""

_DATE = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?", re.ASCII)
_RECENT = re.compile(r"近(\d{1,5})(天|日|小时)", re.ASCII)
_NAMED = {"今天": "today", "昨天": "yesterday", "本周": "week", "本月": "month"}
_MOMENT = timedelta(microseconds=1)


def recent_of(text: str) -> Recent | None:
    """今天, 昨天, 本周, 本月, 近n天, 近n小时; None for anything else. Raises ValueError for 近0天."""
    if text in _NAMED:
        return Recent(_NAMED[text])  # type: ignore[arg-type]
    match = _RECENT.fullmatch(text)
    if not match:
        return None
    count = int(match[1])
    if count == 0:
        raise ValueError(text)
    return Recent("hours" if match[2] == "小时" else "days", count)


def recent_name(recent: Recent) -> str:
    """A moving span as it is written."""
    if recent.unit in ("days", "hours"):
        return f"近{recent.count}{'天' if recent.unit == 'days' else '小时'}"
    return next(name for name, unit in _NAMED.items() if unit == recent.unit)


def canonical_date(text: str) -> str:
    """A day as "2026-11-20" or a month as "2026-11". Raises ValueError for anything else and for impossible dates."""
    match = _DATE.fullmatch(text)
    if not match:
        raise ValueError(text)
    first = date(int(match[1]), int(match[2]), int(match[3] or 1))
    if not date.min.year < first.year < date.max.year:
        raise ValueError(text)  # the day before and after must exist, in UTC too
    return first.isoformat() if match[3] else first.isoformat()[:7]


def instants(node: Range | Recent, now: datetime, zone: ZoneInfo) -> Bounds:
    """The instants that a date range or a moving span covers, asked at `now`."""
    if isinstance(node, Recent):
        return _recent(node, now, zone)
    low = _whole(node.low, zone) if node.low else None
    high = _whole(node.high, zone) if node.high else None
    return (
        low[1 if node.low_excluded else 0] if low else None,
        high[0 if node.high_excluded else 1] if high else None,
    )


def _whole(text: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    if len(text) > len("2026-11"):
        return day_bounds(date.fromisoformat(text), zone=zone)
    first = date.fromisoformat(f"{text}-01")
    return _days(first, _last_of_month(first), zone)


def _last_of_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _days(first: date, last: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    return day_bounds(first, zone=zone)[0], day_bounds(last, zone=zone)[1]


def _recent(node: Recent, now: datetime, zone: ZoneInfo) -> Bounds:
    today = day_of(now, zone=zone)
    if node.unit == "hours":
        return now - timedelta(hours=node.count), now + _MOMENT
    if node.unit == "week":
        monday = today - timedelta(days=today.weekday())
        return _days(monday, monday + timedelta(days=6), zone)
    if node.unit == "month":
        return _days(today.replace(day=1), _last_of_month(today), zone)
    back = {"today": 0, "yesterday": 1, "days": node.count - 1}[node.unit]
    first = today - timedelta(days=back)
    return _days(first, first if node.unit == "yesterday" else today, zone)
