"""Which sources of reprints are worth one look, so that a story names its first outlet: decided, then queued."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from core.times import day_bounds, day_of
from core.values import CrawlBatch, Page, Source
from scheduler.radar import Radar
from store import leads
from store.crawl import StoredCrawl
from store.engine import Store

log = logging.getLogger(__name__)
A_ROUND, A_DAY = 5, 20
"""Pages that one source may follow: beside the dozens of a round they disturb nobody."""
RECENT = timedelta(days=2)
"""How old an article may be to be followed from: a story is told within a day or two."""


@dataclass(frozen=True, slots=True)
class Lead:
    """An address that a document about the company names as its source; `key` is its document key."""

    url: str
    key: str
    led_by: str


def leads_to_follow(
    candidates: Iterable[Lead],
    *,
    sites: Set[str],
    known: Set[str],
    followed_today: int,
    site_of: Callable[[str | None], str],
) -> list[Lead]:
    """
    The leads to fetch in the next round, in the order given, each document once.

    Only to `sites` of outlets and sources that we know, never to a document or page that is `known`, and no
    more than A_ROUND and what is left of A_DAY.
    """
    chosen: dict[str, Lead] = {}
    room = min(A_ROUND, A_DAY - followed_today)
    for lead in candidates:
        if len(chosen) >= room:
            break
        if lead.key not in known and site_of(urlsplit(lead.url).hostname) in sites:
            chosen.setdefault(lead.key, lead)
    return list(chosen.values())


def queue_leads(radar: Radar, store: Store, sources: Sequence[Source], *, now: datetime) -> int:
    """Put the leads of these sources into their frontiers, open for the round that begins; how many there are."""
    following = [source for source in sources if source.follow_links]
    queued = 0
    for source in following:
        pages = _pages_of(radar, store, source, now)
        if pages:
            StoredCrawl(store, lambda: now).commit(CrawlBatch(pages=tuple(pages)))
            log.info("leads queued source=%s count=%d", source.id, len(pages))
        queued += len(pages)
    return queued


def _pages_of(radar: Radar, store: Store, source: Source, now: datetime) -> list[Page]:
    from crawlers.canonical import document_key, site_of
    from crawlers.schedule import TRIES  # a failure is the last of them: once is once

    today, _end = day_bounds(day_of(now, zone=radar.zone), zone=radar.zone)
    with store.read() as connection:
        articles = leads.pages_with_links(connection, source.id, since=now - RECENT)
        named = {article.cursor.get("document", article.key): article.cursor["links"] for article in articles}
        hits = leads.hits_among(connection, list(named))
        found = [
            Lead(url, document_key(url, source=source), key)
            for key, urls in named.items()
            if key in hits
            for url in urls
        ]
        addresses = [*leads.outlet_addresses(connection), *(each.url for each in radar.sources if each.url)]
        known = leads.known_among(connection, [lead.key for lead in found])
        followed = leads.followed_since(connection, source.id, today)
    sites = {site_of(urlsplit(address).hostname) for address in addresses}
    chosen = leads_to_follow(found, sites=sites, known=known, followed_today=followed, site_of=site_of)
    return [
        Page(
            source.id,
            lead.key,
            lead.url,
            "article",
            discovered_at=now,
            cursor={"led_by": lead.led_by, "tries": TRIES - 1},
        )
        for lead in chosen
    ]
