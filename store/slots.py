"""Job slots and briefs: a row is the claim, so a late start, a restart or a second scheduler finds it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from store.schema import briefs, job_slots


def claim(connection: Connection, job: str, slot: str, *, owner: str, now: datetime) -> bool:
    """Claim one slot of a job. False when somebody has it."""
    try:
        with connection.begin_nested():
            connection.execute(insert(job_slots).values(job=job, slot=slot, claimed_at=now, owner=owner))
    except IntegrityError:
        return False
    return True


def finish(connection: Connection, job: str, slot: str, outcome: str) -> None:
    """Record what came of a slot."""
    here = (job_slots.c.job == job) & (job_slots.c.slot == slot)
    connection.execute(update(job_slots).where(here).values(outcome=outcome))


def add_brief(
    connection: Connection, *, company: str, day: date, figures: Any, message_key: str, now: datetime
) -> bool:
    """Keep a day's brief. False when the day has one: nothing is written."""
    if brief_of(connection, company, day) is not None:
        return False
    row = {"company": company, "day": day.isoformat(), "created_at": now}
    connection.execute(insert(briefs).values(row | {"figures": figures, "message_key": message_key}))
    return True


def brief_of(connection: Connection, company: str, day: date) -> dict[str, Any] | None:
    """The kept brief of a day: created_at, figures, message_key; None when there is none."""
    query = select(briefs).where(briefs.c.company == company, briefs.c.day == day.isoformat())
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def last_brief(connection: Connection, company: str) -> dict[str, Any] | None:
    """The brief of the latest day; None before the first."""
    query = select(briefs).where(briefs.c.company == company).order_by(briefs.c.day.desc()).limit(1)
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None
