"""How the index stands beside the store: what lags, which days differ, and the orders that set it right."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from core.times import Clock, day_of
from search_index.base import Digest, SearchIndex
from search_index.digest import digest_of
from search_index.query import parse
from store import documents, index_outbox, index_refused
from store.engine import Connection, Store

SETTLE_S = 5.0
"""How long a comparison waits for orders that are on their way."""
_POLL_S = 0.2


@dataclass(frozen=True, slots=True)
class DayDifference:
    """A day on which store and index do not hold the same; the figures are documents."""

    day: str
    stored: int
    indexed: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """
    Store against index. `behind`: orders that the index had not applied yet; what differs may be only that.

    `refused` are known not to be in the index as they stand, and count as no difference.
    """

    documents: int
    days: tuple[DayDifference, ...]
    behind: int
    refused: int

    @property
    def is_equal(self) -> bool:
        """True when the index holds what the store holds, every version of it."""
        return not self.days


def compare(store: Store, index: SearchIndex, *, zone: ZoneInfo, settle_s: float = SETTLE_S) -> Comparison:
    """
    Both digests as of one moment, day by day in `zone`; waits for orders on their way. Raises IndexUnavailable.

    The store's is made from every row, so an index that lost, kept or changed a document differs on its day.
    """
    until = time.monotonic() + settle_s
    while True:
        with store.read() as connection:
            last = index_outbox.last(connection)
            rows = list(_rows(connection, zone))
            refused = index_refused.every(connection)
        before = index.applied_seq()
        have = index.digest()
        if (before == last == index.applied_seq()) or time.monotonic() > until:
            held = index.get_versions([one.document for one in refused])
            expected = digest_of(_as_refused(rows, held, {one.document for one in refused}))
            return Comparison(len(rows), _differing(expected, have), max(0, last - before), len(refused))
        time.sleep(_POLL_S)


def _rows(connection: Connection, zone: ZoneInfo) -> Iterable[tuple[str, str, int]]:
    for identity, version, moment in documents.every_moment(connection):
        yield day_of(moment, zone=zone).isoformat(), identity, version


def _as_refused(
    rows: Iterable[tuple[str, str, int]], held: Mapping[str, int], refused: set[str]
) -> Iterable[tuple[str, str, int]]:
    """A refused document counts as the version that the index has, if it has one."""
    for day, identity, version in rows:
        if identity not in refused:
            yield day, identity, version
        elif identity in held:
            yield day, identity, held[identity]


def _differing(stored: Digest, indexed: Digest) -> tuple[DayDifference, ...]:
    days = sorted(day for day in {*stored, *indexed} if stored.get(day, (0, 0)) != indexed.get(day, (0, 0)))
    return tuple(DayDifference(day, stored.get(day, (0, 0))[0], indexed.get(day, (0, 0))[0]) for day in days)


@dataclass(frozen=True, slots=True)
class Repair:
    """What a repair ordered. `ahead`: documents that the index has newer than the store; only a rebuild helps."""

    ordered: int
    ahead: int


def order_repair(store: Store, index: SearchIndex, days: Iterable[str], *, zone: ZoneInfo, now: datetime) -> Repair:
    """Order again the documents of these days that the index does not hold as the store does, and only those."""
    wanted = set(days)
    with store.read() as connection:
        versions = {identity: (day, version) for day, identity, version in _rows(connection, zone)}
    held: dict[str, int] = {}
    for day in sorted(wanted):
        held |= dict(index.scan(parse(f"时间:{day}"), now=now))
    wrong = {i: version for i, (day, version) in versions.items() if day in wanted and held.get(i) != version}
    for identity, version in held.items():
        at, current = versions.get(identity, ("", version))  # "": the store has it no more
        if at not in wanted:
            wrong[identity] = current
    ahead = sum(held.get(identity, 0) > version for identity, version in wrong.items())
    with store.write() as connection:
        for identity, version in sorted(wrong.items()):
            documents.order_index(connection, identity, version, now)
    return Repair(len(wrong), ahead)


@dataclass(frozen=True, slots=True)
class Lag:
    """Orders that the index has not applied, and since when the oldest of them waits."""

    behind: int
    since: datetime | None


def lag_of(store: Store, applied: int) -> Lag:
    """How far an index that has applied `applied` lags behind the store."""
    with store.read() as connection:
        return Lag(*index_outbox.lag(connection, applied))


def order_rebuild(store: Store, *, clock: Clock) -> int:
    """Order the index to be built anew, wherever the indexer runs; returns the order's sequence."""
    with store.write() as connection:
        index_outbox.order_rebuild(connection, now=clock())
        return index_outbox.last(connection)


def replay_refused(store: Store, *, clock: Clock) -> int:
    """Order again what the engine refused; returns how many."""
    with store.write() as connection:
        return index_refused.order_again(connection, now=clock())
