"""Totals, facets, days and the order by relevance, asked of one tantivy searcher."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import tantivy

from search_index.base import MAX_RELEVANT
from search_index.digest import filled_days

_MAX_VALUES = 10_000
_MAX_DAYS = 60_000  # buckets of a day count: 164 years


def count_of(searcher: tantivy.Searcher, query: tantivy.Query) -> int:
    """How many documents of a searcher match."""
    return searcher.search(query, 1).count  # type: ignore[attr-defined]


def relevant(
    searcher: tantivy.Searcher, query: tantivy.Query, limit: int, skip: int
) -> tuple[list[str], list[float | int] | None, int]:
    """The ids best first, how many were shown so far (None at the end), the total."""
    wanted = max(0, min(limit, MAX_RELEVANT - skip))
    result = searcher.search(query, wanted + 1, offset=skip)
    ids = [str(searcher.doc(address).get_first("id")) for _score, address in result.hits[:wanted]]
    more = len(result.hits) > wanted and skip + wanted < MAX_RELEVANT
    return ids, [skip + len(ids)] if more and ids else None, result.count  # type: ignore[attr-defined]


def counted(
    searcher: tantivy.Searcher, query: tantivy.Query, facets: Sequence[str], days: bool
) -> tuple[dict[str, dict[str, int]], dict[str, int]]:
    """Facets and days of all that match."""
    wanted = {name: {"terms": {"field": f"f_{name}", "size": _MAX_VALUES}} for name in facets}
    if days:
        wanted["day"] = {"terms": {"field": "day", "size": _MAX_DAYS}}
    if not wanted:
        return {}, {}
    answer = searcher.aggregate(query, wanted)
    counted = {
        name: {
            str(bucket["key"]): int(bucket["doc_count"])
            for bucket in sorted(answer[name]["buckets"], key=lambda b: (-b["doc_count"], str(b["key"])))
        }
        for name in facets
    }
    by_day = {
        date.fromordinal(int(bucket["key"])): int(bucket["doc_count"])
        for bucket in (answer["day"]["buckets"] if days else ())
        if bucket["key"] > 0
    }
    return counted, filled_days(by_day)
