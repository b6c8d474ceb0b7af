"""Random queries over random documents: every engine gives exactly what the predicate gives."""

import os
from dataclasses import replace
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search_index.base import Delete, Put
from search_index.query import matches, parse, printed
from search_index.query.ast import All
from tests.search_index.make import NOW
from tests.search_index.strategies import facts, queries

ROUNDS = 300 if os.environ.get("YUQING_SOAK") else 20
QUERIES_A_ROUND = 40
documents = st.lists(facts, min_size=1, max_size=14).map(
    lambda rows: [replace(row, id=f"d{n:016x}") for n, row in enumerate(rows)]
)


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
    for query in asked:
        expected = {row.id for row in rows if matches(query, row, now=NOW)}
        page = index.search(query, now=NOW, limit=200)

        assert set(page.ids) == expected, printed(query)
        assert page.total == len(expected)


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
