"""Summaries: whole sentences of the text, in its order, about what matters."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.summary import summary_of

TEXT = json.loads((Path(__file__).parents[1] / "cases" / "stories.jsonl").read_text("utf-8").splitlines()[0])["text"]


def test_two_sentences_of_the_text_in_its_order() -> None:
    first, second = summary_of(TEXT)

    assert first in TEXT
    assert second in TEXT
    assert TEXT.index(first) < TEXT.index(second)


def test_the_lead_of_a_news_text_is_kept() -> None:
    assert "235万元" in summary_of(TEXT, names=["星禾科技"])[0]


def test_a_sentence_with_the_company_weighs_more() -> None:
    text = "今天的会议讨论了行业的发展方向。行业的发展方向引起了讨论。云鹭银行被点名批评，称将整改。会议在下午结束了。"

    assert "云鹭银行被点名批评，称将整改。" in summary_of(text, names=["云鹭银行"])


def test_a_repeated_sentence_is_said_once() -> None:
    text = "星禾科技因违规收集信息被罚。星禾科技因违规收集信息被罚了。用户可以申请删除数据。" * 2

    assert len({sentence[:10] for sentence in summary_of(text)}) == 2


def test_a_short_text_is_its_own_summary() -> None:
    assert summary_of("星禾又崩了") == ("星禾又崩了",)
    assert summary_of("") == ()


@given(st.text(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_text_has_a_summary_of_its_own_sentences(text: str) -> None:
    assert all(sentence in text for sentence in summary_of(text))
    assert len(summary_of(text)) <= 2
