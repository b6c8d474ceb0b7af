"""When a page is looked at again, and how many pages a round may take. Pure."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.times import SHANGHAI
from core.values import Page

LOOK_AGAIN = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=3), timedelta(days=7))
"""After its first fetch a document is looked at once more at these ages: edits and deletions come early."""

WITHOUT_VALIDATORS = timedelta(days=1)
"""A list is asked unconditionally this often: validators of some systems miss backdated articles."""

TRIES = 3
"""Rounds in which a page may fail before it is given up."""

RECHECKS_A_ROUND = 10
"""Known pages looked at again in one round, at most: new pages come first."""


def next_look(first: datetime, *, now: datetime) -> datetime | None:
    """When to look again at a document first fetched at `first`; None when it is old enough to be left alone."""
    return next((first + age for age in LOOK_AGAIN if first + age > now), None)


def ask_unconditionally(page: Page, *, now: datetime) -> bool:
    """True when the validators of a list page are to be left out this time."""
    asked = page.cursor.get("full_at")
    return asked is None or now - datetime.fromisoformat(asked) >= WITHOUT_VALIDATORS


_HOURS = re.compile(r"\s*(\d{1,2}):(\d{2})\s*[-~–至]\s*(\d{1,2}):(\d{2})\s*")


def is_quiet(hours: str | None, *, now: datetime, zone: ZoneInfo = SHANGHAI) -> bool:
    """True when `now` lies in quiet hours such as "23:00-07:00" (in the zone, over midnight too)."""
    found = _HOURS.fullmatch(hours or "")
    if not found:
        return False
    h1, m1, h2, m2 = (int(n) for n in found.groups())
    start, end, local = time(h1 % 24, m1), time(h2 % 24, m2), now.astimezone(zone).time()
    return start <= local < end if start <= end else local >= start or local < end
