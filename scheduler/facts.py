"""A stored document as the facts that index, search and subscriptions ask of it. The only place that decides this."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.times import iso
from core.values import Facts
from store.documents import Stored


def facts_of(stored: Stored, *, source_names: Mapping[str, str]) -> Facts:
    """The row of one document. `source` answers to id and name; `heat` is the number of its reprints and itself."""
    finding = stored.finding
    return Facts(
        id=stored.id,
        title=stored.title or "",
        body=stored.body,
        published_at=stored.published_at or stored.first_seen,
        sentiment=finding.sentiment.label,
        topics=tuple(topic.id for topic in finding.topics),
        source=tuple(dict.fromkeys((stored.source, source_names.get(stored.source, stored.source)))),
        outlet=stored.outlet,
        companies=finding.about,
        author=stored.author,
        status=stored.status,
        level=stored.level,
        kind=stored.kind,
        heat=float(stored.story_size),
        url=stored.url,
        story=stored.story,
        rev=stored.rev,
        version=stored.version,
        keywords=finding.keywords,
    )


def row_of(stored: Stored) -> dict[str, Any]:
    """The row that search results are joined with, in plain JSON values."""
    return {
        "id": stored.id,
        "rev": stored.rev,
        "title": stored.title,
        "body": stored.body,
        "url": stored.url,
        "source": stored.source,
        "outlet": stored.outlet,
        "author": stored.author,
        "published_at": iso(stored.published_at),
        "companies": list(stored.finding.about),
        "sentiment": stored.finding.sentiment.label,
        "topics": [topic.id for topic in stored.finding.topics],
        "story": stored.story,
        "story_size": stored.story_size,
        "level": stored.level,
        "status": stored.status,
        "deleted": False,
    }
