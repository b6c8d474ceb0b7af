"""A fetched page, a feed entry or a record becomes a `Document` past the gate. Pure, and run in a thread."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from core.identity import raw_hash
from core.ports import Gate
from core.values import Document, Source
from crawlers.canonical import canonical_url, document_key
from crawlers.encoding import decode, is_text
from crawlers.extract import extract
from crawlers.extract.feeds import FeedItem
from crawlers.extract.values import Extracted
from crawlers.refusals import Unreadable
from crawlers.trip import Fetched
from crawlers.walls import says_gone, wall_of

WHOLE_TEXT = 400
"""Characters from which a feed's description counts as the text itself when nothing says that it is cut."""
_CUT = ("…", "...", "[…]", "[...]", "阅读全文", "查看全文", "阅读原文", "read more", "continue reading")


def article_document(fetched: Fetched, *, source: Source, gate: Gate, item: FeedItem | None = None) -> Document | None:
    """
    The article on a page; what the page does not say is taken from the list entry that led to it.

    None for a page that is itself a list. Raises Unreadable for a wall and for a page without text.
    """
    text, encoding = decode(fetched.body, declared=fetched.encoding)
    if not is_text(text):
        raise Unreadable("no text")
    if wall := wall_of(text, url=fetched.url):
        raise Unreadable(wall, kind=wall)
    if gone := says_gone(text):
        raise Unreadable(gone, kind="gone")
    found = extract(fetched.body, url=fetched.url, fetched_at=fetched.at, declared_encoding=encoding)
    if found.kind == "list" and not source.article_pattern:
        return None
    if not found.body:
        raise Unreadable("no text")
    url = canonical_url(found.canonical or fetched.url, source=source)
    dated: FeedItem | Extracted = item if item and item.published_at and not found.published_at else found
    return gate(
        Document(
            source=source.id,
            kind=source.kind,
            key=document_key(url, source=source),
            title=found.title or (item.title if item else None),
            body=found.body,
            fetched_at=fetched.at,
            url=url,
            author="、".join(found.author) or (item.author if item else None),
            outlet=found.outlet or source.outlet,
            published_at=dated.published_at,
            precision=dated.precision,
            raw_hash=raw_hash(fetched.body),
        )
    )


def has_whole_text(item: FeedItem) -> bool:
    """True when a feed entry carries the text itself, so that its page need not be fetched."""
    if item.body:
        return not item.body.rstrip(" 。").lower().endswith(_CUT) and len(item.body) >= len(item.summary or "")
    summary = (item.summary or "").strip()
    return len(summary) >= WHOLE_TEXT and not summary.lower().endswith(_CUT)


def feed_document(item: FeedItem, *, source: Source, gate: Gate, fetched_at: datetime, key: str) -> Document | None:
    """The document that a feed entry is by itself; None without any text. `key` is the entry's."""
    body = item.body or item.summary
    if not body and not item.title:
        return None
    return gate(
        Document(
            source=source.id,
            kind=source.kind,
            key=key,
            title=item.title,
            body=body or "",
            fetched_at=fetched_at,
            url=canonical_url(item.url, source=source) if item.url else None,
            author=item.author,
            outlet=source.outlet,
            published_at=item.published_at,
            precision=item.precision,
        )
    )


def feed_key(item: FeedItem, *, source: Source) -> str | None:
    """The key of an entry: its page's, else one from its own id; None when it has neither."""
    if item.url and urlsplit(item.url).scheme in ("http", "https"):
        return document_key(item.url, source=source)
    return f"feed:{source.id}:{item.id}" if item.id else None
