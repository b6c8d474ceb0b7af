"""What rounds and documents say of a source in figures; little says nothing."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.values import RoundReport
from crawlers.hosts import DEFAULT_DELAY_S
from scheduler.figures import SourceFigures, declared_gap_s, figures_of, longest_gap, percentile, yields_of
from store.arrivals import Arrival
from tests import make


def ended(*, took_s: float = 10.0, documents: int = 0, **counts: int) -> RoundReport:
    end = make.NOW + timedelta(seconds=took_s)
    return RoundReport("qinglan", "r", make.NOW, end, pages=3, documents=documents, counts=counts)


def arrived(hours_ago: float, *, lag_s: float | None = 60) -> Arrival:
    seen = make.at(hours=-hours_ago)
    return Arrival(seen, None if lag_s is None else seen - timedelta(seconds=lag_s))


def test_nothing_known_gives_no_figures():
    assert figures_of([], [], now=make.NOW) == SourceFigures()


def test_the_last_round_is_told():
    report = RoundReport("qinglan", "r", make.NOW, make.at(minutes=1), pages=7, documents=2, errors={"http 500": 1})

    figures = figures_of([report], [], now=make.NOW)

    assert (figures.pages, figures.documents, figures.errors) == (7, 2, {"http 500": 1})


def test_lag_is_from_publishing_to_discovery_within_a_week():
    arrivals = [arrived(24 * 9, lag_s=9e6), *(arrived(1, lag_s=n) for n in range(1, 101)), arrived(1, lag_s=None)]

    figures = figures_of([], arrivals, now=make.NOW)

    assert (figures.lag_p50_s, figures.lag_p95_s) == (50, 95)


def test_a_publish_time_after_discovery_counts_as_no_lag():
    assert figures_of([], [arrived(1, lag_s=-30)], now=make.NOW).lag_p50_s == 0


@given(st.lists(st.floats(0, 1e6), min_size=1), st.sampled_from([0.5, 0.95]))
def test_a_percentile_is_one_of_the_values_and_not_exceeded_by_its_share(values: list[float], share: float):
    found = percentile(values, share)

    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-9


def test_the_rate_is_that_of_the_fastest_round_with_enough_requests():
    rounds = [ended(took_s=1, requests=4), ended(took_s=20, requests=11), ended(took_s=90, requests=31)]

    figures = figures_of(rounds, [], now=make.NOW, declared_gap_s=2.5)

    assert (figures.gap_s, figures.too_fast) == (2.0, True)
    assert not figures_of(rounds, [], now=make.NOW, declared_gap_s=2.0).too_fast


def test_what_is_declared_is_the_crawlers_own_pause_unless_written():
    assert declared_gap_s(make.source()) == DEFAULT_DELAY_S
    assert declared_gap_s(make.source(delay_s=5.0)) == 5.0
    assert declared_gap_s(make.source(channel="import")) is None


def test_a_habit_needs_a_week_and_some_arrivals():
    hourly = [make.at(hours=-n) for n in range(24 * 8)]

    assert longest_gap(hourly) == timedelta(hours=1)
    assert longest_gap(hourly[:100]) is None
    assert longest_gap([make.at(days=-n) for n in range(9)]) is None


def test_a_parser_that_reads_nothing_any_more_is_broken():
    usual = [ended(opened=10, texts=10)] * 5
    figures = figures_of([ended(opened=4), ended(opened=4), *usual], [], now=make.NOW)

    assert (figures.yield_now, figures.yield_before) == (0.0, 1.0)
    assert figures.parser_broke


def test_quiet_rounds_and_rechecks_of_unchanged_pages_break_nothing():
    usual = [ended(opened=10, texts=10)] * 5
    unchanged = [ended(), ended(opened=10, texts=10), ended()]

    assert not figures_of([*unchanged, *usual], [], now=make.NOW).parser_broke


def test_a_board_whose_threads_grew_short_is_not_broken():
    usual = [ended(opened=10, texts=60)] * 5

    assert not figures_of([ended(opened=6, texts=12 + 6), *usual], [], now=make.NOW).parser_broke


def test_rounds_of_older_versions_say_nothing_about_the_parser():
    assert yields_of([ended()] * 9) == (None, None)
