"""Search-result pages: a declared item selector with fields, a feed, a JSON list, or plain links. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from core.ports import Gate
from core.values import Source
from crawlers.canonical import document_key
from crawlers.dates import NOTHING, parse_date
from crawlers.encoding import decode
from crawlers.extract.dom import base_of, joined, line, parse, squeezed
from crawlers.extract.feeds import FeedItem
from crawlers.extract.links import next_link, select
from crawlers.json_lists import api_finds
from crawlers.lists import Find, Finds, is_feed, listing_finds
from crawlers.refusals import Unreadable
from crawlers.trip import Fetched
from crawlers.walls import wall_of


def search_address(template: str, name: str, *, encoding: str | None) -> str:
    """The address of one search; the name is escaped in the site's encoding."""
    return template.replace("{name}", quote(name, safe="", encoding=encoding or "utf-8", errors="replace"))


def search_finds(fetched: Fetched, *, source: Source, gate: Gate) -> Finds:
    """The results on a page. Raises Unreadable; no result at all is an answer, not an error."""
    if source.items is not None:
        return api_finds(fetched, source=source, gate=gate)
    if not source.item or is_feed(fetched.body):
        return listing_finds(fetched, source=source, gate=gate)
    text, _encoding = decode(fetched.body, declared=fetched.encoding)
    if wall := wall_of(text, url=fetched.url):
        raise Unreadable(wall, kind=wall)
    tree = parse(text)
    base = base_of(tree, fetched.url)
    finds = (_find(node, base, fetched, source) for node in select(tree, source.item))
    following = next_link(text, fetched.url, source.next) if source.next else None
    return Finds(tuple(find for find in finds if find), following)


def _find(node: Any, base: str, fetched: Fetched, source: Source) -> Find | None:
    told = told_by(node, source.fields)
    href = told.get("url") or next(iter(select(node, "a@href")), None)
    url = joined(base, href) if href else ""
    if not url.startswith(("http://", "https://")):
        return None
    when = parse_date(told["published_at"], fetched_at=fetched.at) if told.get("published_at") else NOTHING
    item = FeedItem(url, told.get("title"), None, told.get("body"), *when, told.get("author"), None)
    return Find(document_key(url, source=source), url, item)


def told_by(node: Any, fields: Mapping[str, str]) -> dict[str, str]:
    """Field -> text of what its selector finds first below the node; absent fields are left out."""
    found = {name: next(iter(select(node, selector)), None) for name, selector in fields.items()}
    texts = {name: squeezed(value) if isinstance(value, str) else line(value) for name, value in found.items()}
    return {name: text for name, text in texts.items() if text}
