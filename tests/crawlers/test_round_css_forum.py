"""A board of any make is read by declared selectors, and a rise in the list tells what moved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from crawlers.threads import risen
from tests.crawlers.memory_store import MemoryStore
from tests.crawlers.rounds import NOW, go, source
from tests.servers import Asked, Site

SELECT = {
    "thread": "a.topic",
    "next": "a[rel=next]",
    "post": ".post",
    "post_id": "@id",
    "author": ".user",
    "time": "time@datetime",
    "text": ".content",
}


class Plain:
    """A board without counts: threads by number, the last answered on top."""

    def __init__(self) -> None:
        self.order = [3, 2, 1]
        self.posts = {n: [f"第{n}帖：客服一直不理，星禾科技给个说法。"] for n in self.order}

    def reply(self, thread: int, text: str) -> None:
        self.posts[thread].append(text)
        self.order.remove(thread)
        self.order.insert(0, thread)

    def answer(self, asked: Asked) -> str:
        if asked.path == "/board/7":
            links = "".join(f'<a class="topic" href="/t{n}">帖子{n}</a>' for n in self.order)
            return f"<html><title>版块</title>{links}</html>"
        thread, _, page = asked.path.removeprefix("/t").partition("?p=")
        start = 2 * (int(page or 1) - 1)
        texts = self.posts[int(thread)]
        posts = "".join(
            f'<div class="post" id="p{thread}{n}"><b class="user">云上客</b>'
            f'<time datetime="2026-11-20T09:0{n}:00+08:00">刚刚</time><div class="content">{text}</div></div>'
            for n, text in list(enumerate(texts, start=1))[start : start + 2]
        )
        more = f'<a rel="next" href="/t{thread}?p={start // 2 + 2}">›</a>' if len(texts) > start + 2 else ""
        return f"<html><h1>帖子{thread}</h1>{posts}{more}</html>"


@pytest.fixture
def board() -> Plain:
    return Plain()


@pytest.fixture
def site(board: Plain) -> Iterator[Site]:
    with Site() as site:
        site.fallback = board.answer
        yield site


def forum(site: Site, **changes: object):  # type: ignore[no-untyped-def]
    return source(site.url("/board/7"), **{"channel": "forum", "platform": "css", "select": SELECT, **changes})


def test_posts_are_read_by_the_declared_selectors(site: Site, board: Plain) -> None:
    store = MemoryStore()
    board.posts[3] += ["同问。", "顶。"]

    report = go(forum(site), store=store)

    assert (report.documents, report.errors) == (5, {})
    first, last = store.documents["127.0.0.1/t3:31"], store.documents["127.0.0.1/t3:33"]
    assert (first.title, first.floor, first.author, first.thread) == ("帖子3", 1, "u-云上客", "127.0.0.1/t3")
    assert (last.title, last.floor, last.body) == (None, 3, "顶。")
    assert first.published_at == datetime(2026, 11, 20, 1, 1, tzinfo=UTC)


def test_a_thread_that_rose_is_read_on_and_nothing_else(site: Site, board: Plain) -> None:
    store = MemoryStore()
    go(forum(site), store=store)
    site.asked.clear()
    board.reply(1, "三天了，还是没有回复。")

    report = go(forum(site), store=store, at=NOW + timedelta(minutes=20), round_id="r2")

    assert site.paths() == ["/board/7", "/t1"]
    assert report.documents == 1


def test_an_unchanged_board_costs_one_page(site: Site) -> None:
    store = MemoryStore()
    go(forum(site), store=store)
    site.asked.clear()

    go(forum(site), store=store, at=NOW + timedelta(minutes=20), round_id="r2")

    assert site.paths() == ["/board/7"]


@pytest.mark.parametrize(
    ("before", "now", "rose"),
    [
        ("abcd", "abcd", ""),
        ("abcd", "dabc", "d"),
        ("abcd", "cbad", "cb"),
        ("abcd", "xabc", ""),
        ("abcd", "bcd", ""),
        ("", "ab", ""),
        ("abcd", "dxca", "dc"),
    ],
)
def test_who_stands_above_somebody_that_stood_above_has_risen(before: str, now: str, rose: str) -> None:
    assert risen(list(before), list(now)) == set(rose)
