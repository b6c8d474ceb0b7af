"""The headline as readers see it, without the site's name."""

from __future__ import annotations

import pytest

from crawlers.extract.dom import parse
from crawlers.extract.flow import flow_of
from crawlers.extract.meta import meta_of
from crawlers.extract.title import title_of

HEADLINE = "星禾科技回应信息泄露：已成立专项小组"


def title(head: str, body: str = "") -> str | None:
    tree = parse(f"<html><head>{head}</head><body>{body}</body></html>")
    return title_of(tree, flow_of(tree), meta_of(tree, None))


@pytest.mark.parametrize(
    "declared",
    [
        f"{HEADLINE}_财经频道_青岚新闻网",
        f"{HEADLINE} - 青岚新闻网",
        f"{HEADLINE}|星禾科技|信息泄露_青岚新闻网",
        f"{HEADLINE}--云州日报",
        f"{HEADLINE}-青岚社区",
        HEADLINE,
    ],
)
def test_names_of_site_and_channel_are_cut_off(declared: str) -> None:
    """With or without the headline on the page."""
    assert title(f"<title>{declared}</title>") == HEADLINE
    assert title(f"<title>{declared}</title>", f"<h1>{HEADLINE}</h1>") == HEADLINE


def test_the_form_on_the_page_wins() -> None:
    """The <title> often loses dashes and spaces; a bar inside the headline is no separator."""
    assert (
        title("<title>云鹭银行 上线-隐私中心_青岚新闻网</title>", "<h1>云鹭银行：上线——隐私中心</h1>")
        == "云鹭银行：上线——隐私中心"
    )
    assert title("<title>长文 | 一百个故事 - 青岚</title>", "<h1>长文 | 一百个故事</h1>") == "长文 | 一百个故事"


def test_a_site_logo_in_h1_is_no_headline() -> None:
    """The <title> tells which heading is meant."""
    assert title(f"<title>{HEADLINE}_青岚新闻网</title>", f"<h1>青岚新闻</h1><div class=t>{HEADLINE}</div>") == HEADLINE


def test_og_title_serves_where_the_title_is_empty() -> None:
    """As on platforms that fill it by script."""
    assert title(f'<title></title><meta property="og:title" content="{HEADLINE}">') == HEADLINE


@pytest.mark.parametrize("declared", ["-青岚新闻网", "青岚新闻网-辟谣文章", "新闻动态-青岚新闻网"])
def test_a_title_that_names_only_site_or_channel_gives_way_to_the_heading(declared: str) -> None:
    """The heading may be a part that is only named title."""
    page = f'<div class="nav">新闻动态</div><div class="news-title">{HEADLINE}</div>'

    assert title(f"<title>{declared}</title>", page) == HEADLINE


def test_the_count_of_unread_messages_is_no_headline() -> None:
    """It belongs to whoever saved the page."""
    assert title(f"<title>(99+ 封私信 / 8 条消息) {HEADLINE} - 某乎网</title>") == HEADLINE


def test_a_page_without_any_title_has_none() -> None:
    """Nothing is guessed from the text."""
    assert title("", "<p>正文。</p>") is None
