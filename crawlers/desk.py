"""
The crawl's side of a `CrawlStore`: one thread for all calls, and one commit for all who wait.

A page and its documents stand in the same batch, and a source fetches its next page only when the last one is
durable: a kill costs at most the page that was being fetched. Sources that finish pages while a commit runs
share the next one.
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


class Desk:
    """
    Commits documents, pages and gone-marks in groups; passes questions on to the store.

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
        self._turn = asyncio.Lock()
        self.broken: Exception | None = None
        self.committed: Counter[str] = Counter()  # documents by source

    async def put(
        self, *, documents: Iterable[Document] = (), pages: Sequence[Page] = (), gone: Iterable[Gone] = ()
    ) -> None:
        """Store these in one batch, all of them together; durable on return unless the store is `broken`."""
        if self.broken:
            raise Unavailable(_("存储不可用，爬取已停止")) from self.broken
        self._documents.update({(d.source, d.key): d for d in documents})
        self._pages.update({(p.source, p.key): p for p in pages})
        self._gone.update({g.key: g for g in gone})
        await self._flush()

    async def _flush(self) -> None:
        async with self._turn:
            batch = CrawlBatch(tuple(self._documents.values()), tuple(self._pages.values()), tuple(self._gone.values()))
            if self.broken or not (batch.documents or batch.pages or batch.gone):
                return
            self._documents, self._pages, self._gone = {}, {}, {}
            try:
                await self._ask(self._store.commit, batch)
            except Exception as error:
                log.error("crawl batch was not stored error=%s", type(error).__name__)
                self._break(error)
                return
            self.committed.update(d.source for d in batch.documents)

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
        """The known pages among these keys."""
        return await self._ask(self._store.pages, source, keys) if keys else {}

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
