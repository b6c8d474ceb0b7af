"""The predicate gives the answers of tests/cases/match.jsonl, which were written from the rules before the code."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.times import parse_instant
from search_index.facts import facts_of
from search_index.query import QueryError, matches, parse, printed

CASES = [json.loads(line) for line in (Path(__file__).parents[1] / "cases" / "match.jsonl").read_text().splitlines()]
NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)


def documents_of(case):
    """A case's documents as facts; a bare string is a body, ids count from 1."""
    given = [raw if isinstance(raw, dict) else {"body": raw} for raw in case["documents"]]
    return [facts_of({"id": number, **raw}) for number, raw in enumerate(given, 1)]


def now_of(case):
    return parse_instant(case["now"]) if "now" in case else NOW


@pytest.mark.parametrize("case", [c for c in CASES if "answer" in c], ids=lambda c: c["query"][:40])
def test_the_predicate_gives_the_written_answer(case):
    query = parse(case["query"])

    found = [facts.id for facts in documents_of(case) if matches(query, facts, now=now_of(case))]

    assert found == case["answer"], case["rule"]


@pytest.mark.parametrize("case", [c for c in CASES if "error" in c], ids=lambda c: c["query"][:40])
def test_a_wrong_query_names_its_column(case):
    with pytest.raises(QueryError) as caught:
        parse(case["query"])

    assert caught.value.position + 1 == case["error"], case["rule"]
    assert f"第 {case['error']} 列" in str(caught.value)


@pytest.mark.parametrize("case", [c for c in CASES if "answer" in c], ids=lambda c: c["query"][:40])
def test_canonical_text_means_the_same(case):
    query = parse(case["query"])

    assert parse(printed(query), bounded=False) == query
