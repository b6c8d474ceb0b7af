"""The indexer, the only writer of the index: applies the store's orders in sequence. The index may be lost any time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from itertools import takewhile
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from core.i18n import _
from core.times import Clock
from scheduler.facts import facts_of
from scheduler.locks import Held, holder, lock, lock_file
from scheduler.radar import IndexPlace, Radar
from search_index import open_index
from search_index.base import Delete, IndexBusy, Operation, Put, SearchIndex, identity_of, version_of
from store import documents, index_outbox, index_refused
from store.engine import Connection, Store
from store.index_outbox import REBUILD, Order

log = logging.getLogger(__name__)
BATCH = 2000  # of a backlog: a quarter faster than 500; what comes fresh comes in small ones anyway
LOOKS = 25  # so often without new orders is the index itself left alone: a lost one is noticed within 5 s
Progress = Callable[[int], None]
Refusals = dict[str, tuple[int, str]]
"""Document id -> (version, why the engine refuses it)."""


def open_index_at(place: IndexPlace, *, data_dir: Path, mode: Literal["read", "write"], zone: ZoneInfo) -> SearchIndex:
    """The index where it is configured to be. Raises IndexBusy, IndexUnavailable, ConfigError."""
    if place.backend == "tantivy":
        return open_index("tantivy", path=data_dir / "index", mode=mode, zone=zone)
    return open_index(
        place.backend,
        mode=mode,
        zone=zone,
        url=place.url,
        prefix=place.name,
        api_key=place.api_key,
        ca_certs=place.ca_file,
    )


@contextmanager
def writing_index(place: IndexPlace, *, data_dir: Path, zone: ZoneInfo) -> Iterator[SearchIndex]:
    """
    The index for its one writer of this data folder. Raises IndexBusy, IndexUnavailable, ConfigError.

    The lock is ours, for not every engine has one: two indexers would set each other's sequence back.
    """
    where = f"{place.backend} {place.url} {place.name}" if place.url else place.backend
    role = f"index-{sha256(where.encode()).hexdigest()[:12]}"
    with ExitStack() as held:
        try:
            held.enter_context(lock(data_dir, role, what=where))
        except Held as error:
            message = _("索引 {where} 正在用着，{holder}在写它；要重建它，请运行 yuqing index rebuild")
            raise IndexBusy(message.format(where=where, holder=holder(lock_file(data_dir, role)))) from error
        index = open_index_at(place, data_dir=data_dir, mode="write", zone=zone)
        held.callback(index.close)
        yield index


class Indexer:
    """Brings one index up to the store. One per data folder; a second writer is refused by the index itself."""

    def __init__(self, radar: Radar, store: Store, index: SearchIndex, clock: Clock) -> None:
        self._store = store
        self._index = index
        self._clock = clock
        self._names = radar.source_names
        self._noted: int | None = None  # up to where it is written down what the engine refused
        self._idle = 0

    def step(self, progress: Progress = lambda done: None) -> int:
        """
        Apply the next orders; returns how many documents were applied, 0 when the index is up to date.

        Orders that the index has but nobody trimmed come from a process that died in between: they are applied
        again, so that what the engine refused of them is written down.
        """
        if self._nothing_new():
            return 0
        applied = self._index.applied_seq()
        with self._store.read() as connection:
            if self._noted is None:
                self._noted = (index_outbox.first(connection) or applied + 1) - 1
            orders = index_outbox.after(connection, min(applied, self._noted), limit=BATCH)
            ordered = any(order.document == REBUILD and order.seq > applied for order in orders)
            anew = ordered or not self._index.fits() or not _continues(connection, applied)
            operations = [] if anew else self._ordered(connection, orders)
        if anew:
            return self._rebuild(progress)
        if not orders:
            return 0
        refused = self._apply(self._index, operations, max(applied, orders[-1].seq))
        with self._store.write() as connection:
            index_refused.note(connection, [identity_of(o) for o in operations], refused, now=self._clock())
            index_outbox.trim(connection, orders[-1].seq)
        self._noted = orders[-1].seq
        log.info("indexed documents=%d seq=%d", len(operations), orders[-1].seq)
        progress(len(operations))
        return len(operations)

    def _nothing_new(self) -> bool:
        """True while no order came since the last one noted, but now and then False all the same."""
        with self._store.read() as connection:
            waits = self._noted is None or index_outbox.last(connection) != self._noted
        self._idle = 0 if waits else (self._idle + 1) % LOOKS
        return self._idle > 0

    def drain(self, progress: Progress = lambda done: None) -> int:
        """Step until up to date; the number of documents applied."""
        total = 0
        while done := self.step(progress):
            total += done
        return total

    def _rebuild(self, progress: Progress) -> int:
        """
        Put every document into a new generation, then switch to it: searches go on meanwhile.

        Done when the index was lost or belongs to another store, and when it was ordered: after an erasure
        only new files are sure to hold nothing of what was deleted. A kill leaves the old generation and all orders.
        """
        log.info("index is built anew")

        def refused(found: Refusals) -> None:
            with self._store.write() as connection:
                index_refused.replace(connection, found, now=self._clock())

        count, reached = self._built(progress, refused)
        with self._store.write() as connection:
            index_outbox.trim(connection, reached)
        self._noted = reached
        log.info("index rebuilt documents=%d seq=%d", count, reached)
        return max(1, count)

    def fill(self, progress: Progress = lambda done: None) -> int:
        """
        Build the index anew and trim nothing: another index goes on as the one in use. Returns the documents.

        Its indexer trims the orders meanwhile, so nothing here relies on finding them.
        """
        count, _reached = self._built(progress, lambda refused: None)
        return count

    def _built(self, progress: Progress, refused: Callable[[Refusals], None]) -> tuple[int, int]:
        """A new generation, switched to; (its documents, its sequence). The old one takes new orders until then."""
        with self._store.read() as connection:
            start = followed = index_outbox.last(connection)
            filled = _Filled(dict(documents.every_id(connection)))
        applied = self._index.applied_seq()
        with self._index.new_generation() as fresh:
            for part in _lots(dict(filled.held)):
                done = self._put(fresh, part, filled)
                progress(done)
                if self._index.fits():
                    # the old one's sequence stays: after a kill the order to rebuild must still stand
                    followed = self._follow(self._index, followed, seq=applied)
            reached = self._level(fresh, filled, start)
            self._apply(fresh, [], reached)
            refused(filled.refused)
        return filled.count, reached

    def _put(self, fresh: SearchIndex, versions: Mapping[str, int], filled: _Filled) -> int:
        """Bring these documents of a new generation to what the store holds; returns how many were tried."""
        with self._store.read() as connection:
            operations = self._operations(connection, versions)
        filled.note(operations, self._apply(fresh, operations, 0))
        return len(operations)

    def _level(self, fresh: SearchIndex, filled: _Filled, start: int) -> int:
        """
        Bring a new generation to what the store holds now, whatever became of the orders since `start`; returns
        the sequence up to which it is whole.

        Every document is compared: of the orders themselves some may be trimmed by the indexer of another index.
        """
        with self._store.read() as connection:
            differing, gone = filled.differences(documents.every_id(connection))
            reached = _whole_up_to(connection, start, erased=bool(gone))
        for part in _lots(differing | gone):
            self._put(fresh, part, filled)
        return reached

    def _follow(self, index: SearchIndex, reached: int, *, seq: int) -> int:
        """
        Apply what was ordered past `reached`, up to the next order to rebuild, and trim nothing; where that ends.

        What is refused is not noted: the generation that is being filled tries the same documents.
        """
        while True:
            with self._store.read() as connection:
                waiting = index_outbox.after(connection, reached, limit=BATCH)
                orders = list(takewhile(lambda order: order.document != REBUILD, waiting))
                operations = self._ordered(connection, orders)
            if orders:
                self._apply(index, operations, seq)
                reached = orders[-1].seq
            if len(orders) < BATCH:
                return reached

    def _ordered(self, connection: Connection, orders: Sequence[Order]) -> list[Operation]:
        return self._operations(connection, {o.document: o.version for o in orders if o.document != REBUILD})

    def _operations(self, connection: Connection, versions: Mapping[str, int]) -> list[Operation]:
        """One operation a document, as it stands now: earlier orders of the same document need no own turn."""
        found = documents.load(connection, list(versions))
        puts: list[Operation] = [Put(facts_of(stored, source_names=self._names)) for stored in found.values()]
        return puts + [Delete(identity, version) for identity, version in versions.items() if identity not in found]

    def _apply(self, index: SearchIndex, operations: Sequence[Operation], seq: int) -> Refusals:
        """Apply, and give back what the engine refuses for good."""
        report = index.apply(operations, seq=seq)
        if not report.rejected:
            return {}
        versions = {identity_of(operation): version_of(operation) for operation in operations}
        for identity in report.rejected:
            log.error("index refused document=%s, see yuqing index refused", identity)
        return {identity: (versions[identity], reason) for identity, reason in report.rejected.items()}


class _Filled:
    """What a new generation holds so far: id -> version, and what its engine refused of it."""

    def __init__(self, listed: dict[str, int]) -> None:
        self.held = listed  # as listed until it is tried
        self.count = len(listed)
        self.refused: Refusals = {}

    def note(self, operations: Sequence[Operation], refused: Refusals) -> None:
        """These were tried just now, and that is what was refused of them."""
        for operation in operations:
            identity = identity_of(operation)
            self.refused.pop(identity, None)
            if isinstance(operation, Put):
                self.held[identity] = operation.facts.version
            else:
                self.held.pop(identity, None)
        self.refused |= refused

    def differences(self, stored: Iterable[tuple[str, int]]) -> tuple[dict[str, int], dict[str, int]]:
        """(What the store holds otherwise, what it holds no more), each with the version to bring it to."""
        differing, known = {}, dict(self.held)
        for identity, version in stored:
            if known.pop(identity, None) != version:
                differing[identity] = version
        return differing, {identity: version + 1 for identity, version in known.items()}


def _lots(versions: Mapping[str, int]) -> Iterator[dict[str, int]]:
    """The same in parts of a batch."""
    pairs = list(versions.items())
    for start in range(0, len(pairs), BATCH):
        yield dict(pairs[start : start + BATCH])


def _whole_up_to(connection: Connection, start: int, *, erased: bool) -> int:
    """
    The sequence for a generation begun after `start` that holds what the store holds now.

    An order to rebuild of the meantime must still be carried out: the files hold what was erased since. Where
    something was erased and that order is not to be seen, it was trimmed with others: then nothing counts as
    applied, and whoever goes on from `start` finds the gap and builds anew.
    """
    rebuild = index_outbox.first_rebuild(connection, start)
    if rebuild is not None:
        return rebuild - 1
    return start if erased else index_outbox.last(connection)


def _continues(connection: Connection, applied: int) -> bool:
    """True when every order past `applied` is still kept, and `applied` is not from another store's future."""
    last = index_outbox.last(connection)
    first = index_outbox.first(connection)
    if applied > last:
        return False
    return applied == last or (first is not None and first <= applied + 1)
