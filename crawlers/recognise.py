"""What a page is: its software, its kind, the feeds it declares, and what it holds. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from core.ports import Gate
from core.values import Source
from crawlers.encoding import decode
from crawlers.extract import Extracted, discuz, extract
from crawlers.extract.dom import first, joined, parse, query, squeezed
from crawlers.extract.links import article_links
from crawlers.lists import feed_finds, is_feed, is_sitemap, listing_finds
from crawlers.platforms.answers import json_of
from crawlers.refusals import Unreadable
from crawlers.samples import (
    Sample,
    sample_of_find,
    sample_of_page,
    sample_of_post,
    samples_by_channel,
    samples_of_board,
)
from crawlers.trip import Fetched
from crawlers.walls import wall_of

Platform = Literal["discuz", "discourse", "nodebb", "flarum", "wordpress"]
PageSort = Literal["feed", "sitemap", "list", "board", "article", "thread", "json", "login", "captcha", "other"]
SAMPLES = 3
FEWEST_LINKS = 5
"""Links to articles from which a page without an article is called a list."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a page is. `entries` counts all of what the samples are the first of; `trouble` says why there are none."""

    platform: Platform | None
    sort: PageSort
    feeds: tuple[str, ...] = ()
    site: str | None = None
    entries: int = 0
    samples: tuple[Sample, ...] = ()
    trouble: str | None = None


def recognised(fetched: Fetched, *, source: Source, gate: Gate, configured: bool) -> Recognised:
    """
    What a fetched page is. A `configured` source is read by its own channel, else by what the page shows.

    Raises ConfigError for a selector or pattern that is none.
    """
    text, _encoding = decode(fetched.body, declared=fetched.encoding)
    known = _sort_by_bytes(fetched.body, text)
    tree = None if known else parse(text)
    page = extract(fetched.body, url=fetched.url, fetched_at=fetched.at) if known is None else None
    platform = platform_of(tree, text) if tree is not None else None
    sort = known or _sort_of(text, fetched.url, page)
    found = Recognised(
        platform=platform,
        sort="board" if sort == "list" and platform in ("discuz", "discourse", "nodebb", "flarum") else sort,
        feeds=declared_feeds(tree, fetched.url) if tree is not None else (),
        site=_site_name(tree) if tree is not None else None,
    )
    try:
        samples = (
            samples_by_channel(fetched, source, gate) if configured else _by_look(found, page, fetched, source, gate)
        )
    except Unreadable as error:
        return replace(found, trouble=str(error))
    if configured and sort == "json":  # it was read as the platform that the source declares, so it is that
        board = source.channel == "forum"
        found = replace(found, sort="board" if board else sort, platform=source.platform)  # type: ignore[arg-type]
    if configured and sort == "other" and samples:  # a short list, known by the source's own pattern or selectors
        found = replace(found, sort="list")
    return replace(found, entries=len(samples), samples=tuple(samples[:SAMPLES]))


def _sort_by_bytes(body: bytes, text: str) -> PageSort | None:
    if is_feed(body):
        return "feed"
    if is_sitemap(body):
        return "sitemap"
    answer = json_of(text)
    if isinstance(answer, dict) and "jsonfeed.org" in str(answer.get("version")):
        return "feed"
    return "json" if isinstance(answer, (dict, list)) else None


def _sort_of(text: str, url: str, page: Extracted | None) -> PageSort:
    if wall := wall_of(text, url=url):
        return wall
    kind = page.kind if page else "other"
    return "list" if kind == "other" and len(article_links(text, url)) >= FEWEST_LINKS else kind


# ---------------------------------------------------------------- the page as a whole


def platform_of(tree: Any, text: str) -> Platform | None:
    """The software that made a page, by what it says of itself and by its hooks; None when it shows none."""
    generator = str(first(tree, "//meta[@name='generator']/@content") or "").lower()
    names: tuple[Platform, ...] = ("discourse", "nodebb", "flarum", "wordpress")
    if named := next((name for name in names if generator.startswith(name)), None):
        return named
    if discuz.may_be_discuz(text) and discuz.is_discuz(tree):
        return "discuz"
    if first(tree, "//script[@id='flarum-json-payload'] | //*[@id='flarum-loading']") is not None:
        return "flarum"
    if first(tree, "//*[@id='data-discourse-setup'] | //*[@id='discourse-modal']") is not None:
        return "discourse"
    if first(tree, "//*[@component='topic' or @component='category/topic']") is not None:
        return "nodebb"
    rest = first(tree, "//link[@rel='https://api.w.org/'] | //link[contains(@href,'/wp-content/')]")
    return "wordpress" if rest is not None else None


def declared_feeds(tree: Any, url: str) -> tuple[str, ...]:
    """The feeds that a page's head declares, in its order, comment feeds last."""
    found: dict[str, bool] = {}
    for node in query(tree, "//link[@rel and @type and @href]"):
        kind = (node.get("type") or "").strip().lower()
        if "alternate" in node.get("rel").lower().split() and kind in _FEED_TYPES:
            address = joined(url, node.get("href"))
            if address.startswith(("http://", "https://")):
                found.setdefault(address, "comment" in address or "评论" in (node.get("title") or ""))
    return tuple(sorted(found, key=lambda address: found[address]))


_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json")


def _site_name(tree: Any) -> str | None:
    return squeezed(str(first(tree, "//meta[@property='og:site_name']/@content") or "")) or None


def _by_look(found: Recognised, page: Extracted | None, fetched: Fetched, source: Source, gate: Gate) -> list[Sample]:
    if found.sort in ("feed", "sitemap"):
        finds = (feed_finds if found.sort == "feed" else listing_finds)(fetched, source=source, gate=gate)
        return [sample_of_find(find, source, gate, fetched.at) for find in finds.entries]
    if found.sort == "board" and found.platform == "discuz":
        return samples_of_board(fetched, replace(source, channel="forum", platform="discuz"), gate)
    if found.sort in ("list", "board"):
        finds = listing_finds(fetched, source=source, gate=gate)
        return [sample_of_find(find, source, gate, fetched.at) for find in finds.entries]
    if found.sort == "article" and page:
        return [sample_of_page(page, fetched, source, gate)]
    if found.sort == "thread" and page:
        return [sample_of_post(post, page, fetched, source, gate) for post in page.posts]
    return []
