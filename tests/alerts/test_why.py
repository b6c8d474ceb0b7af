"""The words that matched, and the sentence that holds them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.why import excerpt, marked_parts, words_met
from core.times import SHANGHAI
from search_index.query import parse

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
TITLE = "星禾科技被曝信息泄露"
BODY = "昨日有用户发帖。多名用户称接到冒名电话，怀疑信息泄露。公司尚未回应。"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("信息泄露 情感:负面", ("信息泄露",)),
        ("(信息泄露 OR 倒卖) -股价", ("信息泄露",)),
        ("标题:冒名 OR 正文:冒名", ("冒名",)),
        ("-(信息泄露)", ()),
        ('"用户 电话"~20', ("用户", "电话")),
        ("話題 OR 電話", ("电话",)),
        ("情感:负面", ()),
    ],
)
def test_the_words_that_stand_in_the_text_are_told(query, words):
    assert words_met(parse(query, strict=True), TITLE, BODY, now=NOW, zone=SHANGHAI) == words


def test_the_sentence_that_holds_the_word_is_shown():
    assert excerpt(BODY, ["信息泄露"], limit=40) == "…多名用户称接到冒名电话，怀疑信息泄露。公司尚未回应。"
    assert excerpt(BODY, ["股价"], limit=12) == "昨日有用户发帖。多名用…"
    assert excerpt(BODY, [], limit=100) == BODY


def test_a_word_deep_in_a_long_sentence_is_still_shown():
    shown = excerpt("很" * 500 + "信息泄露" + "长" * 500, ["信息泄露"], limit=60)

    assert "信息泄露" in shown
    assert len(shown) == 60


@given(
    st.text(alphabet="信息泄露。 \n电話Aａ👨", max_size=200), st.lists(st.text("信息泄露A话", max_size=3), max_size=3)
)
def test_marking_loses_nothing(text, words):
    assert "".join(part for part, _is_word in marked_parts(text, words)) == text
    assert len(excerpt(text, words, limit=20)) <= 20


def test_a_word_is_marked_in_every_script_form():
    assert marked_parts("信息洩露与信息泄露", ["信息泄露"])[-1] == ("信息泄露", True)
    assert marked_parts("ＡＰＰ 闪退", ["app"]) == [("ＡＰＰ", True), (" 闪退", False)]
