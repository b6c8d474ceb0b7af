"""Marks and snippets speak of the original text."""

from hypothesis import given

from search_index.highlight import marks, snippet
from search_index.query import literals, parse
from tests.search_index.strategies import queries, texts


def marked(query, text, field="body"):
    return [text[start:end] for start, end in marks(text, literals(parse(query)), field=field)]


def test_marks_show_the_text_as_written():
    assert marked("泄露 app", "洩露了ＡＰＰ") == ["洩露", "ＡＰＰ"]


def test_a_run_is_marked_whole_or_not_at_all():
    assert marked("16 app*", "2016 apps 16") == ["apps", "16"]


def test_touching_marks_are_one():
    assert marked("信息 泄露", "信息泄露") == ["信息泄露"]


def test_near_marks_the_places_that_are_near():
    assert marked('"甲 乙"~1', "甲。。。甲乙") == ["甲乙"]


def test_marks_keep_to_their_field():
    assert marked("标题:甲", "甲", field="body") == []


def test_a_snippet_shows_the_densest_place():
    text = "甲" + "。" * 300 + "甲与乙" + "。" * 300

    short = snippet(text, literals(parse("甲 乙")), 40)

    assert [short.text[s:e] for s, e in short.marks] == ["甲", "乙"]
    assert len(short.text) <= 42


@given(texts, queries)
def test_snippet_marks_are_marks_of_the_text(text, query):
    wanted = literals(query)
    short = snippet(text, wanted, 8)

    shift = short.start - short.text.startswith("…") * (short.start > 0)
    whole = marks(text, wanted, field="body")
    for start, end in short.marks:
        assert 0 <= start < end <= len(short.text)
        assert any(s <= start + shift and end + shift <= e for s, e in whole)
