"""The reference store keeps the contract that the real one is held to."""

from __future__ import annotations

from tests.crawl_store_contract import CrawlStoreContract
from tests.crawlers.memory_store import MemoryStore


class TestMemoryStore(CrawlStoreContract):
    def make_store(self) -> MemoryStore:
        return MemoryStore()
