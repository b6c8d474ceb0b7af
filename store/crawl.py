"""What a crawl knows and hands over, on the store: the stored form of `core.ports.CrawlStore`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, literal_column, select, tuple_, update

from core.serial import dumps, plain
from core.times import Clock
from core.values import CrawlBatch, Page, PageRole, RoundReport
from store.engine import Store
from store.schema import frontier, hosts, inbox, rounds

_PAGE_FIELDS = [f.name for f in fields(Page)]


class StoredCrawl:
    """`core.ports.CrawlStore` on the store. One instance per crawl process."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._settled: dict[str, datetime | None] = {}

    def commit(self, batch: CrawlBatch) -> None:
        """See `CrawlStore.commit`."""
        now = self._clock()
        rows = [self._row("document", document, document.source, now) for document in batch.documents]
        rows += [self._row("gone", gone, None, now) for gone in batch.gone]
        with self._store.write() as connection:
            if rows:
                connection.execute(insert(inbox), rows)
            _replace_pages(connection, batch.pages)

    def _row(self, what: str, value: Any, source: str | None, now: datetime) -> dict[str, Any]:
        settled = self._settled.get(source) if source else None
        return {"what": what, "payload": dumps(value), "received_at": now, "settled_at": settled}

    def pages(self, source: str, keys: Sequence[str]) -> Mapping[str, Page]:
        """See `CrawlStore.pages`."""
        found: dict[str, Page] = {}
        with self._store.read() as connection:
            for start in range(0, len(keys), 500):
                chunk = keys[start : start + 500]
                query = select(frontier).where(frontier.c.source == source, frontier.c.key.in_(chunk))
                found |= {row.key: Page(**row._asdict()) for row in connection.execute(query)}
        return found

    def open_pages(self, source: str, *, roles: Iterable[PageRole] = ()) -> list[Page]:
        """See `CrawlStore.open_pages`."""
        query = select(frontier).where(frontier.c.source == source, frontier.c.state == "pending")
        if roles := tuple(roles):
            query = query.where(frontier.c.role.in_(roles))
        with self._store.read() as connection:
            return [Page(**r._asdict()) for r in connection.execute(query.order_by(frontier.c.discovered_at))]

    def due_pages(self, source: str, *, at: datetime, limit: int) -> list[Page]:
        """See `CrawlStore.due_pages`."""
        ready = (frontier.c.source == source) & (frontier.c.state == "done") & (frontier.c.next_at <= at)
        query = select(frontier).where(ready).order_by(frontier.c.next_at).limit(limit)
        with self._store.read() as connection:
            return [Page(**row._asdict()) for row in connection.execute(query)]

    def round_of(self, source: str) -> str | None:
        """See `CrawlStore.round_of`."""
        query = select(rounds.c.round).where(rounds.c.source == source, rounds.c.finished_at.is_(None))
        with self._store.read() as connection:
            return connection.execute(query.order_by(rounds.c.started_at.desc()).limit(1)).scalar()

    def begin_round(self, source: str, round: str) -> None:
        """See `CrawlStore.begin_round`; beginning a round again goes on with it."""
        with self._store.write() as connection:
            self._settled[source] = settled_at(connection, source)
            known = select(rounds.c.round).where(rounds.c.source == source, rounds.c.round == round)
            if connection.execute(known).first() is None:
                connection.execute(insert(rounds).values(_round_row(source, round, self._clock())))

    def end_round(self, report: RoundReport) -> None:
        """See `CrawlStore.end_round`; older unfinished rounds of the source end with it."""
        row = plain(report) | {"started_at": report.started_at, "finished_at": report.finished_at}
        row.pop("started_at")
        with self._store.write() as connection:
            here = (rounds.c.source == report.source) & (rounds.c.round == report.round)
            connection.execute(update(rounds).where(here).values(row))
            stale = (rounds.c.source == report.source) & rounds.c.finished_at.is_(None)
            connection.execute(update(rounds).where(stale).values(finished_at=report.finished_at, finished=False))

    def host_memory(self, host: str) -> Mapping[str, object]:
        """See `CrawlStore.host_memory`."""
        with self._store.read() as connection:
            return connection.execute(select(hosts.c.memory).where(hosts.c.host == host)).scalar() or {}

    def remember_host(self, host: str, memory: Mapping[str, object]) -> None:
        """See `CrawlStore.remember_host`."""
        with self._store.write() as connection:
            connection.execute(delete(hosts).where(hosts.c.host == host))
            connection.execute(insert(hosts).values(host=host, memory=dict(memory)))


def settled_at(connection: Connection, source: str) -> datetime | None:
    """The start of the last round of this source that ended in full; None before its first one did."""
    query = select(func.max(rounds.c.started_at)).where(rounds.c.source == source, rounds.c.finished)
    return connection.execute(query).scalar()


def last_rounds(connection: Connection) -> dict[str, RoundReport]:
    """The latest round of each source that has one; `finished_at` equals `started_at` while it is open."""
    begun = _begun(connection)
    latest = select(rounds.c.source, func.max(begun)).group_by(rounds.c.source)
    query = select(rounds).where(tuple_(rounds.c.source, begun).in_(latest))
    return {row.source: _report(row._asdict()) for row in connection.execute(query)}


def recent_rounds(connection: Connection, source: str, *, limit: int = 50) -> list[RoundReport]:
    """The latest rounds of one source, newest first."""
    query = select(rounds).where(rounds.c.source == source).order_by(_begun(connection).desc()).limit(limit)
    return [_report(row._asdict()) for row in connection.execute(query)]


def _begun(connection: Connection) -> ColumnElement[Any]:
    """What orders rounds by their beginning, also when the clock was set back in between (SQLite)."""
    return literal_column("rounds.rowid") if connection.dialect.name == "sqlite" else rounds.c.started_at


def _report(row: dict[str, Any]) -> RoundReport:
    row["finished_at"] = row["finished_at"] or row["started_at"]
    row["notes"] = tuple(row["notes"])
    return RoundReport(**row)


def _round_row(source: str, round: str, now: datetime) -> dict[str, Any]:
    empty = {"finished": False, "pages": 0, "documents": 0, "not_modified": 0, "errors": {}, "notes": [], "counts": {}}
    return {"source": source, "round": round, "started_at": now, **empty}


def _replace_pages(connection: Connection, pages: Sequence[Page]) -> None:
    rows = list({(p.source, p.key): {name: getattr(p, name) for name in _PAGE_FIELDS} for p in pages}.values())
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        connection.execute(insert(frontier).prefix_with("OR REPLACE"), rows)
        return
    for row in rows:
        here = (frontier.c.source == row["source"]) & (frontier.c.key == row["key"])
        connection.execute(delete(frontier).where(here))
    connection.execute(insert(frontier), rows)
