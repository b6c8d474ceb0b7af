"""Outlets and writers come from labels only."""

from __future__ import annotations

import pytest

from crawlers.extract.byline import authors_of, outlet_of
from crawlers.extract.dom import parse
from crawlers.extract.flow import flow_of
from crawlers.extract.meta import meta_of

NO_META = meta_of(parse(""), None)


def outlet(html: str, head: str = "") -> str | None:
    tree = parse(f"<head>{head}</head>{html}")
    return outlet_of(tree, flow_of(tree).lines, [], meta_of(tree, None))


def authors(html: str, opening: str = "") -> tuple[str, ...]:
    return authors_of(flow_of(parse(html)).lines, flow_of(parse(f"<p>{opening}</p>")).lines, [], NO_META)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("2026-11-20 08:30　来源：青岚新闻网　作者：陈晓明", "青岚新闻网"),
        ("来源: 云州网-云州日报 2026年11月20日", "云州网-云州日报"),
        ("稿源：云州晚报客户端 编辑：某某", "云州晚报客户端"),
        ("（来源：《青岚日报》）", "《青岚日报》"),
        ("来源：本文来源于青岚新闻网", "青岚新闻网"),
        ("2026-11-20 08:30·青岚新闻网", "青岚新闻网"),
        ("来源：Qinglan Daily 时间：2026-11-20", "Qinglan Daily"),
        ("2026-11-20 08:30 来源 青岚新闻网 3 条评论", "青岚新闻网"),
        ("2026年11月20日 08:30 来源：青岚新闻网 参与互动", "青岚新闻网"),
        ("来源：网络", None),
        ("来源：", None),
        ("本站原创 2026-11-20 08:30", None),
        ("资金来源合法，公司已经说明。", None),
    ],
)
def test_the_outlet_is_what_the_label_says(line: str, name: str | None) -> None:
    """Other labels, dates and brackets end the name; empty words are no outlet."""
    assert outlet(f"<div>{line}</div>") == name


def test_a_label_whose_name_stands_in_the_next_part_is_read() -> None:
    """Templates put the name into a block of its own."""
    assert outlet("<div>来源：</div><div>青岚新闻网</div>") == "青岚新闻网"


def test_a_part_named_source_needs_no_label() -> None:
    """Its date is not part of the name."""
    assert outlet('<div class="date-source">2026年11月20日 08:30 <a>禾速观察室</a></div>') == "禾速观察室"


def test_what_readers_see_wins_over_the_head() -> None:
    """The meta tag is the second witness."""
    meta = '<meta name="source" content="来源：云州日报">'

    assert outlet("<div>来源：青岚新闻网</div>", meta) == "青岚新闻网"
    assert outlet("<div>2026-11-20</div>", meta) == "云州日报"


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("作者：陈晓明 来源：青岚新闻网", ("陈晓明",)),
        ("本报记者 陈晓明 方　敏", ("陈晓明", "方敏")),
        ("文/陈晓明", ("陈晓明",)),
        ("作者：禾下乘凉", ("禾下乘凉",)),
        ("本报记者 陈晓明 摄", ()),
        ("责任编辑：陈晓明", ()),
        ("作者：未知", ()),
        ("作者：青岚新闻网", ()),
    ],
)
def test_a_writer_is_named_by_a_label(line: str, names: tuple[str, ...]) -> None:
    """Editors, photographers, organisations and empty words are no writers."""
    assert authors(f"<div>{line}</div>") == names


@pytest.mark.parametrize(
    ("opening", "names"),
    [
        ("本报云州11月20日电（记者陈晓明、方敏）星禾科技今日公告。", ("陈晓明", "方敏")),
        ("云社云州11月20日电（陈晓明、方敏）星禾科技今日公告。", ("陈晓明", "方敏")),
        ("记者从星禾科技获悉，公司今日公告。", ()),
        ("有记者 陈述了当时的情况，公司今日公告。", ()),
    ],
)
def test_the_opening_may_name_the_reporter(opening: str, names: tuple[str, ...]) -> None:
    """Only in the form of a byline, never out of a sentence."""
    assert authors("<div>2026-11-20</div>", opening) == names
