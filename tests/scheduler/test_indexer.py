"""The indexer brings any index to what the store holds, and says of every document that it cannot why."""

import os
import random
import signal
import threading
import time
import urllib.request
from contextlib import contextmanager
from itertools import count

import pytest

from core.identity import document_id
from scheduler import index_care
from scheduler.index_care import DayDifference, compare, order_repair
from scheduler.indexer import Indexer, open_index_at
from scheduler.radar import IndexPlace
from search_index.base import ApplyReport, Delete, Put, identity_of
from search_index.query import parse
from store import care, documents, index_outbox, index_refused
from store.engine import open_store
from tests import make
from tests.scheduler import scene

SOAK = bool(os.environ.get("YUQING_SOAK"))
ENGINES = ["tantivy", pytest.param("elasticsearch", marks=pytest.mark.external_service)]
EVERYTHING = parse("时间:>=2000-01-01")
_numbers = count()


class Ground:
    """A store with analysed documents, and an index to be brought up to it."""

    def __init__(self, folder, place):
        self.folder, self.place = folder, place
        self.radar = scene.radar(folder, subscriptions=())
        self.store = open_store(self.radar.store_url)
        self.stored = 0

    def add(self, many):
        """That many more documents, over several days, each with its order to the index."""
        with self.store.write() as connection:
            for number in range(self.stored, self.stored + many):
                published = make.at(days=-(number % 7), minutes=-number // 7)
                article = scene.article(number, published_at=published)
                documents.add(connection, article, make.finding(), backfill=False, now=make.NOW)
        self.stored += many

    def change(self, number):
        """Something about a stored document changed."""
        with self.store.write() as connection:
            documents.bump(connection, document_id(scene.article(number).key), make.NOW)

    def open(self, mode="write"):
        return open_index_at(self.place, data_dir=self.folder, mode=mode, zone=self.radar.zone)

    def indexer(self, index):
        return Indexer(self.radar, self.store, index, lambda: make.NOW)

    def catch_up(self):
        index = self.open()
        try:
            return self.indexer(index).drain()
        finally:
            index.close()

    @contextmanager
    def reading(self):
        index = self.open("read")
        try:
            yield index
        finally:
            index.close()

    def compared(self, **options):
        with self.reading() as index:
            return compare(self.store, index, zone=self.radar.zone, **({"settle_s": 0} | options))


@pytest.fixture(params=ENGINES)
def ground(request, tmp_path):
    """One on each engine."""
    place = IndexPlace()
    if request.param == "elasticsearch":
        url = request.getfixturevalue("elastic_url")
        place = IndexPlace("elasticsearch", url, f"i{os.getpid()}-{next(_numbers)}")
    made = Ground(tmp_path, place)
    yield made
    made.store.close()


class Picky:
    """An index that refuses some documents for good, as an engine does with a text it cannot take."""

    def __init__(self, index, refuses):
        self.index, self.refuses = index, set(refuses)

    def apply(self, batch, *, seq):
        bad = {identity_of(o) for o in batch if isinstance(o, Put)} & self.refuses
        report = self.index.apply([o for o in batch if identity_of(o) not in bad], seq=seq)
        return ApplyReport(report.applied, report.stale, dict.fromkeys(bad, "400 immense term"))

    @contextmanager
    def new_generation(self):
        with self.index.new_generation() as fresh:
            self.filling = Picky(fresh, self.refuses)
            yield self.filling

    def __getattr__(self, name):
        return getattr(self.index, name)


def test_the_index_comes_to_hold_what_the_store_holds(ground):
    ground.add(30)
    ground.change(3)

    assert ground.catch_up() == 30
    assert ground.compared() == index_care.Comparison(documents=30, days=(), behind=0, refused=0)


def test_a_lagging_index_is_named_as_such(ground):
    ground.add(10)
    ground.catch_up()
    ground.add(1)

    compared = ground.compared()

    assert compared.behind == 1
    assert [(day.stored - day.indexed) for day in compared.days] == [1]


def test_another_backend_is_filled_from_the_store_at_its_first_use(ground, tmp_path):
    """Its sequence does not continue the store's orders, which were trimmed behind the first backend."""
    first = Ground.__new__(Ground)
    first.__dict__.update(ground.__dict__, folder=tmp_path / "first", place=IndexPlace())
    ground.add(20)
    first.catch_up()

    ground.catch_up()

    assert ground.compared().is_equal


def beside(ground, folder):
    """The same store with another index, the embedded one."""
    other = Ground.__new__(Ground)
    other.__dict__.update(ground.__dict__, folder=folder, place=IndexPlace())
    return other


def test_a_switch_loses_nothing_while_the_index_in_use_goes_on(ground, tmp_path, monkeypatch):
    """The running indexer trims the orders; what it trimmed while the other index was filled is found all the same."""
    monkeypatch.setattr("scheduler.indexer.BATCH", 10)
    ground.add(30)
    used = beside(ground, tmp_path / "used")
    used.catch_up()
    running = used.open()
    indexer = used.indexer(running)

    def meanwhile(_done):
        ground.add(25)
        ground.change(3)
        indexer.step()

    filling = ground.open()
    ground.indexer(filling).fill(meanwhile)
    filling.close()
    compared, at_restart = ground.compared(), ground.catch_up()
    running.close()

    assert compared.is_equal
    assert at_restart == 0 or ground.compared().is_equal


def test_what_was_erased_while_an_index_was_filled_has_it_built_anew(ground, tmp_path, monkeypatch):
    """The order to rebuild was trimmed by the running indexer; the new files hold the erased text until then."""
    monkeypatch.setattr("scheduler.indexer.BATCH", 10)
    ground.add(30)
    used = beside(ground, tmp_path / "used")
    used.catch_up()
    identities = sorted(document_id(scene.article(number).key) for number in range(30))
    done = []

    def meanwhile(_done):
        if not done:
            done.append(identities[0])  # the first to be put in
            with ground.store.write() as connection:
                care.remove_documents(connection, done, now=make.NOW)
            used.catch_up()

    filling = ground.open()
    ground.indexer(filling).fill(meanwhile)
    filling.close()
    compared, at_restart = ground.compared(), ground.catch_up()

    assert compared.is_equal
    assert at_restart == 29
    assert ground.compared().is_equal


def test_orders_of_a_rebuild_that_are_refused_are_listed(ground, monkeypatch):
    """And a document that was refused at first and taken at its next order is not."""
    monkeypatch.setattr("scheduler.indexer.BATCH", 10)
    ground.add(20)
    ground.catch_up()
    index_care.order_rebuild(ground.store, clock=lambda: make.NOW)
    first, late = (document_id(scene.article(number).key) for number in (5, 20))
    index = ground.open()
    picky = Picky(index, [first])

    def meanwhile(_done):
        if ground.stored == 20:
            ground.add(1)
        else:  # every document was tried once
            picky.filling.refuses = {late}
            ground.change(5)

    ground.indexer(picky).step(meanwhile)
    index.close()

    with ground.store.read() as connection:
        assert [one.document for one in index_refused.every(connection)] == [late]


def test_a_changed_index_is_found_by_day_and_only_that_day_is_repaired(ground):
    ground.add(28)
    ground.catch_up()
    lost, kept = document_id(scene.article(2).key), document_id(scene.article(9).key)  # both two days back
    index = ground.open()
    with ground.store.read() as connection:
        seq = index_outbox.last(connection)
        row = documents.load(connection, [kept])[kept]
    index.apply([Delete(lost, 1)], seq=seq)
    index.close()

    compared = ground.compared()
    with ground.reading() as index:
        repair = order_repair(
            ground.store, index, [day.day for day in compared.days], zone=ground.radar.zone, now=make.NOW
        )

    assert compared.days == (DayDifference("2026-11-18", stored=4, indexed=3),)
    assert row.version == 1
    assert (repair.ordered, repair.ahead) == (1, 0)
    assert ground.catch_up() == 1
    assert ground.compared().is_equal


def test_what_the_store_has_no_more_is_taken_out_by_a_repair(ground):
    ground.add(14)
    ground.catch_up()
    identity = document_id(scene.article(4).key)
    with ground.store.write() as connection:
        care.remove_documents(connection, [identity], now=make.NOW)
        index_outbox.trim(connection, index_outbox.last(connection) - 1)  # as if its order had been lost
    index = ground.open()
    with ground.store.read() as connection:
        index.apply([], seq=index_outbox.last(connection))
    index.close()

    days = [day.day for day in ground.compared().days]
    with ground.reading() as index:
        order_repair(ground.store, index, days, zone=ground.radar.zone, now=make.NOW)
    ground.catch_up()

    assert len(days) == 1
    assert ground.compared().is_equal


def test_a_refused_document_is_listed_with_its_reason_until_it_is_taken(ground):
    ground.add(8)
    poison = document_id(scene.article(5).key)
    index = ground.open()
    ground.indexer(Picky(index, [poison])).drain()
    with ground.store.read() as connection:
        [refused] = index_refused.every(connection)
    compared = ground.compared()

    replayed = index_care.replay_refused(ground.store, clock=lambda: make.NOW)
    ground.indexer(index).drain()
    index.close()

    assert (refused.document, refused.version, refused.reason) == (poison, 1, "400 immense term")
    assert (compared.is_equal, compared.refused) == (True, 1)
    assert replayed == 1
    with ground.store.read() as connection:
        assert index_refused.count(connection) == 0
    assert ground.compared().is_equal


def test_a_rebuild_lists_what_is_refused_and_forgets_what_is_not(ground):
    ground.add(6)
    first, second = (document_id(scene.article(n).key) for n in (1, 2))
    index = ground.open()
    ground.indexer(Picky(index, [first])).drain()

    index_care.order_rebuild(ground.store, clock=lambda: make.NOW)
    ground.indexer(Picky(index, [second])).drain()
    index.close()

    with ground.store.read() as connection:
        assert [one.document for one in index_refused.every(connection)] == [second]


def test_what_a_killed_process_did_not_write_down_is_written_by_the_next(ground):
    """The index has the sequence, the refusal was not stored yet: the orders are still there and are applied again."""
    ground.add(4)
    poison = document_id(scene.article(1).key)
    index = ground.open()
    picky = Picky(index, [poison])
    ground.indexer(picky).drain()
    ground.add(1)
    poison = document_id(scene.article(4).key)
    picky.refuses = {poison}
    ground.store.at_commit = _die
    with pytest.raises(RuntimeError):
        ground.indexer(picky).drain()
    ground.store.at_commit = lambda moment: None

    ground.indexer(picky).drain()
    index.close()

    with ground.store.read() as connection:
        assert poison in {one.document for one in index_refused.every(connection)}


def _die(moment):
    raise RuntimeError(moment)


def test_new_documents_are_found_while_the_index_is_built_anew(ground, monkeypatch):
    """What is stored during a rebuild can be searched at once, before the switch and after it."""
    monkeypatch.setattr("scheduler.indexer.BATCH", 500)
    ground.add(1200)
    ground.catch_up()
    index_care.order_rebuild(ground.store, clock=lambda: make.NOW)
    seen = []

    def more(_done):
        ground.add(1)
        with ground.reading() as reader:
            seen.append((ground.stored, reader.count(EVERYTHING, now=make.NOW)))

    index = ground.open()
    ground.indexer(index).step(more)
    index.close()

    assert len(seen) == 3
    assert [stored - found for stored, found in seen] == [1, 1, 1]  # the one added just now
    ground.catch_up()
    assert ground.compared().is_equal
    with ground.reading() as reader:
        assert reader.count(EVERYTHING, now=make.NOW) == 1203


@pytest.mark.timeout(1800 if SOAK else 600)
def test_no_search_fails_while_the_index_is_built_anew(tmp_path):
    """20,000 documents (200,000 in a soak run) and searches all the while."""
    ground = Ground(tmp_path, IndexPlace())
    ground.add(200_000 if SOAK else 20_000)
    ground.catch_up()
    index_care.order_rebuild(ground.store, clock=lambda: make.NOW)
    done, answers, failures = threading.Event(), [], []

    def search():
        with ground.reading() as reader:
            while not done.is_set():
                try:
                    answers.append(reader.search(parse("泄露 情感:负面"), now=make.NOW, days=True).total)
                except Exception as error:
                    failures.append(error)
                time.sleep(0.01)

    searching = threading.Thread(target=search)
    searching.start()
    ground.catch_up()
    done.set()
    searching.join()

    assert failures == []
    assert len(answers) > 5
    assert len(set(answers)) == 1
    assert ground.compared().is_equal
    ground.store.close()


@pytest.mark.timeout(1800 if SOAK else 600)
def test_kills_of_the_indexer_leave_an_index_equal_to_the_store(ground):
    """kill -9 at random moments, a rebuild among them; a hundred times in a soak run."""
    chance = random.Random(20261120)
    killed = 0
    for turn in range(100 if SOAK else 10):
        ground.add(300)
        ground.change(chance.randrange(ground.stored))
        if turn % 5 == 4:
            index_care.order_rebuild(ground.store, clock=lambda: make.NOW)
        ground.store.close()
        killed += _killed_indexing(ground, after_s=chance.uniform(0.02, 0.6))
        ground.store = open_store(ground.radar.store_url)
    ground.catch_up()

    assert killed
    if ground.place.url:
        assert len(generations(ground.place)) == 1, "half made generations are left"
    assert ground.compared() == index_care.Comparison(documents=ground.stored, days=(), behind=0, refused=0)


def generations(place):
    """The generations of this name on the server; each has an index a month."""
    with urllib.request.urlopen(f"{place.url}/_cat/indices/{place.name}-g*?h=index") as answer:
        return {name.removeprefix(place.name)[: len("-g000001-abcdef")] for name in answer.read().decode().split()}


def _killed_indexing(ground, *, after_s):
    """Index in a child process that is killed after a while; True when it was still at work."""
    child = os.fork()
    if child == 0:
        try:
            ground.store = open_store(ground.radar.store_url)
            ground.catch_up()
        finally:
            os._exit(0)
    time.sleep(after_s)
    os.kill(child, signal.SIGKILL)
    _pid, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)
