"""The search box forgives: every text is answered, and it says how it was understood."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search_index.query import QueryError, parse, parse_forgiving, printed


@pytest.mark.parametrize(
    ("typed", "understood", "column"),
    [
        ("", "*", 1),
        ("(甲 乙", "甲 乙", 1),
        ("甲) 乙", "甲 乙", 2),
        ('甲 "乙 丙', '甲 "乙 丙"', 3),
        ("甲 AND", "甲", 3),
        ("OR 甲", "甲", 1),
        ("甲 OR OR 乙", "甲 或 乙", 6),
        ("颜色:红 甲", '"颜色:红" 甲', 1),
        ("情感:愤怒", "愤怒", 4),
        ("时间:明天 甲", "明天 甲", 4),
        ("热度:高", "高", 4),
        ("套餐*", "套餐", 1),
        ("标题: 情感:负面", "情感:负面", 1),
        ("() 甲", "甲", 1),
        ('"甲 乙"~', '"甲 乙"', 1),
        ('丙 "甲 乙"~100000', '丙 "甲 乙"~99999', 3),
        (f'"甲 乙"~{"9" * 480}', '"甲 乙"~99999', 1),
        ("甲 [1 TO 2]", '甲 "[1 to 2]"', 3),
    ],
)
def test_a_slip_is_understood_and_noted(typed, understood, column):
    read = parse_forgiving(typed)

    assert read.understood == understood
    assert read.notes[0].position + 1 == column


def test_leading_zeros_make_no_distance_too_large():
    assert printed(parse('"甲 乙"~0000099999')) == '"甲 乙"~99999'


def test_a_sound_query_has_no_notes():
    assert parse_forgiving("信息泄露 情感:负面 (甲 或 乙)").notes == ()


def test_too_long_a_text_is_cut_and_noted():
    read = parse_forgiving("甲 " * 400)

    assert len(read.notes) == 2  # too long, and too many words in what is left
    assert read.understood == " ".join(["甲"] * 64)


def test_too_deep_a_text_is_flattened():
    read = parse_forgiving("(" * 400 + "甲")

    assert read.understood == "甲"


def test_an_unknown_field_is_answered_with_the_nearest():
    with pytest.raises(QueryError, match="标题"):
        parse("标是:甲")


ALPHABET = (
    '()（）"“”＂|｜-－*＊~～:：[]［］<>＜＞=& \u3000\t且或非ANDORNOTTO'
    "标题情感时间热度近7天小时2026-11甲乙app😡𠮷\ud800\x00"
)


def strictly(typed):
    """(tree, 0), or (None, position of the error)."""
    try:
        return parse(typed), 0
    except QueryError as error:
        return None, error.position


@settings(max_examples=500, deadline=None, derandomize=True)
@given(st.one_of(st.text(max_size=512), st.text(alphabet=ALPHABET, max_size=60)))
def test_no_text_breaks_the_parser_and_its_reading_is_a_fixed_point(typed):
    read = parse_forgiving(typed)
    assert printed(parse(read.understood, bounded=False)) == read.understood

    strict, position = strictly(typed)
    assert (strict is None) == bool(read.notes)
    assert strict is None or strict == read.query
    assert 0 <= position <= len(typed)


@pytest.mark.soak
def test_a_hundred_thousand_texts_are_read_within_5_ms_each():
    dice = random.Random(7)
    pieces = [*ALPHABET, "标题:", "情感:负面", '"甲 乙"~3', " 或 ", "时间:[2026-11-01 TO 2026-11-20]"]
    slowest = 0.0
    for _round in range(100_000):
        typed = "".join(dice.choices(pieces, k=dice.randint(0, 120)))[:512]
        begun = time.process_time()
        parse_forgiving(typed)
        slowest = max(slowest, time.process_time() - begun)

    assert slowest < 0.005
