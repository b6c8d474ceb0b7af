"""What is due, decided from rows and the time alone. Pure; APScheduler only wakes whoever asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from core.times import SHANGHAI, day_of
from core.values import RoundReport, Source
from scheduler.pace import last_slot
from scheduler.radar import BriefPlan

CATCH_UP = timedelta(days=3)  # a long weekend; an older brief would be history
SLIP = timedelta(minutes=1)  # a round begun while we looked is not from the future
LATE_AFTER = timedelta(minutes=30)


def due_sources(
    sources: Iterable[Source],
    last: Mapping[str, RoundReport],
    now: datetime,
    *,
    intervals: Mapping[str, timedelta] | None = None,
    zone: ZoneInfo = SHANGHAI,
) -> list[Source]:
    """
    The crawled sources whose round is due: never crawled, stopped in mid-round, or an interval ago.

    The interval is the one in `intervals` (see `scheduler.pace`), else `every`. A source with times of the day is
    due when one of them has passed since its last round, so a time slept through is made up for once. A clock
    that was set back does not stop a source: it is due when its last round lies in the future.
    """
    paces = intervals or {}
    crawled = (source for source in sources if source.channel != "import")
    return [s for s in crawled if _is_due(s, last.get(s.id), now, interval=paces.get(s.id, s.every), zone=zone)]


def _is_due(source: Source, last: RoundReport | None, now: datetime, *, interval: timedelta, zone: ZoneInfo) -> bool:
    if last is None or is_open(last) or last.started_at - now > SLIP:
        return True
    if source.at:
        return last.started_at < last_slot(source.at, now, zone=zone)
    return now - last.started_at >= interval


def is_open(report: RoundReport) -> bool:
    """True for a round that began and has not ended: its process died, or is still at it."""
    return not report.finished and report.finished_at == report.started_at


@dataclass(frozen=True, slots=True)
class DueBrief:
    """A day whose brief should go now; `late_by` is None within half an hour of its time."""

    day: date
    late_by: timedelta | None


def due_briefs(plan: BriefPlan, *, now: datetime, zone: ZoneInfo, since: date, have: Set[date]) -> list[DueBrief]:
    """
    The days whose brief is due and not made, oldest first.

    The brief of a day goes on the next sending day at `plan.at`; days before `since` (when the radar began
    to listen) have none. Older than CATCH_UP is left out.
    """
    today = day_of(now, zone=zone)
    due = []
    for back in range(1, 12):
        day = today - timedelta(days=back)
        at = sending_time(plan, day, zone=zone)
        if at is None or day < since or day in have or not timedelta(0) <= now - at <= CATCH_UP:
            continue
        due.append(DueBrief(day, now - at if now - at > LATE_AFTER else None))
    return sorted(due, key=lambda brief: brief.day)


def sending_time(plan: BriefPlan, day: date, *, zone: ZoneInfo) -> datetime | None:
    """When the brief of a day goes: `plan.at` on the first sending day after it. None without sending days."""
    for ahead in range(1, 8):
        sending = day + timedelta(days=ahead)
        if sending.weekday() in plan.weekdays:
            return datetime.combine(sending, plan.at, zone)
    return None
