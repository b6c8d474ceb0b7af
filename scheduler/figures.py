"""What a source's rounds and documents say of it in figures, and its habits. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from core.values import RoundReport, Source
from scheduler.due import is_open
from store.arrivals import Arrival

HABIT = timedelta(days=30)
"""How far back a habit is looked for."""
LAG = timedelta(days=7)
"""How far back publishing and discovery are compared."""
FEWEST_GAPS, SHORTEST_HISTORY = 10, timedelta(days=7)
"""Below either nothing is said of a habit: nights and a weekend belong to it."""
FEWEST_REQUESTS = 5
"""Rounds with fewer requests say nothing about a rate."""
FEWEST_OPENED, HABIT_OPENED = 5, 20
"""Pages of documents that must have been opened lately, and before that, to speak of a parser's habit."""
COLLAPSED = 0.3
"""Share of the usual texts per opened page below which a parser counts as broken."""


USUAL_DELAY_S = 2.0
"""The pause of `crawlers.hosts`, known here without loading the crawler; a test compares them."""


def declared_gap_s(source: Source) -> float | None:
    """Seconds that a source declares to leave between two requests; None for one that makes none."""
    if source.channel == "import":
        return None
    return USUAL_DELAY_S if source.delay_s is None else source.delay_s


@dataclass(frozen=True, slots=True)
class SourceFigures:
    """
    One source in figures; None is "not known yet".

    `pages`, `documents` and `errors` are of the last ended round. `lag_p50_s` and `lag_p95_s`: seconds from
    publishing to discovery. `longest_gap`: the longest time without anything new so far. `gap_s` is the mean time
    between two requests in the fastest of the latest rounds, `declared_gap_s` what the source declares.
    `yield_now` and `yield_before` are texts per opened page, lately and before.
    """

    pages: int = 0
    documents: int = 0
    errors: Mapping[str, int] = field(default_factory=dict)
    lag_p50_s: float | None = None
    lag_p95_s: float | None = None
    longest_gap: timedelta | None = None
    gap_s: float | None = None
    declared_gap_s: float | None = None
    yield_now: float | None = None
    yield_before: float | None = None

    @property
    def parser_broke(self) -> bool:
        """True when opened pages give far less text than they used to."""
        if self.yield_now is None or not self.yield_before:
            return False
        return self.yield_now < COLLAPSED * self.yield_before

    @property
    def too_fast(self) -> bool:
        """True when requests came closer together than declared (a tenth is measuring)."""
        return self.gap_s is not None and self.declared_gap_s is not None and self.gap_s < 0.9 * self.declared_gap_s


def figures_of(
    rounds: Sequence[RoundReport], arrivals: Sequence[Arrival], *, now: datetime, declared_gap_s: float | None = None
) -> SourceFigures:
    """The figures of a source; `rounds` newest first, `arrivals` oldest first."""
    ended = [report for report in rounds if not is_open(report)]
    last = ended[0] if ended else None
    lags = [(a.seen_at - a.published_at).total_seconds() for a in arrivals if a.published_at and now - a.seen_at <= LAG]
    now_yield, before_yield = yields_of(ended)
    return SourceFigures(
        pages=last.pages if last else 0,
        documents=last.documents if last else 0,
        errors=dict(last.errors) if last else {},
        lag_p50_s=percentile([max(lag, 0.0) for lag in lags], 0.50),
        lag_p95_s=percentile([max(lag, 0.0) for lag in lags], 0.95),
        longest_gap=longest_gap([a.seen_at for a in arrivals]),
        gap_s=min((gap for report in ended if (gap := _gap_s(report)) is not None), default=None),
        declared_gap_s=declared_gap_s,
        yield_now=now_yield,
        yield_before=before_yield,
    )


def percentile(values: Sequence[float], share: float) -> float | None:
    """The value that this share of the values does not exceed (nearest rank); None without values."""
    return sorted(values)[max(0, -(-len(values) * round(share * 100) // 100) - 1)] if values else None


def longest_gap(moments: Sequence[datetime]) -> timedelta | None:
    """The longest time between two arrivals; None while there are too few to tell a habit."""
    distinct = sorted(set(moments))
    if len(distinct) <= FEWEST_GAPS or distinct[-1] - distinct[0] < SHORTEST_HISTORY:
        return None
    return max(later - earlier for earlier, later in pairwise(distinct))


def _gap_s(report: RoundReport) -> float | None:
    requests = report.counts.get("requests", 0)
    if requests < FEWEST_REQUESTS:
        return None
    return (report.finished_at - report.started_at).total_seconds() / (requests - 1)


def yields_of(rounds: Sequence[RoundReport]) -> tuple[float | None, float | None]:
    """Texts per opened page: of the latest rounds until enough were opened, and of all before."""
    late, early = Counter[str](), Counter[str]()
    for report in rounds:
        (late if late["opened"] < FEWEST_OPENED else early).update(
            {name: report.counts.get(name, 0) for name in ("opened", "texts")}
        )
    recent = late["texts"] / late["opened"] if late["opened"] >= FEWEST_OPENED else None
    before = early["texts"] / early["opened"] if early["opened"] >= HABIT_OPENED else None
    return recent, before
