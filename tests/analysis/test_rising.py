"""Rising words: the day against the past, each story counted once."""

from __future__ import annotations

from analysis.rising import Spoken, joined_words, rising_words

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


def spoken(text: str, *keywords: str, story: str = "") -> Spoken:
    return Spoken(story or text, frozenset(keywords), text)


def test_words_that_never_part_are_one() -> None:
    day = [spoken(f"{n} 漏勺门事件再起波澜", "漏勺", "门", "事件") for n in range(4)]
    day += [spoken(f"{n} 贷款也涨了", "贷款") for n in range(4)]

    assert joined_words(["贷款", "门", "漏勺", "事件"], day) == [("贷款",), ("漏勺", "门", "事件")]


def test_words_that_stand_apart_somewhere_stay_two() -> None:
    near = [spoken(f"{n} 客服电话打不通", "客服", "电话") for n in range(4)]
    apart = spoken("客服说电话坏了", "客服", "电话")
    alone = [spoken(f"{n} 客服不理人", "客服") for n in range(3)]

    assert joined_words(["客服", "电话"], near) == [("客服", "电话")]
    assert joined_words(["客服", "电话"], [*near, apart]) == [("客服",), ("电话",)]
    assert joined_words(["客服", "电话"], [*near, *alone]) == [("客服",), ("电话",)]
    assert joined_words(["客服", "电话"], near[:2]) == [("客服",), ("电话",)]
    copies = [spoken(f"{n} 客服电话打不通", "客服", "电话", story="s") for n in range(4)]
    assert joined_words(["客服", "电话"], copies) == [("客服",), ("电话",)]  # one story, told four times
