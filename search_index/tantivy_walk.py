"""Walking hits of tantivy in a total order over several sort fields: the engine itself sorts by one only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import tantivy

from search_index.tantivy_counts import count_of

Level = tuple[str, bool]
"""A sort field and whether its highest values come first."""

ORDERINGS: dict[str, tuple[Level, ...]] = {
    "newest": (("ts", True), ("key", False)),
    "heat": (("heat", True), ("ts", True), ("key", False)),
}
_Hit = tuple[float | int, tantivy.DocAddress]


class Walk:
    """Walks over one searcher, so every step sees the same documents."""

    def __init__(self, searcher: tantivy.Searcher, schema: tantivy.Schema) -> None:
        self._searcher, self._schema = searcher, schema
        self._total: int | None = None  # counted on the way by a first page's first question

    def page(
        self, query: tantivy.Query, levels: Sequence[Level], after: Sequence[float | int] | None, limit: int
    ) -> tuple[list[str], list[float | int] | None, int]:
        """The ids after a place, the place reached (None when nothing follows), and how many match in all."""
        place = tuple(after) if after else None
        addresses = self._ordered(query, tuple(levels), place, limit + 1, count=not place)
        ids = [str(self._searcher.doc(address).get_first("id")) for address in addresses[:limit]]
        total = self._total if self._total is not None else count_of(self._searcher, query)
        if len(addresses) <= limit:
            return ids, None, total
        return ids, [self._value(field, addresses[limit - 1]) for field, _first in levels], total

    def addresses(self, query: tantivy.Query, step: int) -> Iterator[tantivy.DocAddress]:
        """Every hit, `step` at a time in the order they are stored in, so that a stored block is unpacked once."""
        for batch in self._by_key(query, step):
            yield from sorted((address for _key, address in batch), key=lambda a: (a.segment_ord, a.doc))

    def scan(self, query: tantivy.Query, step: int) -> Iterator[tuple[str, int]]:
        """(id, version) of every hit, by key."""
        for batch in self._by_key(query, step):
            addresses = [address for _key, address in batch]
            versions = self._searcher.fast_field_values("version", addresses)
            for address, version in zip(addresses, versions, strict=True):
                yield str(self._searcher.doc(address).get_first("id")), int(version or 0)

    def keys(self, query: tantivy.Query, step: int) -> Iterator[tuple[int, int, int]]:
        """(key, day ordinal or 0, version) of every hit, by key, without touching stored texts."""
        for batch in self._by_key(query, step):
            addresses = [address for _key, address in batch]
            days = self._searcher.fast_field_values("day", addresses)
            versions = self._searcher.fast_field_values("version", addresses)
            for (key, _address), day, version in zip(batch, days, versions, strict=True):
                yield int(key), int(day or 0), int(version or 0)

    def _by_key(self, query: tantivy.Query, step: int) -> Iterator[list[_Hit]]:
        rest = query
        while batch := self._sorted(rest, ("key", False), step):
            yield batch
            if len(batch) < step:
                return
            rest = self._and(query, self._beyond(("key", False), batch[-1][0]))

    def _ordered(
        self,
        query: tantivy.Query,
        levels: tuple[Level, ...],
        after: tuple[float | int, ...] | None,
        limit: int,
        *,
        count: bool = False,
    ) -> list[tantivy.DocAddress]:
        """
        At most `limit` hits after a place, in the order of the levels.

        1. the rest of the tie that the place stands in, by the levels below
        2. what lies beyond it, by this level; one hit more than needed tells whether the last tie was cut, and a
           cut tie is asked for again by the levels below
        """
        level, below = levels[0], levels[1:]
        found: list[tantivy.DocAddress] = []
        beyond = query
        if after:
            if below:
                found = self._ordered(self._and(query, self._equal(level[0], after[0])), below, after[1:], limit)
            beyond = self._and(query, self._beyond(level, after[0]))
        wanted = limit - len(found)
        if wanted <= 0:
            return found
        hits = self._sorted(beyond, level, wanted + 1, count=count)
        for value, group in groupby(hits, key=lambda hit: hit[0]):
            if len(found) >= limit:
                break
            tied = [address for _value, address in group]
            if below and len(hits) > wanted and value == hits[-1][0]:
                tied = self._ordered(self._and(query, self._equal(level[0], value)), below, None, limit - len(found))
            elif below and len(tied) > 1:
                tied = self._by_values(tied, below)
            found += tied
        return found[:limit]

    def _by_values(self, tied: list[tantivy.DocAddress], levels: Sequence[Level]) -> list[tantivy.DocAddress]:
        columns = [self._searcher.fast_field_values(field, tied) for field, _first in levels]
        signs = [-1 if highest_first else 1 for _field, highest_first in levels]
        rows = zip(zip(*columns, strict=True), tied, strict=True)
        keyed = [([sign * (v or 0) for sign, v in zip(signs, row, strict=True)], address) for row, address in rows]
        return [address for _row, address in sorted(keyed, key=lambda pair: pair[0])]

    def _sorted(self, query: tantivy.Query, level: Level, limit: int, *, count: bool = False) -> list[_Hit]:
        order = tantivy.Order.Desc if level[1] else tantivy.Order.Asc
        result = self._searcher.search(query, limit, count=count, order_by_field=level[0], order=order)
        if count:
            self._total = result.count  # type: ignore[attr-defined]
        return list(result.hits)

    def _value(self, field: str, address: tantivy.DocAddress) -> float | int:
        return self._searcher.fast_field_values(field, [address])[0] or 0

    def _equal(self, field: str, value: float | int) -> tantivy.Query:
        return self._range(field, value, value, True)

    def _beyond(self, level: Level, value: float | int) -> tantivy.Query:
        field, highest_first = level
        return self._range(field, None, value, False) if highest_first else self._range(field, value, None, False)

    def _range(self, field: str, low: float | int | None, high: float | int | None, including: bool) -> tantivy.Query:
        kind = tantivy.FieldType.Float if field == "heat" else tantivy.FieldType.Integer
        cast = float if field == "heat" else int
        return tantivy.Query.range_query(
            self._schema,
            field,
            kind,
            None if low is None else cast(low),
            None if high is None else cast(high),
            low is None or including,
            high is None or including,
        )

    def _and(self, query: tantivy.Query, bound: tantivy.Query) -> tantivy.Query:
        must = tantivy.Occur.Must
        return tantivy.Query.boolean_query([(must, query), (must, bound)])
