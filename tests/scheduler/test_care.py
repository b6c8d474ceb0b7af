"""What is forgotten leaves every byte of the data folder, stays away, and is forgotten again after a restore."""

import pytest

from analysis.gate import gate
from core.errors import UsageError
from core.identity import document_id
from core.values import CrawlBatch, Page
from scheduler import care
from scheduler.indexer import Indexer
from scheduler.named import document_named
from scheduler.worker import Worker
from search_index import open_index
from search_index.query import parse
from store import documents, messages
from store.crawl import StoredCrawl
from store.engine import open_store
from tests import make
from tests.scheduler import scene

SECRET = "独一无二的句子只在这里"


class Desk:
    """A store and an index in a folder, with one fresh article that alerted and one that did not."""

    def __init__(self, folder):
        self.folder = folder
        self.radar = scene.radar(folder)
        self.store = open_store(self.radar.store_url)
        scene.settle(self.store, self.radar)
        self.take(scene.article(0, body=f"星禾科技用户信息泄露，{SECRET}。", author="u-abcd"), scene.article(1))

    def take(self, *arrived):
        scene.arrive(self.store, *arrived)
        Worker(self.radar, self.store, lambda: make.NOW).drain()
        self.index()

    def index(self):
        index = open_index("tantivy", path=self.folder / "index", mode="write", zone=self.radar.zone)
        Indexer(self.radar, self.store, index, lambda: make.NOW).drain()
        found = [identity for identity, _version in index.scan(parse("星禾 | 云鹭"), now=make.NOW)]
        index.close()
        return set(found)

    def stored(self):
        with self.store.read() as connection:
            return {identity for identity, _version in documents.every_id(connection)}

    def bytes_hold(self, text):
        return [path for path in self.folder.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def test_a_forgotten_document_is_in_no_file(desk):
    assert desk.bytes_hold(SECRET)
    care.forget(desk.radar, desk.store, "https://news.example/0.html", clock=lambda: make.NOW)
    found = desk.index()
    desk.store.close()

    assert found == scene.ids(scene.article(1))
    assert desk.bytes_hold(SECRET) == []


def test_the_proof_that_an_alert_was_posted_stays(desk):
    care.forget(desk.radar, desk.store, document_id("news.example/0"), clock=lambda: make.NOW)

    with desk.store.read() as connection:
        assert {d.recipient for d in messages.in_states(connection, "pending")} == set(scene.LEAK_NOW.to)


def test_what_was_forgotten_does_not_come_back_with_the_next_crawl(desk):
    care.forget(desk.radar, desk.store, "news.example/0", clock=lambda: make.NOW)
    desk.take(scene.article(0))

    assert desk.stored() == scene.ids(scene.article(1))


def test_a_person_is_forgotten_with_all_they_wrote_and_will_write(desk):
    care.forget(desk.radar, desk.store, "u-abcd", clock=lambda: make.NOW)
    desk.take(scene.article(6, author="u-abcd"), scene.article(4))

    assert desk.stored() == scene.ids(scene.article(1), scene.article(4))


def test_an_address_with_personal_data_is_forgotten_as_it_was_or_as_it_is_kept(desk):
    given = scene.article(4, key="news.example/4?mobile=13800005678", url="https://news.example/4?mobile=13800005678")
    kept = gate(desk.radar.key)(given)
    for what in (given.url, given.key, kept.url, kept.key):
        desk.take(kept)
        with desk.store.read() as connection:
            assert care.meant(desk.radar, connection, what) == ("document", [document_id(kept.key)])
    page = Page(kept.source, given.key, given.url, "article", state="done", cursor={"document": kept.key})
    StoredCrawl(desk.store, lambda: make.NOW).commit(CrawlBatch(pages=(page,)))

    care.forget(desk.radar, desk.store, given.url, clock=lambda: make.NOW)

    assert desk.stored() == scene.ids(scene.article(0), scene.article(1))
    assert StoredCrawl(desk.store, lambda: make.NOW).pages(kept.source, [given.key]) == {}


def test_of_two_pages_whose_masked_address_is_the_same_only_the_meant_one_is_forgotten(desk):
    addresses = ["https://news.example/a?mobile=13800005678", "https://news.example/a?mobile=13800005679"]
    kept = [gate(desk.radar.key)(scene.article(4, key=a.removeprefix("https://"), url=a)) for a in addresses]
    desk.take(*kept)
    with desk.store.read() as connection:
        for address, document in zip(addresses, kept, strict=True):
            meant = care.meant(desk.radar, connection, address)
            assert meant == ("document", [document_named(desk.radar, connection, address)])
            assert meant == ("document", [document_id(document.key)])
        for unclear in (kept[0].url, "https://news.example/a?mobile=13800005670"):
            with pytest.raises(UsageError):
                care.meant(desk.radar, connection, unclear)


def test_an_unknown_document_cannot_be_forgotten(desk):
    with pytest.raises(UsageError, match="nobody"):
        care.forget(desk.radar, desk.store, "nobody", clock=lambda: make.NOW)


def test_a_restored_backup_forgets_again(desk, tmp_path_factory):
    copy = tmp_path_factory.mktemp("backups") / "radar.backup"
    care.backup(desk.radar, copy)
    care.forget(desk.radar, desk.store, "news.example/0", clock=lambda: make.NOW)
    desk.store.close()
    _aside, again = care.restore(desk.radar, copy, clock=lambda: make.NOW)
    desk.store = open_store(desk.radar.store_url)

    assert again == 1
    assert desk.stored() == scene.ids(scene.article(1))


def test_purge_deletes_past_each_sources_retention_and_says_what(desk):
    desk.take(scene.article(4, fetched_at=make.at(days=-400)))
    (found,) = care.expired(desk.radar, desk.store, clock=lambda: make.NOW)
    care.purge(desk.store, [found], clock=lambda: make.NOW)

    assert (found.source, set(found.ids)) == ("qinglan", scene.ids(scene.article(4)))
    assert desk.stored() == scene.ids(scene.article(0), scene.article(1))


def test_what_a_backup_held_as_unsent_is_not_sent_again_unmarked(desk, tmp_path_factory):
    """It may have gone out after the backup was made: its fate is unknown, and an alert then comes marked."""
    copy = tmp_path_factory.mktemp("backups") / "radar.backup"
    care.backup(desk.radar, copy)
    desk.store.close()
    care.restore(desk.radar, copy, clock=lambda: make.NOW)
    desk.store = open_store(desk.radar.store_url)

    with desk.store.read() as connection:
        assert {one.state for one in messages.in_states(connection, "pending", "unknown")} == {"unknown"}


def test_a_store_that_was_put_aside_forgets_as_well(desk, tmp_path_factory):
    copy = tmp_path_factory.mktemp("backups") / "radar.backup"
    care.backup(desk.radar, copy)
    desk.store.close()
    care.restore(desk.radar, copy, clock=lambda: make.NOW)
    desk.store = open_store(desk.radar.store_url)
    care.forget(desk.radar, desk.store, "news.example/0", clock=lambda: make.NOW)
    desk.index()
    desk.store.close()

    assert [path.name for path in desk.folder.glob("radar.db.before-*")] != []
    assert desk.bytes_hold(SECRET) == []
