"""Story membership, and the memory that `analysis.stories` decides on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from sqlalchemy import BigInteger, ColumnElement, Connection, delete, func, insert, select, type_coerce

from core.values import StoryMember
from store.schema import milliseconds, story_bands, story_members

CHUNK = 500
_LOOK = 50  # members loaded at a time: about as many as the comparison looks at
_COLUMNS = tuple(
    story_members.c[name] for name in ("document_id", "story", "event", "sketch", "seen_at", "published_at", "outlet")
)  # in the order of StoryMember


class StoredStories:
    """
    `core.ports.StoryMemory` inside one transaction; to be used for one batch.

    `recall` asks for the bands of many documents in one go. What is remembered is a candidate at once and written
    by `write`, the members of a batch together.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._bands: dict[int, set[str]] = {}
        self._seen: dict[str, int] = {}  # document -> when it was seen, in milliseconds
        self._members: dict[str, StoryMember] = {}
        self._unwritten: dict[str, Sequence[int]] = {}

    def recall(self, bands: Iterable[int]) -> None:
        """Look up who shares these bands, unless that is known already."""
        unknown = [band for band in dict.fromkeys(bands) if band not in self._bands]
        self._bands |= {band: set() for band in unknown}
        met: set[str] = set()
        for start in range(0, len(unknown), CHUNK):
            shared = story_bands.c.band.in_(unknown[start : start + CHUNK])
            for band, document in self._connection.execute(select(story_bands).where(shared)):
                self._bands[band].add(document)
                met.add(document)
        self._look_up_times(list(met.difference(self._seen)))

    def _look_up_times(self, ids: Sequence[str]) -> None:
        seen = type_coerce(story_members.c.seen_at, BigInteger)
        for start in range(0, len(ids), CHUNK):
            query = select(story_members.c.document_id, seen)
            rows = self._connection.execute(query.where(story_members.c.document_id.in_(ids[start : start + CHUNK])))
            self._seen |= {row[0]: row[1] for row in rows}

    def candidates(self, bands: Sequence[int]) -> Iterator[StoryMember]:
        """See `StoryMemory.candidates`. Loaded as they are asked for."""
        self.recall(bands)
        sharing = set(chain.from_iterable(self._bands[band] for band in bands))
        ids = sorted(sharing, key=lambda document: (self._seen[document], document))
        for start in range(0, len(ids), _LOOK):
            look = ids[start : start + _LOOK]
            self._load([document for document in look if document not in self._members])
            yield from (self._members[document] for document in look)

    def _load(self, ids: Sequence[str]) -> None:
        if ids:
            rows = self._connection.execute(select(*_COLUMNS).where(story_members.c.document_id.in_(ids)))
            self._members |= {row[0]: StoryMember(*row) for row in rows}

    def add(self, member: StoryMember, bands: Sequence[int]) -> None:
        """See `StoryMemory.add`."""
        self.remember(member, bands)
        self.write()

    def remember(self, member: StoryMember, bands: Sequence[int]) -> None:
        """Like `add`, to be written later."""
        self.recall(bands)
        for sharing in self._bands.values() if member.document in self._seen else ():
            sharing.discard(member.document)
        for band in bands:
            self._bands[band].add(member.document)
        self._seen[member.document] = milliseconds(member.seen_at)
        self._members[member.document] = member
        self._unwritten[member.document] = bands

    def write(self) -> None:
        """Write what was remembered."""
        if not self._unwritten:
            return
        ids = list(self._unwritten)
        for table in (story_bands, story_members):
            self._connection.execute(delete(table).where(table.c.document_id.in_(ids)))
        self._connection.execute(insert(story_members), [_row(self._members[document]) for document in ids])
        bands = [(band, document) for document, keys in self._unwritten.items() for band in dict.fromkeys(keys)]
        if bands:
            self._connection.execute(insert(story_bands), [{"band": b, "document_id": d} for b, d in sorted(bands)])
        self._unwritten.clear()


def _row(member: StoryMember) -> dict[str, object]:
    names = ("story", "event", "sketch", "seen_at", "published_at", "outlet")
    return {"document_id": member.document} | {name: getattr(member, name) for name in names}


def members(connection: Connection, story: str) -> list[StoryMember]:
    """The members of a story, the first to be published first (by discovery where that is unknown)."""
    query = select(*_COLUMNS).where(story_members.c.story == story)
    rows = connection.execute(query.order_by(_published(), story_members.c.document_id))
    return [StoryMember(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Beginning:
    """How many tell a story, and who published it first; `at` is None where that does not say when."""

    size: int
    outlet: str | None
    at: datetime | None


def beginnings(connection: Connection, stories: Iterable[str]) -> dict[str, Beginning]:
    """Story -> its beginning, of those that have members."""
    found: dict[str, Beginning] = {}
    columns = (story_members.c.story, story_members.c.outlet, story_members.c.published_at)
    wanted = list(dict.fromkeys(stories))
    for start in range(0, len(wanted), CHUNK):
        chosen = story_members.c.story.in_(wanted[start : start + CHUNK])
        query = select(*columns).where(chosen).order_by(_published().desc(), story_members.c.document_id.desc())
        for story, outlet, at in connection.execute(query):  # the first comes last
            known = found.get(story)
            found[story] = Beginning(known.size + 1 if known else 1, outlet, at)
    return found


def _published() -> ColumnElement[datetime]:
    return func.coalesce(story_members.c.published_at, story_members.c.seen_at)


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
