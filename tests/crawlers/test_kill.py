"""kill -9 at random moments of a crawl: nothing lost, nothing doubled, and no more fetched again than was in flight."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.engine import open_store
from store.schema import inbox
from tests.crawlers.test_round_articles import article
from tests.servers import Answer, Asked, Site

ROOT = Path(__file__).resolve().parents[2]
SOAK = bool(os.environ.get("YUQING_SOAK"))
PAGES, KILLS = (3000, 100) if SOAK else (200, 4)
A_LIST = 50

CRAWL = """
import sys
from store.crawl import StoredCrawl
from store.engine import open_store
from tests.crawlers.rounds import NOW, go, source
store = StoredCrawl(open_store(sys.argv[2]), lambda: NOW)
print("ready", flush=True)
one = source(sys.argv[1], article_pattern=r"/2026/\\d+", next="a.next", max_pages=100000)
report = go(one, store=store, round_id=sys.argv[3], deadline_s=600)
print(report.finished)
"""


@pytest.fixture
def site() -> Iterator[Site]:
    def answer(asked: Asked) -> Answer | str:
        if match := re.match(r"/2026/(\d+)$", asked.path):
            return article(f"星禾科技追踪报道之{match[1]}")
        number = int(asked.path.rpartition("/")[2] or 0)
        links = "".join(
            f'<a href="/2026/{n}">星禾科技追踪报道之{n}</a>' for n in range(number * A_LIST, (number + 1) * A_LIST)
        )
        more = f'<a class="next" href="/list/{number + 1}">下一页</a>' if (number + 1) * A_LIST < PAGES else ""
        return f"<html><title>财经</title>{links}{more}</html>"

    with Site() as site:
        site.fallback = answer
        yield site


def start(site: Site, url: str, name: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CRAWL, site.url("/list/0"), url, name]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert child.stdout is not None
    child.stdout.readline()
    return child


@pytest.mark.timeout(1800)
def test_a_crawl_that_is_killed_again_and_again_ends_with_every_page_once(site: Site, tmp_path: Path) -> None:
    seed = random.randrange(10**6)
    chance, url, deaths = random.Random(seed), f"sqlite:///{tmp_path}/radar.db", 0
    for number in range(KILLS):
        child = start(site, url, f"r{number}")
        begun = len(site.asked)
        while len(site.asked) == begun and child.poll() is None:
            time.sleep(0.002)
        time.sleep(chance.uniform(0, 0.5 if SOAK else 0.3))
        deaths += child.poll() is None
        child.kill()
        child.wait()
    last = start(site, url, "last")
    said, _ = last.communicate()

    assert said.strip() == "True"
    with open_store(url).read() as connection:
        keys = [json.loads(row.payload)["key"] for row in connection.execute(inbox.select())]
    assert sorted(keys) == sorted(f"127.0.0.1/2026/{n}" for n in range(PAGES)), f"seed {seed}"
    fetched = Counter(path for path in site.paths() if path.startswith("/2026/"))
    again = sum(fetched.values()) - PAGES
    print(f"seed {seed}: {deaths} kills, {PAGES} pages, {again} fetched again")
    assert again <= deaths  # one page was being fetched or read
