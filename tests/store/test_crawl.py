"""The stored form of what a crawl knows keeps the contract."""

import pytest

from store.crawl import StoredCrawl, settled_at
from store.engine import open_store
from tests import crawl_store_contract as contract
from tests import make


class TestStoredCrawl(contract.CrawlStoreContract):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path):
        self.folder = tmp_path

    def make_store(self):
        return StoredCrawl(open_store(f"sqlite:///{self.folder}/radar.db"), lambda: contract.NOW)


def test_documents_of_the_first_round_are_not_settled_and_later_ones_are(store):
    """What was found in the first round of a source is backfill: the inbox row carries how it stood then."""
    from core.values import CrawlBatch, RoundReport
    from store import inbox

    now = make.NOW
    crawl = StoredCrawl(store, lambda: now)
    for number in (1, 2):
        crawl.begin_round("qinglan", f"r{number}")
        crawl.commit(CrawlBatch((make.document(key=f"k{number}"),)))
        crawl.end_round(RoundReport("qinglan", f"r{number}", now, make.at(minutes=1)))

    with store.read() as connection:
        assert [arrival.settled_at for arrival in inbox.waiting(connection, limit=9)] == [None, make.NOW]
        assert settled_at(connection, "qinglan") == make.NOW
