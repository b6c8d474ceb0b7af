"""Instants are aware UTC inside; only this file knows that a "day" is a day in a zone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
Clock = Callable[[], datetime]
"""Gives the present instant, aware UTC. Handed to whatever needs one."""


def parse_instant(text: str, *, zone: ZoneInfo = SHANGHAI) -> datetime:
    """ISO 8601 text as aware UTC; a time without an offset is in `zone`. Raises ValueError."""
    moment = datetime.fromisoformat(text.strip())
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def iso(moment: datetime | None) -> str | None:
    """An aware instant as ISO 8601 UTC with seconds, "2026-11-20T00:30:00+00:00"; None stays None."""
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else None


def local_iso(moment: datetime | None, *, zone: ZoneInfo = SHANGHAI) -> str | None:
    """An aware instant as ISO 8601 with the zone's offset; None stays None."""
    return moment.astimezone(zone).isoformat(timespec="seconds") if moment else None


def day_of(moment: datetime, *, zone: ZoneInfo = SHANGHAI) -> date:
    """The calendar day of an aware instant in the zone."""
    return moment.astimezone(zone).date()


def day_bounds(day: date, *, zone: ZoneInfo = SHANGHAI) -> tuple[datetime, datetime]:
    """The half-open interval [start, end) of a calendar day, in UTC."""
    start = datetime.combine(day, time.min, zone)
    end = datetime.combine(day + timedelta(days=1), time.min, zone)
    return start.astimezone(UTC), end.astimezone(UTC)


_SPAN = re.compile(r"(\d+)(s|m|h|d)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def parse_span(text: str) -> timedelta:
    """A span such as "90s", "10m", "2h", "1d" or "1h30m". Raises ValueError."""
    parts = _SPAN.findall(text)
    if not parts or "".join(n + unit for n, unit in parts) != text.strip():
        raise ValueError(text)
    return timedelta(seconds=sum(int(n) * _SECONDS[unit] for n, unit in parts))
