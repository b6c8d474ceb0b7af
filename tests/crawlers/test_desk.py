"""What is put is durable on return, and those who wait share one commit."""

from __future__ import annotations

import asyncio
import time

import pytest

from core.errors import Unavailable
from core.values import CrawlBatch, Page
from crawlers.desk import Desk
from tests.crawl_store_contract import document, page
from tests.crawlers.memory_store import MemoryStore


class SlowStore(MemoryStore):
    """Takes a while for a commit, as a disk does."""

    def commit(self, batch: CrawlBatch) -> None:
        time.sleep(0.05)
        super().commit(batch)


def test_what_is_put_is_committed_on_return_page_and_documents_together() -> None:
    async def run() -> None:
        store = MemoryStore()
        desk = Desk(store, on_broken=lambda _: None)
        await desk.put(documents=[document()], pages=[page(state="done")])

        assert store.batches == [CrawlBatch((document(),), (page(state="done"),))]
        assert desk.committed == {"qinglan": 1}
        desk.close()

    asyncio.run(run())


def test_all_who_wait_while_a_commit_runs_share_the_next_one() -> None:
    async def run() -> None:
        store = SlowStore()
        desk = Desk(store, on_broken=lambda _: None)
        await asyncio.gather(*(desk.put(pages=[page(f"a/{n}")]) for n in range(50)))

        assert sum(len(batch.pages) for batch in store.batches) == 50
        assert len(store.batches) == 2
        desk.close()

    asyncio.run(run())


def test_a_store_that_fails_is_told_once_and_nothing_more_is_taken() -> None:
    async def run() -> None:
        told: list[Exception] = []
        desk = Desk(MemoryStore(fail_after=0), on_broken=told.append)
        await desk.put(pages=[page()])

        assert [type(error) for error in told] == [Unavailable]
        with pytest.raises(Unavailable):
            await desk.put(pages=[page()])
        assert len(told) == 1
        desk.close()

    asyncio.run(run())


def test_a_store_that_cannot_be_asked_is_broken_too() -> None:
    class Closed(MemoryStore):
        def pages(self, source: object, keys: object) -> dict[str, Page]:
            raise Unavailable("closed")

    async def run() -> None:
        told: list[Exception] = []
        desk = Desk(Closed(), on_broken=told.append)
        with pytest.raises(Unavailable):
            await desk.pages("qinglan", ["a"])
        assert len(told) == 1
        desk.close()

    asyncio.run(run())
