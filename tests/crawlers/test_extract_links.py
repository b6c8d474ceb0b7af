"""Where lists, pagers and sitemaps lead."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ConfigError
from crawlers.extract.dom import parse
from crawlers.extract.feeds import FeedError
from crawlers.extract.links import SitemapEntry, article_links, next_link, parse_sitemap, select

NOW = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
URL = "https://news.example/finance/"
LIST = """<base href="/finance/"><a href="/">首页</a><a href="../login.html">登录后查看更多的内容</a>
<a href="202611/1001.html"><img></a>
<a href="202611/1001.html?from=wap">星禾科技就信息泄露致歉</a><a href="202611/1001.html">星禾科技就信息泄露致歉</a>
<a href="202611/1002.html" title="云鹭银行上线隐私中心"></a><a href="/archives/27">极光商城客服电话今日恢复</a>
<a href="/tag/20261120/">关于星禾科技的全部文章</a>
<a href="javascript:void(0)">星禾科技就信息泄露致歉二</a>
<a href="https://ads.example2/2026/11/9.html">别的站点的一条广告链接</a><a href="list_2.html">下一页 &gt;</a>"""


def test_article_links_are_absolute_and_come_once_with_their_headline() -> None:
    """An image and a headline that lead to one document are one link; other sites and navigation stay out."""
    assert article_links(LIST, URL) == [
        ("https://news.example/finance/202611/1001.html", "星禾科技就信息泄露致歉"),
        ("https://news.example/finance/202611/1002.html", "云鹭银行上线隐私中心"),
        ("https://news.example/archives/27", "极光商城客服电话今日恢复"),
    ]


def test_a_pattern_decides_alone() -> None:
    """The operator's regex is obeyed, whatever the link looks like."""
    assert article_links(LIST, URL, r"/login\.html$") == [("https://news.example/login.html", "登录后查看更多的内容")]


def test_a_wrong_pattern_or_selector_is_a_configuration_error() -> None:
    """The text names what was written."""
    with pytest.raises(ConfigError, match="article_pattern"):
        article_links(LIST, URL, "([")
    with pytest.raises(ConfigError, match="CSS"):
        next_link(LIST, URL, "a..next")


def test_the_next_page_is_found_by_selector_by_rel_or_by_its_word() -> None:
    """The first that is given wins; a link to the page itself is none."""
    assert next_link(LIST, URL) == "https://news.example/finance/list_2.html"
    assert next_link('<a class="next" href="?page=3">x</a>', URL, "a.next") == "https://news.example/finance/?page=3"
    assert next_link('<link rel="next" href="p2.html">', URL) == "https://news.example/finance/p2.html"
    assert next_link('<a class="next page-numbers" href="/page/2">»</a>', URL) == "https://news.example/page/2"
    assert next_link('<a class="next" href="javascript:">x</a>', URL, "a.next") is None


def test_a_selector_can_take_an_attribute() -> None:
    """`time@datetime` gives the value, `@id` that of the node itself."""
    tree = parse('<p id="a"><time datetime="2026">x</time></p>')

    assert select(tree, "time@datetime") == ["2026"]
    assert select(select(tree, "p")[0], "@id") == ["a"]


def test_a_news_sitemap_gives_titles_and_publication_dates() -> None:
    """Times are aware UTC; an entry without a web address is left out."""
    raw = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
      xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://a.example/1.html</loc>
      <news:news><news:publication_date>2026-11-20T08:30:00+08:00</news:publication_date><news:title>致歉</news:title>
      </news:news></url><url><loc>ftp://a.example/x</loc></url></urlset>""".encode()

    assert parse_sitemap(raw, fetched_at=NOW) == [
        SitemapEntry("https://a.example/1.html", None, "致歉", datetime(2026, 11, 20, 0, 30, tzinfo=UTC), "second")
    ]


def test_a_sitemap_index_leads_to_sitemaps() -> None:
    """They are marked, so that the crawler knows what it fetches next."""
    raw = b"<sitemapindex><sitemap><loc>https://a.example/s1.xml</loc><lastmod>2026-11-20</lastmod></sitemap></sitemapindex>"

    (entry,) = parse_sitemap(raw, fetched_at=NOW)

    assert (entry.is_sitemap, entry.lastmod) == (True, datetime(2026, 11, 19, 16, tzinfo=UTC))


def test_a_sitemap_with_a_doctype_is_refused() -> None:
    """Entities could expand without end."""
    with pytest.raises(FeedError, match="DOCTYPE"):
        parse_sitemap(b'<!DOCTYPE x [<!ENTITY a "a">]><urlset/>', fetched_at=NOW, url="https://a.example/s.xml")


@given(st.text(max_size=200))
def test_garbage_has_no_links_that_are_no_web_addresses(text: str) -> None:
    """Never raises on markup."""
    for address, _ in article_links(f"<a href='{text}'>{text}", URL):
        assert address.startswith(("http://", "https://"))
    next_link(text, URL)
