"""Story membership, and the memory that `analysis.stories` decides on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from core.values import StoryMember
from store.schema import story_bands, story_members

CHUNK = 500


class StoredStories:
    """`core.ports.StoryMemory` inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def candidates(self, bands: Sequence[int]) -> Iterable[StoryMember]:
        """See `StoryMemory.candidates`."""
        if not bands:
            return []
        shared = select(story_bands.c.document_id).where(story_bands.c.band.in_(list(bands)))
        query = select(story_members).where(story_members.c.document_id.in_(shared))
        rows = self._connection.execute(query.order_by(story_members.c.seen_at, story_members.c.document_id))
        return [_member(row._asdict()) for row in rows]

    def add(self, member: StoryMember, bands: Sequence[int]) -> None:
        """See `StoryMemory.add`."""
        for table in (story_bands, story_members):
            self._connection.execute(delete(table).where(table.c.document_id == member.document))
        row = asdict(member)
        row["document_id"] = row.pop("document")
        self._connection.execute(insert(story_members).values(row))
        if bands:
            rows = [{"band": band, "document_id": member.document} for band in set(bands)]
            self._connection.execute(insert(story_bands), rows)


def _member(row: dict[str, Any]) -> StoryMember:
    row["document"] = row.pop("document_id")
    return StoryMember(**row)


def members(connection: Connection, story: str) -> list[StoryMember]:
    """The members of a story, the first to be published first (by discovery where that is unknown)."""
    query = select(story_members).where(story_members.c.story == story)
    order = func.coalesce(story_members.c.published_at, story_members.c.seen_at)
    return [_member(row._asdict()) for row in connection.execute(query.order_by(order, story_members.c.document_id))]


def members_of(connection: Connection, stories: Sequence[str]) -> dict[str, list[str]]:
    """Story -> the documents that belong to it."""
    found: dict[str, list[str]] = {}
    for start in range(0, len(stories), CHUNK):
        chosen = story_members.c.story.in_(stories[start : start + CHUNK])
        for row in connection.execute(select(story_members.c.story, story_members.c.document_id).where(chosen)):
            found.setdefault(row.story, []).append(row.document_id)
    return found


def stories_of(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """Document id -> its story, of those that have one."""
    found: dict[str, str] = {}
    for start in range(0, len(ids), CHUNK):
        chosen = story_members.c.document_id.in_(ids[start : start + CHUNK])
        rows = connection.execute(select(story_members.c.document_id, story_members.c.story).where(chosen))
        found |= {row.document_id: row.story for row in rows}
    return found
