"""Every example of docs/query-language.md is what the language does."""

import json
import re
from pathlib import Path

import pytest

from search_index.facts import facts_of
from search_index.query import QueryError, matches, parse, parse_forgiving, printed
from search_index.query.fields import FIELDS
from tests.search_index.make import NOW

PAGE = (Path(__file__).parents[2] / "docs" / "query-language.md").read_text("utf-8")
EXAMPLES = [block.strip().splitlines() for block in re.findall(r"```query\n(.*?)```", PAGE, re.DOTALL)]
MISTAKES = [line.split("|") for line in re.findall(r"```mistakes\n(.*?)```", PAGE, re.DOTALL)[0].strip().splitlines()]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e[0])
def test_an_example_reads_and_finds_as_the_page_says(example):
    typed, understood = example[0].split(" → ")
    query = parse(typed)

    assert printed(query) == understood
    for line in example[1:]:
        sign, text = line.split(" ", 1)
        facts = facts_of(json.loads(text) if text.startswith("{") else {"body": text})
        assert matches(query, facts, now=NOW) == (sign == "✓"), line


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: m[0].strip())
def test_a_mistake_is_told_as_the_page_says(mistake):
    typed, column, said = (part.strip() for part in mistake)
    typed = "" if typed == "（空）" else typed

    with pytest.raises(QueryError) as caught:
        parse(typed)

    assert caught.value.position + 1 == int(column)
    assert said in caught.value.message
    assert parse_forgiving(typed).notes


def test_every_field_is_on_the_page():
    for field in FIELDS:
        assert field.chinese in PAGE
        assert field.id in PAGE
        for id, name in (field.names or {}).items():
            assert field.id == "topic" or f"{name} {id}" in PAGE
