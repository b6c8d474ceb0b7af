"""`yuqing run` while things happen to it: one per folder, rebuilt where torn, nothing doubled by hands, a clean end."""

import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from contextlib import closing

import pytest

from search_index import open_index
from search_index.query import parse
from store import documents
from store.engine import open_store
from tests import make
from tests.chaos.ground import DUTY, News, Radar, wait_until
from tests.faults.ground import ROOT, is_clear
from tests.mailserver import MailServer

PATIENCE_S = 60  # machines that build other things at the same time
STOP_S = 20


class Watch:
    """A news site, a mail server, and the radar that watches it."""

    def __init__(self, folder):
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.data = folder / "data"
        self.news, self.mail = News(), MailServer()
        self.news.site.__enter__()
        self.radar = Radar(folder, self.news, self.mail)

    def rows(self):
        """Key -> (id, rev, version) of what is stored."""
        if not (self.data / "radar.db").exists():
            return {}
        store = open_store(f"sqlite:///{self.data}/radar.db", migrate=False)
        try:
            with store.read() as connection:
                return {row["key"]: (row["id"], row["rev"]) for row in documents.rows_of(connection)}
        except Exception:  # it is being made
            return {}
        finally:
            store.close()

    def all_stored(self):
        return len(self.rows()) == self.news.count

    def indexed(self):
        index = open_index("tantivy", path=self.data / "index", mode="read")
        try:
            return {identity for identity, _version in index.scan(parse("星禾科技"), now=make.NOW)}
        except Exception:  # it is being made
            return set()
        finally:
            index.close()

    def all_indexed(self):
        return self.indexed() == {identity for identity, _rev in self.rows().values()} and self.all_stored()

    def call(self, *arguments, timeout=PATIENCE_S):
        return subprocess.run(
            self.radar.command(*arguments), cwd=ROOT, capture_output=True, text=True, timeout=timeout, check=False
        )

    def log(self, role):
        path = self.data / "logs" / f"{role}.log"
        return path.read_text("utf-8") if path.exists() else ""

    def alerted(self):
        """Article -> mails to the duty that speak of it."""
        return Counter(
            number
            for mail in self.mail.to(DUTY)
            for number in range(self.news.count)
            if f"/2026/{number}.html" in mail.get_body(("plain",)).get_content()
        )

    def close(self):
        for pid in self.radar.processes().values():
            os.kill(pid, signal.SIGKILL)
        self.news.site.__exit__(None, None, None)


@pytest.fixture(scope="module")
def watch(tmp_path_factory):
    """One radar for the whole file, at work since its first round ended; the tests follow each other."""
    watch = Watch(tmp_path_factory.mktemp("watch"))
    watch.news.publish(3)
    watch.radar.tend()
    try:
        wait_until(watch.all_indexed, PATIENCE_S, "the first round")
        yield watch
    finally:
        watch.close()


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_second_run_says_who_holds_the_folder(watch):
    second = watch.call("run")

    assert second.returncode == 1
    assert is_clear(second.stderr)
    assert str(watch.radar.processes()["run"]) in second.stderr


def test_an_index_that_is_taken_away_is_rebuilt_while_running(watch):
    shutil.rmtree(watch.data / "index")
    watch.news.publish(2)

    wait_until(watch.all_indexed, PATIENCE_S, "the index")
    assert watch.news.count == len(watch.indexed()) == 5


def test_a_lost_index_is_rebuilt_even_when_nothing_new_comes(watch):
    shutil.rmtree(watch.data / "index")

    wait_until(watch.all_indexed, PATIENCE_S, "the index")


def test_crawls_by_hand_double_nothing(watch):
    watch.news.publish(4)
    hands = [
        subprocess.Popen(
            watch.radar.command("crawl"), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        for _ in range(2)
    ]
    said = [hand.communicate(timeout=PATIENCE_S)[0] for hand in hands]
    wait_until(watch.all_indexed, PATIENCE_S, "the new articles")
    wait_until(lambda: len(watch.alerted()) >= 6, PATIENCE_S, "their alerts")

    assert [hand.returncode for hand in hands] == [0, 0]
    assert "Traceback" not in "".join(said)
    assert {rev for _id, rev in watch.rows().values()} == {1}
    assert set(watch.alerted().values()) == {1}


def test_status_and_search_answer_while_it_runs(watch):
    status, found = watch.call("status"), watch.call("search", "泄露")

    assert (status.returncode, found.returncode) == (0, 0)
    assert "值守中" in status.stdout
    assert "共 9 篇" in found.stdout


@pytest.mark.soak
@pytest.mark.timeout(300)
def test_a_database_locked_for_longer_than_we_wait_is_said_and_goes_on(watch):
    with closing(sqlite3.connect(watch.data / "radar.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        watch.news.publish(2)
        time.sleep(20)
        said = watch.log("worker") + watch.log("clock") + watch.log("crawl")
        other.execute("ROLLBACK")

    wait_until(watch.all_indexed, PATIENCE_S, "what came meanwhile")
    assert "锁住" in said + watch.log("worker") + watch.log("clock") + watch.log("crawl")
    assert set(watch.alerted().values()) == {1}


def test_sigterm_ends_every_process_within_twenty_seconds(watch):
    pids = dict(watch.radar.processes())
    began = time.monotonic()
    os.kill(pids["run"], signal.SIGTERM)
    code = watch.radar._process.wait(STOP_S + 5)
    took = time.monotonic() - began

    assert code == 0
    assert took < STOP_S
    assert {"clock", "worker", "indexer", "sender"} <= set(pids)
    assert [role for role, pid in pids.items() if is_alive(pid)] == []


def test_the_folder_is_whole_after_the_end(watch):
    status = watch.call("status", "--json")

    assert '"running": false' in status.stdout
    with closing(sqlite3.connect(watch.data / "radar.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_children_whose_supervisor_is_killed_end_by_themselves_and_a_new_one_takes_over(watch):
    watch.radar.tend()
    wait_until(lambda: len(watch.radar.processes()) >= 5, PATIENCE_S, "the processes")  # the youngest is just born
    orphans = dict(watch.radar.processes())
    os.kill(orphans["run"], signal.SIGKILL)

    wait_until(lambda: not any(is_alive(pid) for pid in orphans.values()), STOP_S + 10, "the end of the orphans")
    starts = watch.log("clock").count("started role=clock")
    watch.radar.tend()
    wait_until(lambda: len(watch.radar.processes()) >= 5, PATIENCE_S, "the new processes")
    wait_until(lambda: watch.log("clock").count("started role=clock") > starts, PATIENCE_S, "its clock")
    pids = dict(watch.radar.processes())
    began = time.monotonic()
    code = watch.radar.stop()  # Ctrl-C

    assert code == 0
    assert time.monotonic() - began < STOP_S
    assert [role for role, pid in pids.items() if is_alive(pid)] == []


def test_two_crawls_at_once_take_turns(tmp_path):
    watch = Watch(tmp_path / "two")
    watch.news.publish(4)
    hands = [
        subprocess.Popen(
            watch.radar.command("crawl"), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        for _ in range(2)
    ]
    said = [hand.communicate(timeout=PATIENCE_S)[0] for hand in hands]
    rows = watch.rows()
    watch.close()

    assert [hand.returncode for hand in hands] == [0, 0], said
    assert (len(rows), {rev for _id, rev in rows.values()}) == (4, {1})
    articles = [path for path in watch.news.site.paths() if path.startswith("/2026/")]
    assert len(articles) <= 8
