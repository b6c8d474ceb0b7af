"""A board is read once, then only what moved on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from core.values import Page, Source
from tests.crawlers.board import Board
from tests.crawlers.memory_store import MemoryStore
from tests.crawlers.rounds import NOW, go, source
from tests.servers import Answer, Site

LATER = NOW + timedelta(minutes=20)


@pytest.fixture
def board() -> Board:
    """Six threads on two list pages, one of them with two pages of posts."""
    board = Board()
    for number in range(1, 7):
        board.start(f"星禾科技客服不理人（{number}）")
    for number in range(4):
        board.reply(board.threads[0], f"我也遇到了，第{number}次。")
    return board


@pytest.fixture
def site(board: Board) -> Iterator[Site]:
    with Site() as site:
        site.fallback = board.answer
        yield site


def forum(site: Site, **changes: object) -> Source:
    url = site.url("/forum-2-1.html")
    return source(url, **{"channel": "forum", "platform": "discuz", "id": "minsheng", **changes})  # type: ignore[arg-type]


def test_every_post_is_a_document_of_its_own(site: Site, board: Board) -> None:
    store = MemoryStore()

    report = go(forum(site), store=store)

    assert (report.documents, report.errors, report.finished) == (10, {}, True)
    first = store.documents["discuz:127.0.0.1:1:1"]
    reply = store.documents["discuz:127.0.0.1:1:7"]
    assert (first.kind, first.floor, first.title, first.thread) == (
        "post",
        1,
        "星禾科技客服不理人（1）",
        "discuz:127.0.0.1:1",
    )
    assert (reply.floor, reply.title, reply.author, reply.body) == (2, None, "u-路人甲", "我也遇到了，第0次。")
    assert reply.published_at == board.threads[0].posts[1].at
    assert reply.url == site.url("/thread-1-1-1.html#pid7")


def test_an_unchanged_board_costs_one_list_page(site: Site) -> None:
    store = MemoryStore()
    go(forum(site), store=store)
    site.asked.clear()

    report = go(forum(site), store=store, at=LATER, round_id="r2")

    assert site.paths() == ["/forum-2-1.html"]
    assert report.documents == 0


def test_new_replies_are_read_from_the_last_known_page_on(site: Site, board: Board) -> None:
    store = MemoryStore()
    go(forum(site), store=store)
    site.asked.clear()
    board.reply(board.threads[0], "三天了，还是没有回复。")
    board.reply(board.threads[0], "同问。")

    report = go(forum(site), store=store, at=LATER, round_id="r2")

    assert [p for p in site.paths() if "thread" in p] == ["/thread-1-2-1.html", "/thread-1-3-1.html"]
    assert report.documents == 2


def test_a_changed_title_opens_the_whole_thread(site: Site, board: Board) -> None:
    store = MemoryStore()
    go(forum(site), store=store)
    board.threads[2].title += "【已更新】"
    board.threads[2].posts[0].text = "更新：对方已致歉。"

    report = go(forum(site), store=store, at=LATER, round_id="r2", force=False)

    assert report.documents == 0  # it stands on the second list page, and nothing moved on the first

    report = go(forum(site), store=store, at=NOW + timedelta(days=1), round_id="r3")

    assert report.documents == 1
    assert store.documents["discuz:127.0.0.1:3:3"].body == "更新：对方已致歉。"


def test_a_deleted_reply_is_marked_gone_and_nothing_else(site: Site, board: Board) -> None:
    store = MemoryStore()
    go(forum(site), store=store)
    lost = board.threads[0].posts.pop(2)

    go(forum(site), store=store, at=LATER, round_id="r2")

    assert set(store.gone) == {f"discuz:127.0.0.1:1:{lost.pid}"}


def test_a_deleted_thread_is_missed_where_it_stood_and_all_its_posts_are_gone(site: Site, board: Board) -> None:
    store = MemoryStore()
    go(forum(site), store=store)
    site.asked.clear()
    board.delete(board.threads[4])
    board.reply(board.threads[-1], "顶一下。")

    go(forum(site), store=store, at=LATER, round_id="r2")

    assert "/thread-5-1-1.html" in site.paths()
    assert set(store.gone) == {"discuz:127.0.0.1:5:5"}
    assert store.frontier["minsheng", "discuz:127.0.0.1:5"].state == "gone"


def test_a_thread_that_was_only_pushed_down_is_not_asked_for(site: Site, board: Board) -> None:
    store = MemoryStore()
    go(forum(site), store=store)
    for number in range(3):
        board.start(f"新帖{number}")
    site.asked.clear()

    go(forum(site), store=store, at=LATER, round_id="r2")

    assert not [p for p in site.paths() if p.startswith(("/thread-2-", "/thread-3-"))]


def test_an_edit_that_no_list_shows_is_found_by_a_recheck(site: Site, board: Board) -> None:
    store = MemoryStore()
    go(forum(site), store=store)
    board.threads[5].posts[0].text = "悄悄改过的正文。"

    go(forum(site), store=store, at=NOW + timedelta(hours=1, minutes=1), round_id="r2")

    assert store.documents["discuz:127.0.0.1:6:6"].body == "悄悄改过的正文。"


def test_a_cut_off_round_goes_on_where_it_stopped(site: Site) -> None:
    """A kill is a round that began and never ended: what is committed is not fetched again."""
    store = MemoryStore()
    go(forum(site, max_pages=4), store=store)
    store.rounds["minsheng"] = "r1"  # as a kill leaves it
    assert len(site.paths()) == 4
    site.asked.clear()

    report = go(forum(site), store=store, round_id="r2")

    assert report.round == "r1"
    assert len(store.documents) == 10
    assert len(site.paths()) == 5
    assert "/forum-2-1.html" not in site.paths()


def test_a_page_is_done_only_together_with_its_documents(site: Site) -> None:
    store = MemoryStore()
    go(forum(site), store=store)

    for batch in store.batches:
        posts = {d.thread for d in batch.documents}
        read = {p.key for p in batch.pages if p.role == "thread" and p.state == "done"}
        assert read <= posts


def test_a_board_for_members_only_is_refused_with_a_reason(site: Site) -> None:
    store = MemoryStore()
    site.pages["/forum-2-1.html"] = (
        '<html><title>提示信息</title><div id="messagetext"><p>抱歉，您需要登录后才能继续本操作</p></div></html>'
    )

    report = go(forum(site), store=store)

    (entry,) = store.frontier.values()
    assert (entry.state, entry.reason) == ("refused", "login")
    assert report.errors == {"login": 1}
    assert "需要登录" in report.notes[0]


def test_a_thread_for_members_only_costs_only_itself(site: Site) -> None:
    store = MemoryStore()
    site.pages["/thread-2-1-1.html"] = (
        '<html><title>提示信息</title><div id="messagetext"><p>抱歉，您没有权限访问该版块</p></div></html>'
    )

    report = go(forum(site), store=store)

    assert report.documents == 9
    assert _page(store, 2).state == "refused"


def _page(store: MemoryStore, tid: int) -> Page:
    return store.frontier["minsheng", f"discuz:127.0.0.1:{tid}"]


def test_a_gbk_board_is_read_whatever_its_headers_say(site: Site, board: Board) -> None:
    store = MemoryStore()
    site.fallback = lambda asked: _in_gbk(board.answer(asked))

    report = go(forum(site, encoding="gbk"), store=store)

    assert (report.documents, report.errors) == (10, {})
    assert store.documents["discuz:127.0.0.1:1:7"].body == "我也遇到了，第0次。"


def _in_gbk(answer: Answer) -> Answer:
    return Answer(answer.body.encode("gbk"), answer.status, {"Content-Type": "text/html; charset=iso-8859-1"})
