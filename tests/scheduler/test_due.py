"""What is due is decided from rows and the time alone."""

from datetime import date, datetime, time, timedelta

from core.times import SHANGHAI
from core.values import RoundReport
from scheduler.due import due_briefs, due_sources
from scheduler.radar import BriefPlan
from tests import make

DAILY = BriefPlan(time(8), ("pr@xinghe.example",))
WORKDAYS = BriefPlan(time(8), ("pr@xinghe.example",), frozenset(range(5)))
LONG_AGO = date(2026, 1, 1)


def shanghai(day: int, hour: int = 8, minute: int = 0) -> datetime:
    """An instant in November 2026; the 20th is a Friday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


def ended(minutes_ago: float) -> RoundReport:
    began = make.NOW - timedelta(minutes=minutes_ago)
    return RoundReport("qinglan", "r1", began, began + timedelta(seconds=9))


def test_a_source_is_due_when_its_interval_has_passed():
    source = make.source(every=timedelta(minutes=10))

    assert due_sources([source], {}, make.NOW) == [source]
    assert due_sources([source], {"qinglan": ended(9)}, make.NOW) == []
    assert due_sources([source], {"qinglan": ended(10)}, make.NOW) == [source]


def test_a_round_that_was_killed_is_due_at_once():
    began = make.NOW - timedelta(minutes=1)
    killed = RoundReport("qinglan", "r1", began, began, finished=False)

    assert due_sources([make.source()], {"qinglan": killed}, make.NOW) == [make.source()]


def test_a_clock_set_back_an_hour_does_not_silence_a_source():
    ahead = ended(-60)

    assert due_sources([make.source(every=timedelta(minutes=30))], {"qinglan": ahead}, make.NOW)


def test_a_source_is_due_when_its_own_interval_has_passed():
    source = make.source(every=timedelta(minutes=10))
    slow = {"qinglan": timedelta(minutes=40)}

    assert due_sources([source], {"qinglan": ended(39)}, make.NOW, intervals=slow) == []
    assert due_sources([source], {"qinglan": ended(40)}, make.NOW, intervals=slow) == [source]


def test_a_source_with_times_of_the_day_is_due_once_after_each():
    """NOW is noon in Shanghai."""
    source = make.source(at=(time(8), time(20)))

    def due(minutes_ago):
        return due_sources([source], {"qinglan": ended(minutes_ago)}, make.NOW, zone=SHANGHAI) == [source]

    assert not due(1)
    assert not due(4 * 60)  # at 08:00 sharp
    assert due(4 * 60 + 1)
    assert due(3 * 24 * 60)


def test_files_are_not_crawled():
    assert due_sources([make.source(channel="import")], {}, make.NOW) == []


def test_yesterdays_brief_is_due_at_its_time():
    def days(now):
        return [due.day for due in due_briefs(DAILY, now=now, zone=SHANGHAI, since=date(2026, 11, 19), have=set())]

    assert days(shanghai(20, 7, 59)) == []
    assert days(shanghai(20, 8)) == [date(2026, 11, 19)]


def test_a_brief_that_is_there_is_not_due_again():
    have = {date(2026, 11, 19)}

    assert due_briefs(DAILY, now=shanghai(20, 9), zone=SHANGHAI, since=date(2026, 11, 19), have=have) == []


def test_monday_brings_the_briefs_of_friday_and_the_weekend():
    due = due_briefs(WORKDAYS, now=shanghai(23), zone=SHANGHAI, since=LONG_AGO, have={date(2026, 11, 19)})

    assert [one.day.day for one in due] == [20, 21, 22]
    assert [one.late_by for one in due] == [None, None, None]


def test_nothing_goes_on_a_weekend_of_workdays():
    due = due_briefs(WORKDAYS, now=shanghai(21), zone=SHANGHAI, since=LONG_AGO, have={date(2026, 11, 19)})

    assert [one.day for one in due if one.day >= date(2026, 11, 20)] == []


def test_a_machine_that_slept_over_the_time_is_late_and_says_so():
    (due,) = due_briefs(DAILY, now=shanghai(20, 10), zone=SHANGHAI, since=date(2026, 11, 19), have=set())

    assert due.late_by == timedelta(hours=2)


def test_days_before_the_radar_listened_have_no_brief():
    assert due_briefs(DAILY, now=shanghai(20, 9), zone=SHANGHAI, since=date(2026, 11, 20), have=set()) == []
