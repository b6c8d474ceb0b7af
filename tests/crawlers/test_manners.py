"""What a site sees of us: one request at a time, pauses, an honest name, and leaving when asked to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from crawlers.hosts import delay_for, host_of, retry_after
from crawlers.round import user_agent
from crawlers.schedule import is_quiet, next_look
from tests.crawlers.board import Board
from tests.crawlers.memory_store import MemoryStore
from tests.crawlers.rounds import NOW, go, source
from tests.servers import Answer, Site


@pytest.fixture
def board() -> Board:
    board = Board()
    for number in range(1, 8):
        board.start(f"星禾科技客服不理人（{number}）")
    return board


@pytest.fixture
def site(board: Board) -> Iterator[Site]:
    with Site() as site:
        site.fallback = board.answer
        yield site


def forum(site: Site, **changes: object):  # type: ignore[no-untyped-def]
    return source(site.url("/forum-2-1.html"), **{"channel": "forum", "platform": "discuz", **changes})


def test_pauses_are_kept_and_requests_never_overlap(site: Site) -> None:
    site.fallback = lambda asked, say=site.fallback: Answer(say(asked).body, wait_s=0.02)  # type: ignore[misc, union-attr]

    go(forum(site, delay_s=0.05), store=MemoryStore())

    assert site.most_at_once == 1
    assert min(b.at - a.at for a, b in pairwise(site.asked)) >= 0.05


def test_two_sources_on_one_host_share_its_turns(site: Site) -> None:
    site.fallback = lambda asked, say=site.fallback: Answer(say(asked).body, wait_s=0.02)  # type: ignore[misc, union-attr]

    go(forum(site, delay_s=0.03), forum(site, id="second", delay_s=0.03), store=MemoryStore())

    assert site.most_at_once == 1
    assert len(site.paths()) == 2 * (2 + 7)
    assert sum(a.path == "/robots.txt" for a in site.asked) == 1
    assert min(b.at - a.at for a, b in pairwise(site.asked)) >= 0.03


def test_we_say_who_we_are_and_bring_no_cookies(site: Site) -> None:
    site.pages["/forum-2-1.html"] = Answer("<html></html>", headers={"Set-Cookie": "sid=1"})

    go(forum(site), store=MemoryStore())

    for asked in site.asked:
        assert re.fullmatch(r"YuqingRadar/\S+ \(\+https://xinghe\.example/radar\)", asked.headers["user-agent"])
        assert "cookie" not in asked.headers
        assert "referer" not in asked.headers


def test_the_contact_cannot_break_the_header() -> None:
    assert "\n" not in user_agent("https://xinghe.example/\r\nX-Evil: 1")


def test_too_many_requests_ends_the_visit_until_the_site_says(site: Site) -> None:
    store = MemoryStore()
    site.pages["/thread-7-1-1.html"] = Answer(status=429, headers={"Retry-After": "1800"})

    report = go(forum(site), store=store)

    assert site.paths() == ["/forum-2-1.html", "/thread-7-1-1.html"]
    assert report.errors["http 429"] == 1
    assert "429" in report.notes[0]

    site.asked.clear()
    go(forum(site), store=store, at=NOW + timedelta(minutes=29), round_id="r2")
    assert site.asked == []

    del site.pages["/thread-7-1-1.html"]
    go(forum(site), store=store, at=NOW + timedelta(minutes=31), round_id="r3")
    assert len(store.documents) == 7


def test_the_third_failure_in_a_row_closes_a_host_for_an_hour(site: Site) -> None:
    store = MemoryStore()
    site.fallback = lambda asked: Answer(status=500)
    for number in range(3):
        go(forum(site), store=store, at=NOW + timedelta(minutes=number), round_id=f"r{number}")
    asked = len(site.asked)

    report = go(forum(site), store=store, at=NOW + timedelta(minutes=40), round_id="r4")

    assert len(site.asked) == asked
    assert report.errors == {"resting": 1}

    go(forum(site), store=store, at=NOW + timedelta(minutes=63), round_id="r5")
    assert len(site.asked) == asked + 1


def test_a_dead_host_is_a_counted_error() -> None:
    with Site() as site:
        dead = forum(site)

    report = go(dead, store=MemoryStore())

    assert report.errors == {"robots": 1}
    assert "connect" in report.notes[0]
    assert report.finished


def test_a_captcha_ends_the_visit(site: Site) -> None:
    store = MemoryStore()
    site.pages["/thread-7-1-1.html"] = "<html><title>安全验证</title><body>请完成安全验证后继续访问</body></html>"

    report = go(forum(site), store=store)

    assert site.paths()[-1] == "/thread-7-1-1.html"
    assert report.errors == {"captcha": 1}
    assert store.frontier["qinglan", "discuz:127.0.0.1:7"].state == "refused"
    assert any("验证码" in note for note in report.notes)


def test_a_round_takes_no_more_pages_than_it_may(site: Site) -> None:
    store = MemoryStore()

    report = go(forum(site, max_pages=3), store=store)

    assert len(site.paths()) == 3
    assert any("上限" in note for note in report.notes)


def test_a_day_takes_no_more_pages_than_it_may(site: Site) -> None:
    store = MemoryStore()
    for number in range(4):
        go(
            forum(site, daily_pages=5, max_pages=3),
            store=store,
            at=NOW + timedelta(hours=number),
            round_id=f"r{number}",
        )

    assert len(site.paths()) == 5

    go(forum(site, daily_pages=5, max_pages=3), store=store, at=NOW + timedelta(days=1), round_id="next")
    assert len(site.paths()) == 8


def test_quiet_hours_are_quiet_unless_forced(site: Site) -> None:
    quiet = forum(site, quiet_hours="11:00-13:00")

    report = go(quiet, store=MemoryStore())
    assert site.asked == []
    assert "11:00-13:00" in report.notes[0]

    go(quiet, store=MemoryStore(), force=True)
    assert site.asked


def test_force_does_not_pass_over_robots_txt(site: Site) -> None:
    site.pages["/robots.txt"] = "User-agent: *\nDisallow: /"

    go(forum(site), store=MemoryStore(), force=True)

    assert site.paths() == []


def test_only_loopback_may_go_without_a_pause() -> None:
    none = source("http://127.0.0.1:1/", delay_s=0.0)

    assert delay_for(none, "http://127.0.0.1:1/") == 0
    assert delay_for(none, "http://localhost/") == 0
    assert delay_for(none, "https://news.example/") == 0.5
    assert delay_for(source("https://news.example/", delay_s=None), "https://news.example/") == 2.0
    assert delay_for(None, "https://news.example/") == 2.0


@pytest.mark.parametrize(
    ("header", "pause"),
    [
        ("120", timedelta(minutes=2)),
        ("99999999", timedelta(hours=24)),
        ("Fri, 20 Nov 2026 05:00:00 GMT", timedelta(hours=1)),
        ("Fri, 20 Nov 2026 03:00:00 GMT", timedelta(0)),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_read_as_seconds_or_a_date(header: str | None, pause: timedelta | None) -> None:
    assert retry_after(header, now=NOW) == pause


@pytest.mark.parametrize(
    ("hours", "hour", "quiet"),
    [
        ("23:00-07:00", 23, True),
        ("23:00-07:00", 6, True),
        ("23:00-07:00", 7, False),
        ("12:00-14:00", 13, True),
        ("12:00-14:00", 14, False),
        (None, 3, False),
        ("whenever", 3, False),
    ],
)
def test_quiet_hours_are_in_the_zone_and_may_pass_midnight(hours: str | None, hour: int, quiet: bool) -> None:
    assert is_quiet(hours, now=datetime(2026, 11, 20, (hour - 8) % 24, 0, tzinfo=UTC)) is quiet


def test_documents_are_looked_at_again_ever_more_rarely() -> None:
    first, now, looks = NOW, NOW, []
    while moment := next_look(first, now=now):
        looks.append(moment - first)
        now = moment

    hours = [1, 6, 24, 72, 168]
    assert looks == [timedelta(hours=h) for h in hours]


def test_a_host_is_counted_without_the_ports_of_its_scheme() -> None:
    assert host_of("https://News.Example:443/a") == host_of("http://news.example./b") == "news.example"
    assert host_of("http://news.example:8080/") == "news.example:8080"


def test_a_source_that_needs_a_browser_is_left_alone_with_a_reason(site: Site) -> None:
    report = go(forum(site, render=True), store=MemoryStore(), force=True)

    assert site.asked == []
    assert "浏览器" in report.notes[0]
