"""Boards: the list tells which threads moved, and only those are opened, from the last known page on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from core.identity import content_hash, raw_hash
from core.ports import Gate
from core.times import iso
from core.values import Document, Gone, Page, Source
from crawlers import boards
from crawlers.boards import Board, Thread
from crawlers.canonical import document_key
from crawlers.encoding import decode
from crawlers.platforms import json_forum, read_json_board, read_json_thread
from crawlers.platforms import says_gone as json_says_gone
from crawlers.refusals import Unreadable
from crawlers.spiders.base import SourceSpider
from crawlers.threads import adds_up, facts_of, risen, step_in, thread_page_url, thread_step, vanished, walk
from crawlers.trip import Fetched, Reading
from crawlers.walls import wall_of

DEEP_LOOK = timedelta(days=1)
"""How often the second list page is read although nothing moved on the first: edits do not bump a thread."""


class ForumSpider(SourceSpider):
    """Crawls one board of one forum."""

    name = "forum"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._before: dict[str, str | None] = {}
        self._now: dict[str, str | None] = {}

    def entries(self) -> Iterable[str]:
        """The board's list: its page, or its JSON where the platform has one."""
        forum = json_forum(self.source)
        yield from (forum.entry(url) if forum else url for url in super().entries())

    async def read(self, page: Page, fetched: Fetched) -> Reading | None:
        """A board's list page or a thread's page."""
        return await (self._read_list(page, fetched) if page.role == "list" else self._read_thread(page, fetched))

    # ------------------------------------------------------------ lists

    async def _read_list(self, page: Page, fetched: Fetched) -> Reading:
        board = await self.off_loop(_board, fetched, self.source)
        rows = {document_key(row.url, source=self.source): row for row in board.rows}
        known = await self.trip.desk.pages(self.source.id, list(rows))
        rose = risen(page.cursor.get("order", ()), list(rows))
        steps = [self._step(key, row, known.get(key), fetched.at, rose=key in rose) for key, row in rows.items()]
        moved = [step for step in steps if step]
        standing = {key: iso(row.last_post_at) for key, row in rows.items() if not row.sticky}
        self._before.update(page.cursor.get("threads", {}))
        self._now.update(standing)
        deep = self._deep_look(page, fetched.at)
        follow = await self.further_list(board.next_url) if board.next_url and (moved or deep) else ()
        lost = () if follow else await self._lost()
        cursor = {**page.cursor, "threads": standing, "order": list(rows)}
        if deep or moved:
            cursor["deep_at"] = iso(fetched.at)
        return Reading(self.done(page, fetched, cursor=cursor), again=(*moved, *lost, *follow))

    def _step(self, key: str, row: boards.Row, known: Page | None, now: datetime, *, rose: bool) -> Page | None:
        if known and known.round == self.round_id and known.state == "done":
            return None
        facts = facts_of(
            title=row.title, replies=row.replies, last_post_at=row.last_post_at, precision=row.last_post_precision
        )
        fresh = Page(self.source.id, key, row.url, "thread", discovered_at=now)
        silent = row.replies is None and row.last_post_at is None
        step = thread_step(known, facts, fresh=fresh, rose=rose and silent)
        return step if step and self.frontier.first_time(key) else None

    def _deep_look(self, page: Page, now: datetime) -> bool:
        at = page.cursor.get("deep_at")
        first = page.url in self.entries()
        return first and (at is None or now - datetime.fromisoformat(at) >= DEEP_LOOK)

    async def _lost(self) -> tuple[Page, ...]:
        """Known threads that are missing from where they stood: each is asked for once."""
        keys = [key for key in vanished(self._before, self._now) if self.frontier.first_time(key)]
        known = await self.trip.desk.pages(self.source.id, keys)
        return tuple(
            replace(page, state="pending", cursor=walk(page.cursor, None, full=True))
            for page in known.values()
            if page.state == "done"
        )

    # ------------------------------------------------------------ threads

    def address(self, page: Page) -> str:
        """The page of the thread that is to be read next."""
        number = int(page.cursor.get("next", 1))
        if page.role == "thread" and (forum := json_forum(self.source)):
            return page.cursor.get("next_url") or forum.thread_address(page.url, number)
        return page.cursor.get("next_url") or (
            thread_page_url(page.url, number) if page.role == "thread" and number > 1 else page.url
        )

    def document_keys(self, page: Page) -> Iterable[str]:
        """The keys of all posts of a thread."""
        return [f"{page.key}:{post}" for post in page.cursor.get("posts", {})]

    async def says_gone(self, fetched: Fetched) -> str | None:
        """The board's message."""
        return await self.off_loop(_gone, fetched, self.source)

    async def _read_thread(self, page: Page, fetched: Fetched) -> Reading | None:
        self.tally.opened += 1
        if "next" not in page.cursor:  # a recheck
            page = replace(page, cursor=walk(page.cursor, None, full=True))
        thread, documents = await self.off_loop(_thread, fetched, page, self.source, self.trip.gate)
        if thread.gone:
            await self.vanish(page, status=fetched.status, certain=True, reason=thread.gone)
            return None
        if thread.denied:
            raise Unreadable(thread.denied, kind="login")
        if not thread.posts:
            raise Unreadable("no posts")
        self.tally.texts += len(documents)
        hashes = {post: content_hash(d.title, d.body)[:8] for post, d in documents.items()}
        old = page.cursor.get("posts", {})
        changed = tuple(d for post, d in documents.items() if self.trip.force or old.get(post) != hashes[post])
        cursor, lost = step_in(page.cursor, hashes, last=thread.next_url is None)
        gone = tuple(self.gone(f"{page.key}:{post}", fetched.at) for post in lost)
        return self._walked(page, fetched, cursor, changed, gone, thread)

    def _walked(
        self,
        page: Page,
        fetched: Fetched,
        cursor: Mapping[str, Any],
        documents: tuple[Document, ...],
        gone: tuple[Gone, ...],
        thread: Thread,
    ) -> Reading:
        """The step after one page of a thread: on to the next page, once more from the start, or done."""
        page = replace(page, content_hash=page.content_hash or "thread")
        if thread.next_url is not None:
            return self._onward(page, {**cursor, "next_url": thread.next_url}, documents)
        if not adds_up(cursor):
            return self._onward(page, walk(cursor, None, full=True), documents)
        done = replace(self.done(page, fetched, cursor=cursor), etag=None, last_modified=None)
        return Reading(done, documents=documents, gone=gone)

    def _onward(self, page: Page, cursor: Mapping[str, Any], documents: tuple[Document, ...]) -> Reading:
        page = replace(page, state="pending", cursor=cursor)
        return Reading(page, documents=documents, again=(page,))


# ---------------------------------------------------------------- pure, run in a thread


def _board(fetched: Fetched, source: Source) -> Board:
    if forum := json_forum(source):
        return read_json_board(forum, fetched, source)
    text, _encoding = decode(fetched.body, declared=fetched.encoding)
    board = boards.read_board(text, fetched.url, fetched.at, source=source)
    if board.rows:
        return board
    raise Unreadable(board.message or "no threads", kind=wall_of(text, url=fetched.url) or "parse")


def _gone(fetched: Fetched, source: Source) -> str | None:
    if json_forum(source):
        return json_says_gone(fetched)
    text, _encoding = decode(fetched.body, declared=fetched.encoding)
    return boards.read_thread(text, fetched.url, fetched.at, source=source).gone


def _read(fetched: Fetched, source: Source) -> Thread:
    if forum := json_forum(source):
        return read_json_thread(forum, fetched)
    text, _encoding = decode(fetched.body, declared=fetched.encoding)
    thread = boards.read_thread(text, fetched.url, fetched.at, source=source)
    if not thread.posts and not thread.gone and (wall := wall_of(text, url=fetched.url)):
        raise Unreadable(thread.denied or wall, kind=wall)
    return thread


def _thread(fetched: Fetched, page: Page, source: Source, gate: Gate) -> tuple[Thread, dict[str, Document]]:
    """The thread page and its posts as documents past the gate, by post id."""
    thread = _read(fetched, source)
    order = [*page.cursor.get("posts", {}), *(str(post.id) for post in thread.posts)]
    places = {post: place for place, post in enumerate(dict.fromkeys(order), start=1)}  # where a board has no numbers
    shared = {"source": source.id, "kind": "post", "thread": page.key, "outlet": source.outlet}
    documents = {}
    for post in thread.posts:
        floor = post.floor or places[str(post.id)]
        document = Document(
            **shared,  # type: ignore[arg-type]
            key=f"{page.key}:{post.id}",
            title=(post.title or thread.title) if floor == 1 else None,
            body=post.body,
            fetched_at=fetched.at,
            url=thread.places.get(str(post.id)) or f"{page.url}#pid{post.id}",
            author=post.author,
            published_at=post.published_at,
            precision=post.precision,
            floor=floor,
            raw_hash=raw_hash(fetched.body),
        )
        documents[str(post.id)] = gate(document)
    return thread, documents
