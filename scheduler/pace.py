"""How often a source is read: slower while nothing is new, faster when there is; or at times of the day. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.values import RoundReport, Source

ROUNDS_WEIGHED = 20
"""Rounds that a pace is worked out from. From 10 minutes a source comes to 12 hours within eleven quiet rounds."""

SLOWER, FASTER = 1.5, 0.5
"""One quiet round makes the interval half as long again, one with something new halves it: back to the floor from
the ceiling within a few rounds, while a quiet night costs a third of the requests."""


def interval_of(source: Source, rounds: Sequence[RoundReport]) -> timedelta:
    """
    The interval to the next round, between `every` and `every_max`; `rounds` newest first.

    A round that failed or was cut off tells nothing and leaves the interval as it was. Without `every_max` it is
    always `every`.
    """
    if source.every_max is None:
        return source.every
    interval = source.every
    for report in reversed(rounds[:ROUNDS_WEIGHED]):
        if report.finished and report.pages:
            interval *= FASTER if report.documents else SLOWER
            interval = min(max(interval, source.every), max(source.every_max, source.every))
    return interval


def last_slot(times: Iterable[time], now: datetime, *, zone: ZoneInfo) -> datetime:
    """The latest instant not after `now` at which one of these times of the day began in the zone."""
    today = now.astimezone(zone).date()
    days = (today - timedelta(days=1), today)
    return max(at for day in days for one in times if (at := datetime.combine(day, one, zone)) <= now)
