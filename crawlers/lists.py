"""What a list leads to: entries of feeds, sitemaps and list pages in one form. Pure, and run in a thread."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from core.ports import Gate
from core.values import Document, Source
from crawlers.articles import feed_document, feed_key, has_whole_text
from crawlers.canonical import document_key
from crawlers.encoding import decode
from crawlers.extract.feeds import FeedError, FeedItem, parse_feed
from crawlers.extract.links import SitemapEntry, article_links, next_link, parse_sitemap
from crawlers.refusals import Unreadable
from crawlers.trip import Fetched
from crawlers.walls import wall_of

MOST_ENTRIES = 2_000
"""The newest entries of one sitemap; what is older is archive, not news."""
_FEED = re.compile(
    rb"^\s*(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*|<\?xml-stylesheet[^>]*>\s*|<!--.*?-->\s*)*<(?:rss|feed|rdf:RDF)\b",
    re.DOTALL,
)
_SITEMAP = re.compile(rb"<(?:\w+:)?(?:urlset|sitemapindex)\b")


@dataclass(frozen=True, slots=True)
class Find:
    """
    One entry of a list. `item` is what the list says of it; `whole` the document when the list has all of it.

    `changed_at` is when the site says it last changed. `is_list` marks a further list.
    """

    key: str
    url: str
    item: FeedItem | None = None
    whole: Document | None = None
    changed_at: datetime | None = None
    is_list: bool = False


@dataclass(frozen=True, slots=True)
class Finds:
    """The entries of a list in its order, and the address of its next page."""

    entries: tuple[Find, ...]
    next_url: str | None = None


def is_feed(body: bytes) -> bool:
    """True when the bytes begin as RSS or Atom do."""
    return bool(_FEED.match(body[:4096]))


def is_sitemap(body: bytes) -> bool:
    """True when the bytes begin as a sitemap or a sitemap index does."""
    return bool(_SITEMAP.search(body[:4096]))


def feed_finds(fetched: Fetched, *, source: Source, gate: Gate) -> Finds:
    """The entries of a feed. Raises Unreadable."""
    try:
        items = parse_feed(fetched.body, fetched.url, fetched.at)
    except FeedError as error:
        raise Unreadable(str(error), kind=_wall(fetched) or "parse") from error
    pages = re.compile(source.article_pattern) if source.article_pattern else None
    finds = []
    for item in items:
        key = feed_key(item, source=source)
        if key is None:
            continue
        by_page = bool(item.url and pages and pages.search(item.url))
        whole = None
        if not by_page and (has_whole_text(item) or not item.url):
            whole = feed_document(item, source=source, gate=gate, fetched_at=fetched.at, key=key)
        finds.append(Find(key, item.url or fetched.url, item, whole))
    return Finds(tuple(finds))


def listing_finds(fetched: Fetched, *, source: Source, gate: Gate) -> Finds:
    """The entries of a list page, a sitemap or a feed, told apart by content. Raises Unreadable."""
    if is_feed(fetched.body):
        return feed_finds(fetched, source=source, gate=gate)
    if is_sitemap(fetched.body):
        return _sitemap_finds(fetched, source=source)
    text, _encoding = decode(fetched.body, declared=fetched.encoding)
    if wall := wall_of(text, url=fetched.url):
        raise Unreadable(wall, kind=wall)
    links = article_links(text, fetched.url, source.article_pattern)
    finds = (Find(document_key(url, source=source), url, _named(url, title)) for url, title in links)
    return Finds(tuple(finds), next_link(text, fetched.url, source.next))


def _wall(fetched: Fetched) -> str | None:
    text, _encoding = decode(fetched.body, declared=fetched.encoding)
    return wall_of(text, url=fetched.url)


def _sitemap_finds(fetched: Fetched, *, source: Source) -> Finds:
    try:
        entries = parse_sitemap(fetched.body, fetched_at=fetched.at, url=fetched.url)
    except FeedError as error:
        raise Unreadable(str(error)) from error
    pattern = re.compile(source.article_pattern) if source.article_pattern else None
    wanted = [e for e in entries if _leads_to_articles(e, pattern)]
    wanted.sort(key=lambda e: moment.timestamp() if (moment := e.lastmod or e.published_at) else 0.0, reverse=True)
    return Finds(tuple(_from_sitemap(entry, source) for entry in wanted[:MOST_ENTRIES]))


_OTHER_SITEMAP = re.compile(
    r"(?:users?|authors?|tags?|taxonom\w+|categor\w+|images?|videos?)[-_\d]*\.xml", re.IGNORECASE
)


def _leads_to_articles(entry: SitemapEntry, pattern: re.Pattern[str] | None) -> bool:
    if entry.is_sitemap:
        return not _OTHER_SITEMAP.search(entry.url)
    return pattern is None or bool(pattern.search(entry.url))


def _from_sitemap(entry: SitemapEntry, source: Source) -> Find:
    item = FeedItem(entry.url, entry.title, None, None, entry.published_at, entry.precision, None, None)
    key = document_key(entry.url, source=source)
    return Find(key, entry.url, None if entry.is_sitemap else item, None, entry.lastmod, entry.is_sitemap)


def _named(url: str, title: str) -> FeedItem:
    return FeedItem(url, title or None, None, None, None, "none", None, None)
