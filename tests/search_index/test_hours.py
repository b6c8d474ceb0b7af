"""The hours of a day where the clock is changed, and zones off the whole hour."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from search_index import open_index
from search_index.base import Put
from search_index.hours import by_hour, hours_of
from search_index.query import parse
from tests.search_index.make import NOW, facts

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("zone", "day", "many"),
    [
        ("Asia/Shanghai", date(2026, 11, 20), 24),
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("Asia/Kolkata", date(2026, 11, 20), 24),
        ("Australia/Lord_Howe", date(2026, 10, 4), 24),  # half an hour is left out: the last one is short
        ("Asia/Beirut", date(2026, 3, 29), 23),  # there is no midnight
    ],
)
def test_the_hours_of_a_day_cover_it_without_a_gap(zone, day, many):
    spans = hours_of(day, day, ZoneInfo(zone))

    assert len(spans) == many
    assert all(end == start for (_s, end), (start, _e) in pairwise(spans))
    assert {start.astimezone(ZoneInfo(zone)).date() for start, _end in spans} == {day}
    assert (spans[-1][1] - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date() == day


def test_the_two_hours_of_one_name_are_told_apart():
    names = list(by_hour(hours_of(date(2026, 10, 25), date(2026, 10, 25), BERLIN), [], BERLIN))

    assert names[2:4] == ["2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00"]


def test_a_document_is_counted_in_its_own_of_the_two(tmp_path):
    index = open_index("tantivy", path=tmp_path / "index", mode="write", zone=BERLIN)
    index.apply([Put(facts("a", published_at=datetime(2026, 10, 25, 1, 30, tzinfo=UTC)))], seq=1)

    hours = index.hours(parse("*"), now=NOW, first=date(2026, 10, 25), last=date(2026, 10, 25))
    index.close()

    assert {hour for hour, count in hours.items() if count} == {"2026-10-25T02:00:00+01:00"}
