"""The query of a figure is a query, and it finds what the figure counts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.queries import quoted, scope_query
from briefing.values import BriefItem, RisenWord
from core.times import SHANGHAI
from core.values import Facts
from search_index.query import matches, parse
from tests.briefing.make import MORNING_AFTER, NOON, US, brief, item
from tests.briefing.test_compose import documents

SUPERSETS = ("action", "negative.doubtful", "backfill")
"""Flags, doubt and backfill have no field in the query language: these queries may find more."""


def facts_of(shown: BriefItem) -> Facts:
    """The row that the index holds of the same document."""
    return Facts(
        id=shown.document,
        title=shown.title or "",
        body=shown.snippet,
        published_at=shown.published_at,
        sentiment=shown.label,
        topics=shown.topics,
        source=(shown.source, shown.source_name),
        outlet=shown.outlet,
        companies=shown.companies,
        kind=shown.kind,
        url=shown.url,
    )


def found_by(query: str, items: list[BriefItem]) -> set[str]:
    parsed = parse(query, strict=True)
    return {i.document for i in items if matches(parsed, facts_of(i), now=MORNING_AFTER, zone=SHANGHAI)}


@settings(max_examples=150, deadline=None)
@given(st.lists(documents, max_size=20, unique_by=lambda d: d.document))
def test_every_query_finds_every_dated_document_of_its_figure(items):
    dated = {i.document for i in items if i.published_at}

    for figure in brief(items).figures:
        if not figure.name.endswith(".stories"):
            assert set(figure.ids) & dated <= found_by(figure.query, items), figure


def test_of_a_day_found_and_published_alike_the_queries_find_nothing_else():
    """On an ordinary day the search counts what the brief counts."""
    items = [
        item(label="neg", topics=("leak",)),
        item(label="pos", topics=("leak", "minors"), kind="post"),
        item(label="neg", kind="complaint", companies=()),
        item(kind="voice", companies=(US,)),
        item(companies=("云鹭银行",), label="neg"),
    ]
    figures = [figure for figure in brief(items, trend=[]).figures if figure.name not in SUPERSETS]

    for figure in figures:
        if not figure.name.endswith(".stories"):
            assert found_by(figure.query, items) == set(figure.ids), figure


@pytest.mark.parametrize("word", ["冒名", "app", "5g", "and", "c++", "非法", "征信", "at&t", "时间", "近7天"])
def test_the_query_of_a_word_finds_the_texts_that_hold_it(word):
    items = [item(snippet=f"有人以{word}为名贷款。", keywords=(word,)), item(snippet="无关。")]
    (row,) = brief(items, words=[RisenWord(word, 0, 28)]).words

    assert found_by(row.figure.query, items) == set(row.figure.ids)


def test_the_days_reach_from_the_first_to_the_last_publication():
    items = [item(published_at=NOON - timedelta(hours=20)), item(), item(published_at=None)]

    assert brief(items).total.figure.query == "时间:[2026-11-19 TO 2026-11-20] 公司:星禾科技"


def test_a_day_without_documents_still_has_a_query():
    assert brief([]).negative.figure.query == "时间:2026-11-20 公司:星禾科技 情感:负面"


@pytest.mark.parametrize("name", ["星禾科技", "星禾 科技", "且", "OR", "A:B", "(星)", "C++", "5G套餐", "-x", "“引号”"])
def test_any_company_name_makes_a_readable_query(name):
    query = scope_query([], name)

    assert matches(parse(query, strict=True), Facts("d", "", "", companies=(name,)), now=NOON, zone=SHANGHAI), query


def test_a_quote_in_a_name_does_not_end_the_quotes():
    assert quoted('星"禾 科技') == '"星 禾 科技"'
