"""From a hit to the outlet it names: only known sites, each once, a few a round and a day."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.values import CrawlBatch, Page
from crawlers.canonical import site_of
from crawlers.schedule import TRIES
from scheduler.leads import A_DAY, A_ROUND, Lead, leads_to_follow, queue_leads
from scheduler.worker import Worker
from store.crawl import StoredCrawl
from store.engine import open_store
from tests import make
from tests.scheduler import scene

SITES = {"first.example", "news.example"}


def lead(number: int, host: str = "www.first.example") -> Lead:
    return Lead(f"https://{host}/2026/{number}.html", f"{host}/2026/{number}.html", "news.example/1")


def chosen(*candidates: Lead, known: frozenset[str] = frozenset(), followed_today: int = 0) -> list[Lead]:
    return leads_to_follow(candidates, sites=SITES, known=known, followed_today=followed_today, site_of=site_of)


def test_only_sites_that_are_known_are_followed():
    assert chosen(lead(1), lead(2, "unknown.example"), lead(3, "10.0.0.1")) == [lead(1)]


def test_what_is_known_is_not_fetched_again():
    assert chosen(lead(1), lead(2), known=frozenset({lead(1).key})) == [lead(2)]


def test_a_source_named_by_ten_reprints_is_fetched_once():
    assert chosen(*[lead(1)] * 10) == [lead(1)]


@given(st.lists(st.integers(0, 50)), st.integers(0, 60))
def test_a_round_and_a_day_have_their_bounds(numbers: list[int], followed_today: int):
    found = chosen(*map(lead, numbers), followed_today=followed_today)

    assert len(found) <= max(0, min(A_ROUND, A_DAY - followed_today))
    assert len({each.key for each in found}) == len(found)


FIRST = "https://www.first.example/2026/88.html"
"""A source that a reprint names."""


@pytest.fixture
def ground(tmp_path: Path):
    """A radar whose source follows links, and one article of it on each of two numbers; 0 is about the company."""
    radar = scene.radar(tmp_path, subscriptions=())
    source = make.source(follow_links=True)
    other = make.source(id="first", url="https://first.example/")
    object.__setattr__(radar, "sources", (source, other))
    store = open_store(radar.store_url)
    yield radar, store, source
    store.close()


def read(store, *numbers: int, links: tuple[str, ...] = (FIRST,)) -> None:
    """Articles come in together with pages that name a source."""
    documents = tuple(scene.article(number) for number in numbers)
    pages = tuple(
        Page("qinglan", d.key, str(d.url), "article", state="done", fetched_at=make.NOW, cursor={"links": list(links)})
        for d in documents
    )
    StoredCrawl(store, lambda: make.NOW).commit(CrawlBatch(documents, pages))


def test_the_source_that_a_hit_names_is_opened_in_the_next_round_once(ground):
    radar, store, source = ground
    read(store, 0)
    Worker(radar, store, lambda: make.NOW).drain()

    assert queue_leads(radar, store, [source], now=make.at(minutes=10)) == 1
    (page,) = StoredCrawl(store, lambda: make.NOW).open_pages(source.id)
    assert page.url == FIRST
    assert page.cursor == {"led_by": "news.example/0", "tries": TRIES - 1}
    assert queue_leads(radar, store, [source], now=make.at(minutes=20)) == 0


def test_texts_about_others_lead_nowhere_and_neither_do_sources_that_do_not_declare_it(ground):
    radar, store, source = ground
    read(store, 2)
    Worker(radar, store, lambda: make.NOW).drain()

    assert queue_leads(radar, store, [source], now=make.at(minutes=10)) == 0

    read(store, 0)
    Worker(radar, store, lambda: make.NOW).drain()
    assert queue_leads(radar, store, [make.source()], now=make.at(minutes=10)) == 0


def test_the_day_has_its_bound(ground):
    radar, store, source = ground
    read(store, 0, links=tuple(f"https://first.example/2026/{n}.html" for n in range(40)))
    Worker(radar, store, lambda: make.NOW).drain()

    queued = [queue_leads(radar, store, [source], now=make.at(minutes=n)) for n in range(10, 100, 10)]

    assert queued == [A_ROUND] * (A_DAY // A_ROUND) + [0] * (9 - A_DAY // A_ROUND)
    assert queue_leads(radar, store, [source], now=make.at(days=1)) == A_ROUND


def test_an_old_article_leads_nowhere(ground):
    radar, store, source = ground
    read(store, 0)
    Worker(radar, store, lambda: make.NOW).drain()

    assert queue_leads(radar, store, [source], now=make.at(days=3)) == 0
