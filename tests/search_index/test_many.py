"""Thousands of subscriptions are asked quickly and answer exactly as one by one."""

import subprocess
import sys
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from search_index.query import matches, parse
from search_index.query.many import Subscriptions, needed
from tests.search_index.make import NOW, facts
from tests.search_index.strategies import facts as any_facts
from tests.search_index.strategies import queries


def test_a_query_is_filed_under_the_words_it_needs():
    assert needed(parse("信息泄露 (甲 或 乙丙)")) == {"信息泄露"}
    assert needed(parse("甲 或 乙")) == {"甲", "乙"}
    assert needed(parse("-甲")) is None
    assert needed(parse("情感:负面")) is None
    assert needed(parse("甲 或 情感:负面")) is None
    assert needed(parse('"客户 泄露了"~5')) == {"泄露了"}


def test_answers_come_in_the_order_of_the_subscriptions():
    many = Subscriptions([(f"s{n}", parse(f"甲{n}")) for n in range(300)] + [("all", parse("-乙"))])

    assert many.matching(facts(body="甲7，甲2，甲250"), NOW) == ["s2", "s7", "s250", "all"]


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.lists(queries, min_size=60, max_size=60), st.lists(any_facts, min_size=1, max_size=6))
def test_the_prefilter_changes_no_answer(asked, rows):
    numbered = [(str(n), query) for n, query in enumerate(asked * 4)]
    many = Subscriptions(numbered)

    for row in rows:
        row = replace(row, id="d")
        naive = [name for name, query in numbered if matches(query, row, now=NOW)]
        assert many.matching(row, NOW) == naive


def test_the_query_language_loads_no_engine():
    code = "import sys, search_index.query.many, search_index.results; print([m for m in ('tantivy', 'elasticsearch', "
    code += "'ahocorasick_rs', 'jieba') if m in sys.modules])"

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_lone_surrogate_is_asked_too():
    many = Subscriptions([(f"s{n}", parse(f"甲{n} \ud800")) for n in range(300)])

    assert many.matching(facts(body="\ud800甲7"), NOW) == ["s7"]


def test_every_address_of_a_list_is_asked():
    many = Subscriptions([(f"s{n}", parse(f"网址:site{n}.example")) for n in range(300)])

    assert many.matching(facts(url="https://site7.example/", also=(("url", "https://site9.example/"),)), NOW) == [
        "s7",
        "s9",
    ]


def test_a_word_inside_another_word_counts_only_for_those_who_ask_for_its_beginning():
    asked = {"whole": "app", "or": "app 或 甲1000", "without": "甲7 -app", "start": "app*", "title": "标题:app"}
    many = Subscriptions([(f"s{n}", parse(f"甲{n}")) for n in range(300)] + [(n, parse(q)) for n, q in asked.items()])

    assert many.matching(facts(title="", body="apple，甲7"), NOW) == ["s7", "without", "start"]
    assert many.matching(facts(title="", body="apple app，甲7"), NOW) == ["s7", "whole", "or", "start"]
    assert many.matching(facts(title="", body="甲7", url="https://app.example"), NOW) == ["s7", "without"]
