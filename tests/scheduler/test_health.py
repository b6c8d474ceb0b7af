"""How a source fares, by its own habits."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from core.values import RoundReport
from scheduler.figures import SourceFigures
from scheduler.health import health_of
from tests import make

WELL = {"requests": 3, "opened": 2, "texts": 2}


def ended(hours_ago: float = 0.1, **changes: Any) -> RoundReport:
    at = make.at(hours=-hours_ago)
    return RoundReport("qinglan", "r", at, at + timedelta(seconds=5), **{"pages": 3, "counts": WELL, **changes})


def judged(*rounds: RoundReport, last: datetime | None = make.NOW, **figures: Any) -> tuple[str, str | None]:
    seen = SourceFigures(**figures)
    health = health_of(make.source(), rounds, last_document=last, documents=1, now=make.NOW, figures=seen)
    return health.state, health.reason


def test_a_source_that_brings_something_is_well():
    assert judged(ended(), ended()) == ("ok", None)


def test_a_source_never_read_is_said_to_be():
    assert judged()[0] == "never"


def test_a_broken_parser_is_named_with_what_to_do():
    state, reason = judged(ended(), ended(), yield_now=0.0, yield_before=6.0)

    assert state == "broken"
    assert "每页 0.0 条，以往 6.0" in str(reason)
    assert str(reason).endswith("yuqing check-source qinglan")
    assert len(str(reason)) <= 60  # what the brief has room for


def test_a_list_that_cannot_be_read_twice_is_broken_and_once_is_weather():
    unread = {"errors": {"parse": 1}, "notes": ("没有读出内容",), "counts": {"requests": 1, "opened": 0, "texts": 0}}

    assert judged(ended(**unread), ended(**unread)) == ("broken", "没有读出内容")
    assert judged(ended(**unread), ended())[0] == "ok"


def test_one_page_without_text_breaks_nothing():
    once = {"errors": {"parse": 1}}

    assert judged(ended(**once), ended(**once))[0] == "ok"


def test_silence_is_judged_by_the_sources_own_habit():
    busy, rare = timedelta(hours=9), timedelta(days=3)

    assert judged(ended(), ended(), last=make.at(hours=-20), longest_gap=busy) == (
        "silent",
        "20 小时没有新内容；一个月来最长 9 小时",
    )
    assert judged(ended(), ended(), last=make.at(hours=-13), longest_gap=busy)[0] == "ok"
    assert judged(ended(), ended(), last=make.at(hours=-20), longest_gap=rare)[0] == "ok"


def test_requests_faster_than_declared_are_said():
    state, reason = judged(ended(), ended(), gap_s=1.0, declared_gap_s=2.0)

    assert state == "ok"
    assert "请求比声明的快" in str(reason)
