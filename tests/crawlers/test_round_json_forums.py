"""Discourse, NodeBB and Flarum are read as JSON, post by post, and only what moved is opened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from core.values import Source
from tests.crawlers.json_boards import Discourse, Flarum, JsonBoard, NodeBB, said
from tests.crawlers.memory_store import MemoryStore
from tests.crawlers.rounds import NOW, go, source
from tests.servers import Answer, Site

LATER = NOW + timedelta(minutes=20)
PLATFORMS = {"discourse": Discourse, "nodebb": NodeBB, "flarum": Flarum}


@pytest.fixture(params=PLATFORMS)
def platform(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def board(platform: str) -> JsonBoard:
    """Five threads, the first of them longer than a page."""
    board: JsonBoard = PLATFORMS[platform]()
    for number in range(1, 6):
        board.start(f"星禾科技'客服'不理人（{number}）")
    for number in range(board.posts_a_page + 3):
        board.reply(board.threads[0], f"我也遇到了，第{number}次。")
    return board


@pytest.fixture
def site(board: JsonBoard) -> Iterator[Site]:
    with Site() as site:
        site.fallback = board.answer
        yield site


def forum(site: Site, platform: str, **changes: object) -> Source:
    return source(
        site.url("/"), **{"channel": "forum", "platform": platform, "kind": "post", "id": "minsheng", **changes}
    )


def test_every_post_of_every_page_is_a_document(site: Site, board: JsonBoard, platform: str) -> None:
    store = MemoryStore()

    report = go(forum(site, platform), store=store)

    assert (report.documents, report.errors, report.finished) == (5 + board.posts_a_page + 3, {}, True)
    first, last = store.documents["topic:127.0.0.1:1:1"], store.documents[f"topic:127.0.0.1:1:{8 + board.posts_a_page}"]
    assert (first.kind, first.floor, first.title) == ("post", 1, "星禾科技'客服'不理人（1）")
    assert (last.floor, last.title, last.author) == (board.posts_a_page + 4, None, "u-路人甲")
    assert last.body == f"我也遇到了，第{board.posts_a_page + 2}次。"
    assert (last.published_at, last.precision) == (board.threads[0].posts[-1].at, "second")
    assert last.thread == first.thread == "topic:127.0.0.1:1"
    assert str(last.url).startswith(site.url("/"))


def test_an_unchanged_board_costs_one_request(site: Site, board: JsonBoard, platform: str) -> None:
    store = MemoryStore()
    go(forum(site, platform), store=store)
    site.asked.clear()

    report = go(forum(site, platform), store=store, at=LATER, round_id="r2")

    assert site.paths() == [board.list_path]
    assert report.documents == 0


def test_only_the_last_page_of_a_thread_that_grew_is_read(site: Site, board: JsonBoard, platform: str) -> None:
    store = MemoryStore()
    go(forum(site, platform), store=store)
    site.asked.clear()
    board.reply(board.threads[0], "三天了，还是没有回复。")

    report = go(forum(site, platform), store=store, at=LATER, round_id="r2")

    assert report.documents == 1
    assert len([path for path in site.paths() if not path.startswith(board.list_path.partition("?")[0])]) == 1


def test_a_deleted_reply_is_gone_and_nothing_else(site: Site, board: JsonBoard, platform: str) -> None:
    store = MemoryStore()
    go(forum(site, platform), store=store)
    lost = board.threads[0].posts.pop(2)

    go(forum(site, platform), store=store, at=LATER, round_id="r2")

    assert set(store.gone) == {f"topic:127.0.0.1:1:{lost.pid}"}


def test_a_hidden_post_is_gone_when_its_thread_is_read_again(site: Site, board: JsonBoard, platform: str) -> None:
    store = MemoryStore()
    go(forum(site, platform), store=store)
    board.hidden.add(board.threads[0].posts[1].pid)

    go(forum(site, platform), store=store, at=NOW + timedelta(hours=1, minutes=1), round_id="r2")

    assert set(store.gone) == {f"topic:127.0.0.1:1:{board.threads[0].posts[1].pid}"}


def test_a_deleted_thread_is_gone_with_all_its_posts(site: Site, board: JsonBoard, platform: str) -> None:
    store = MemoryStore()
    go(forum(site, platform), store=store)
    board.delete(board.threads[3])
    board.reply(board.threads[-1], "顶一下。")

    go(forum(site, platform), store=store, at=LATER, round_id="r2")

    assert set(store.gone) == {"topic:127.0.0.1:4:4"}
    assert store.frontier["minsheng", "topic:127.0.0.1:4"].state == "gone"


def test_a_further_page_that_is_missing_does_not_make_the_thread_gone(
    site: Site, board: JsonBoard, platform: str
) -> None:
    """Posts of the last page were deleted while new ones came: the page that we go on from may be there no more."""
    store = MemoryStore()
    go(forum(site, platform), store=store)
    board.reply(board.threads[0], "同问。")
    answer, refused = board.said, []

    def shorter(path: str, asked: dict[str, str]) -> Answer:
        if "page" in asked or "page[offset]" in asked:
            refused.append(path)
            return said({"errors": [], "error_type": "not_found", "title": "[[global:404.title]]"}, 404)
        return answer(path, asked)

    board.said = shorter  # type: ignore[method-assign]
    go(forum(site, platform), store=store, at=LATER, round_id="r2")

    assert refused
    assert not store.gone


def test_a_guest_and_a_former_user_are_nobody(site: Site, board: JsonBoard, platform: str) -> None:
    store = MemoryStore()
    board.threads[1].posts[0].author = "[[global:former-user]]"

    go(forum(site, platform), store=store)

    assert store.documents["topic:127.0.0.1:2:2"].author is None


def test_an_edit_is_a_new_version(site: Site, board: JsonBoard, platform: str) -> None:
    store = MemoryStore()
    go(forum(site, platform), store=store)
    board.threads[2].title += "【已更新】"
    board.threads[2].posts[0].text = "更新：对方已致歉。"

    report = go(forum(site, platform), store=store, at=NOW + timedelta(days=1), round_id="r2")

    assert report.documents == 1
    assert store.documents["topic:127.0.0.1:3:3"].body == "更新：对方已致歉。"


@pytest.mark.parametrize("value", [[], "text", {}, {"topic_list": 5, "topics": None, "data": 3}])
def test_an_answer_that_is_no_list_is_one_line(site: Site, board: JsonBoard, platform: str, value: object) -> None:
    store = MemoryStore()
    path = board.list_path
    site.pages[path] = said(value)

    report = go(forum(site, platform), store=store)

    assert report.errors == {"parse": 1}
    assert not store.documents


@pytest.mark.parametrize("wrong", [None, 5, "x", [], {}, [None, 5, {"id": "x"}]])
def test_broken_values_in_a_list_are_passed_over(site: Site, board: JsonBoard, platform: str, wrong: object) -> None:
    """Whatever stands where a thread or post is meant, the round ends with a report."""
    store = MemoryStore()
    lists = {
        "discourse": {"topic_list": {"topics": [wrong, {"id": 1, "title": wrong, "slug": wrong, "bumped_at": wrong}]}},
        "nodebb": {"topics": [wrong, {"tid": 1, "title": wrong, "lastposttime": wrong, "pagination": wrong}]},
        "flarum": {"data": [wrong, {"type": "discussions", "id": "1", "attributes": {"title": wrong}}]},
    }
    site.pages[board.list_path] = said(lists[platform])

    report = go(forum(site, platform), store=store)

    assert report.finished
    assert "AttributeError" not in str(report)


def test_a_board_for_members_is_refused(site: Site, board: JsonBoard, platform: str) -> None:
    store = MemoryStore()
    site.pages[board.list_path] = said({"errors": ["您需要登录"], "error_type": "not_logged_in"}, 403)

    report = go(forum(site, platform), store=store)

    assert report.errors == {"http 403": 1}
    assert "不允许访问" in report.notes[0]


def test_robots_txt_holds_for_json_too(board: JsonBoard, platform: str) -> None:
    path = board.list_path.partition("?")[0]
    with Site(robots=f"User-agent: *\nDisallow: {path}\n") as site:
        site.fallback = board.answer
        report = go(forum(site, platform), store=MemoryStore())

        assert site.paths() == []
        assert report.errors == {"robots": 1}
