"""One reading of boards for all platforms: Discuz! by its hooks, anything else by declared CSS selectors. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from core.values import Precision, Source
from crawlers.dates import NOTHING, Parsed, parse_date
from crawlers.extract import discuz
from crawlers.extract.dom import base_of, first, joined, line, parse, squeezed, text_of
from crawlers.extract.links import select
from crawlers.extract.values import Post


@dataclass(frozen=True, slots=True)
class Row:
    """A thread in a board list. Counts and times that the board hides are None; times are aware UTC."""

    url: str
    title: str
    replies: int | None
    last_post_at: datetime | None
    last_post_precision: Precision
    sticky: bool = False


@dataclass(frozen=True, slots=True)
class Board:
    """A page of a board list; `message` is what the board says instead."""

    rows: tuple[Row, ...]
    next_url: str | None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """
    A page of a thread. Every post has an id. `gone` and `denied` are the board's own words.

    `places` maps a post's id to its address, where the platform has one for each post.
    """

    title: str | None
    posts: tuple[Post, ...]
    next_url: str | None
    gone: str | None = None
    denied: str | None = None
    places: Mapping[str, str] = field(default_factory=dict)


def by_selectors(source: Source) -> bool:
    """True for a board that is read by declared selectors."""
    return source.platform == "css" or (source.platform is None and bool(source.select))


def read_board(text: str, url: str, fetched_at: datetime, *, source: Source) -> Board:
    """The threads of a board page by the source's platform. Raises ConfigError for a selector that is none."""
    if by_selectors(source):
        return _css_board(text, url, fetched_at, source.select)
    page = discuz.parse_list(text, url, fetched_at)
    rows = tuple(
        Row(row.url, row.title, row.replies, row.last_post_at, row.last_post_precision, row.sticky) for row in page.rows
    )
    return Board(rows, page.next_url, page.message)


def read_thread(text: str, url: str, fetched_at: datetime, *, source: Source) -> Thread:
    """The posts of a thread page by the source's platform; posts without an id are left out."""
    if by_selectors(source):
        return _css_thread(text, url, fetched_at, source.select)
    page = discuz.parse_thread(text, url, fetched_at)
    posts = tuple(replace(post, body=post.body.strip()) for post in page.posts if post.id)
    return Thread(page.title, posts, page.next_url, page.gone, page.denied)


# ---------------------------------------------------------------- declared selectors


def _css_board(text: str, url: str, fetched_at: datetime, selectors: Mapping[str, str]) -> Board:
    """
    `thread` finds the links to threads. With `row` (what holds one thread's line) `replies` and `last_post`
    are looked for in each row; without them a thread is known to have moved by its rise in the list.
    """
    tree = parse(text)
    base = base_of(tree, url)
    holders = select(tree, selectors["row"]) if "row" in selectors else [None]
    rows = []
    for holder in holders:
        for link in select(tree if holder is None else holder, selectors.get("thread", "a")):
            address = joined(base, link.get("href") or "").partition("#")[0]
            if address.startswith(("http://", "https://")) and line(link):
                rows.append(_css_row(address, line(link), holder, fetched_at, selectors))
    following = next(iter(select(tree, selectors["next"])), None) if "next" in selectors else None
    return Board(tuple(rows), _address(base, following))


def _css_row(address: str, title: str, holder: Any, fetched_at: datetime, selectors: Mapping[str, str]) -> Row:
    if holder is None:
        return Row(address, title, None, None, "none")
    counted = re.search(r"\d+", _first(holder, selectors.get("replies")).replace(",", ""))
    last_at, precision = _when(_first(holder, selectors.get("last_post")), fetched_at)
    return Row(address, title, int(counted[0]) if counted else None, last_at, precision)


def _css_thread(text: str, url: str, fetched_at: datetime, selectors: Mapping[str, str]) -> Thread:
    tree = parse(text)
    base = base_of(tree, url)
    title = _first(tree, selectors.get("title")) or line(first(tree, "//h1")) or line(first(tree, "//title")) or None
    nodes = select(tree, selectors.get("post", ".post"))
    posts = tuple(_css_post(node, number, fetched_at, selectors) for number, node in enumerate(nodes, start=1))
    following = next(iter(select(tree, selectors["next"])), None) if "next" in selectors else None
    return Thread(title, posts, _address(base, following))


def _css_post(node: Any, number: int, fetched_at: datetime, selectors: Mapping[str, str]) -> Post:
    named = _first(node, selectors.get("post_id", "@id"))
    digits = re.search(r"\d+", named)
    body = next(iter(select(node, selectors["text"])), None) if "text" in selectors else node
    published_at, precision = _when(_first(node, selectors.get("time")), fetched_at)
    return Post(
        author=_first(node, selectors.get("author")) or None,
        published_at=published_at,
        precision=precision,
        body=squeezed(body) if isinstance(body, str) else text_of(body) if body is not None else "",
        id=digits[0] if digits else named or f"n{number}",
    )


def _first(node: Any, selector: str | None) -> str:
    """The text that a selector finds first; "" for none."""
    found = next(iter(select(node, selector)), None) if selector else None
    return squeezed(found) if isinstance(found, str) else line(found)


def _when(text: str, fetched_at: datetime) -> Parsed:
    return parse_date(text, fetched_at=fetched_at) if text else NOTHING


def _address(base: str, found: Any) -> str | None:
    href = found if isinstance(found, str) else found.get("href") if found is not None else None
    address = joined(base, href) if href else ""
    return address if address.startswith(("http://", "https://")) else None
