"""Totals, facets, days and the order by relevance, asked of one tantivy searcher."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date

import tantivy

from search_index.base import MAX_RELEVANT
from search_index.digest import filled_days, most_first
from search_index.tantivy_schema import FEW, parted

_MAX_VALUES = 10_000
_MAX_DAYS = 60_000  # buckets of a day count: 164 years
_BESIDE = ThreadPoolExecutor(thread_name_prefix="facets")  # tantivy counts without the interpreter's lock
_HERE = 2  # columns that take as long, after the page, as the others do in the other thread

_Counts = dict[str, dict[str, int]]


def count_of(searcher: tantivy.Searcher, query: tantivy.Query) -> int:
    """How many documents of a searcher match."""
    return searcher.search(query, 1).count  # type: ignore[attr-defined]


def counted_in(
    searcher: tantivy.Searcher, query: tantivy.Query, ranges: Sequence[Mapping[str, int]]
) -> list[dict[str, float]]:
    """Of each range of ts the documents that match, in the engine's own form."""
    answer = searcher.aggregate(query, {"hour": {"range": {"field": "ts", "ranges": list(ranges)}}})
    return list(answer["hour"]["buckets"])


def relevant(
    searcher: tantivy.Searcher, query: tantivy.Query, limit: int, skip: int
) -> tuple[list[str], list[float | int] | None, int]:
    """The ids best first, how many were shown so far (None at the end), the total."""
    wanted = max(0, min(limit, MAX_RELEVANT - skip))
    result = searcher.search(query, wanted + 1, offset=skip)
    ids = [str(searcher.doc(address).get_first("id")) for _score, address in result.hits[:wanted]]
    more = len(result.hits) > wanted and skip + wanted < MAX_RELEVANT
    return ids, [skip + len(ids)] if more and ids else None, result.count  # type: ignore[attr-defined]


class Counting:
    """Facets and days of all that match: begun when it is made, so that a page can be read meanwhile."""

    def __init__(self, searcher: tantivy.Searcher, query: tantivy.Query, facets: Sequence[str], days: bool) -> None:
        self._facets, self._days = facets, days
        columns = list(dict.fromkeys([*(["day"] if days else ()), *map(_column, facets)]))
        self._here = (searcher, query, columns[:_HERE])
        self._beside: Future[_Counts] | None = None
        if columns[_HERE:]:
            self._beside = _BESIDE.submit(_counted, searcher, query, columns[_HERE:])

    def result(self) -> tuple[dict[str, dict[str, int]], dict[str, int]]:
        """By facet, value and number of documents, most first; by day, their number."""
        counts = _counted(*self._here) | (self._beside.result() if self._beside else {})
        few = _by_facet(counts.get("few", {}))
        values = {name: few[name] if name in FEW else counts[_column(name)] for name in self._facets}
        by_day = {date.fromordinal(int(day)): count for day, count in counts.get("day", {}).items() if int(day) > 0}
        return {name: most_first(found) for name, found in values.items()}, filled_days(by_day)


def _column(facet: str) -> str:
    return "few" if facet in FEW else f"f_{facet}"


def _counted(searcher: tantivy.Searcher, query: tantivy.Query, columns: Sequence[str]) -> _Counts:
    """By column, value and number of documents."""
    if not columns:
        return {}
    wanted = {name: {"terms": {"field": name, "size": _MAX_DAYS if name == "day" else _MAX_VALUES}} for name in columns}
    answer = searcher.aggregate(query, wanted)
    return {name: {str(one["key"]): int(one["doc_count"]) for one in answer[name]["buckets"]} for name in columns}


def _by_facet(combinations: Mapping[str, int]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {name: Counter() for name in FEW}
    for combination, count in combinations.items():
        for name, values in parted(combination).items():
            for value in values:
                found[name][value] += count
    return found
