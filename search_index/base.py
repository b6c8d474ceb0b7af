"""
The contract of a search index, whatever the engine. tests/search_index/test_conformance.py holds it.

The index is derived: everything in it comes from the store and can be thrown away. Hits are ids only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, Protocol, TypeAlias

from core.errors import Unavailable
from core.values import Facts
from search_index.explain import Clause
from search_index.query import Query

Order: TypeAlias = Literal["newest", "relevance", "heat"]
ORDERS: tuple[Order, ...] = ("newest", "relevance", "heat")
FACETS = ("source", "outlet", "sentiment", "topic", "company", "level", "status", "kind")
"""What hits can be counted by. Values are ids where there are ids; of a source its id."""

MAX_LIMIT = 200
MAX_DAYS = 366
MAX_HOUR_DAYS = 7
MAX_RELEVANT = 10_000  # how deep the order by relevance can be paged


class IndexUnavailable(Unavailable):
    """The index is missing, damaged or does not answer. Safe to try again; the store still has everything."""


class IndexBusy(Unavailable):
    """Another process writes this index."""


@dataclass(frozen=True, slots=True)
class Put:
    """Bring this document to these facts. `facts.version` decides: an older one than the index has is stale."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class Delete:
    """Take this document out; remembered, so that an older Put cannot bring it back."""

    id: str
    version: int


Operation: TypeAlias = Put | Delete


@dataclass(frozen=True, slots=True)
class ApplyReport:
    """What became of a batch, by document id. `rejected` says why the engine refuses a document for good."""

    applied: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    rejected: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """
    One page of hits in order, and figures of the whole match set.

    `next` is the cursor of the next page, None at the end. `facets` is field -> value -> count, largest first, of
    the fields asked for. `days` is day -> count in the index's zone, days without hits given as 0, at most the
    last 366 days of the match set; documents without a date are in no day.
    """

    ids: tuple[str, ...]
    total: int
    total_is_exact: bool
    next: str | None
    facets: Mapping[str, Mapping[str, int]]
    days: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Health:
    """How an index is: documents that can be found, the last sequence applied, size on disk, where it is."""

    backend: str
    documents: int
    applied_seq: int
    size_bytes: int
    generation: str
    writable: bool
    notes: tuple[str, ...] = ()


Digest: TypeAlias = Mapping[str, tuple[int, int]]
"""Day in the index's zone ("" for the undated) -> (documents, a sum over (id, version) that order does not change)."""


class SearchIndex(Protocol):
    """
    One index, opened for reading or for writing; there is one writer at a time, readers never wait for it.

    Every method raises IndexUnavailable when the index cannot be reached; opened for reading, `apply`
    and `new_generation` raise UsageError.
    """

    def apply(self, batch: Sequence[Operation], *, seq: int) -> ApplyReport:
        """
        Put and delete documents, and remember `seq` with them, durably and in one step.

        Idempotent: the same batch again changes nothing. Of two operations on one document the higher version
        wins, whatever the order; of equal versions the later. One bad document is rejected, never the batch.
        On return every search sees it (another process: at its next search).
        """

    def applied_seq(self) -> int:
        """The `seq` of the last apply; 0 for a new index, also for one that had to be made anew."""

    def fits(self) -> bool:
        """
        False while what answers was made by other rules: by an older version of the program, or for another zone.

        Its answers are then not to be called exact, `applied_seq` of a writer is 0 and `apply` raises
        IndexUnavailable: it stays as it is until a new generation is switched to. An engine that cannot
        answer from such a generation raises IndexUnavailable instead.
        """

    def search(
        self,
        query: Query,
        *,
        now: datetime,
        order: Order = "newest",
        limit: int = 20,
        cursor: str | None = None,
        facets: Sequence[str] = (),
        days: bool = False,
    ) -> Page:
        """
        One page of what the query matches, asked at `now`.

        newest: publish time, latest first, the undated last. heat: highest first, those without last, then newest.
        Ties are broken by `search_index.digest.tie_key(id)`, so both are total orders and their cursors neither
        skip nor repeat a document that did not change, however many writes lie between. relevance: best first,
        the first 10,000. Raises UsageError for a limit outside 1..200 and a cursor of another query or order.
        """

    def count(self, query: Query, *, now: datetime) -> int:
        """How many documents match, exactly."""

    def hours(self, query: Query, *, now: datetime, first: date, last: date) -> Mapping[str, int]:
        """
        How many match in each hour of these days in the index's zone, both whole; hours without hits are 0.

        An hour is its start with the zone's offset, "2026-11-20T08:00:00+08:00": where the clock is set back, the
        two of one name differ in it. Raises UsageError for more than 7 days.
        """

    def scan(self, query: Query, *, now: datetime) -> Iterator[tuple[str, int]]:
        """(id, version) of every match, as of the first step, in the order of `tie_key`; bounded memory."""

    def get_versions(self, ids: Sequence[str]) -> dict[str, int]:
        """The versions of those of the ids that can be found."""

    def explain(self, query: Query, identity: str, *, now: datetime) -> Clause | None:
        """Which clauses of the query this document matches, as the index has it; None when it cannot be found."""

    def digest(self) -> Digest:
        """What the index holds, day by day, to be compared with `search_index.digest.digest_of` over the store."""

    def new_generation(self) -> AbstractContextManager[SearchIndex]:
        """
        A new empty index beside this one, to be filled through `apply`; searches meanwhile see the old one.

        Leaving the block switches every reader to it at once and drops the old one; leaving it by an
        exception drops the new one.
        """

    def health(self) -> Health:
        """How the index is."""

    def close(self) -> None:
        """Let go of files, connections and the right to write. Safe to call twice."""


def winners(batch: Sequence[Operation]) -> dict[str, Operation]:
    """The operation that decides for each document: the highest version, of equal ones the later."""
    found: dict[str, Operation] = {}
    for operation in batch:
        identity = identity_of(operation)
        if identity not in found or version_of(operation) >= version_of(found[identity]):
            found[identity] = operation
    return found


def identity_of(operation: Operation) -> str:
    """The document that an operation is about."""
    return operation.facts.id if isinstance(operation, Put) else operation.id


def version_of(operation: Operation) -> int:
    """The version that an operation brings."""
    return operation.facts.version if isinstance(operation, Put) else operation.version
