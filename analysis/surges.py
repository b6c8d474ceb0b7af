"""
Is there more than usual? Counts against their history, and the stretches that burn. Pure.

Counts are of stories or cases, not of reprints: a wire story printed forty times is one.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Surge:
    """A count above its baseline: how many were expected, and how likely so many are by chance."""

    observed: int
    expected: float
    probability: float

    @property
    def ratio(self) -> float:
        """Observed by expected; an expectation under one counts as one."""
        return self.observed / max(1.0, self.expected)


@cache
def settings(section: str) -> dict[str, float]:
    """One table of analysis/data/surges.toml."""
    raw = tomllib.loads((files("analysis") / "data" / "surges.toml").read_text("utf-8"))
    return dict(raw[section])


def surge_of(
    observed: int, history: Sequence[int], *, factors: Sequence[float] = (), factor: float = 1.0
) -> Surge | None:
    """
    The surge, or None when the count is usual.

    `history` are the counts of earlier windows of the same length (28 days, say), oldest first. `factors` say how
    busy each of those windows is by the calendar (1 is average) and `factor` how busy this one is; without them
    all are alike. An empty history expects nothing.
    """
    limits = settings("surge")
    if observed < limits["minimum"]:
        return None
    level = _levelled(history, factors)
    kept = sorted(level)[: max(1, len(level) - int(limits["trimmed"]))] if level else [0.0]
    mean = sum(kept) / len(kept)
    spread = sum((count - mean) ** 2 for count in kept) / max(1, len(kept) - 1)
    expected = max(mean, 0.2) * factor
    variance = max(spread * factor**2, expected + limits["dispersion"] * expected**2)
    surge = Surge(observed, mean * factor, upper_tail(observed, expected, variance))
    return surge if surge.probability < limits["probability"] and surge.ratio >= limits["ratio"] else None


def upper_tail(count: int, mean: float, variance: float) -> float:
    """P(X >= count) for a negative binomial with this mean and variance; Poisson where the variance is no larger."""
    if count <= 0:
        return 1.0
    below = 0.0
    if variance <= mean * (1 + 1e-9):
        for k in range(count):
            below += math.exp(k * math.log(mean) - mean - math.lgamma(k + 1))
    else:
        size = mean**2 / (variance - mean)
        log_p, log_q = math.log(size / (size + mean)), math.log(mean / (size + mean))
        for k in range(count):
            ways = math.lgamma(k + size) - math.lgamma(size) - math.lgamma(k + 1)
            below += math.exp(ways + size * log_p + k * log_q)
    return max(0.0, 1.0 - below)


def cycle_factors(counts: Sequence[int], period: int) -> list[float]:
    """
    How busy each place of a cycle is (7 for the day of the week, 168 for its hour), 1 on average.

    `counts[0]` stands at place 0. Drawn toward 1 by one average window, so that sparse counts say little.
    """
    mean = sum(counts) / len(counts) if counts else 0.0
    if not mean:
        return [1.0] * period
    places = [counts[place::period] for place in range(period)]
    return [(sum(place) + mean) / ((len(place) + 1) * mean) for place in places]


def bursts(counts: Sequence[int]) -> list[tuple[int, int]]:
    """
    The stretches [start, end) that run above the usual rate: Kleinberg's two states over Poisson counts.

    Sees the whole series, so it is for drawing what was, not for telling what begins.
    """
    usual = _usual(counts)
    scale, cost = settings("burst")["scale"], settings("burst")["gamma"] * math.log(len(counts) + 1)
    spent, before = [0.0, cost], []
    for count in counts:
        misfit = [rate - count * math.log(rate) for rate in (usual, usual * scale)]
        calm, burning = min((spent[0], 0), (spent[1], 1)), min((spent[0] + cost, 0), (spent[1], 1))
        before.append((calm[1], burning[1]))
        spent = [calm[0] + misfit[0], burning[0] + misfit[1]]
    state, states = int(spent[1] < spent[0]), []
    for back in reversed(before):
        states.append(state)
        state = back[state]
    return _stretches(states[::-1])


def _levelled(history: Sequence[int], factors: Sequence[float]) -> list[float]:
    if not factors:
        return [float(count) for count in history]
    return [count / max(factor, 0.1) for count, factor in zip(history, factors, strict=True)]


def _usual(counts: Sequence[int]) -> float:
    ordered = sorted(counts)
    calm = ordered[: max(1, len(ordered) * 3 // 4)] or [0]
    return max(0.5, sum(calm) / len(calm))


def _stretches(states: Sequence[int]) -> list[tuple[int, int]]:
    found, start = [], None
    for at, state in enumerate([*states, 0]):
        if state and start is None:
            start = at
        elif not state and start is not None:
            found.append((start, at))
            start = None
    return found
