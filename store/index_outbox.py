"""Orders to the index, in sequence. The indexer reads after what the index has applied and trims behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from store.schema import index_outbox


@dataclass(frozen=True, slots=True)
class Order:
    """Bring this document to this version; delete it when the store has it no more."""

    seq: int
    document: str
    version: int


REBUILD = "*"
"""An order for no document: build the index anew."""
TRIMMED = ""
"""Stands where the newest order was when it was trimmed: the database then still tells how far orders went."""
_WAITING = index_outbox.c.document_id != TRIMMED


def order_rebuild(connection: Connection, *, now: datetime) -> None:
    """Have the indexer build the index anew, wherever it runs."""
    connection.execute(insert(index_outbox).values(document_id=REBUILD, version=0, written_at=now))


def after(connection: Connection, seq: int, *, limit: int) -> list[Order]:
    """The orders past `seq`, in order, at most `limit`."""
    query = select(index_outbox).where(index_outbox.c.seq > seq, _WAITING).order_by(index_outbox.c.seq).limit(limit)
    return [Order(row.seq, row.document_id, row.version) for row in connection.execute(query)]


def last(connection: Connection) -> int:
    """The highest sequence ever written, trimmed orders included; 0 when there was none."""
    from_rows = connection.execute(select(func.max(index_outbox.c.seq))).scalar()
    if from_rows is not None or connection.dialect.name != "sqlite":
        return from_rows or 0
    # a store of before TRIMMED may have trimmed every row
    query = "SELECT seq FROM sqlite_sequence WHERE name = 'index_outbox'"
    return connection.exec_driver_sql(query).scalar() or 0


def lag(connection: Connection, applied: int) -> tuple[int, datetime | None]:
    """(orders past `applied`, when the oldest of them was written)."""
    query = select(func.count(), func.min(index_outbox.c.written_at)).where(index_outbox.c.seq > applied, _WAITING)
    count, oldest = connection.execute(query).one()
    return count, oldest


def first(connection: Connection) -> int | None:
    """The lowest sequence still kept; None when all are trimmed."""
    return connection.execute(select(func.min(index_outbox.c.seq)).where(_WAITING)).scalar()


def first_rebuild(connection: Connection, seq: int) -> int | None:
    """The first order past `seq` to build the index anew; None when there is none (any more)."""
    ordered = (index_outbox.c.seq > seq, index_outbox.c.document_id == REBUILD)
    return connection.execute(select(func.min(index_outbox.c.seq)).where(*ordered)).scalar()


def trim(connection: Connection, applied: int) -> None:
    """Drop orders that the index has applied for good. Of the newest the number stays."""
    newest = connection.execute(select(func.max(index_outbox.c.seq))).scalar() or 0
    connection.execute(delete(index_outbox).where(index_outbox.c.seq <= applied, index_outbox.c.seq < newest))
    kept = update(index_outbox).where(index_outbox.c.seq <= applied)
    connection.execute(kept.values(document_id=TRIMMED, version=0))
