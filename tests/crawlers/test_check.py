"""One look at one page: what robots.txt says, what the page is, what it holds; and nothing more is asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from core.values import Document, Source
from crawlers.check import Check, check_source
from crawlers.proposal import Proposal, proposal
from tests.crawlers.board import Board
from tests.crawlers.json_boards import Discourse, Flarum, NodeBB
from tests.crawlers.memory_store import MemoryStore
from tests.crawlers.rounds import NOW, marked, source
from tests.servers import Answer, Site

FEED = """<rss version="2.0"><channel><title>青岚新闻网</title>
<item><title>星禾科技回应</title><link>https://news.example/1.html</link>
<pubDate>Fri, 20 Nov 2026 09:00:00 +0800</pubDate></item></channel></rss>"""
SAID = "多名用户向本报反映，在星禾科技注册后接到大量推销电话，客服一直没有给出答复。"
ARTICLE = """<html><head><title>星禾科技被指泄露用户信息 - 青岚新闻网</title>
<meta property="og:site_name" content="青岚新闻网">
<link rel="alternate" type="application/rss+xml" title="评论" href="/comments/feed">
<link rel="alternate" type="application/rss+xml" title="新闻" href="/feed.xml"></head><body>
<h1>星禾科技被指泄露用户信息</h1><p>2026-11-20 09:00 来源：青岚新闻网 记者 江某某</p>
<div>TEXT</div></body></html>""".replace("TEXT", "".join(f"<p>第{n}段。{SAID}</p>" for n in range(9)))
LIST = "".join(f'<li><a href="/2026/{n}.html">星禾科技第{n}次回应用户信息泄露的质疑</a></li>' for n in range(1, 12))


def look(wanted: Source, *, configured: bool = True, store: MemoryStore | None = None, gate: Any = marked) -> Check:
    """Check with a gate that leaves a mark."""
    return check_source(
        wanted,
        configured=configured,
        hosts=store or MemoryStore(),
        gate=gate,
        clock=lambda: NOW,
        contact="https://xinghe.example/radar",
        names=["星禾科技"],
    )


@pytest.mark.parametrize(
    ("page", "sort"), [(FEED, "feed"), (ARTICLE, "article"), (LIST, "list"), ('{"a": 1}', "json"), ("", "other")]
)
def test_a_page_is_told_by_what_it_is(page: str, sort: str) -> None:
    with Site({"/x": page}) as site:
        check = look(source(site.url("/x")), configured=False)

        assert check.page is not None
        assert check.page.sort == sort
        assert site.paths(robots=True) == ["/robots.txt", "/x"]


def test_an_article_shows_what_was_read_and_where_its_feeds_are() -> None:
    with Site({"/1.html": ARTICLE}) as site:
        check = look(source(site.url("/1.html")), configured=False)

        assert check.page is not None
        assert check.page.feeds == (site.url("/feed.xml"), site.url("/comments/feed"))
        (sample,) = check.page.samples
        assert (sample.title, sample.outlet, sample.precision, sample.opened) == (
            "星禾科技被指泄露用户信息",
            "青岚新闻网",
            "minute",
            True,
        )
        assert proposal(check.url, check.page) == Proposal("127-0-0", "青岚新闻网", "feed", site.url("/feed.xml"))


def test_three_samples_of_a_list_and_what_it_does_not_say() -> None:
    with Site({"/list": LIST}) as site:
        check = look(source(site.url("/list")))

        assert check.page is not None
        assert check.page.entries == 11
        assert [sample.missing for sample in check.page.samples] == [("published_at",)] * 3


def test_a_short_list_is_one_when_the_source_finds_its_links_there() -> None:
    with Site({"/list": "".join(f'<li><a href="/2026/{n}.html">{n}</a></li>' for n in range(2))}) as site:
        wanted = replace(source(site.url("/list")), channel="listing", article_pattern=r"/\d+\.html$")

        known, unknown = (look(wanted, configured=configured).page for configured in (True, False))

        assert known is not None
        assert unknown is not None
        assert (known.sort, known.entries, unknown.sort) == ("list", 2, "other")


def test_samples_have_passed_the_gate() -> None:
    def hiding(document: Document) -> Document:
        return replace(document, title=(document.title or "").replace("星禾", "＊＊"), author=None)

    with Site({"/rss": FEED}) as site:
        check = look(source(site.url("/rss"), channel="feed"), gate=hiding)

        assert check.page is not None
        assert [sample.title for sample in check.page.samples] == ["＊＊科技回应"]
        assert not check.page.samples[0].has_author


def test_what_robots_txt_forbids_is_not_asked_for() -> None:
    with Site({"/a": LIST}, robots="User-agent: *\nDisallow: /a\n") as site:
        check = look(source(site.url("/a")))

        assert site.paths() == []
        assert check.page is None
        assert check.robots is not None
        assert (check.robots.allowed, check.robots.refusal, check.robots.has_rules) == (False, None, True)


def test_a_robots_txt_that_cannot_be_read_means_no() -> None:
    with Site({"/a": LIST}, robots=Answer(status=503)) as site:
        check = look(source(site.url("/a")))

        assert site.paths() == []
        assert check.robots is not None
        assert (check.robots.allowed, check.robots.refusal) == (False, "http 503")


def test_internal_addresses_are_refused() -> None:
    with Site({"/a": LIST}) as site:
        check = look(source(site.url("/a"), allow_private=False), configured=False)

        assert site.asked == []
        assert (check.page, check.robots, check.errors) == (None, None, {"address": 1})


def test_a_host_that_asked_for_a_pause_gets_it() -> None:
    store = MemoryStore()
    with Site({"/a": Answer(status=429, headers={"Retry-After": "600"})}) as site:
        look(source(site.url("/a")), store=store)
        check = look(source(site.url("/a")), store=store)

        assert site.paths() == ["/a"]
        assert check.errors == {"resting": 1}


def test_a_board_shows_its_threads() -> None:
    board = Board()
    for number in range(1, 4):
        board.start(f"星禾科技客服不理人（{number}）")
    with Site() as site:
        site.fallback = board.answer
        check = look(source(site.url("/forum-2-1.html")), configured=False)

        assert check.page is not None
        assert (check.page.platform, check.page.sort, check.page.entries) == ("discuz", "board", 3)
        assert proposal(check.url, check.page) == Proposal("127-0-0", "127.0.0.1", "forum", check.url, "discuz")


@pytest.mark.parametrize(("name", "kind"), [("discourse", Discourse), ("nodebb", NodeBB), ("flarum", Flarum)])
def test_a_configured_json_forum_shows_its_threads(name: str, kind: Any) -> None:
    board = kind()
    board.start("星禾科技客服不理人")
    with Site() as site:
        site.fallback = board.answer
        check = look(source(site.url("/"), channel="forum", platform=name))

        assert check.page is not None
        assert [sample.title for sample in check.page.samples] == ["星禾科技客服不理人"]
        assert (check.page.sort, check.page.platform) == ("board", name)


@pytest.mark.parametrize(
    ("head", "platform"),
    [
        ('<meta name="generator" content="Discourse 3.4.0">', "discourse"),
        ('<meta name="generator" content="NodeBB">', "nodebb"),
        ('<script id="flarum-json-payload" type="application/json">{}</script>', "flarum"),
        ('<link rel="https://api.w.org/" href="/wp-json/">', "wordpress"),
        ('<meta name="generator" content="Discuz! X3.5">', "discuz"),
        ('<meta name="generator" content="Hexo">', None),
    ],
)
def test_software_is_known_by_what_it_says_of_itself(head: str, platform: str | None) -> None:
    with Site({"/": f"<html><head>{head}</head><body><p>民声论坛</p></body></html>"}) as site:
        check = look(source(site.url("/")), configured=False)

        assert check.page is not None
        assert check.page.platform == platform


def test_a_forum_is_proposed_by_its_start_page() -> None:
    page = '<html><head><meta name="generator" content="Discourse 3"></head><body></body></html>'
    with Site({"/t/topic/5": page}) as site:
        check = look(source(site.url("/t/topic/5")), configured=False)

        assert check.page is not None
        made = proposal(check.url, check.page)
        assert made is not None
        assert (made.channel, made.platform, made.url) == ("forum", "discourse", site.url("/"))


def test_a_selector_that_finds_nothing_is_said() -> None:
    with Site({"/b": "<html><body><p>没有帖子</p></body></html>"}) as site:
        check = look(source(site.url("/b"), channel="forum", platform="css", select={"thread": "a.t", "post": ".p"}))

        assert check.page is not None
        assert check.page.trouble == "no threads"
