"""The steps that a page of the frontier takes: read, unmoved, missed. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from core.times import iso
from core.values import Page, PageState
from crawlers.schedule import TRIES, next_look
from crawlers.trip import Fetched


def is_list(page: Page) -> bool:
    """True for pages that lead to others and are asked for in every round."""
    return page.role in ("list", "feed")


def was_read(page: Page) -> bool:
    """True when documents have come from this page before."""
    return page.content_hash is not None


def done(page: Page, fetched: Fetched, *, round_id: str, **changes: Any) -> Page:
    """The page as read in this round, with its validators and its next look; `changes` are further fields."""
    cursor = {key: value for key, value in changes.pop("cursor", page.cursor).items() if key != "tries"}
    if is_list(page):
        cursor["full_at"] = iso(fetched.at)
    return replace(
        page,
        state="done",
        round=round_id,
        fetched_at=fetched.at,
        status=fetched.status,
        etag=fetched.etag,
        last_modified=fetched.last_modified,
        misses=0,
        reason=None,
        cursor=cursor,
        next_at=_next_look(page, fetched.at),
        **changes,
    )


def unmoved(page: Page, *, round_id: str, now: datetime) -> Page:
    """The page after the site said that it did not change."""
    return replace(page, state="done", round=round_id, status=304, misses=0, next_at=_next_look(page, now))


def missed(page: Page, *, now: datetime, status: int | None = None, reason: str | None = None) -> Page:
    """A page that failed: a known document waits for its next look, a new one for some more rounds."""
    tries = int(page.cursor.get("tries", 0)) + 1
    state: PageState = page.state
    if tries >= TRIES:
        state = "done" if was_read(page) else "failed"
    reason, cursor = reason or f"http {status}", {**page.cursor, "tries": tries}
    return replace(page, state=state, status=status, reason=reason, cursor=cursor, next_at=_next_look(page, now))


def _next_look(page: Page, now: datetime) -> datetime | None:
    return None if is_list(page) else next_look(page.discovered_at or now, now=now)
