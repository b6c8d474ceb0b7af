"""The indexer, the only writer of the index: applies the store's orders in sequence. The index may be lost any time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence

from core.times import Clock
from scheduler.facts import facts_of
from scheduler.radar import Radar
from search_index.base import Delete, Operation, Put, SearchIndex
from store import documents, index_outbox
from store.engine import Connection, Store

log = logging.getLogger(__name__)
BATCH = 500
Progress = Callable[[int], None]


class Indexer:
    """Brings one index up to the store. One per data folder; a second writer is refused by the index itself."""

    def __init__(self, radar: Radar, store: Store, index: SearchIndex, clock: Clock) -> None:
        self._store = store
        self._index = index
        self._clock = clock
        self._names = radar.source_names

    def step(self) -> int:
        """Apply the next orders; returns how many documents were applied, 0 when the index is up to date."""
        applied = self._index.applied_seq()
        with self._store.read() as connection:
            orders = index_outbox.after(connection, applied, limit=BATCH)
            anew = not _continues(connection, applied) or any(o.document == index_outbox.REBUILD for o in orders)
            operations = [] if anew else self._operations(connection, {o.document: o.version for o in orders})
        if anew:
            return self._rebuild()
        if not orders:
            return 0
        reached = orders[-1].seq
        self._apply(self._index, operations, reached)
        self._trim(reached)
        log.info("indexed documents=%d seq=%d", len(operations), reached)
        return len(operations)

    def drain(self, progress: Progress = lambda done: None) -> int:
        """Step until up to date; the number of documents applied."""
        total = 0
        while done := self.step():
            total += done
            progress(done)
        return total

    def _rebuild(self) -> int:
        """
        Put every document into a new generation, then switch to it: searches go on meanwhile.

        Done when the index was lost or belongs to another store, and when it was ordered: after an erasure
        only new files are sure to hold nothing of what was deleted.
        """
        log.info("index is built anew")
        with self._store.read() as connection:
            reached = index_outbox.last(connection)
            ids = list(documents.every_id(connection))
        with self._index.new_generation() as fresh:
            for start in range(0, len(ids), BATCH):
                with self._store.read() as connection:
                    operations = self._operations(connection, dict(ids[start : start + BATCH]))
                self._apply(fresh, operations, 0)
            self._apply(fresh, [], reached)
        self._trim(reached)
        log.info("index rebuilt documents=%d seq=%d", len(ids), reached)
        return max(1, len(ids))

    def _trim(self, reached: int) -> None:
        with self._store.write() as connection:
            index_outbox.trim(connection, reached)

    def _operations(self, connection: Connection, versions: Mapping[str, int]) -> list[Operation]:
        """One operation a document, as it stands now: earlier orders of the same document need no own turn."""
        found = documents.load(connection, list(versions))
        puts: list[Operation] = [Put(facts_of(stored, source_names=self._names)) for stored in found.values()]
        return puts + [Delete(identity, version) for identity, version in versions.items() if identity not in found]

    def _apply(self, index: SearchIndex, operations: Sequence[Operation], seq: int) -> None:
        report = index.apply(operations, seq=seq)
        for identity, reason in report.rejected.items():
            log.error("index rejected document=%s reason=%s", identity, reason)


def _continues(connection: Connection, applied: int) -> bool:
    """True when every order past `applied` is still kept, and `applied` is not from another store's future."""
    last = index_outbox.last(connection)
    first = index_outbox.first(connection)
    if applied > last:
        return False
    return applied == last or (first is not None and first <= applied + 1)
