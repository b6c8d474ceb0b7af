"""Stories of a finite list of documents, with the part each plays: what the `stories` filter prints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from analysis.stories.place import DictMemory, place
from analysis.stories.sketch import band_keys
from core.times import parse_instant
from core.values import StoryMember

_START = datetime(2000, 1, 1, tzinfo=UTC)  # nothing on the web that we watch is older
_OLD = timedelta(days=30)  # an hour of publishing so long before all others of a story is a mistake or a template's


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
            seen_at=_START + timedelta(seconds=at),  # the order of the input stands for the order of discovery
            outlet=row.get("outlet"),
            memory=memory,
        )
        memory.add(member, band_keys(member.sketch))
        members.append(member)
    firsts = _firsts(members)
    return [{"id": m.document, "story": m.story, "event": m.event, "role": _role(m, firsts[m.story])} for m in members]


def first_of(members: Iterable[StoryMember]) -> StoryMember:
    """The member that published first by a credible time; without any, the one that was seen first."""
    told = list(members)
    times = sorted(m.published_at for m in told if m.published_at and m.published_at > _START)
    if not times:
        return told[0]
    middle = times[len(times) // 2]
    credible = [m for m in told if m.published_at and m.published_at > _START and m.published_at > middle - _OLD]
    return min(credible, key=lambda m: m.published_at or middle)


def _firsts(members: Iterable[StoryMember]) -> dict[str, tuple[str, int]]:
    """Story -> the document that was first and how many tell it."""
    stories: dict[str, list[StoryMember]] = {}
    for member in members:
        stories.setdefault(member.story, []).append(member)
    return {story: (first_of(told).document, len(told)) for story, told in stories.items()}


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
