"""Documents that the engine of the index refuses: kept with the reason until it takes them. The store has them all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from store import documents
from store.schema import documents as documents_table
from store.schema import index_refused

CHUNK = 500
Refusals = Mapping[str, tuple[int, str]]
"""Document id -> (version, reason)."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A version of a document that cannot be found by searching, and the engine's reason."""

    document: str
    version: int
    reason: str
    at: datetime


def note(connection: Connection, tried: Sequence[str], refused: Refusals, *, now: datetime) -> None:
    """Of the documents that were just tried, remember those that were refused and forget the others."""
    for start in range(0, len(tried), CHUNK):
        chunk = tried[start : start + CHUNK]
        connection.execute(delete(index_refused).where(index_refused.c.document_id.in_(chunk)))
    rows = [{"document_id": d, "version": v, "reason": reason, "at": now} for d, (v, reason) in refused.items()]
    if rows:
        connection.execute(insert(index_refused), rows)


def replace(connection: Connection, refused: Refusals, *, now: datetime) -> None:
    """After every document was tried: these are the ones that were refused."""
    connection.execute(delete(index_refused))
    note(connection, [], refused, now=now)


def every(connection: Connection) -> list[Refused]:
    """All of them, the oldest refusal first."""
    rows = connection.execute(select(index_refused).order_by(index_refused.c.at, index_refused.c.document_id))
    return [Refused(row.document_id, row.version, row.reason, row.at) for row in rows]


def count(connection: Connection) -> int:
    """How many there are."""
    return connection.execute(select(func.count()).select_from(index_refused)).scalar_one()


def order_again(connection: Connection, *, now: datetime) -> int:
    """Order all of them for the index once more; returns how many. Each stays listed until the engine takes it."""
    refused = [row.document for row in every(connection)]
    versions: dict[str, int] = {}
    for start in range(0, len(refused), CHUNK):
        columns = select(documents_table.c.id, documents_table.c.version)
        rows = connection.execute(columns.where(documents_table.c.id.in_(refused[start : start + CHUNK])))
        versions |= {row.id: row.version for row in rows}
    for row in every(connection):
        documents.order_index(connection, row.document, versions.get(row.document, row.version), now)
    return len(refused)
