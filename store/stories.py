"""Story membership, and the memory that `analysis.stories` decides on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from sqlalchemy import BigInteger, ColumnElement, Connection, bindparam, delete, func, insert, select, type_coerce

from core.ports import Span
from core.stories import KEPT_PER_KEY, Rank, by_closeness, first_of
from core.values import StoryMember
from store.schema import milliseconds, story_bands, story_members

CHUNK = 500
_LOOK = 50  # members loaded at a time: about as many as the comparison looks at
_COLUMNS = tuple(
    story_members.c[name]
    for name in ("document_id", "story", "event", "sketch", "seen_at", "published_at", "outlet", "apart")
)  # in the order of StoryMember


class StoredStories:
    """
    `core.ports.StoryMemory` inside one transaction; to be used for one batch.

    `recall` asks for the keys of many documents in one go. What is remembered is a candidate at once and written
    by `write`, the members of a batch together.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sharing: dict[int, dict[str, None]] = {}  # key -> who has it, in the order of coming
        self._crowded_out: list[tuple[int, str]] = []
        self._times: dict[str, tuple[int, int]] = {}  # document -> when it was seen, and published or else seen, in ms
        self._apart: set[str] = set()
        self._members: dict[str, StoryMember] = {}
        self._unwritten: dict[str, Sequence[int]] = {}

    def recall(self, keys: Iterable[int]) -> None:
        """Look up who shares these keys, unless that is known already."""
        unknown = [key for key in dict.fromkeys(keys) if key not in self._sharing]
        met: dict[int, list[str]] = {key: [] for key in unknown}
        for start in range(0, len(unknown), CHUNK):
            shared = story_bands.c.band.in_(unknown[start : start + CHUNK])
            for key, document in self._connection.execute(select(story_bands).where(shared)):
                met[key].append(document)
        self._look_up_times(list(set(chain.from_iterable(met.values())).difference(self._times)))
        for key, documents in met.items():
            self._sharing[key] = dict.fromkeys(sorted(documents, key=self._age))
            self._make_room(key)

    def _look_up_times(self, ids: Sequence[str]) -> None:
        times = (type_coerce(moment, BigInteger) for moment in (story_members.c.seen_at, _published()))
        query = select(story_members.c.document_id, story_members.c.apart, *times)
        for start in range(0, len(ids), CHUNK):
            rows = self._connection.execute(query.where(story_members.c.document_id.in_(ids[start : start + CHUNK])))
            for document, apart, *seen_and_published in rows:
                self._times[document] = tuple(seen_and_published)
                self._set_apart(document, apart)

    def _make_room(self, key: int) -> None:
        sharing = self._sharing[key]
        while len(sharing) > KEPT_PER_KEY:
            document = next(iter(sharing))
            del sharing[document]
            self._crowded_out.append((key, document))

    def _set_apart(self, document: str, apart: bool) -> None:
        (self._apart.add if apart else self._apart.discard)(document)

    def _age(self, document: str) -> tuple[int, str]:
        return self._times[document][0], document

    def _rank(self, document: str) -> Rank:
        return document not in self._apart, *self._age(document)

    def candidates(
        self, bands: Sequence[int], *, events: Sequence[int] = (), within: Span | None = None
    ) -> Iterator[StoryMember]:
        """See `StoryMemory.candidates`. Loaded as they are asked for."""
        self.recall([*bands, *events])
        named = chain.from_iterable(self._sharing[key] for key in events)
        timely = [document for document in named if within is None or self._is_within(document, within)]
        ids = by_closeness((self._sharing[band] for band in bands), [timely], rank=self._rank)
        for start in range(0, len(ids), _LOOK):
            look = ids[start : start + _LOOK]
            self._load([document for document in look if document not in self._members])
            yield from (self._members[document] for document in look)

    def _is_within(self, document: str, within: Span) -> bool:
        first, last = map(milliseconds, within)
        return first <= self._times[document][1] <= last

    def _load(self, ids: Sequence[str]) -> None:
        if ids:
            rows = self._connection.execute(select(*_COLUMNS).where(story_members.c.document_id.in_(ids)))
            self._members |= {row[0]: StoryMember(*row) for row in rows}

    def add(self, member: StoryMember, keys: Sequence[int]) -> None:
        """See `StoryMemory.add`."""
        self.remember(member, keys)
        self.write()

    def remember(self, member: StoryMember, keys: Sequence[int]) -> None:
        """Like `add`, to be written later."""
        self.recall(keys)
        for sharing in self._sharing.values() if member.document in self._times else ():
            sharing.pop(member.document, None)
        published = member.published_at or member.seen_at
        self._times[member.document] = milliseconds(member.seen_at), milliseconds(published)
        self._set_apart(member.document, member.apart)
        self._members[member.document] = member
        self._unwritten[member.document] = keys
        for key in keys:
            self._sharing[key][member.document] = None
            self._make_room(key)

    def write(self) -> None:
        """Write what was remembered, and forget which keys led to whom they need lead to no more."""
        self._write_members()
        gone = [(key, document) for key, document in self._crowded_out if document not in self._sharing[key]]
        crowd = [{"key": key, "document": document} for key, document in gone]
        if crowd:
            here = (story_bands.c.band == bindparam("key")) & (story_bands.c.document_id == bindparam("document"))
            self._connection.execute(delete(story_bands).where(here), crowd)
        self._crowded_out.clear()

    def _write_members(self) -> None:
        if not self._unwritten:
            return
        ids = list(self._unwritten)
        for table in (story_bands, story_members):
            self._connection.execute(delete(table).where(table.c.document_id.in_(ids)))
        self._connection.execute(insert(story_members), [_row(self._members[document]) for document in ids])
        bands = [(key, document) for document, keys in self._unwritten.items() for key in dict.fromkeys(keys)]
        if bands:
            self._connection.execute(insert(story_bands), [{"band": b, "document_id": d} for b, d in sorted(bands)])
        self._unwritten.clear()


def _row(member: StoryMember) -> dict[str, object]:
    names = ("story", "event", "sketch", "seen_at", "published_at", "outlet", "apart")
    return {"document_id": member.document} | {name: getattr(member, name) for name in names}


def members(connection: Connection, stories: Iterable[str]) -> list[StoryMember]:
    """All members of these stories, in the order in which they were seen."""
    wanted, found = list(dict.fromkeys(stories)), []
    for start in range(0, len(wanted), CHUNK):
        chosen = story_members.c.story.in_(wanted[start : start + CHUNK])
        found += [StoryMember(*row) for row in connection.execute(select(*_COLUMNS).where(chosen))]
    return sorted(found, key=lambda one: (one.seen_at, one.document))


@dataclass(frozen=True, slots=True)
class Beginning:
    """How many tell a story, and who was first; `at` is None where that one does not say credibly when."""

    size: int
    document: str
    outlet: str | None
    at: datetime | None


def beginnings(connection: Connection, stories: Iterable[str]) -> dict[str, Beginning]:
    """Story -> its beginning by the rule of `core.stories.first_of`, of those that have members."""
    columns = ("document_id", "story", "event", "seen_at", "published_at", "outlet")
    query = select(*(story_members.c[name] for name in columns))
    wanted = list(dict.fromkeys(stories))
    told: dict[str, list[StoryMember]] = {}
    for start in range(0, len(wanted), CHUNK):
        chosen = story_members.c.story.in_(wanted[start : start + CHUNK])
        for document, story, event, *rest in connection.execute(query.where(chosen)):
            told.setdefault(story, []).append(StoryMember(document, story, event, b"", *rest))
    return {story: _beginning(members) for story, members in told.items()}


def _beginning(members: Sequence[StoryMember]) -> Beginning:
    first, at = first_of(members)
    return Beginning(len(members), first.document, first.outlet, at)


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
