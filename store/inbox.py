"""Documents past the gate that wait for analysis. Taking them does not remove them; the ingest transaction does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from core.serial import dumps, loads
from core.values import Document, Gone
from store.schema import inbox


@dataclass(frozen=True, slots=True)
class Arrival:
    """One inbox row. `settled_at`: start of the last full round of its source before this one, None in the first."""

    seq: int
    content: Document | Gone
    received_at: datetime
    settled_at: datetime | None


def waiting(connection: Connection, *, limit: int) -> list[Arrival]:
    """The oldest rows that wait and have not failed, at most `limit`."""
    query = select(inbox).where(inbox.c.failure.is_(None)).order_by(inbox.c.seq).limit(limit)
    return [
        Arrival(row.seq, _content(row.what, row.payload), row.received_at, row.settled_at)
        for row in connection.execute(query)
    ]


def _content(what: str, payload: str) -> Document | Gone:
    return loads(Document, payload) if what == "document" else loads(Gone, payload)


def put(
    connection: Connection, documents: Sequence[Document], *, received_at: datetime, settled_at: datetime | None
) -> None:
    """Add documents that came by another way than a crawl (import, `add`). They must be past the gate."""
    rows = [
        {"what": "document", "payload": dumps(d), "received_at": received_at, "settled_at": settled_at}
        for d in documents
    ]
    if rows:
        connection.execute(insert(inbox), rows)


def remove(connection: Connection, seqs: Iterable[int]) -> None:
    """Drop rows, in the transaction that stored what they held."""
    connection.execute(delete(inbox).where(inbox.c.seq.in_(list(seqs))))


def set_aside(connection: Connection, seq: int, reason: str) -> None:
    """Keep a row that could not be analysed, with the reason, out of the way of the others."""
    connection.execute(update(inbox).where(inbox.c.seq == seq).values(failure=reason))


def try_again(connection: Connection) -> int:
    """Let the rows that were set aside wait again, for a program that may be better by now; returns how many."""
    return connection.execute(update(inbox).where(inbox.c.failure.is_not(None)).values(failure=None)).rowcount


def backlog(connection: Connection) -> tuple[int, datetime | None, int]:
    """(rows waiting, when the oldest of them came, rows set aside)."""
    query = select(func.count(), func.min(inbox.c.received_at)).where(inbox.c.failure.is_(None))
    count, oldest = connection.execute(query).one()
    failed = connection.execute(select(func.count()).where(inbox.c.failure.is_not(None))).scalar_one()
    return count, oldest, failed
