"""Stories of a finite list of documents, with the part each plays: what the `stories` filter prints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from analysis.stories.place import DictMemory, place
from analysis.stories.sketch import band_keys
from core.stories import first_of
from core.times import parse_instant
from core.values import StoryMember

_ORDER = datetime(1970, 1, 1, tzinfo=UTC)  # before `core.stories.BEGINNING`: an order of discovery without its time


def stories_of(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """
    {"id", "story", "event", "role"} for each row, in the order of the rows.

    Rows have id, title, text or body, published_at (ISO 8601 or None), outlet. The role is "first" for the
    earliest credible publish time of a story, "reprint" for its others, "single" when it is alone.
    """
    memory, members = DictMemory(), []
    for at, row in enumerate(rows):
        member = place(
            str(row["id"]),
            title=row.get("title"),
            text=row.get("text") or row.get("body") or "",
            published_at=_instant(row.get("published_at")),
            seen_at=_ORDER + timedelta(seconds=at),  # the order of the input stands for the order of discovery
            outlet=row.get("outlet"),
            memory=memory,
        )
        memory.add(member, band_keys(member.sketch))
        members.append(member)
    firsts = _firsts(members)
    return [{"id": m.document, "story": m.story, "event": m.event, "role": _role(m, firsts[m.story])} for m in members]


def _firsts(members: Iterable[StoryMember]) -> dict[str, tuple[str, int]]:
    """Story -> the document that was first and how many tell it."""
    stories: dict[str, list[StoryMember]] = {}
    for member in members:
        stories.setdefault(member.story, []).append(member)
    return {story: (first_of(told).member.document, len(told)) for story, told in stories.items()}


def _role(member: StoryMember, first: tuple[str, int]) -> str:
    document, size = first
    if size == 1:
        return "single"
    return "first" if member.document == document else "reprint"


def _instant(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        return None
    try:
        return parse_instant(value)
    except ValueError:
        return None
