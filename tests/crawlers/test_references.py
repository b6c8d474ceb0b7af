"""An article's own word on where it has its text from, and that it is kept for whoever decides."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.values import Page
from crawlers.references import MOST, references_of
from crawlers.schedule import TRIES
from crawlers.trip import Fetched
from tests.crawlers.memory_store import MemoryStore
from tests.crawlers.rounds import NOW, go, source
from tests.crawlers.test_check import ARTICLE, LIST
from tests.servers import Answer, Site

PAGE = "https://reprint.example/2026/1.html"


def references(html: str) -> tuple[str, ...]:
    return references_of(Fetched(PAGE, 200, html.encode(), NOW, encoding="utf-8"))


@pytest.mark.parametrize(
    "html",
    [
        '<p>来源：<a href="https://news.example/2026/11/20/88.html">青岚新闻网</a></p>',
        '<p>来源： <b>转载</b> <span>|</span> <a href="https://news.example/2026/11/20/88.html">青岚新闻网</a></p>',
        '<p>据青岚新闻网<a href="https://news.example/2026/11/20/88.html">11月20日报道</a>，多名用户反映……</p>',
        '<div><a href="//news.example/2026/11/20/88.html?utm_source=x">查看原文</a></div>',
    ],
)
def test_a_named_source_is_found(html: str) -> None:
    assert [url.removeprefix("https://") for url in references(html)] == ["news.example/2026/11/20/88.html"]


@pytest.mark.parametrize(
    "html",
    [
        '<ul><li><a href="https://news.example/2026/11/20/88.html">城南公园菊花开放</a></li></ul>',
        '<p>来源：<a href="https://news.example/">青岚新闻网</a></p>',
        '<p>来源：<a href="https://www.reprint.example/2026/2.html">本站</a></p>',
        '<p>来源：<a href="javascript:void(0)">青岚新闻网</a></p>',
        '<p>来源：<a href="http://[bad/2026/1.html">青岚新闻网</a></p>',
        '<p>来源：<a href="https://news.example/space-uid-12.html">江某某</a></p>',
        "",
    ],
)
def test_other_links_are_not(html: str) -> None:
    assert references(html) == ()


def test_a_page_of_nothing_but_links_gives_a_few() -> None:
    rows = "".join(f'<p>来源：<a href="https://n{n}.example/2026/{n}.html">报</a></p>' for n in range(50))

    assert len(references(rows)) == MOST


NAMED = ARTICLE.replace("<h1>", '<p>来源：<a href="https://first.example/2026/88.html">云栖晚报</a></p><h1>')


def test_links_are_kept_only_where_the_source_declares_it() -> None:
    for declared in (False, True):
        store = MemoryStore()
        with Site({"/list": LIST, "/2026/1.html": NAMED}) as site:
            go(source(site.url("/list"), article_pattern=r"/2026/1\.html", follow_links=declared), store=store)

        kept = [page.cursor.get("links") for page in store.frontier.values() if page.role == "article"]
        assert kept == [["https://first.example/2026/88.html"] if declared else None]


def test_a_page_that_was_led_to_is_read_once_on_its_own_site_and_leads_no_further() -> None:
    store = MemoryStore()
    with Site({"/list": "<html><body>暂无</body></html>"}) as home, Site({"/2026/88.html": NAMED}) as other:
        wanted = source(home.url("/list"), follow_links=True, outlet="民声转载", article_pattern="/never/")
        led = Page("qinglan", "other/88", other.url("/2026/88.html"), "article", discovered_at=NOW)
        store.frontier["qinglan", led.key] = replace(led, cursor={"led_by": "news.example/1"})
        go(wanted, store=store)

        assert other.paths(robots=True) == ["/robots.txt", "/2026/88.html"]
    (document,) = store.documents.values()
    assert document.outlet != "民声转载"
    read = store.frontier["qinglan", led.key]
    assert (read.state, read.next_at, "links" in read.cursor) == ("done", None, False)


def test_a_page_that_was_led_to_is_not_tried_again() -> None:
    """Who queues it says that its tries are used up but for one."""
    store = MemoryStore()
    with Site({"/list": LIST}) as home, Site({"/2026/88.html": Answer(status=500)}) as other:
        led = Page("qinglan", "other/88", other.url("/2026/88.html"), "article", discovered_at=NOW)
        store.frontier["qinglan", led.key] = replace(led, cursor={"led_by": "news.example/1", "tries": TRIES - 1})
        for number in range(3):
            go(source(home.url("/list"), article_pattern="/never/"), store=store, round_id=f"r{number}")

        assert other.paths() == ["/2026/88.html"]
    assert store.frontier["qinglan", led.key].state == "failed"


def test_a_page_that_was_led_to_is_left_alone_where_robots_txt_says_so() -> None:
    store = MemoryStore()
    closed = "User-agent: *\nDisallow: /\n"
    with Site({"/list": LIST}) as home, Site({"/2026/88.html": NAMED}, robots=closed) as other:
        led = Page("qinglan", "other/88", other.url("/2026/88.html"), "article", discovered_at=NOW)
        store.frontier["qinglan", led.key] = replace(led, cursor={"led_by": "news.example/1"})
        go(source(home.url("/list"), follow_links=True, article_pattern="/never/"), store=store)

        assert other.paths() == []
    assert store.frontier["qinglan", led.key].state == "refused"
