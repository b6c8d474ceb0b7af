"""`yuqing add URL` reads one page under the same rules as a round."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crawlers.single import NotReadable, fetch_one
from tests.crawlers.board import Board
from tests.crawlers.rounds import NOW, marked, source
from tests.crawlers.test_round_articles import article
from tests.servers import Site


@pytest.fixture
def site() -> Iterator[Site]:
    with Site({"/2026/1.html": article("星禾科技回应信息泄露") + '<a href="/2026/2.html">下一篇新闻报道</a>'}) as site:
        yield site


def fetch(url: str, **changes: object):  # type: ignore[no-untyped-def]
    one = source(url, **changes)
    return fetch_one(url, source=one, gate=marked, clock=lambda: NOW, contact="https://xinghe.example/radar")


def test_an_article_is_one_document_and_no_link_is_followed(site: Site) -> None:
    (document,) = fetch(site.url("/2026/1.html"))

    assert document.title == "星禾科技回应信息泄露"
    assert site.paths(robots=True) == ["/robots.txt", "/2026/1.html"]


def test_a_thread_gives_its_posts(site: Site) -> None:
    board = Board()
    thread = board.start("星禾科技客服不理人")
    board.reply(thread, "我也是。")
    site.fallback = board.answer

    posts = fetch(site.url("/thread-1-1-1.html"))

    assert [post.floor for post in posts] == [1, 2]


def test_robots_txt_is_obeyed(site: Site) -> None:
    site.pages["/robots.txt"] = "User-agent: *\nDisallow: /2026/"

    with pytest.raises(NotReadable, match="robots"):
        fetch(site.url("/2026/1.html"))

    assert site.paths() == []


def test_an_internal_address_is_refused(site: Site) -> None:
    with pytest.raises(NotReadable, match="loopback"):
        fetch(site.url("/2026/1.html"), allow_private=False)

    assert site.asked == []


def test_a_missing_page_says_what_was_seen(site: Site) -> None:
    with pytest.raises(NotReadable, match="HTTP 404"):
        fetch(site.url("/2026/9.html"))
