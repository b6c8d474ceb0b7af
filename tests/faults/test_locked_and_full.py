"""A database that another program holds, and a disk without room: said clearly, nothing lost, no hand needed after."""

import resource
import shutil
import sqlite3
import subprocess
import threading
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import Unavailable
from core.values import CrawlBatch, Message
from scheduler import roles
from scheduler.crawl import check_room
from scheduler.sender import Sender
from scheduler.worker import Worker
from store import engine, inbox, messages
from store.crawl import StoredCrawl
from store.engine import open_store
from tests import make
from tests.faults.ground import COMPLAINTS, HOTLINE, Ground, is_clear
from tests.mailserver import MailServer
from tests.scheduler import scene


@pytest.fixture
def impatient(monkeypatch):
    """Wait a fifth of a second for another program instead of a quarter of a minute."""
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_S", 0.2)


@contextmanager
def held(file: Path):
    """Another program writes to the database and takes its time."""
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def stored_ids(store):
    with store.read() as connection:
        return {row[0] for row in connection.exec_driver_sql("SELECT id FROM documents")}


# ---------------------------------------------------------------- locked


def test_a_worker_waits_out_another_program_and_loses_nothing(tmp_path, impatient):
    radar = scene.radar(tmp_path)
    store = open_store(radar.store_url)
    articles = [scene.article(n) for n in range(4)]
    scene.arrive(store, *articles)
    worker = Worker(radar, store, lambda: make.NOW)

    with held(tmp_path / "radar.db"), pytest.raises(Unavailable, match=r"radar\.db.*锁住.*重试"):
        worker.step()
    worker.drain()

    assert stored_ids(store) == scene.ids(*articles)
    store.close()


def test_a_role_pauses_and_goes_on_by_itself(tmp_path, impatient, monkeypatch, caplog):
    monkeypatch.setattr(roles, "PAUSE_S", 0.05)
    monkeypatch.setattr(roles, "IDLE_S", 0.05)
    radar = scene.radar(tmp_path)
    store = open_store(radar.store_url)
    scene.arrive(store, scene.article(1))
    worker, stop = Worker(radar, store, lambda: make.NOW), threading.Event()
    running = threading.Thread(target=roles.loop, args=(worker.step, stop))

    with held(tmp_path / "radar.db"):
        running.start()
        wait_for(lambda: "paused" in caplog.text)
    wait_for(lambda: stored_ids(store))
    stop.set()
    running.join(5)

    assert not running.is_alive()
    store.close()


def wait_for(done, seconds=10.0):
    pause = threading.Event()
    for _ in range(int(seconds / 0.05)):
        if done():
            return
        pause.wait(0.05)
    raise AssertionError("waited in vain")


def test_what_a_mail_server_said_is_recorded_when_the_database_is_free_again(tmp_path, impatient):
    """Else the alert would be of unknown fate and go out twice."""
    with MailServer() as server:
        radar = scene.radar(tmp_path, port=server.port)
        store = open_store(radar.store_url)
        with store.write() as connection:
            alert = Message("alert:1", "alert", "泄露", "正文", None, ("duty@xinghe.example",))
            messages.enqueue(connection, alert, now=make.NOW)
        sender = Sender(store, radar.mail, lambda: make.NOW)
        holding = []

        def hold_after_the_mail(step):
            if step == "end":
                other = sqlite3.connect(tmp_path / "radar.db", isolation_level=None, check_same_thread=False)
                other.execute("BEGIN EXCLUSIVE")
                holding.append(other)

        server.before_answer = hold_after_the_mail
        with pytest.raises(Unavailable):
            sender.step()
        holding.pop().close()
        sender.drain()

        with store.read() as connection:
            assert messages.counts(connection) == {"sent": 1}
        assert len(server.mails) == 1
        store.close()


def test_a_mail_that_never_reached_data_goes_out_later(tmp_path, impatient):
    with MailServer() as server:
        radar = scene.radar(tmp_path, port=server.port)
        store = open_store(radar.store_url)
        now = [make.NOW]
        with store.write() as connection:
            alert = Message("alert:1", "alert", "泄露", "正文", None, ("duty@xinghe.example",))
            messages.enqueue(connection, alert, now=make.NOW)
        sender = Sender(store, radar.mail, lambda: now[0])
        holding = []

        def hold_before_data(step):
            if step.startswith("rcpt") and not holding:
                other = sqlite3.connect(tmp_path / "radar.db", isolation_level=None, check_same_thread=False)
                other.execute("BEGIN EXCLUSIVE")
                holding.append(other)

        server.before_answer = hold_before_data
        with pytest.raises(Unavailable):
            sender.step()
        holding[0].close()
        sender.drain()
        now[0] = make.at(minutes=2)
        sender.drain()

        assert [("可能重复" in mail["Subject"]) for mail in server.to("duty@xinghe.example")] == [False]
        store.close()


# ---------------------------------------------------------------- full


def set_room(store, pages):
    """A disk on which the database may have that many pages of 4 KiB; None for one that is large enough."""
    raw = store.engine.raw_connection()
    try:
        raw.cursor().execute(f"PRAGMA max_page_count={pages or 2**30}")
    finally:
        raw.close()


def test_a_full_disk_is_said_and_everything_goes_on_when_there_is_room(tmp_path):
    radar = scene.radar(tmp_path)
    store = open_store(radar.store_url)
    articles = [scene.article(n) for n in range(40)]
    scene.arrive(store, *articles[:20])
    worker = Worker(radar, store, lambda: make.NOW)
    set_room(store, 1)  # SQLite keeps what is there and grows no more

    more = CrawlBatch(tuple(scene.article(n, body="长" * 200_000) for n in range(20, 40)))
    with pytest.raises(Unavailable, match="磁盘已满"):
        StoredCrawl(store, lambda: make.NOW).commit(more)
    with store.read() as connection:
        waiting = inbox.backlog(connection)[0]
    with pytest.raises(Unavailable, match="磁盘已满"):
        worker.step()
    set_room(store, None)
    StoredCrawl(store, lambda: make.NOW).commit(CrawlBatch(tuple(articles[20:])))
    worker.drain()

    assert waiting >= 20
    assert stored_ids(store) == scene.ids(*articles)
    with store.read() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    store.close()


def test_crawling_and_importing_pause_below_the_floor_and_say_so(tmp_path, capsys):
    ground = Ground(tmp_path).configure([HOTLINE])
    text = ground.config.read_text("utf-8").replace("free_space_floor: 1MB", "free_space_floor: 9999999GB")
    ground.config.write_text(text, "utf-8")
    path = ground.file("a.csv", COMPLAINTS)

    code = ground.run("import", path)
    said = capsys.readouterr().err
    ground.config.write_text(text.replace("9999999GB", "1MB"), "utf-8")

    assert (code, is_clear(said)) == (1, True)
    assert "free_space_floor" in said
    assert ground.run("import", path) == 0


def test_the_floor_is_measured_where_the_data_lies(tmp_path):
    check_room(scene.radar(tmp_path))
    with pytest.raises(Unavailable, match="MB"):
        check_room(replace(scene.radar(tmp_path), free_floor_mb=10**9))


@contextmanager
def no_file_larger_than(size):
    """RLIMIT_FSIZE stands for a full disk where nobody may mount one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("line", ["import @b.csv", "backup @b.db", "brief preview --date 今天 --html @b.html"])
def test_a_command_that_can_write_no_further_ends_with_a_clear_line(tmp_path, capsys, line):
    ground = Ground(tmp_path).configure()
    ground.run("import", ground.file("a.csv", COMPLAINTS))
    ground.file("b.csv", COMPLAINTS.replace("1,", "2,", 1))
    words = [str(ground.folder / word[1:]) if word.startswith("@") else word for word in line.split()]
    capsys.readouterr()

    with no_file_larger_than(4096):
        code = ground.run(*words)
    said = capsys.readouterr().err
    again = ground.run(*words) if line.startswith("import") else 0
    capsys.readouterr()
    ground.run("documents")

    assert code in (1, 2)
    assert is_clear(said)
    assert again == 0
    assert len(capsys.readouterr().out.splitlines()) == (2 if line.startswith("import") else 1)
    assert not (ground.folder / "b.db").exists()


def test_reading_goes_on_while_there_is_room_for_the_locks(tmp_path, capsys):
    ground = Ground(tmp_path).configure()
    ground.run("import", ground.file("a.csv", COMPLAINTS))
    capsys.readouterr()

    with no_file_larger_than(65_536):
        codes = [ground.run("status"), ground.run("documents"), ground.run("search", "泄露")]
    shown = capsys.readouterr()
    with no_file_larger_than(0):
        ground.run("status")

    assert codes == [0, 0, 0]
    assert "共 1 篇" in shown.out
    assert "磁盘已满" in capsys.readouterr().err


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 12 MB; skipped where none may be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no file system may be mounted here; RLIMIT_FSIZE and max_page_count stand for it")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=False)


def complaints(numbers, text):
    rows = "".join(f"{n},{text * 30}第{n}号,2026-11-20,C{n}\n" for n in numbers)
    return COMPLAINTS.splitlines()[0] + "\n" + rows


def test_a_disk_that_fills_up_keeps_what_was_acknowledged(small_disk, tmp_path, capsys):
    ground = Ground(small_disk / "radar").configure()
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_text(complaints(range(30), "投诉内容"), "utf-8")
    second.write_text(complaints(range(30, 130), "另一批内容"), "utf-8")
    assert ground.run("import", first) == 0
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * max(0, shutil.disk_usage(small_disk).free - 20_000))
    ground.config.write_text(ground.config.read_text("utf-8").replace("floor: 1MB", "floor: 1KB"), "utf-8")
    capsys.readouterr()

    code = ground.run("import", second)
    said = capsys.readouterr().err
    ballast.unlink()
    again = ground.run("import", second)
    capsys.readouterr()
    ground.run("documents")

    assert (code, is_clear(said)) == (1, True)
    assert again == 0
    assert len(capsys.readouterr().out.splitlines()) == 130
