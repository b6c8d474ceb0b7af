"""Rising words: the day against the past, each story counted once."""

from __future__ import annotations

from analysis.rising import joined_words, rising_words

PAST = {"客服": 900, "泄露": 30, "贷款": 600}


def test_a_word_of_the_day_rises_and_an_everyday_word_does_not() -> None:
    found = rising_words({"泄露": 14, "客服": 33, "贷款": 20}, PAST, stories_today=100, stories_past=2800)

    assert [rising.word for rising in found] == ["泄露"]
    assert found[0].stories == 14


def test_a_word_never_heard_before_rises() -> None:
    assert rising_words({"漏勺": 6}, PAST, stories_today=100, stories_past=2800)[0].word == "漏勺"


def test_two_stories_or_one_source_are_too_few() -> None:
    assert rising_words({"漏勺": 2}, PAST, stories_today=100, stories_past=2800) == []
    assert rising_words({"漏勺": 6}, PAST, stories_today=100, stories_past=2800, sources={"漏勺": 1}) == []


def test_an_empty_past_is_borne() -> None:
    rising_words({"漏勺": 6}, {}, stories_today=6, stories_past=0)


def test_words_that_never_part_are_one() -> None:
    words = {"星": 12, "禾": 11, "客服": 300, "电话": 280}
    pairs = {("星", "禾"): 10, ("客服", "电话"): 12}

    assert joined_words(pairs, words, total=20_000) == {("星", "禾"): "星禾"}
