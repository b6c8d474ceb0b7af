"""What is deleted leaves the store; a backup is consistent; a damaged one is refused."""

from datetime import timedelta

import pytest

from core.errors import UsageError
from core.identity import document_id
from core.values import CrawlBatch, Message, Page
from store import care, documents, index_outbox, messages
from store.crawl import StoredCrawl
from store.engine import StoreDamaged, open_store
from tests import make

SECRET = "只在这篇里出现的句子"


def with_document(store, **changes):
    with store.write() as connection:
        return documents.add(connection, make.document(**changes), make.finding(), backfill=False, now=make.NOW)


def test_a_removed_document_leaves_no_byte_in_the_file(store, tmp_path):
    identity = with_document(store, body=SECRET)
    page = Page("qinglan", "news.example/2026/1", "https://news.example/2026/1.html", "article", state="done")
    StoredCrawl(store, lambda: make.NOW).commit(CrawlBatch((make.document(body=SECRET),), (page,)))
    with store.write() as connection:
        assert care.remove_documents(connection, [identity], now=make.NOW) == 1
        (order,) = [one for one in index_outbox.after(connection, 0, limit=9) if one.version == 2]
    care.scrub(store)
    store.close()

    assert order.document == identity
    assert all(SECRET.encode() not in path.read_bytes() for path in tmp_path.iterdir())
    assert all(b"2026/1.html" not in path.read_bytes() for path in tmp_path.iterdir())


def test_a_message_about_it_keeps_its_delivery_and_loses_its_text(store):
    identity = with_document(store)
    told = Message(
        "alert:x", "alert", SECRET, SECRET, f'<a href="https://news.example/2026/1.html">{SECRET}</a>', ("a@b.example",)
    )
    with store.write() as connection:
        messages.enqueue(connection, told, now=make.NOW)
        care.remove_documents(connection, [identity], now=make.NOW)
        (delivery,) = messages.of_message(connection, "alert:x")

    assert SECRET not in f"{delivery.message}"
    assert delivery.recipient == "a@b.example"


def test_the_documents_of_a_person_are_found_by_pseudonym(store):
    mine = with_document(store, author="u-abc")
    with_document(store, key="other", author="u-def")
    theirs = with_document(store, key="complaint", customer="u-abc")

    with store.read() as connection:
        assert set(care.ids_of_person(connection, "u-abc")) == {mine, theirs}


def test_retention_counts_from_when_a_document_was_last_seen(store):
    old = with_document(store, fetched_at=make.at(days=-400))
    with_document(store, key="young", fetched_at=make.at(days=-10))

    with store.read() as connection:
        assert care.ids_before(connection, "qinglan", make.NOW - timedelta(days=365)) == [old]


def test_a_backup_made_during_a_write_holds_what_was_committed(store, tmp_path):
    with_document(store)
    with store.write() as connection:
        documents.add(connection, make.document(key="open"), make.finding(), backfill=False, now=make.NOW)
        care.backup(tmp_path / "radar.db", tmp_path / "copy.db")

    copy = open_store(f"sqlite:///{tmp_path}/copy.db")
    with copy.read() as connection:
        assert [identity for identity, _version in documents.every_id(connection)] == [
            document_id("news.example/2026/1")
        ]


def test_a_backup_does_not_overwrite(store, tmp_path):
    (tmp_path / "copy.db").write_text("mine")

    with pytest.raises(UsageError, match=r"copy\.db"):
        care.backup(tmp_path / "radar.db", tmp_path / "copy.db")


def test_a_damaged_backup_is_refused_and_the_store_stays(store, tmp_path):
    with_document(store)
    (tmp_path / "bad.db").write_bytes(b"SQLite format 3\x00" + b"\x07" * 5000)

    with pytest.raises(StoreDamaged):
        care.restore(tmp_path / "bad.db", tmp_path / "radar.db")
    with store.read() as connection:
        assert documents.count(connection) == 1
