"""One reading of boards for all platforms: Discuz! by its hooks, anything else by declared CSS selectors. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from core.values import Precision, Source
from crawlers.extract import discuz
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
    """A page of a thread. Every post has an id. `gone` and `denied` are the board's own words."""

    title: str | None
    posts: tuple[Post, ...]
    next_url: str | None
    gone: str | None = None
    denied: str | None = None


def read_board(text: str, url: str, fetched_at: datetime, *, source: Source) -> Board:
    """The threads of a board page by the source's platform."""
    page = discuz.parse_list(text, url, fetched_at)
    rows = tuple(
        Row(row.url, row.title, row.replies, row.last_post_at, row.last_post_precision, row.sticky) for row in page.rows
    )
    return Board(rows, page.next_url, page.message)


def read_thread(text: str, url: str, fetched_at: datetime, *, source: Source) -> Thread:
    """The posts of a thread page by the source's platform; posts without an id are left out."""
    page = discuz.parse_thread(text, url, fetched_at)
    posts = tuple(replace(post, body=post.body.strip()) for post in page.posts if post.id)
    return Thread(page.title, posts, page.next_url, page.gone, page.denied)
