"""A page as bytes becomes an article. The pages are written for these tests."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.extract import Extracted, extract

NOW = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
URL = "https://news.example/finance/20261120/1001.html"
TEXT = [
    "星禾科技20日晚间发布公告称，公司已经注意到有关部分用户信息被第三方获取的报道，并在第一时间成立专项小组进行核查。",
    "公告表示，经初步核实，事件涉及的信息包括姓名和手机号码，不包括支付密码，公司已向主管部门报告。",
    "有用户告诉记者，近一周接到了多个自称客服的电话，对方能准确说出订单内容，这让人十分不安。",
]
NAV = "".join(f'<li><a href="/c{i}/">频道{i}</a></li>' for i in range(20))
MORE = "".join(f'<li><a href="/a/{i}.html">另一条与此无关的新闻标题，说的是别的事情{i}</a></li>' for i in range(12))


def page(body: str, *, head: str = "", title: str = "星禾科技回应用户信息泄露：已成立专项小组_青岚新闻网") -> str:
    return f"""<html><head><meta charset="utf-8"><title>{title}</title>{head}</head><body><ul class="nav">{NAV}</ul>
      <div class="main"><h1>星禾科技回应用户信息泄露：已成立专项小组</h1>{body}</div>
      <div class="recommend"><h3>相关新闻</h3><ul>{MORE}</ul></div><div class="footer">版权所有 青岚新闻网</div>
      </body></html>"""


ARTICLE = page(
    '<div class="info">2026-11-20 21:05　来源：青岚新闻网　作者：陈晓明　编辑：李某</div><div class="content">'
    + "".join(f"<p>　　{text}</p>" for text in TEXT)
    + "<p>（责任编辑：王某）</p><p>免责声明：本文不代表本站立场。</p></div>"
)


def test_an_article_is_read_whole() -> None:
    """Headline without the site, text without boilerplate, time with its precision, outlet and author by label."""
    assert extract(ARTICLE.encode(), url=URL, fetched_at=NOW) == Extracted(
        title="星禾科技回应用户信息泄露：已成立专项小组",
        body="\n".join(TEXT),
        published_at=datetime(2026, 11, 20, 13, 5, tzinfo=UTC),
        precision="minute",
        author=("陈晓明",),
        outlet="青岚新闻网",
        canonical=None,
        kind="article",
    )


@pytest.mark.parametrize("codec", ["gb18030", "big5hkscs", "utf-16"])
def test_the_encoding_makes_no_difference(codec: str) -> None:
    """The label in the page says utf-8 and lies."""
    raw = ARTICLE.replace("（", "(").encode(codec, "ignore")

    assert "成立" in (extract(raw, url=URL, fetched_at=NOW).title or "") or codec == "big5hkscs"


def test_the_time_that_readers_see_wins_over_the_time_of_the_last_change() -> None:
    """Many systems write the time of the last change into their meta tags."""
    head = '<meta property="article:published_time" content="2026-11-20T23:59:01+08:00">'
    found = extract(ARTICLE.replace("</head>", head + "</head>"), url=URL, fetched_at=NOW)

    assert found.published_at == datetime(2026, 11, 20, 13, 5, tzinfo=UTC)


def test_a_day_on_the_page_is_refined_by_the_head() -> None:
    """The same day with a clock time is more exact."""
    head = '<meta name="publishdate" content="2026-11-20 21:05:33">'
    found = extract(ARTICLE.replace("21:05　", "　").replace("</head>", head + "</head>"), url=URL, fetched_at=NOW)

    assert (found.published_at, found.precision) == (datetime(2026, 11, 20, 13, 5, 33, tzinfo=UTC), "second")


def test_dates_in_the_text_are_no_publish_time() -> None:
    """Silent rather than wrong; the address still knows the day."""
    bare = page(f'<div class="content"><p>2025年3月1日，{TEXT[0]}</p><p>{TEXT[1]}</p></div>')

    assert extract(bare, url=None, fetched_at=NOW).published_at is None
    assert extract(bare, url=URL, fetched_at=NOW).precision == "day"


def test_nobody_is_invented() -> None:
    """A reporter who is only mentioned, a photographer and an editor are no authors; no label, no outlet."""
    found = extract(
        page(
            f'<div class="content"><p>记者从星禾科技获悉，{TEXT[0]}</p><p>{TEXT[2]}</p><p>本报记者 王某某 摄</p></div>'
        ),
        url=URL,
        fetched_at=NOW,
    )

    assert (found.author, found.outlet) == ((), None)


def test_a_short_article_is_found_among_long_teasers() -> None:
    """The page's own description says where the text begins."""
    teasers = "".join(f"<p>{text}</p>" for text in TEXT * 4)
    short = "云鹭银行公告称，客服热线今日恢复，给客户带来不便深表歉意。"
    head = f'<meta name="description" content="{short}">'
    body = f'<div class="text-con"><p>{short}</p></div><div class="box">{teasers}</div>'

    assert extract(page(body, head=head), url=URL, fetched_at=NOW).body == short


def test_a_page_of_links_is_a_list() -> None:
    """Nothing on it is an article."""
    assert extract(f"<title>财经频道</title><ul>{NAV}{MORE}{MORE}</ul>", url=URL, fetched_at=NOW).kind == "list"


def test_an_empty_page_says_nothing() -> None:
    """Every field is empty, nothing is raised."""
    assert extract(b"", url=None, fetched_at=NOW) == Extracted(None, None, None, "none", (), None, None, "other")


@pytest.mark.parametrize(
    "raw",
    [
        b"<div>" * 100_000 + TEXT[0].encode(),
        b"<p>" * 20_000,
        b"<a href='" + b"x" * 1_000_000,
        ("<table><tr><td>" * 3_000 + TEXT[0]).encode(),
        b"\x00\xff\xfe<html>\x00" * 1000,
        ("&#1;&#xFFFFFFFF;&bogus;" * 1000).encode(),
        ("<title>" + "长" * 100_000).encode(),
        ('<script type="application/ld+json">' + "[" * 100_000 + "</script>").encode(),
        ("<p>" + "，".join(TEXT * 2000) + "</p>").encode(),
        ("<span>，。" * 100_000).encode(),
        ("<title>" + "- " * 300_000 + "</title>").encode(),
        ("<div class='comment content'>x</div>" * 8_000).encode(),
        ('"content":"' + "\\\\" * 300_000).encode(),
    ],
)
def test_a_hostile_page_costs_little_and_raises_nothing(raw: bytes) -> None:
    """Depth, width and length are bounded."""
    extract(raw, url=URL, fetched_at=NOW)


MARKUP = st.lists(
    st.sampled_from(
        [
            "<div class='content'>",
            "</div>",
            "<p>",
            "<br>",
            "<h1>",
            "<a href=x>",
            "</a>",
            "2026-11-20 08:30",
            "来源：",
            "作者：",
            "责任编辑",
            "<!--",
            "]]>",
            "<meta content=x name=date>",
            "<td id=postmessage_1>",
            "<script>",
            TEXT[0],
        ]
    )
    | st.text(max_size=20),
    max_size=40,
)


@given(MARKUP.map("".join) | st.binary(max_size=400), st.none() | st.text(max_size=30))
@settings(deadline=None)
def test_garbage_is_read_without_raising(raw: str | bytes, url: str | None) -> None:
    """Whatever comes, an Extracted comes out, and its time is never ahead."""
    found = extract(raw, url=url, fetched_at=NOW)

    assert found.published_at is None or found.published_at <= NOW


@pytest.mark.parametrize(
    "hidden",
    [
        f'<script>window.STATE = {{"data": {{"content": "<p>{TEXT[0]}</p><p>{TEXT[1]}<\\/p>"}}}}</script>',
        f'<textarea class="article-content"><p>{TEXT[0]}</p><p>{TEXT[1]}</p></textarea>',
        f'<script type="application/ld+json">{{"@type": "Article", "articleBody": "{TEXT[0]}\\n{TEXT[1]}"}}</script>',
    ],
)
def test_a_text_that_only_a_script_would_draw_is_found(hidden: str) -> None:
    """Many sites send the article as data; it is read without running anything."""
    body = extract(page(f'<div id="app"></div>{hidden}'), url=URL, fetched_at=NOW).body or ""

    assert body.replace("\n", " ") == f"{TEXT[0]} {TEXT[1]}"
