"""Orders to the index, in sequence. The indexer reads after what the index has applied and trims behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from store.schema import index_outbox


@dataclass(frozen=True, slots=True)
class Order:
    """Bring this document to this version; delete it when the store has it no more."""

    seq: int
    document: str
    version: int


REBUILD = "*"
"""An order for no document: build the index anew."""


def order_rebuild(connection: Connection, *, now: datetime) -> None:
    """Have the indexer build the index anew, wherever it runs."""
    connection.execute(insert(index_outbox).values(document_id=REBUILD, version=0, written_at=now))


def after(connection: Connection, seq: int, *, limit: int) -> list[Order]:
    """The orders past `seq`, in order, at most `limit`."""
    query = select(index_outbox).where(index_outbox.c.seq > seq).order_by(index_outbox.c.seq).limit(limit)
    return [Order(row.seq, row.document_id, row.version) for row in connection.execute(query)]


def last(connection: Connection) -> int:
    """The highest sequence ever written, trimmed orders included; 0 when there was none."""
    from_rows = connection.execute(select(func.max(index_outbox.c.seq))).scalar()
    if from_rows is not None or connection.dialect.name != "sqlite":
        return from_rows or 0
    query = "SELECT seq FROM sqlite_sequence WHERE name = 'index_outbox'"
    return connection.exec_driver_sql(query).scalar() or 0


def lag(connection: Connection, applied: int) -> tuple[int, datetime | None]:
    """(orders past `applied`, when the oldest of them was written)."""
    query = select(func.count(), func.min(index_outbox.c.written_at)).where(index_outbox.c.seq > applied)
    count, oldest = connection.execute(query).one()
    return count, oldest


def first(connection: Connection) -> int | None:
    """The lowest sequence still kept; None when all are trimmed."""
    return connection.execute(select(func.min(index_outbox.c.seq))).scalar()


def trim(connection: Connection, applied: int) -> None:
    """Drop orders that the index has applied for good."""
    connection.execute(delete(index_outbox).where(index_outbox.c.seq <= applied))
