"""Samples of what a page holds, past the gate: what a source would bring, and what would be missing. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.display import heading
from core.ports import Gate
from core.values import Document, Precision, Source
from crawlers import boards
from crawlers.encoding import decode
from crawlers.extract import Extracted, Post
from crawlers.json_lists import api_finds
from crawlers.lists import Find, feed_finds, listing_finds
from crawlers.platforms import json_forum, read_json_board
from crawlers.refusals import Unreadable
from crawlers.results import search_finds
from crawlers.trip import Fetched
from crawlers.walls import wall_of


@dataclass(frozen=True, slots=True)
class Sample:
    """
    One document, or what a list says of it, past the gate. `opened`: its own page was read, not only the list.

    `missing` names what was looked for and not found, among title, body, published_at, outlet and author; of a
    list entry only title and published_at are expected.
    """

    title: str | None
    url: str | None
    published_at: datetime | None
    precision: Precision
    outlet: str | None
    has_author: bool
    opened: bool
    missing: tuple[str, ...]


def samples_by_channel(fetched: Fetched, source: Source, gate: Gate) -> list[Sample]:
    """What a configured source reads on its first page. Raises Unreadable."""
    if source.channel == "forum":
        return samples_of_board(fetched, source, gate)
    readers = {"feed": feed_finds, "api": api_finds, "search": search_finds}
    finds = readers.get(source.channel, listing_finds)(fetched, source=source, gate=gate)
    return [sample_of_find(find, source, gate, fetched.at) for find in finds.entries if not find.is_list]


def samples_of_board(fetched: Fetched, source: Source, gate: Gate) -> list[Sample]:
    """The threads of a board. Raises Unreadable when there are none."""
    text, _encoding = decode(fetched.body, declared=fetched.encoding)
    if forum := json_forum(source):
        board = read_json_board(forum, fetched, source)
    else:
        board = boards.read_board(text, fetched.url, fetched.at, source=source)
    if not board.rows:
        raise Unreadable(board.message or wall_of(text, url=fetched.url) or "no threads")
    shared = {"source": source.id, "kind": source.kind, "body": "", "fetched_at": fetched.at}
    documents = (
        Document(
            **shared,  # type: ignore[arg-type]
            key=row.url,
            title=row.title,
            url=row.url,
            published_at=row.last_post_at,
            precision=row.last_post_precision,
        )
        for row in board.rows
    )
    return [_sample(gate(document), opened=False) for document in documents]


def sample_of_find(find: Find, source: Source, gate: Gate, at: datetime) -> Sample:
    """An entry of a list."""
    if find.whole:
        return _sample(find.whole, opened=True)
    item = find.item
    listed = Document(
        source=source.id,
        kind=source.kind,
        key=find.key,
        title=item.title if item else None,
        body=(item.body or item.summary or "") if item else "",
        fetched_at=at,
        url=find.url,
        author=item.author if item else None,
        published_at=item.published_at if item else None,
        precision=item.precision if item else "none",
    )
    return _sample(gate(listed), opened=False)


def sample_of_page(page: Extracted, fetched: Fetched, source: Source, gate: Gate) -> Sample:
    """An article."""
    document = Document(
        source=source.id,
        kind=source.kind,
        key=fetched.url,
        title=page.title,
        body=page.body or "",
        fetched_at=fetched.at,
        url=page.canonical or fetched.url,
        author="、".join(page.author) or None,
        outlet=page.outlet,
        published_at=page.published_at,
        precision=page.precision,
    )
    return _sample(gate(document), opened=True)


def sample_of_post(post: Post, page: Extracted, fetched: Fetched, source: Source, gate: Gate) -> Sample:
    """A post of a thread."""
    document = Document(
        source=source.id,
        kind="post",
        key=fetched.url,
        title=page.title,
        body=post.body,
        fetched_at=fetched.at,
        url=fetched.url,
        author=post.author,
        published_at=post.published_at,
        precision=post.precision,
    )
    return _sample(gate(document), opened=True)


def _sample(document: Document, *, opened: bool) -> Sample:
    wanted: dict[str, object] = {"title": document.title, "published_at": document.published_at}
    if opened:
        wanted |= {"body": document.body, "author": document.author}
        if document.kind == "news":
            wanted["outlet"] = document.outlet
    return Sample(
        title=heading(document.title, document.body) or None,
        url=document.url,
        published_at=document.published_at,
        precision=document.precision,
        outlet=document.outlet,
        has_author=document.author is not None,
        opened=opened,
        missing=tuple(name for name, value in wanted.items() if not value),
    )
