"""Which subscription matched which document, with what outcome, and since when each is known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

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


def matched_before(connection: Connection, subscription: str, document: str) -> bool:
    """True when this subscription has matched this document, whatever came of it."""
    here = (matches.c.subscription == subscription) & (matches.c.document_id == document)
    return connection.execute(select(matches.c.rev).where(here)).first() is not None


def story_alerted(connection: Connection, subscription: str, story: str) -> bool:
    """True when this subscription was alerted of a document of this story."""
    here = (matches.c.subscription == subscription) & (matches.c.story == story) & (matches.c.outcome == "alert")
    return connection.execute(select(matches.c.document_id).where(here).limit(1)).first() is not None


def add_match(
    connection: Connection,
    *,
    subscription: str,
    document: str,
    rev: int,
    story: str,
    outcome: str,
    reason: str | None,
    message_key: str | None,
    now: datetime,
) -> None:
    """Keep a match; one row per subscription and document."""
    connection.execute(
        insert(matches).values(
            subscription=subscription,
            document_id=document,
            rev=rev,
            story=story,
            outcome=outcome,
            reason=reason,
            matched_at=now,
            message_key=message_key,
        )
    )


def set_message(connection: Connection, subscription: str, documents: Sequence[str], key: str) -> None:
    """Note which message told of these documents."""
    here = (matches.c.subscription == subscription) & matches.c.document_id.in_(list(documents))
    connection.execute(update(matches).where(here & (matches.c.outcome == "alert")).values(message_key=key))


def of_document(connection: Connection, document: str) -> list[tuple[str, str | None]]:
    """(subscription, why it stayed quiet or None) for each subscription that this document matched."""
    query = select(matches.c.subscription, matches.c.reason).where(matches.c.document_id == document)
    return [(row.subscription, row.reason) for row in connection.execute(query.order_by(matches.c.subscription))]
