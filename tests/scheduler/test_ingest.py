"""A batch becomes revisions, stories, matches, index orders and alerts, once."""

from datetime import timedelta

import pytest

from core.identity import document_id
from core.values import Gone, Subscription
from scheduler.worker import Worker
from store import alerts, documents, inbox, index_outbox, messages
from store.engine import open_store
from tests import make
from tests.scheduler import scene


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


class Desk:
    """A store and a worker with a clock that is moved by hand."""

    def __init__(self, folder, **radar):
        self.now = make.NOW
        self.radar = scene.radar(folder, **radar)
        self.store = open_store(self.radar.store_url)
        self.worker = Worker(self.radar, self.store, lambda: self.now)

    def take(self, *arrived):
        scene.arrive(self.store, *arrived)
        return self.worker.drain()

    def alerts(self):
        with self.store.read() as connection:
            return messages.recent(connection, "alert")

    def stored(self):
        with self.store.read() as connection:
            ids = [identity for identity, _version in documents.every_id(connection)]
            return documents.load(connection, ids)


def test_a_fresh_leak_alerts_at_once(desk):
    scene.settle(desk.store, desk.radar)
    done = desk.take(scene.article(0))

    (alert,) = desk.alerts()
    assert done.alerts == 1
    assert "星禾科技" in alert.subject
    assert "leak-now" in alert.subject


def test_the_first_round_of_a_source_stays_quiet_and_is_marked(desk):
    desk.take(scene.article(0))

    assert desk.alerts() == []
    assert [one.backfill for one in desk.stored().values()] == [True]
    with desk.store.read() as connection:
        (identity,) = desk.stored()
        assert alerts.of_document(connection, identity) == [("leak-now", "backfill")]


def test_an_old_document_found_late_stays_quiet(desk):
    scene.settle(desk.store, desk.radar)
    desk.take(scene.article(0, published_at=make.NOW - timedelta(hours=30)))

    assert desk.alerts() == []


def test_a_reprint_of_what_was_told_stays_quiet_and_joins_the_story(desk):
    scene.settle(desk.store, desk.radar)
    desk.take(scene.article(0))
    desk.take(scene.article(0, key="lanwan.example/9", title="星禾科技用户信息外泄", published_at=make.at(minutes=5)))

    assert len(desk.alerts()) == 1
    assert {one.story_size for one in desk.stored().values()} == {2}


def test_an_alert_names_the_first_source_by_a_credible_time(desk):
    """A reprint whose template says 2008 is not the first; the brief goes by the same rule."""
    scene.settle(desk.store, desk.radar)
    desk.take(
        scene.article(1, key="muban.example/1", outlet="模板网", published_at=make.at(days=-6900)),
        scene.article(1, key="qinglan.example/1", outlet="青岚新闻网", published_at=make.at(hours=-2)),
        scene.article(1, key="lanwan.example/1", outlet="澜湾网", title="星禾科技用户信息泄露", published_at=make.NOW),
    )

    (alert,) = desk.alerts()
    assert "稿件族共 3 篇，首发 青岚新闻网 2026-11-20 10:00" in alert.text


def test_several_stories_of_one_batch_make_one_mail(desk):
    scene.settle(desk.store, desk.radar)
    done = desk.take(*[scene.article(3 * n) for n in range(4)])

    (alert,) = desk.alerts()
    assert (done.new, done.alerts) == (4, 1)
    assert "4" in alert.subject


def test_the_same_documents_again_add_nothing(desk):
    scene.settle(desk.store, desk.radar)
    desk.take(scene.article(0), scene.article(1))
    again = desk.take(scene.article(0, fetched_at=make.at(hours=1)), scene.article(1))

    assert (again.new, again.revised, again.seen_again) == (0, 0, 2)
    assert len(desk.alerts()) == 1


def test_an_edit_is_a_revision_that_alerts_when_it_newly_matches(desk):
    scene.settle(desk.store, desk.radar)
    desk.take(scene.article(0, title="星禾科技回应", body="星禾科技表示正在核实有关情况，将尽快公布。"))
    done = desk.take(scene.article(0, title="星禾科技回应", body="星禾科技承认用户数据泄露，正在逐一通知受影响用户。"))

    assert (done.revised, len(desk.alerts())) == (1, 1)


def test_another_source_showing_the_same_address_makes_no_revision(desk):
    desk.take(scene.article(0))
    done = desk.take(scene.article(0, source="qinglan-rss", body="星禾科技……"))

    assert (done.revised, done.seen_again) == (0, 1)


def test_a_gone_mark_keeps_the_text_and_tells_the_index(desk):
    from core.values import CrawlBatch
    from store.crawl import StoredCrawl

    desk.take(scene.article(0))
    crawl = StoredCrawl(desk.store, lambda: desk.now)
    crawl.commit(CrawlBatch(gone=(Gone("news.example/0", make.at(hours=1)),)))
    done = desk.worker.drain()

    (stored,) = desk.stored().values()
    assert (done.gone, stored.gone_at) == (1, make.at(hours=1))
    with desk.store.read() as connection:
        assert [order.version for order in index_outbox.after(connection, 0, limit=9)] == [1, 2]


def test_a_text_that_cannot_be_analysed_is_set_aside_and_the_others_go_on(desk, monkeypatch):
    analyse = desk.worker._analyser.analyse

    def fails_on_one(document):
        if "菊花" in (document.title or ""):
            raise RecursionError("a bug of ours")
        return analyse(document)

    monkeypatch.setattr(desk.worker._analyser, "analyse", fails_on_one)
    done = desk.take(*[scene.article(n) for n in range(3)])

    assert done.new == 2
    with desk.store.read() as connection:
        assert inbox.backlog(connection)[::2] == (0, 1)


def test_a_text_that_could_not_be_analysed_is_tried_again_by_the_next_worker(desk, monkeypatch):
    def stumble(_document):
        raise ZeroDivisionError

    monkeypatch.setattr(desk.worker._analyser, "analyse", stumble)
    desk.take(scene.article(0))
    with desk.store.read() as connection:
        assert inbox.backlog(connection) == (0, None, 1)

    done = Worker(desk.radar, desk.store, lambda: desk.now).drain()

    assert done.new == 1
    with desk.store.read() as connection:
        assert inbox.backlog(connection) == (0, None, 0)


def test_a_document_that_comes_twice_in_a_batch_is_matched_in_both_texts(desk):
    scene.settle(desk.store, desk.radar)
    done = desk.take(scene.article(0), scene.article(0, body="更正：本文已撤下。", fetched_at=make.at(hours=1)))

    assert (done.new, done.revised, done.alerts) == (1, 1, 1)
    assert [one.rev for one in desk.stored().values()] == [2]


def test_heat_is_asked_as_it_was_when_the_document_came(tmp_path):
    hot = Subscription("hot", "热度:>=2", ("duty@xinghe.example",))
    desk = Desk(tmp_path, subscriptions=(hot,))
    scene.settle(desk.store, desk.radar)
    desk.take(*[scene.article(0, key=f"lanwan.example/{n}", fetched_at=make.at(minutes=n)) for n in range(3)])

    with desk.store.read() as connection:
        outcomes = [alerts.of_document(connection, document_id(f"lanwan.example/{n}")) for n in range(3)]
    assert outcomes == [[], [("hot", None)], [("hot", "reprint")]]


def test_a_story_that_grows_many_times_in_a_batch_is_ordered_once(desk):
    desk.take(*[scene.article(0, key=f"lanwan.example/{n}", fetched_at=make.at(minutes=n)) for n in range(3)])

    with desk.store.read() as connection:
        orders = index_outbox.after(connection, 0, limit=10)
    assert [order.version for order in orders] == [3, 1, 1]
