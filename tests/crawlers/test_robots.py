"""robots.txt decides as RFC 9309 says, and more strictly where a site locks its door."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

import crawlers.settings
from tests.crawlers.memory_store import MemoryStore
from tests.crawlers.rounds import NOW, go, source
from tests.servers import Answer, Asked, Page, Site

FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>青岚</title>
<item><title>星禾科技回应</title><link>{link}</link><description>公司称已启动排查。</description></item></channel></rss>"""


@pytest.fixture
def site() -> Iterator[Site]:
    with Site({"/rss.xml": FEED.format(link="")}) as site:
        yield site


def _loop(asked: Asked) -> Answer:
    number = int(asked.path.rpartition("=")[2] or 0) if "=" in asked.path else 0
    return Answer(status=302, headers={"Location": f"/robots.txt?n={number + 1}"})


def _ends_after(hops: int) -> Page:
    def answer(asked: Asked) -> Answer:
        number = int(asked.path.rpartition("=")[2]) if "=" in asked.path else 0
        if number == hops:
            return Answer("User-agent: *\nDisallow: /private/")
        return Answer(status=301, headers={"Location": f"/robots.txt?n={number + 1}"})

    return answer


TABLE: list[tuple[str, Page, bool]] = [
    ("rules that allow", "User-agent: *\nDisallow: /private/", True),
    ("rules that forbid", "User-agent: *\nDisallow: /", False),
    ("rules for us by name", "User-agent: yuqingradar\nDisallow: /\n\nUser-agent: *\nAllow: /", False),
    ("rules for another", "User-agent: OtherBot\nDisallow: /", True),
    ("the longest match wins", "User-agent: *\nDisallow: /\nAllow: /rss.xml$", True),
    ("an empty file", "", True),
    ("a web page", "<html><title>首页</title></html>", True),
    ("a byte order mark", b"\xef\xbb\xbfUser-agent: *\nDisallow: /", False),
    ("204", Answer(status=204), True),
    ("404", Answer("没有", status=404), True),
    ("410", Answer("没有", status=410), True),
    ("401", Answer("登录", status=401), False),
    ("403", Answer("禁止", status=403), False),
    ("429", Answer("太快", status=429), False),
    ("500", Answer("错", status=500), False),
    ("503 with rules that allow", Answer("User-agent: *\nAllow: /", status=503), False),
    ("closed without an answer", Answer(cut=True), False),
    ("four redirects, then rules", _ends_after(4), True),
    ("a redirect loop", _loop, False),
]


@pytest.mark.parametrize(("what", "robots", "fetched"), TABLE, ids=[row[0] for row in TABLE])
def test_a_page_is_fetched_only_when_robots_txt_lets_us(what: str, robots: Page, fetched: bool, site: Site) -> None:
    site.fallback = lambda asked: _say(robots, asked)
    del site.pages["/robots.txt"]

    report = go(source(site.url("/rss.xml"), channel="feed"), store=MemoryStore())

    assert ("/rss.xml" in site.paths()) is fetched
    assert report.errors.get("robots", 0) == (0 if fetched else 1)


def _say(page: Page, asked: Asked) -> Answer | str | bytes:
    if not asked.path.startswith("/robots.txt"):
        return Answer(status=404)
    return page(asked) if callable(page) else page


def test_a_hanging_robots_txt_is_a_no(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crawlers.settings, "DOWNLOAD_TIMEOUT", 0.3)
    site.pages["/robots.txt"] = Answer("User-agent: *\nAllow: /", wait_s=1)

    report = go(source(site.url("/rss.xml"), channel="feed"), store=MemoryStore())

    assert site.paths() == []
    assert report.errors == {"robots": 1}
    assert "timeout" in report.notes[0]


def test_a_refusal_is_explained_with_what_was_seen(site: Site) -> None:
    site.pages["/robots.txt"] = Answer(status=500)

    report = go(source(site.url("/rss.xml"), channel="feed"), store=MemoryStore())

    (note,) = report.notes
    assert "robots.txt" in note
    assert "http 500" in note
    assert f"127.0.0.1:{site.port}" in note


def test_robots_txt_is_asked_once_a_day(site: Site) -> None:
    store, feed = MemoryStore(), source(site.url("/rss.xml"), channel="feed")

    for hours in (0, 1, 23):
        go(feed, store=store, at=NOW + timedelta(hours=hours), round_id=f"r{hours}")
    assert sum(a.path == "/robots.txt" for a in site.asked) == 1

    go(feed, store=store, at=NOW + timedelta(hours=24), round_id="r24")
    assert sum(a.path == "/robots.txt" for a in site.asked) == 2


def test_a_failing_robots_txt_is_asked_again_after_an_hour(site: Site) -> None:
    store, feed = MemoryStore(), source(site.url("/rss.xml"), channel="feed")
    site.pages["/robots.txt"] = Answer(status=500)
    go(feed, store=store)
    site.pages["/robots.txt"] = "User-agent: *\nAllow: /"

    go(feed, store=store, at=NOW + timedelta(minutes=30), round_id="r2")
    assert site.paths() == []

    go(feed, store=store, at=NOW + timedelta(hours=1), round_id="r3")
    assert site.paths() == ["/rss.xml"]


def test_crawl_delay_is_obeyed(site: Site) -> None:
    site.pages["/robots.txt"] = "User-agent: *\nCrawl-delay: 0.3"

    go(source(site.url("/rss.xml"), channel="feed"), store=MemoryStore())

    robots, feed = site.asked
    assert feed.at - robots.at >= 0.3


def test_robots_txt_of_a_redirects_target_is_asked_too(site: Site) -> None:
    with Site({"/rss.xml": FEED.format(link="")}, robots="User-agent: *\nDisallow: /") as other:
        site.pages["/rss.xml"] = Answer(status=302, headers={"Location": other.url("/rss.xml")})

        report = go(source(site.url("/rss.xml"), channel="feed"), store=MemoryStore())

        assert other.paths(robots=True) == ["/robots.txt"]
    assert report.errors == {"robots": 1}
