"""A source is read more rarely while nothing is new, and as often as allowed as soon as there is."""

from datetime import time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.times import SHANGHAI
from core.values import RoundReport
from scheduler.pace import interval_of, last_slot
from tests import make

TEN, DAY = timedelta(minutes=10), timedelta(days=1)
SOURCE = make.source(every=TEN, every_max=timedelta(hours=2))


def ended(documents: int = 0, **changes: object) -> RoundReport:
    return RoundReport("qinglan", "r", make.NOW, make.NOW, **{"pages": 1, "documents": documents, **changes})


def test_without_a_ceiling_the_interval_is_always_the_same():
    assert interval_of(make.source(every=TEN), [ended()] * 20) == TEN


def test_every_quiet_round_makes_it_slower_up_to_the_ceiling():
    assert interval_of(SOURCE, []) == TEN
    assert interval_of(SOURCE, [ended()]) == timedelta(minutes=15)
    assert interval_of(SOURCE, [ended()] * 20) == timedelta(hours=2)


def test_something_new_makes_it_faster_down_to_the_floor():
    assert interval_of(SOURCE, [ended(3), *[ended()] * 19]) == timedelta(hours=1)
    assert interval_of(SOURCE, [*[ended(1)] * 5, *[ended()] * 15]) == TEN


def test_a_failed_round_says_nothing_about_the_pace():
    failed = [ended(finished=False), ended(pages=0, errors={"timeout": 1})]

    assert interval_of(SOURCE, [*failed, ended()]) == timedelta(minutes=15)


@given(st.lists(st.integers(min_value=0, max_value=3), max_size=40))
def test_it_always_lies_between_floor_and_ceiling(found: list[int]):
    assert TEN <= interval_of(SOURCE, [ended(n) for n in found]) <= timedelta(hours=2)


def test_a_ceiling_below_the_floor_does_not_speed_it_up():
    assert interval_of(make.source(every=TEN, every_max=timedelta(minutes=1)), [ended()] * 9) == TEN


@given(st.integers(0, 365 * 24 * 60), st.sets(st.times(), min_size=1, max_size=5))
def test_the_last_slot_is_never_ahead_and_at_most_a_day_ago(minutes: int, times: set[time]):
    now = make.at(minutes=minutes)

    assert timedelta(0) <= now - last_slot(times, now, zone=SHANGHAI) <= DAY
