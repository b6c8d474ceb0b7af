"""What is fetched next, what a page's step is, and what moved on a board: decided without a network."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.values import Page
from crawlers.frontier import AGAIN, FIRST, NEW, OPEN, Frontier
from crawlers.steps import done, missed, unmoved
from crawlers.threads import adds_up, facts_of, same, step_in, thread_page_url, thread_step, vanished, walk
from crawlers.trip import Fetched

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def page(key: str = "a", **changes: object) -> Page:
    return replace(Page("qinglan", key, f"https://{key}", "article", discovered_at=NOW), **changes)  # type: ignore[arg-type]


# ---------------------------------------------------------------- order


def drained(frontier: Frontier) -> list[str]:
    async def run() -> list[str]:
        keys = []
        while given := await frontier.next():
            keys.append(given.key)
            frontier.landed()
        return keys

    return asyncio.run(run())


def test_entries_come_first_then_what_is_new_then_what_was_left_then_rechecks() -> None:
    frontier = Frontier(10)
    for key, order in (("again", AGAIN), ("open", OPEN), ("new2", NEW), ("list", FIRST), ("new3", NEW)):
        frontier.push(page(key), order)

    assert drained(frontier) == ["list", "new2", "new3", "open", "again"]
    assert not frontier.cut_short


def test_the_budget_ends_it_and_says_so() -> None:
    frontier = Frontier(2)
    for key in "abc":
        frontier.push(page(key), NEW)

    assert drained(frontier) == ["a", "b"]
    assert frontier.cut_short


def test_the_next_page_waits_for_the_last_and_a_stop_ends_the_waiting() -> None:
    async def run() -> list[object]:
        frontier = Frontier(9)
        frontier.push(page("a"), NEW)
        frontier.push(page("b"), NEW)
        first = await frontier.next()
        waiting = asyncio.create_task(frontier.next())
        await asyncio.sleep(0)
        seen = [first.key if first else None, waiting.done()]
        frontier.stop()
        return [*seen, await waiting]

    assert asyncio.run(run()) == ["a", False, None]


# ---------------------------------------------------------------- steps

FETCHED = Fetched("https://a", 200, b"x", NOW, etag='"1"', last_modified="Fri")


def test_a_page_that_was_read_carries_its_validators_and_its_next_look() -> None:
    step = done(page(misses=1, cursor={"tries": 2, "document": "b"}), FETCHED, round_id="r1", content_hash="h")

    assert step == page(
        state="done",
        round="r1",
        fetched_at=NOW,
        status=200,
        etag='"1"',
        last_modified="Fri",
        content_hash="h",
        cursor={"document": "b"},
        next_at=NOW + timedelta(hours=1),
    )


def test_a_list_has_no_next_look_and_remembers_when_it_was_read_whole() -> None:
    step = done(page(role="feed"), FETCHED, round_id="r1")

    assert (step.next_at, step.cursor) == (None, {"full_at": "2026-11-20T04:00:00+00:00"})


def test_an_unmoved_page_keeps_what_is_known_of_it() -> None:
    read = done(page(), FETCHED, round_id="r1", content_hash="h")

    step = unmoved(read, round_id="r2", now=NOW + timedelta(hours=2))

    assert step == replace(read, round="r2", status=304, next_at=NOW + timedelta(hours=6))


def test_a_new_page_may_fail_in_three_rounds_and_a_known_one_stays_known() -> None:
    new, known, states = page(), page(state="done", content_hash="h"), []
    for _ in range(3):
        new, known = (missed(p, reason="timeout", now=NOW) for p in (new, known))
        states.append((new.state, known.state))

    assert states == [("pending", "done"), ("pending", "done"), ("failed", "done")]


# ---------------------------------------------------------------- boards


def facts(replies: int | None = 3, *, title: str = "求助", at: datetime | None = NOW, precision: str = "minute"):  # type: ignore[no-untyped-def]
    return facts_of(title=title, replies=replies, last_post_at=at, precision=precision)  # type: ignore[arg-type]


FRESH = page("discuz:bbs.example:1", role="thread")


def known(**changes: object) -> Page:
    cursor = {"facts": facts(), "page": 2, "posts": {"1": "a", "2": "b", "3": "c", "4": "d"}, "extra": 0}
    return replace(FRESH, state="done", content_hash="thread", cursor=cursor, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("new", "same_"),
    [
        (facts(), True),
        (facts(at=NOW + timedelta(minutes=1)), True),  # "3 分钟前" read twice
        (facts(at=NOW + timedelta(minutes=5)), False),
        (facts(at=NOW + timedelta(minutes=50), precision="hour"), True),
        (facts(4), False),
        (facts(title="求助【已解决】"), False),
        (facts(at=None), False),
    ],
)
def test_a_thread_is_the_same_when_list_and_memory_agree(new, same_: bool) -> None:  # type: ignore[no-untyped-def]
    assert same(facts(), new) is same_


def test_an_unmoved_thread_is_left_alone() -> None:
    assert thread_step(known(), facts(), fresh=FRESH) is None


def test_more_replies_are_read_from_the_last_known_page_on() -> None:
    step = thread_step(known(), facts(5, at=NOW + timedelta(hours=1)), fresh=FRESH)

    assert step is not None
    assert (step.state, step.cursor["next"], step.cursor["full"]) == ("pending", 2, False)


@pytest.mark.parametrize(
    "new", [facts(2), facts(3, at=NOW + timedelta(hours=2)), facts(4, title="改了")], ids=["fewer", "another", "title"]
)
def test_anything_else_is_read_from_the_start(new) -> None:  # type: ignore[no-untyped-def]
    step = thread_step(known(), new, fresh=FRESH)

    assert step is not None
    assert (step.cursor["next"], step.cursor["full"]) == (1, True)


def test_a_whole_walk_tells_what_is_gone_and_a_partial_one_does_not() -> None:
    whole = walk(known().cursor, facts(2), full=True)
    first, none = step_in(whole, {"1": "a", "2": "b"}, last=False)
    last, gone = step_in(first, {"4": "d2"}, last=True)

    assert (none, gone) == ([], ["3"])
    assert last == {"facts": facts(2), "page": 2, "posts": {"1": "a", "2": "b", "4": "d2"}, "extra": 0}

    partial = walk(known().cursor, facts(4), full=False)
    assert step_in(partial, {"5": "e"}, last=True)[1] == []


def test_a_count_that_does_not_add_up_is_noticed_unless_it_never_did() -> None:
    partial, _ = step_in(walk(known().cursor, facts(4), full=False), {"5": "e", "6": "f"}, last=True)
    assert not adds_up(partial)

    odd = {"facts": facts(9), "posts": {"1": "a"}, "extra": -9}
    assert adds_up(odd)


def test_a_thread_that_should_still_stand_in_the_list_has_vanished() -> None:
    before = {"a": "09", "b": "08", "c": "07", "d": "06"}

    assert vanished(before, {"new": "10", "a": "09", "c": "07"}) == ["b"]
    assert vanished(before, {"a": "09", "b": "08"}) == []
    assert vanished(before, {}) == []
    assert vanished(before, {"c": "07", "a": "09"}) == []  # not by last post: nothing can be told


@pytest.mark.parametrize(
    ("url", "second"),
    [
        ("https://b.example/thread-5-1-1.html", "https://b.example/thread-5-2-1.html"),
        ("https://b.example/forum.php?mod=viewthread&tid=5", "https://b.example/forum.php?mod=viewthread&tid=5&page=2"),
        ("https://b.example/t?id=5&page=1", "https://b.example/t?id=5&page=2"),
    ],
)
def test_the_second_page_of_a_thread(url: str, second: str) -> None:
    assert thread_page_url(url, 2) == second
