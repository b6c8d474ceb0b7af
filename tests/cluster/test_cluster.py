"""
kill -9 of every node of a cluster, the elected master first, while documents are indexed and searched.

`make test-cluster` runs it; three servers need 3 GB and a minute or more to start.
"""

import os
import threading
import time

import pytest

from core.errors import Unavailable
from scheduler import index_care
from scheduler.radar import IndexPlace
from search_index.query import parse
from tests import make
from tests.cluster.nodes import cluster
from tests.scheduler.test_indexer import EVERYTHING, Ground
from tests.search_index.elastic_server import Missing

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.skipif(not os.environ.get("YUQING_TEST_CLUSTER"), reason="three servers: make test-cluster"),
]


class Searching(threading.Thread):
    """Searches all the time; keeps how long they failed in a row."""

    def __init__(self, ground):
        super().__init__()
        self.ground, self.done = ground, threading.Event()
        self.answered, self.outages, self.wrong = 0, [], []

    def run(self):
        failing_since = None
        with self.ground.reading() as reader:
            while not self.done.is_set():
                began = time.monotonic()
                try:
                    reader.search(parse("泄露"), now=make.NOW, days=True)
                    self.answered += 1
                    if failing_since:
                        self.outages.append(time.monotonic() - failing_since)
                    failing_since = None
                except Unavailable:
                    failing_since = failing_since or began
                except Exception as error:
                    self.wrong.append(error)
                time.sleep(0.05)


class Indexing(threading.Thread):
    """Adds documents all the time and brings the index up to them, as the indexer's process does."""

    def __init__(self, ground):
        super().__init__()
        self.ground, self.done, self.troubles, self.wrong = ground, threading.Event(), 0, []

    def run(self):
        while not self.done.is_set():
            self.ground.add(20)
            try:
                self.ground.catch_up()
            except Unavailable:
                self.troubles += 1
                time.sleep(0.5)
            except Exception as error:
                self.wrong.append(error)
                return
            time.sleep(0.2)


@pytest.mark.timeout(1500)
def test_killing_any_node_loses_and_doubles_nothing(tmp_path, capsys):
    began = time.monotonic()
    try:
        running = cluster()
        nodes = running.__enter__()
    except Missing as missing:
        pytest.skip(f"no cluster: {missing}")
    try:
        up_s = time.monotonic() - began
        ground = Ground(tmp_path, IndexPlace("elasticsearch", nodes.urls, "cluster"))
        ground.add(300)
        ground.catch_up()
        nodes.wait()
        indexing, searching = Indexing(ground), Searching(ground)
        indexing.start()
        searching.start()
        first = nodes.master()
        for victim in [first, *(node for node in nodes.nodes if node is not first)]:
            victim.kill()
            time.sleep(8)
            nodes.start(victim)
            nodes.wait()
        indexing.done.set()
        searching.done.set()
        indexing.join()
        searching.join()
        ground.catch_up()

        assert (indexing.wrong, searching.wrong) == ([], [])
        assert ground.compared() == index_care.Comparison(documents=ground.stored, days=(), behind=0, refused=0)
        with ground.reading() as reader:
            assert reader.count(EVERYTHING, now=make.NOW) == ground.stored
        assert searching.answered
        with capsys.disabled():
            outages = ", ".join(f"{seconds:.1f}" for seconds in searching.outages) or "none"
            print(
                f"\ncluster up in {up_s:.0f} s, all in {time.monotonic() - began:.0f} s; {ground.stored} documents; "
                f"{searching.answered} searches, failing stretches (s): {outages}; indexing paused {indexing.troubles}x"
            )
    finally:
        running.__exit__(None, None, None)
