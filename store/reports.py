"""Counts for the brief."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from store.schema import documents, findings


def published_labels(
    connection: Connection, company: str, start: datetime, end: datetime
) -> list[tuple[datetime, str]]:
    """(instant, label) of each document about the company that was published in [start, end)."""
    joined = documents.join(findings, (findings.c.document_id == documents.c.id) & (findings.c.rev == documents.c.rev))
    within = (documents.c.published_at >= start) & (documents.c.published_at < end)
    query = select(documents.c.published_at, findings.c.label, findings.c.about).select_from(joined).where(within)
    return [(row.published_at, row.label) for row in connection.execute(query) if company in row.about]
