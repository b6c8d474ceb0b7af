"""What stands in the text's block and is not the text."""

from __future__ import annotations

import pytest

from crawlers.extract.dom import parse
from crawlers.extract.flow import flow_of
from crawlers.extract.trim import trimmed

ONE = "星禾科技20日晚间发布公告称，公司已经注意到有关报道，并在第一时间成立专项小组。"
TWO = "公告表示，经初步核实，事件涉及的信息包括姓名和手机号码，公司已向主管部门报告。"


def text(*paragraphs: str, title: str | None = None) -> list[str]:
    return trimmed(flow_of(parse("".join(f"<p>{p}</p>" for p in paragraphs))).lines, title=title)


@pytest.mark.parametrize(
    "line",
    [
        "（责任编辑：某某）",
        "责编：某某",
        "責任編輯：某某",
        "延伸閱讀：別的文章",
        "原标题：星禾科技回应",
        "免责声明：本文仅代表作者观点，与本站无关。",
        "【推荐阅读】",
        "相关新闻",
        "上一篇：别的文章",
        "扫一扫，分享到朋友圈",
        "来源：青岚新闻网",
        "未经授权不得转载",
        "上一页 1 2 3 下一页",
        '<a href="/x">点击进入专题</a>',
        "关键词：星禾科技",
    ],
)
def test_boilerplate_below_the_text_is_dropped(line: str) -> None:
    """None of it is what the article says."""
    assert text(ONE, TWO, line) == [ONE, TWO]


def test_the_headline_and_the_byline_above_the_text_are_dropped() -> None:
    """They have fields of their own."""
    assert text("星禾科技回应", "2026-11-20 08:30 来源：青岚新闻网", "字号：大 中 小", ONE, title="星禾科技回应") == [
        ONE
    ]


def test_a_mark_at_the_end_of_the_last_paragraph_is_cut_off() -> None:
    """The sentence stays."""
    assert text(ONE, TWO + "（编辑：某某）") == [ONE, TWO]
    assert text(ONE, TWO + "返回搜狐，查看更多") == [ONE, TWO]


def test_what_follows_a_heading_of_related_news_goes_with_it() -> None:
    """Even when it is prose."""
    assert text(ONE, TWO, ONE + TWO, "延伸阅读", TWO) == [ONE, TWO, ONE + TWO]


def test_prose_that_speaks_of_editors_or_sources_stays() -> None:
    """A long sentence is no label."""
    said = "编辑部主任表示，消息来源于多名知情人士，他们要求匿名，因为事件仍在调查之中，公司也没有回应。"

    assert text(ONE, said, TWO) == [ONE, said, TWO]


def test_a_short_line_between_paragraphs_stays() -> None:
    """Headings inside a text belong to it."""
    assert text(ONE, "用户怎么说", TWO) == [ONE, "用户怎么说", TWO]
