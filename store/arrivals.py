"""When documents of each source were published and first seen: what a source's habits are worked out from."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from store.schema import documents


@dataclass(frozen=True, slots=True)
class Arrival:
    """A document's discovery. `published_at` is None unless the page says it to the minute."""

    seen_at: datetime
    published_at: datetime | None


MOST = 200_000
"""Rows read at most, the newest: a month of a large radar."""


def arrivals_since(connection: Connection, since: datetime) -> dict[str, list[Arrival]]:
    """Source id -> what was discovered in it since then, oldest first; backfill left out."""
    d = documents.c
    query = select(d.source, d.first_seen, d.published_at, d.precision).where(d.first_seen >= since, ~d.backfill)
    found = defaultdict(list)
    for row in connection.execute(query.order_by(d.first_seen.desc()).limit(MOST)):
        exact = row.published_at if row.precision in ("second", "minute") else None
        found[row.source].append(Arrival(row.first_seen, exact))
    return {source: rows[::-1] for source, rows in found.items()}
