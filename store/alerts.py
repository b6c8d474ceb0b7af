"""Which subscription matched which document, with what outcome, and since when each is known."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from store.schema import known, matches


def known_since(connection: Connection, what: str, ids: Sequence[str], *, now: datetime) -> dict[str, datetime]:
    """Since when each subscription or watch is known; one that is new is known from `now` on."""
    query = select(known.c.id, known.c.since).where(known.c.what == what, known.c.id.in_(list(ids)))
    since = {row.id: row.since for row in connection.execute(query)}
    new = [identity for identity in dict.fromkeys(ids) if identity not in since]
    if new:
        connection.execute(insert(known), [{"what": what, "id": identity, "since": now} for identity in new])
    return since | dict.fromkeys(new, now)


def listening_since(connection: Connection) -> datetime | None:
    """When the radar first listened for anything; None before. A later change of the watch does not move it."""
    return connection.execute(select(func.min(known.c.since))).scalar()


def met_before(
    connection: Connection, subscription: str, *, documents: Collection[str], stories: Collection[str]
) -> tuple[set[str], set[str]]:
    """Those of the documents that it has matched, whatever came of it, and of the stories that it was alerted of."""
    mine = matches.c.subscription == subscription
    met = select(matches.c.document_id).where(mine, matches.c.document_id.in_(documents))
    told = select(matches.c.story).where(mine, matches.c.story.in_(stories), matches.c.outcome == "alert").distinct()
    return set(connection.execute(met).scalars()), set(connection.execute(told).scalars())


def add_matches(connection: Connection, rows: Sequence[Mapping[str, Any]], *, now: datetime) -> None:
    """Keep matches (subscription, document_id, rev, story, outcome, reason); one a subscription and document."""
    if rows:
        new = {"matched_at": now, "message_key": None}
        connection.execute(insert(matches), [{**row, **new} for row in rows])


def set_message(connection: Connection, subscription: str, documents: Sequence[str], key: str) -> None:
    """Note which message told of these documents."""
    here = (matches.c.subscription == subscription) & matches.c.document_id.in_(list(documents))
    connection.execute(update(matches).where(here & (matches.c.outcome == "alert")).values(message_key=key))


def of_document(connection: Connection, document: str) -> list[tuple[str, str | None]]:
    """(subscription, why it stayed quiet or None) for each subscription that this document matched."""
    query = select(matches.c.subscription, matches.c.reason).where(matches.c.document_id == document)
    return [(row.subscription, row.reason) for row in connection.execute(query.order_by(matches.c.subscription))]
