"""Surges: more than usual is told, the usual and its weekly rhythm are not."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.surges import bursts, cycle_factors, surge_of, upper_tail

WEEK = [30, 30, 30, 30, 30, 10, 10]


def test_a_leap_above_a_calm_history_is_a_surge() -> None:
    surge = surge_of(20, [4, 5, 6, 5] * 7)

    assert surge is not None
    assert surge.observed == 20
    assert 4 <= surge.expected <= 6
    assert surge.ratio > 3
    assert surge.probability < 0.001


@pytest.mark.parametrize("observed", [4, 6, 9])
def test_the_usual_is_no_surge(observed: int) -> None:
    assert surge_of(observed, [4, 5, 6, 5] * 7) is None


def test_a_handful_is_no_surge_even_from_nothing() -> None:
    assert surge_of(4, [0] * 28) is None
    assert surge_of(9, [0] * 28) is not None
    assert surge_of(9, []) is not None


def test_an_old_burst_does_not_hide_a_new_one() -> None:
    assert surge_of(25, [5] * 26 + [90, 80]) is not None


def test_a_noisy_history_asks_for_more() -> None:
    assert surge_of(20, [0, 12, 1, 11] * 7) is None


def test_a_busy_weekday_is_no_surge() -> None:
    factors = cycle_factors(WEEK * 4, 7)
    history = WEEK * 4

    assert surge_of(32, history, factors=factors * 4, factor=factors[0]) is None
    assert surge_of(40, history, factors=factors * 4, factor=factors[0]) is None
    assert surge_of(40, history, factors=factors * 4, factor=factors[5]) is not None


def test_factors_average_to_one() -> None:
    assert sum(cycle_factors(WEEK * 4, 7)) / 7 == pytest.approx(1, abs=0.02)
    assert cycle_factors([], 7) == [1.0] * 7


def test_the_tail_of_a_poisson_is_known() -> None:
    assert upper_tail(1, 2.0, 2.0) == pytest.approx(1 - math.exp(-2))
    assert upper_tail(0, 2.0, 2.0) == 1.0


@given(st.integers(1, 60), st.floats(0.2, 40), st.floats(1.0, 5.0))
def test_a_tail_is_a_falling_probability(count: int, mean: float, more: float) -> None:
    here, next_ = upper_tail(count, mean, mean * more), upper_tail(count + 1, mean, mean * more)

    assert 0 <= next_ <= here + 1e-9 <= 1 + 1e-6


def test_bursts_are_the_stretches_that_burn() -> None:
    assert bursts([5, 4, 6, 5, 5, 20, 25, 22, 5, 6, 4]) == [(5, 8)]
    assert bursts([5, 4, 6, 5]) == []
    assert bursts([]) == []
