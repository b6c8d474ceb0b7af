"""The demo end to end, as a newcomer sees it: twice in one folder, with real spiders, store, index and mail."""

from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from yuqing.demo.pages import CLOSED_TO_ROBOTS
from yuqing.demo.report import report
from yuqing.demo.run import run_demo
from yuqing.demo.scan import in_clear
from yuqing.demo.stage import open_stage

pytestmark = pytest.mark.timeout(300)
LONGEST_S = 120
"""What the demo may take, both rounds, on a slow machine of two cores."""


def now():
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("newcomer") / "demo"


@pytest.fixture(scope="module")
def told():
    return []


@pytest.fixture(scope="module")
def first(folder, told):
    return run_demo(folder, echo=told.append, clock=now)


@pytest.fixture(scope="module")
def second(folder, first):
    return run_demo(folder, echo=lambda _line: None, clock=now)


@pytest.fixture(scope="module")
def world(folder, first):
    return open_stage(folder, now()).world


def test_it_shows_what_it_promises_in_time(first):
    assert first.as_promised
    assert first.seconds < LONGEST_S


def test_what_robots_close_is_never_asked_for(first):
    assert first.asked_paths
    assert CLOSED_TO_ROBOTS not in first.asked_paths


def test_every_published_text_is_in_the_store_once(first, world):
    assert first.documents == len(world.documents)


def test_the_backfill_is_quiet_and_the_crisis_alerts_the_person_on_duty(first):
    assert first.quiet_backfill
    assert len(first.alerts) >= 1
    assert all("星禾" in str(mail["Subject"]) for _path, mail in first.alerts)


def test_exactly_one_brief_arrives_and_its_page_lies_beside(first):
    assert len(first.briefs) == 1
    assert "星禾科技" in first.brief_html.read_text("utf-8")


def test_no_mail_arrives_twice(first):
    ids = Counter(str(mail["Message-ID"]) for _path, mail in first.alerts + first.briefs)

    assert set(ids.values()) == {1}


def test_searches_find_something_about_the_right_company(first):
    assert all(found.total and found.items for found in first.found)


def test_nothing_planted_and_no_name_lies_in_the_clear(first, folder, world):
    leaks, files = in_clear(folder, [*world.planted, *world.persons], skip=[folder / "inbox"])

    assert [(str(leak.path.relative_to(folder)), leak.text) for leak in leaks] == []
    assert files > 5


def test_the_scan_would_have_found_them(first, folder, world):
    """The same scan over the one file that holds the originals."""
    leaks, _files = in_clear(folder / "inbox", world.planted)

    assert len(leaks) >= 10


def test_the_second_run_adds_nothing(first, second):
    assert second.added == 0
    assert second.new_mails == 0
    assert second.documents == first.documents
    assert second.as_promised


def test_the_ending_tells_what_to_look_at(first, told):
    text = "\n".join(told)

    assert str(first.brief_html) in text
    assert "yuqing doctor" in text
    assert str(first.alerts[0][1]["Subject"]) in text
    assert list(report(first)) == told[-len(list(report(first))) :]


def test_progress_is_shown_all_along(told):
    steps = [float(line[1:6]) for line in told if line.startswith("[")]

    assert len(steps) >= 10
    assert all(a <= b for a, b in pairwise(steps))
