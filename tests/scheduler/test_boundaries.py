"""
A process that is killed at any commit boundary loses nothing and doubles nothing.

Each case forks, dies by SIGKILL just before or just after its n-th commit, and the survivor goes on to the
end. All boundaries are walked: n grows until a child ends alive.
"""

import os
import signal
import sys
import traceback

import pytest

from scheduler.indexer import Indexer
from scheduler.sender import Sender
from scheduler.worker import Worker
from search_index import open_index
from search_index.query import parse
from store import documents, inbox, messages
from store.engine import open_store
from tests import make
from tests.mailserver import MailServer
from tests.scheduler import scene

ARTICLES = [scene.article(n) for n in range(6)]
EDITED = scene.article(0, body="更正：星禾科技称泄露已经止住，受影响用户将逐一得到通知。", fetched_at=make.at(hours=1))
ALERTS = {"duty@xinghe.example", "pr@xinghe.example"}


class Ground:
    """A folder with a store whose inbox is full, and the stages that empty it."""

    def __init__(self, folder, port, analyser_worker=None):
        self.folder = folder
        self.radar = scene.radar(folder, port=port)
        store = open_store(self.radar.store_url)
        scene.settle(store, self.radar)
        scene.arrive(store, *ARTICLES, EDITED)
        store.close()

    def work(self, store):
        Worker(self.radar, store, lambda: make.NOW).drain()

    def index(self, store):
        index = open_index("tantivy", path=self.folder / "index", mode="write", zone=self.radar.zone)
        try:
            Indexer(self.radar, store, index, lambda: make.NOW).drain()
        finally:
            index.close()

    def send(self, store):
        sender = Sender(store, self.radar.mail, lambda: make.at(minutes=1))
        sender.recover()
        sender.drain()

    def stages(self):
        return {"worker": self.work, "indexer": self.index, "sender": self.send}


def killed_at(ground, stage, moment, nth):
    """Run a stage in a forked child that dies at its nth commit; True when it died, False when it came to its end."""
    child = os.fork()
    if child == 0:
        try:
            store = open_store(ground.radar.store_url)
            seen = {"before": 0, "after": 0}

            def at_commit(when):
                seen[when] += 1
                if when == moment and seen[when] == nth:
                    os.kill(os.getpid(), signal.SIGKILL)

            store.at_commit = at_commit
            ground.stages()[stage](store)
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(3)
        os._exit(0)
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def to_the_end(ground):
    store = open_store(ground.radar.store_url)
    for run in ground.stages().values():
        run(store)
    return store


def check(ground, store, server, *, after_data):
    with store.read() as connection:
        stored = dict(documents.every_id(connection))
        rows = list(documents.rows_of(connection, all_revisions=True))
        states = [delivery.state for delivery in messages.in_states(connection, "sent", "unknown", "pending", "failed")]
        assert inbox.backlog(connection) == (0, None, 0)
        assert [message.key for message in messages.recent(connection, "alert")] == [
            messages.recent(connection, "alert")[0].key
        ]
    assert set(stored) == scene.ids(*ARTICLES)
    assert len(rows) == len(ARTICLES) + 1
    assert states == ["sent"] * len(ALERTS)
    for recipient in ALERTS:
        plain, *again = server.to(recipient)
        assert [("可能重复" in mail["Subject"]) for mail in again] == [True] * len(again)
        assert len(again) <= (1 if after_data else 0)
        assert ("可能重复" in plain["Subject"]) <= after_data
    index = open_index("tantivy", path=ground.folder / "index", mode="read", zone=ground.radar.zone)
    assert dict(index.scan(parse("星禾 | 云鹭 | 公园"), now=make.NOW)) == stored
    index.close()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("stage", ["worker", "indexer", "sender"])
def test_dying_at_every_commit_of_a_stage_loses_and_doubles_nothing(tmp_path, stage, moment):
    nth, died = 1, True
    while died:
        with MailServer() as server:
            folder = tmp_path / f"{nth}"
            folder.mkdir()
            ground = Ground(folder, server.port)
            before = list(ground.stages())[: list(ground.stages()).index(stage)]
            store = open_store(ground.radar.store_url)
            for earlier in before:
                ground.stages()[earlier](store)
            store.close()
            died = killed_at(ground, stage, moment, nth)
            store = to_the_end(ground)
            check(ground, store, server, after_data=stage == "sender")
            store.close()
        nth += 1

    assert nth > 2, "no boundary was met"
