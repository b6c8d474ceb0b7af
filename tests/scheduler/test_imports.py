"""Files of records become documents once: by hand with `import_file`, by the clock from a source's folder."""

import os
from dataclasses import replace
from datetime import timedelta

import pytest

from core.errors import Unavailable, UsageError
from core.identity import document_id
from core.values import CrawlBatch
from crawlers.canonical import document_key
from scheduler import imports
from scheduler.clock import Jobs
from scheduler.health import health_of
from scheduler.imports import adhoc_source, import_file
from scheduler.worker import Worker
from store import documents
from store.crawl import StoredCrawl, recent_rounds
from store.engine import open_store
from tests import make
from tests.scheduler import scene

HEADER = "工单号,内容,受理时间,客户编号\n"
FIELDS = {"id": "工单号", "body": "内容", "published_at": "受理时间", "customer": "客户编号"}
HOTLINE = make.source(id="hotline", channel="import", kind="complaint", url=None, folder="inbox", fields=FIELDS)


class Desk:
    """A store, a folder to import from, and a worker that stores what came."""

    def __init__(self, folder):
        self.now = make.NOW
        self.folder = folder
        self.inbox = folder / "inbox"
        self.inbox.mkdir()
        self.radar = replace(scene.radar(folder), sources=(make.source(), HOTLINE))
        self.store = open_store(self.radar.store_url)
        self.worker = Worker(self.radar, self.store, lambda: self.now)

    def put(self, name, text):
        path = self.inbox / name
        path.write_text(text, "utf-8")
        return path

    def take(self, path, source=HOTLINE, **more):
        asked = {"mapping": {}, "clock": lambda: self.now} | more
        return import_file(self.radar, self.store, path, source=source, **asked)

    def tick(self):
        """What the clock of `yuqing run` does, then the worker."""
        Jobs(self.radar, self.store, lambda: self.now).imports()
        return self.worker.drain()

    def stored(self):
        with self.store.read() as connection:
            ids = [identity for identity, _version in documents.every_id(connection)]
            return sorted(documents.load(connection, ids).values(), key=lambda one: one.key)

    def rounds(self, source="hotline"):
        with self.store.read() as connection:
            return recent_rounds(connection, source)


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    yield desk
    desk.store.close()


def test_a_record_number_that_is_a_mobile_is_kept_as_a_pseudonym_and_known_again(desk):
    path = desk.put("a.csv", HEADER + "13800005678,客服不回复,2026-11-20,C1\n13800005679,无人理睬,2026-11-20,C2\n")

    desk.take(path)
    desk.worker.drain()
    desk.take(path)
    desk.worker.drain()

    assert [one.key.startswith("record:hotline:u-") for one in desk.stored()] == [True, True]
    assert all(b"1380000567" not in file.read_bytes() for file in (desk.folder).glob("*.db*"))


def test_the_same_file_twice_adds_nothing(desk):
    path = desk.put("a.csv", HEADER + "1,星禾科技泄露了我的手机号,2026-11-20,C1\n2,客服不回复,2026-11-20,C2\n")

    desk.take(path)
    first = desk.worker.drain()
    desk.take(path)
    second = desk.worker.drain()

    assert (first.new, second.new, second.revised, second.seen_again) == (2, 0, 0, 2)


def test_a_record_that_changed_is_a_revision(desk):
    desk.take(desk.put("a.csv", HEADER + "1,客服不回复,2026-11-20,C1\n"))
    desk.worker.drain()
    desk.take(desk.put("b.csv", HEADER + "1,客服不回复。补充：今天回复了,2026-11-20,C1\n"))
    done = desk.worker.drain()

    assert done.revised == 1
    assert [(one.rev, one.body) for one in desk.stored()] == [(2, "客服不回复。补充：今天回复了")]


def test_the_customer_is_a_pseudonym_and_a_phone_number_is_masked(desk):
    desk.take(desk.put("a.csv", HEADER + "1,请回电13800138000谢谢,2026-11-20,C1\n"))
    desk.worker.drain()

    (one,) = desk.stored()

    assert "13800138000" not in one.body
    with desk.store.read() as connection:
        row = connection.exec_driver_sql("SELECT customer FROM documents").scalar()
    assert row.startswith("u-")


def test_a_post_from_elsewhere_and_the_crawled_page_are_one_document(desk):
    url = "https://news.example/2026/1.html"
    crawled = make.document(key=document_key(url), url=url)
    StoredCrawl(desk.store, lambda: desk.now).commit(CrawlBatch((crawled,)))
    desk.worker.drain()
    path = desk.put("posts.csv", f"网址,内容\n{url}?utm_source=share,供应商导出的同一篇\n")

    desk.take(path, adhoc_source("post"), kind="post")
    done = desk.worker.drain()

    assert (done.new, done.revised, done.seen_again) == (0, 0, 1)
    assert [(one.id, one.body) for one in desk.stored()] == [(document_id(crawled.key), crawled.body)]


def test_complaints_and_customer_voice_may_use_the_same_numbers(desk):
    path = desk.put("a.csv", "编号,内容\n1,投诉一下\n")
    voice = desk.put("b.csv", "编号,内容\n1,建议一下\n")

    desk.take(path, adhoc_source("complaint"))
    desk.take(voice, adhoc_source("voice"))
    desk.worker.drain()

    assert sorted((one.kind, one.body) for one in desk.stored()) == [("complaint", "投诉一下"), ("voice", "建议一下")]


def test_a_mapping_by_hand_goes_before_the_one_of_the_source(desk):
    path = desk.put("a.csv", "工单号,内容,受理时间,客户编号,回访记录\n1,旧的,2026-11-20,C1,新的\n")

    desk.take(path, mapping={"body": "回访记录"})
    desk.worker.drain()

    assert [one.body for one in desk.stored()] == ["新的"]


def test_the_clock_takes_new_files_of_a_folder_and_no_file_twice(desk):
    desk.put("a.csv", HEADER + "1,客服不回复,2026-11-20,C1\n")
    desk.put(".hidden.csv", HEADER + "9,还没写完,2026-11-20,C1\n")
    desk.put("~$lock.xlsx", "")

    assert desk.tick().new == 1
    assert desk.tick().seen_again == 0
    assert len(desk.rounds()) == 1

    desk.put("b.csv", HEADER + "2,又一条,2026-11-20,C2\n")

    assert desk.tick().new == 1


def test_a_file_that_grew_is_read_again(desk):
    path = desk.put("a.csv", HEADER + "1,客服不回复,2026-11-20,C1\n")
    desk.tick()
    path.write_text(path.read_text("utf-8") + "2,又一条,2026-11-20,C2\n", "utf-8")

    done = desk.tick()

    assert (done.new, done.seen_again) == (1, 1)


def test_a_bad_file_and_bad_rows_are_notes_of_the_round_and_stop_nothing(desk):
    desk.put("a.csv", "甲,乙\n1,2\n")
    desk.put("b.csv", HEADER + "1,,2026-11-20,C1\n2,好,2026-11-20,C2\n")
    desk.put("c.pdf", "%PDF")

    done = desk.tick()

    (round,) = desk.rounds()
    assert done.new == 1
    assert (round.documents, dict(round.errors)) == (1, {"file": 2, "row": 1})
    assert [note.rpartition("/")[2][:15] for note in round.notes][1] == "b.csv 第 2 行没有导入"
    assert "a.csv" in round.notes[0]
    assert "c.pdf" in round.notes[2]


def test_a_bad_file_is_told_of_until_it_is_put_right(desk):
    desk.put("bad.csv", "甲,乙\n1,2\n")
    desk.tick()
    desk.put("good.csv", HEADER + "2,好,2026-11-20,C2\n")
    desk.now += timedelta(minutes=5)
    desk.tick()
    last = desk.rounds()[0]

    assert (last.documents, last.errors) == (1, {"file": 1})
    health = health_of(HOTLINE, desk.rounds(), last_document=desk.now, documents=1, now=desk.now)
    assert health.state == "broken"
    assert "bad.csv" in health.reason

    desk.put("bad.csv", HEADER + "1,好,2026-11-20,C1\n")
    desk.now += timedelta(minutes=5)
    desk.tick()

    assert health_of(HOTLINE, desk.rounds(), last_document=desk.now, documents=2, now=desk.now).state == "ok"


def test_a_bad_file_that_is_taken_away_or_was_named_by_hand_marks_no_source(desk):
    bad = desk.put("bad.csv", "甲,乙\n1,2\n")
    desk.tick()
    bad.unlink()
    desk.now += timedelta(minutes=5)
    desk.tick()
    desk.tick()

    def state():
        return health_of(HOTLINE, desk.rounds(), last_document=desk.now, documents=0, now=desk.now).state

    assert len(desk.rounds()) == 2
    assert state() == "ok"

    (desk.folder / "other.pdf").write_text("%PDF")
    desk.now += timedelta(minutes=5)
    with pytest.raises(UsageError):
        desk.take(desk.folder / "other.pdf")

    assert state() == "ok"


def test_a_file_that_cannot_be_read_is_named_and_taken_when_it_can(desk):
    path = desk.put("a.csv", HEADER + "1,好,2026-11-20,C1\n")
    os.rename(path, desk.folder / "real.csv")
    path.symlink_to("/proc/self/mem")  # root reads everything but this

    desk.tick()
    (round,) = desk.rounds()
    path.unlink()
    os.rename(desk.folder / "real.csv", path)

    assert "a.csv" in round.notes[0]
    assert desk.tick().new == 1


def test_better_columns_in_the_configuration_take_a_failed_file_again(desk):
    desk.put("a.csv", "单号,说了什么\n1,好\n")
    desk.tick()

    desk.radar = replace(desk.radar, sources=(replace(HOTLINE, fields={"id": "单号", "body": "说了什么"}),))

    assert desk.tick().new == 1


def test_a_store_that_cannot_be_written_leaves_the_file_for_later(desk, monkeypatch):
    desk.put("a.csv", HEADER + "1,好,2026-11-20,C1\n")
    full = replace(desk.radar, free_floor_mb=10**9)

    with pytest.raises(Unavailable, match="MB"):
        imports.import_folder(full, desk.store, HOTLINE, base=desk.folder, clock=lambda: desk.now)

    assert desk.tick().new == 1


def test_a_file_by_hand_that_is_none_ends_its_round_with_the_reason(desk):
    with pytest.raises(UsageError, match="pdf"):
        desk.take(desk.put("a.pdf", "%PDF"))

    (round,) = desk.rounds()
    assert round.finished
    assert "pdf" in round.notes[0]


def test_a_kill_in_the_middle_of_a_file_loses_and_doubles_nothing(desk, monkeypatch):
    monkeypatch.setattr(imports, "BATCH", 2)
    rows = "".join(f"{n},第{n}条意见,2026-11-20,C{n}\n" for n in range(7))
    path = desk.put("a.csv", HEADER + rows)
    commits = 0

    def die(_moment):
        nonlocal commits
        commits += 1
        if commits == 8:
            raise KeyboardInterrupt

    desk.store.at_commit = die
    with pytest.raises(KeyboardInterrupt):
        desk.take(path)
    desk.store.at_commit = lambda _moment: None
    desk.tick()

    assert len(desk.stored()) == 7
    assert {one.rev for one in desk.stored()} == {1}
