"""What a page says about itself in its head: <title>, meta tags, JSON-LD, canonical address."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from crawlers.canonical import site_of
from crawlers.extract.dom import base_of, first, joined, query, squeezed

MAX_JSON, MAX_VALUE, MAX_TITLE, MAX_TAGS = 300_000, 2_000, 500, 500
"""Characters of JSON-LD, of a meta tag and of a title that are looked at, and the number of tags."""
_ARTICLE_TYPES = re.compile(r"Article|Posting|Report|Blog|WebPage|Question|cambrian", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Meta:
    """
    The head of a page. `tags` maps lower-case names (name, property or itemprop) to their first non-empty content;
    `linked` are the JSON-LD objects that speak of an article.
    """

    title: str
    tags: dict[str, str]
    linked: tuple[dict[str, Any], ...]
    canonical: str | None

    def tag(self, *names: str) -> str | None:
        """The first of these tags that is there."""
        return next((self.tags[name] for name in names if name in self.tags), None)

    def linked_text(self, *names: str) -> str | None:
        """The first text under one of these names in the JSON-LD."""
        for name in names:
            for thing in self.linked:
                value = thing.get(name)
                if isinstance(value, str) and value.strip():
                    return squeezed(value)
        return None

    def linked_names(self, role: str) -> list[tuple[str, str]]:
        """The (type, name) of the persons or organisations in a role such as "author"."""
        found = []
        for thing in self.linked:
            value = thing.get(role)
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, dict) and isinstance(one.get("name"), str):
                    found.append((str(one.get("@type") or ""), squeezed(one["name"])))
                elif isinstance(one, str):
                    found.append(("", squeezed(one)))
        return [(kind, name) for kind, name in found if name]


def meta_of(tree: Any, url: str | None) -> Meta:
    """The head of a page; everything absent stays empty."""
    tags: dict[str, str] = {}
    for node in query(tree, "//meta[@content]")[:MAX_TAGS]:
        content = squeezed((node.get("content") or "")[:MAX_VALUE])
        for attribute in ("name", "property", "itemprop"):
            name = (node.get(attribute) or "").strip().lower()
            if name and content:
                tags.setdefault(name, content)
    titles = [squeezed("".join(node.itertext())[:MAX_TITLE]) for node in query(tree, "//title")[:3]]
    return Meta(next(filter(None, titles), ""), tags, tuple(_linked(tree)), _canonical(tree, tags, url))


def _linked(tree: Any) -> Iterator[dict[str, Any]]:
    for node in query(tree, "//script[contains(@type,'ld+json')]")[:10]:
        text = (node.text or "").strip().rstrip(";")
        if not text or len(text) > MAX_JSON:
            continue
        try:
            data = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
        yield from (thing for thing in _objects(data) if _speaks_of_article(thing))


def _objects(data: Any) -> Iterator[dict[str, Any]]:
    for thing in data if isinstance(data, list) else [data]:
        if isinstance(thing, dict):
            yield thing
            graph = thing.get("@graph")
            yield from (t for t in graph if isinstance(t, dict)) if isinstance(graph, list) else ()


def _speaks_of_article(thing: dict[str, Any]) -> bool:
    return (
        bool(_ARTICLE_TYPES.search(f"{thing.get('@type') or ''} {thing.get('@context') or ''}")) or "headline" in thing
    )


def _canonical(tree: Any, tags: dict[str, str], url: str | None) -> str | None:
    """The page's own address for itself: only on the same site, and not the bare home page."""
    href = first(tree, "//link[@rel='canonical']/@href") or tags.get("og:url") or ""
    address = joined(base_of(tree, url), str(href)) if href else ""
    try:
        parts = urlsplit(address)
        own = urlsplit(url or address)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or not own.hostname:
        return None
    same_site = site_of(parts.hostname) == site_of(own.hostname)
    is_home = parts.path in ("", "/") and not parts.query and own.path not in ("", "/")
    return address if same_site and not is_home else None
