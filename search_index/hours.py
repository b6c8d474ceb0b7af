"""Hours of some days as spans of instants, so that every engine counts the same ones. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from core.errors import UsageError
from core.i18n import _
from core.times import day_bounds, local_iso
from search_index.base import MAX_HOUR_DAYS
from search_index.query.ast import Query, Range, both
from search_index.rows import microseconds

Span = tuple[datetime, datetime]
_HOUR = timedelta(hours=1)


def hours_of(first: date, last: date, zone: ZoneInfo) -> list[Span]:
    """
    The hours from the first day to the last, both whole, as [start, end) in UTC.

    Counted in UTC from each day's beginning: where the clock is changed a day has 23 or 25 of them. Raises
    UsageError for more than MAX_HOUR_DAYS days and for days the wrong way round.
    """
    if not 0 < (last - first).days + 1 <= MAX_HOUR_DAYS:
        message = _("按小时统计最多 {n} 天，看到的是 {first} 到 {last}")
        raise UsageError(message.format(n=MAX_HOUR_DAYS, first=first, last=last))
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [span for day in days for span in _hours(*day_bounds(day, zone=zone))]


def _hours(start: datetime, end: datetime) -> Iterable[Span]:
    while start < end:
        yield start, min(start + _HOUR, end)
        start += _HOUR


def on_days(query: Query, first: date, last: date) -> Query:
    """What the query finds of these days: keeps the documents to count few."""
    return both([query, Range("date", first.isoformat(), last.isoformat())])


def ranges(hours: Sequence[Span]) -> list[dict[str, int]]:
    """The hours as both engines take them for a count by ranges of `ts`."""
    return [{"from": microseconds(start), "to": microseconds(end)} for start, end in hours]


def by_hour(hours: Sequence[Span], buckets: Iterable[dict[str, float]], zone: ZoneInfo) -> dict[str, int]:
    """Hour -> count of what an engine counted, empty hours as 0; an hour as its start with the zone's offset."""
    counts = {int(one["from"]): int(one["doc_count"]) for one in buckets if "from" in one and "to" in one}
    return {local_iso(start, zone=zone) or "": counts.get(microseconds(start), 0) for start, _end in hours}
