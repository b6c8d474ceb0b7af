"""Rising words: the day against the past, each story counted once."""

from __future__ import annotations

import time

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
    day = [spoken(f"{n} 冒名贷款风波再起", "冒名", "贷款", "风波") for n in range(4)]
    day += [spoken(f"{n} 会员涨价", "会员") for n in range(4)]

    assert joined_words(["会员", "贷款", "冒名", "风波"], day) == [("会员",), ("冒名", "贷款", "风波")]


def test_a_busy_day_is_borne() -> None:
    words = ["冒名", "贷款", "风波", "会员", "涨价", "快递", "丢失", "赔付"]
    day = [spoken(f"{n} {words[n % 8]}和{words[n % 7]}", words[n % 8], words[n % 7]) for n in range(20_000)]
    began = time.process_time()

    assert len(joined_words(words, day)) == 8
    assert time.process_time() - began < 3


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
