"""Random queries over random documents: every engine gives exactly what the predicate gives, figures and order too."""

import os
from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import count, cycle
from math import inf

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.times import day_of
from search_index.base import FACETS, ORDERS, Delete, Put
from search_index.query import matches, parse, printed
from search_index.query.ast import All
from search_index.tokens import whole_value
from tests.search_index.make import NOW
from tests.search_index.strategies import facts, queries

ROUNDS = 300 if os.environ.get("YUQING_SOAK") else 20
QUERIES_A_ROUND = 40
documents = st.lists(facts, min_size=1, max_size=14).map(
    lambda rows: [replace(row, id=f"d{n:016x}") for n, row in enumerate(rows)]
)


PLACES_TOLD = {
    "newest": lambda row: (-row.published_at.timestamp() if row.published_at else inf, row.id),
    "heat": lambda row: (inf if row.heat is None else -row.heat, *PLACES_TOLD["newest"](row)),
}
PLACES = PLACES_TOLD | {"relevance": lambda row: row.id}
"""Where a document stands in each order; how relevant it is, every engine says for itself."""


def counted_under(row, facet):
    """The values that a document is counted under, as they are written; of a source its id."""
    named = {"source": row.source[:1], "topic": row.topics, "company": row.companies}
    first = named[facet] if facet in named else (getattr(row, facet),)
    return {value for value in (*first, *(value for field, value in row.also if field == facet)) if value}


def most_first(rows, facet):
    counts = Counter(whole_value(value) for row in rows for value in counted_under(row, facet))
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def by_day(rows):
    """Every day from the first to the last, empty ones too."""
    counts = Counter(day_of(row.published_at) for row in rows if row.published_at)
    span = range(min(counts).toordinal(), max(counts).toordinal() + 1) if counts else ()
    return {date.fromordinal(day).isoformat(): counts[date.fromordinal(day)] for day in span}


@pytest.fixture
def holding(index):
    """Gives the index with exactly these documents in it."""
    versions = count(1)

    def filled(rows):
        version = next(versions)
        known = [Delete(id, version) for id, _version in index.scan(All(), now=NOW)]
        index.apply(known, seq=version)
        version = next(versions)
        index.apply([Put(replace(row, version=version)) for row in rows], seq=version)
        return index

    return filled


@settings(max_examples=ROUNDS, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(rows=documents, asked=st.lists(queries, min_size=QUERIES_A_ROUND, max_size=QUERIES_A_ROUND))
def test_the_engine_gives_what_the_predicate_gives(holding, rows, asked):
    index = holding(rows)
    for query, order in zip(asked, cycle(ORDERS), strict=False):
        expected = sorted((row for row in rows if matches(query, row, now=NOW)), key=PLACES[order])
        page = index.search(query, now=NOW, order=order, limit=200, facets=FACETS, days=True)

        ids = page.ids if order in PLACES_TOLD else sorted(page.ids)
        assert list(ids) == [row.id for row in expected], printed(query)
        assert page.total == len(expected)
        assert page.facets == {name: most_first(expected, name) for name in FACETS}, printed(query)
        assert [list(found) for found in page.facets.values()] == [list(most_first(expected, n)) for n in page.facets]
        assert page.days == by_day(expected)


@settings(max_examples=ROUNDS * 30, deadline=None, derandomize=True)
@given(queries)
def test_canonical_text_is_a_fixed_point(query):
    again = parse(printed(query), bounded=False)

    assert printed(again) == printed(query)


@settings(max_examples=ROUNDS * 10, deadline=None, derandomize=True)
@given(queries, documents)
def test_canonical_text_means_the_same(query, rows):
    again = parse(printed(query), bounded=False)

    assert [matches(again, row, now=NOW) for row in rows] == [matches(query, row, now=NOW) for row in rows]
