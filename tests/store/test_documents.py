"""A document is stored once, its changes are revisions, its disappearance keeps the text."""

import pytest
from sqlalchemy.exc import IntegrityError

from core.identity import document_id
from store import documents, index_outbox
from tests import make


def test_a_document_comes_back_as_it_stands(store):
    with store.write() as connection:
        identity = documents.add(connection, make.document(), make.finding(), backfill=False, now=make.NOW)

    with store.read() as connection:
        stored = documents.load(connection, [identity, "unknown"])

    assert list(stored) == [document_id("news.example/2026/1")]
    assert stored[identity].title == "星禾科技被指泄露用户信息"
    assert stored[identity].finding == make.finding()
    assert (stored[identity].rev, stored[identity].story, stored[identity].story_size) == (1, identity, 1)


def test_an_edit_is_a_revision_and_an_order_to_the_index(store):
    with store.write() as connection:
        identity = documents.add(connection, make.document(), make.finding(), backfill=False, now=make.NOW)
        at = documents.standing(connection, [identity])[identity]
        edited = make.document(body="正文已更正。", fetched_at=make.at(hours=1))
        documents.revise(connection, at, edited, make.finding(), now=make.at(hours=1))

    with store.read() as connection:
        rows = list(documents.rows_of(connection, all_revisions=True))
        orders = index_outbox.after(connection, 0, limit=10)

    assert [(row["rev"], row["body"][:2]) for row in rows] == [(1, "多名"), (2, "正文")]
    assert [order.document for order in orders] == [identity, identity]


def test_a_key_is_stored_once(store):
    with store.write() as connection:
        documents.add(connection, make.document(), make.finding(), backfill=False, now=make.NOW)
    with pytest.raises(IntegrityError), store.write() as connection:
        documents.add(connection, make.document(), make.finding(), backfill=False, now=make.NOW)


def test_a_vanished_page_keeps_its_text_and_comes_back_when_seen_again(store):
    with store.write() as connection:
        identity = documents.add(connection, make.document(), make.finding(), backfill=False, now=make.NOW)
        assert documents.mark_gone(connection, identity, make.at(hours=1))
        assert not documents.mark_gone(connection, identity, make.at(hours=2))
        gone = documents.load(connection, [identity])[identity]
        documents.touch(connection, identity, make.at(hours=3))
        back = documents.load(connection, [identity])[identity]

    assert gone.gone_at == make.at(hours=1)
    assert gone.body
    assert back.gone_at is None
