"""
The crawl's side of a `CrawlStore`: one thread for all calls, and one commit for many pages.

A page and its documents stand in the same batch, so a kill loses at most what was not yet committed,
and what was not committed is fetched again.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import TypeVar

from core.errors import Unavailable
from core.i18n import _
from core.ports import CrawlStore
from core.values import CrawlBatch, Document, Gone, Page, RoundReport

log = logging.getLogger(__name__)
T = TypeVar("T")

COMMIT_EVERY_S = 0.15  # what a crash may lose of finished work; short against any delay between pages
COMMIT_AT = 200  # documents
COMMIT_AT_PAGES = 16  # finished pages: no more than these are fetched again after a kill


class Desk:
    """
    Buffers documents, pages and gone-marks and commits them in groups; passes questions on to the store.

    After a failed call `broken` holds the error, `on_broken` has been called once, and every further `put`
    raises Unavailable.
    """

    def __init__(self, store: CrawlStore, *, on_broken: Callable[[Exception], None]) -> None:
        self._store = store
        self._on_broken = on_broken
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="crawl-store")
        self._documents: dict[tuple[str, str], Document] = {}
        self._pages: dict[tuple[str, str], Page] = {}
        self._gone: dict[str, Gone] = {}
        self._finished = 0
        self._turn = asyncio.Lock()
        self.broken: Exception | None = None
        self.committed: Counter[str] = Counter()  # documents by source

    async def put(
        self, *, documents: Iterable[Document] = (), pages: Sequence[Page] = (), gone: Iterable[Gone] = ()
    ) -> None:
        """Take these into one coming batch, all of them together."""
        if self.broken:
            raise Unavailable(_("存储不可用，爬取已停止")) from self.broken
        self._documents.update({(d.source, d.key): d for d in documents})
        self._pages.update({(p.source, p.key): p for p in pages})
        self._gone.update({g.key: g for g in gone})
        self._finished += sum(page.state != "pending" for page in pages)
        if len(self._documents) >= COMMIT_AT or self._finished >= COMMIT_AT_PAGES:
            await self.flush()

    async def flush(self) -> None:
        """Commit what is buffered. Returns when it is durable or the store is broken."""
        async with self._turn:
            batch = CrawlBatch(tuple(self._documents.values()), tuple(self._pages.values()), tuple(self._gone.values()))
            if self.broken or not (batch.documents or batch.pages or batch.gone):
                return
            self._documents, self._pages, self._gone, self._finished = {}, {}, {}, 0
            try:
                await self._ask(self._store.commit, batch)
            except Exception as error:
                log.error("crawl batch was not stored error=%s", type(error).__name__)
                self._break(error)
                return
            self.committed.update(d.source for d in batch.documents)

    async def keep_flushing(self) -> None:
        """Commit again and again until cancelled."""
        while True:
            await asyncio.sleep(COMMIT_EVERY_S)
            await self.flush()

    async def _ask(self, method: Callable[..., T], *args: object, **named: object) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, partial(method, *args, **named))
        except Unavailable as error:
            self._break(error)
            raise

    def _break(self, error: Exception) -> None:
        if self.broken is None:
            self.broken = error
            self._on_broken(error)

    async def pages(self, source: str, keys: Sequence[str]) -> Mapping[str, Page]:
        """The known pages among these keys; what is buffered counts as known."""
        found = dict(await self._ask(self._store.pages, source, keys)) if keys else {}
        found.update({key: self._pages[source, key] for key in keys if (source, key) in self._pages})
        return found

    async def open_pages(self, source: str) -> list[Page]:
        """As `CrawlStore.open_pages`."""
        return await self._ask(self._store.open_pages, source)

    async def due_pages(self, source: str, *, at: datetime, limit: int) -> list[Page]:
        """As `CrawlStore.due_pages`."""
        return await self._ask(self._store.due_pages, source, at=at, limit=limit)

    async def begin(self, source: str, round_id: str) -> str:
        """Begin a round, or take up the one that was cut off; its id."""
        unfinished = await self._ask(self._store.round_of, source)
        if unfinished:
            return unfinished
        await self._ask(self._store.begin_round, source, round_id)
        return round_id

    async def end(self, report: RoundReport) -> None:
        """As `CrawlStore.end_round`."""
        await self._ask(self._store.end_round, report)

    async def host_memory(self, host: str) -> Mapping[str, object]:
        """As `CrawlStore.host_memory`."""
        return await self._ask(self._store.host_memory, host)

    async def remember_host(self, host: str, memory: Mapping[str, object]) -> None:
        """As `CrawlStore.remember_host`."""
        await self._ask(self._store.remember_host, host, memory)

    def close(self) -> None:
        """Let the thread go."""
        self._thread.shutdown(wait=True)
