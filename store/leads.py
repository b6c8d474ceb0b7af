"""What following the sources of reprints needs to know: pages with references, hits, outlets, what was followed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, Text, func, select, type_coerce

from core.identity import document_id
from core.values import Page
from store.schema import documents, findings, frontier

CHUNK = 500
MOST_PAGES = 500
MOST_OUTLETS = 5000


def pages_with_links(connection: Connection, source: str, *, since: datetime) -> list[Page]:
    """The articles of a source read since then that name others as their source, the newest first."""
    f = frontier.c
    named = type_coerce(f.cursor, Text).contains('"links":')
    query = select(frontier).where(f.source == source, f.role == "article", f.fetched_at >= since, named)
    rows = connection.execute(query.order_by(f.fetched_at.desc()).limit(MOST_PAGES))
    return [Page(**row._asdict()) for row in rows]


def followed_since(connection: Connection, source: str, since: datetime) -> int:
    """How many pages were followed from articles of this source since then."""
    f = frontier.c
    led = type_coerce(f.cursor, Text).contains('"led_by":')
    query = select(func.count()).select_from(frontier).where(f.source == source, f.discovered_at >= since, led)
    return int(connection.execute(query).scalar() or 0)


def hits_among(connection: Connection, keys: Sequence[str]) -> set[str]:
    """The keys whose documents are about one of the companies, as they stand now."""
    by_id = {document_id(key): key for key in keys}
    joined = documents.join(findings, (findings.c.document_id == documents.c.id) & (findings.c.rev == documents.c.rev))
    found: set[str] = set()
    for chunk in _chunks(list(by_id)):
        query = select(documents.c.id, findings.c.about).select_from(joined).where(documents.c.id.in_(chunk))
        found |= {by_id[row.id] for row in connection.execute(query) if row.about}
    return found


def known_among(connection: Connection, keys: Sequence[str]) -> set[str]:
    """The keys that have a document, or a page of any source."""
    by_id = {document_id(key): key for key in keys}
    found: set[str] = set()
    for chunk in _chunks(list(by_id)):
        query = select(documents.c.id).where(documents.c.id.in_(chunk))
        found |= {by_id[row.id] for row in connection.execute(query)}
    for chunk in _chunks(list(keys)):
        found |= {row.key for row in connection.execute(select(frontier.c.key).where(frontier.c.key.in_(chunk)))}
    return found


def outlet_addresses(connection: Connection) -> list[str]:
    """An address of each outlet that has published a document we know."""
    d = documents.c
    query = select(func.max(d.url)).where(d.outlet.is_not(None), d.url.is_not(None)).group_by(d.outlet, d.source)
    return [address for (address,) in connection.execute(query.limit(MOST_OUTLETS))]


def _chunks(values: Sequence[str]) -> Iterable[Sequence[str]]:
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))
