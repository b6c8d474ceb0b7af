"""Why a document was judged as it was, in lines a person can check."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import get_args

from analysis.analyse import Analyser, explain
from analysis.explain import REASONS
from analysis.topics import flags_of
from analysis.topics.rules import learned
from core.i18n import _, set_language
from core.values import CHINESE, Company, Document, Flag, TextType, Watch

WATCH = Watch((Company("星禾科技", {"full": ("星禾科技",), "ambiguous": ("星禾",)}),))
DOCUMENT = Document(
    "s", "post", "k", None, "星禾科技泄露了我的手机号。星禾小区很安静。", datetime(2026, 11, 20, tzinfo=UTC)
)


def test_every_mention_is_shown_with_its_span_and_its_reason() -> None:
    lines = explain(DOCUMENT, Analyser(WATCH).analyse(DOCUMENT))

    assert "公司 星禾科技：命中" in lines
    assert "  [0, 4) “星禾科技” 命中，依据：全称" in lines
    assert "  [13, 15) “星禾” 排除，依据：是别的名称" in lines
    assert any("评价窗口 [0, 13)" in line for line in lines)
    assert lines[-1] == "文本类型：投诉"


def test_every_flag_is_shown_with_the_words_that_raise_it() -> None:
    document = replace(DOCUMENT, body="星禾科技泄露了我的手机号，孩子的学校也被问到。再不处理我就打12315。")
    finding = Analyser(WATCH).analyse(document)

    lines = explain(document, finding)

    assert "  [29, 35) “打12315” 规则 go_public.1" in lines[lines.index("标记 扬言曝光") :]
    assert explain(document, replace(finding, flag_evidence={}))[-1].startswith("标记 ")  # kept before there was any


def test_a_flag_that_only_the_judge_sees_is_shown_with_what_tells_most() -> None:
    text, chances = "星禾科技泄露了我的手机号，班里的宝贝和他爸妈都被拍了照", {"flag:minors": 0.99}
    (shown,) = flags_of(text, chances=chances, learned=learned())["minors"]

    assert (text[shown.start : shown.end], shown.rule) == ("班里的宝贝和他爸妈都被拍了", "minors.model")
    spaced = " ".join(text)
    (moved,) = flags_of(spaced, chances=chances, learned=learned())["minors"]
    assert spaced[moved.start : moved.end].replace(" ", "") == text[shown.start : shown.end]


def test_every_text_type_and_flag_has_its_words() -> None:
    assert {*CHINESE["text_type"]} == {*get_args(TextType)}
    assert {*CHINESE["flag"]} == {*get_args(Flag)}


def test_the_same_lines_are_spoken_in_english() -> None:
    set_language("en")
    try:
        lines = explain(DOCUMENT, Analyser(WATCH).analyse(DOCUMENT))
    finally:
        set_language("zh")

    assert "Company 星禾科技: hit" in lines


def test_every_reason_is_spoken_in_english() -> None:
    set_language("en")
    try:
        assert [said for said in REASONS.values() if _(said) == said] == []
    finally:
        set_language("zh")
