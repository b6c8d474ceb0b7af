"""Counts for the brief."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, cast, func, select, type_coerce
from sqlalchemy.dialects.postgresql import JSONB

from store.schema import Json, documents, findings, story_members


def published_labels(
    connection: Connection, company: str, start: datetime, end: datetime
) -> list[tuple[datetime, str]]:
    """(instant, label) of each document about the company that was published in [start, end)."""
    joined = documents.join(findings, (findings.c.document_id == documents.c.id) & (findings.c.rev == documents.c.rev))
    within = (documents.c.published_at >= start) & (documents.c.published_at < end)
    query = select(documents.c.published_at, findings.c.label, findings.c.about).select_from(joined).where(within)
    return [(row.published_at, row.label) for row in connection.execute(query) if company in row.about]


@dataclass(frozen=True, slots=True)
class Telling:
    """
    What one document adds to its day: a telling of its story, and the words that say most about it.

    `outlet` is who published it, its source where it does not say.
    """

    seen_at: datetime
    story: str
    outlet: str
    keywords: tuple[str, ...]


def _keywords(connection: Connection) -> ColumnElement[Any]:
    """The keywords of a finding, taken out by the database."""
    payload = findings.c.payload
    if connection.dialect.name == "postgresql":
        return type_coerce(cast(type_coerce(payload, Text), JSONB)["keywords"].astext, Json)
    return func.json_extract(payload, "$.keywords", type_=Json)


def tellings(
    connection: Connection, company: str, start: datetime, end: datetime, *, kinds: Sequence[str] = ()
) -> list[Telling]:
    """
    The documents first discovered in [start, end) that are about the company or of one of the kinds, oldest first.

    Backfill is left out. No text is read, and of a finding its keywords alone.
    """
    d, f = documents.c, findings.c
    joined = documents.join(findings, (f.document_id == d.id) & (f.rev == d.rev)).outerjoin(
        story_members, story_members.c.document_id == d.id
    )
    named = type_coerce(f.about, Text).contains(json.dumps(company, ensure_ascii=False), autoescape=True)  # or a part
    query = select(
        d.first_seen,
        d.kind,
        f.about,
        func.coalesce(story_members.c.story, d.id).label("story"),
        func.coalesce(d.outlet, d.source).label("outlet"),
        _keywords(connection).label("keywords"),
    ).select_from(joined)
    within = (d.first_seen >= start) & (d.first_seen < end) & ~d.backfill & (named | d.kind.in_(kinds))
    return [
        Telling(row.first_seen, row.story, row.outlet, tuple(row.keywords or ()))
        for row in connection.execute(query.where(within).order_by(d.first_seen, d.id))
        if company in row.about or row.kind in kinds
    ]
