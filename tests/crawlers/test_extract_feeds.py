"""Feeds of four kinds become the same items; what is dangerous or no feed is refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.extract.feeds import FeedError, FeedItem, parse_feed

NOW = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
URL = "https://news.example/rss.xml"
WHEN = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)

RSS = """<?xml version="1.0" encoding="{label}"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>青岚新闻</title><item>
 <title>星禾科技&amp;amp;云鹭银行致歉</title><link>/a/1.html</link><guid isPermaLink="false">n1</guid>
 <pubDate>Fri, 20 Nov 2026 08:30:00 +0800</pubDate><dc:creator>李某某</dc:creator>
 <description>摘要&nbsp;一句</description>
 <content:encoded><![CDATA[<p>第一段。</p><p>第二段。</p>]]></content:encoded></item></channel></rss>"""

ITEM = FeedItem(
    url="https://news.example/a/1.html",
    title="星禾科技&云鹭银行致歉",
    body="第一段。\n第二段。",
    summary="摘要 一句",
    published_at=WHEN,
    precision="second",
    author="李某某",
    id="n1",
)


@pytest.mark.parametrize(
    ("codec", "label"), [("utf-8", "utf-8"), ("gb18030", "gb2312"), ("utf-8", "gbk"), ("utf-16", "utf-16")]
)
def test_an_rss_item_is_read_in_any_encoding(codec: str, label: str) -> None:
    """Title, link made absolute, full text and teaser apart, aware time, author, id; the label may lie."""
    assert parse_feed(RSS.replace("{label}", label).encode(codec), URL, NOW) == [ITEM]


def test_rss_one_and_atom_are_read() -> None:
    """Namespaces differ, items do not."""
    rdf = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
      xmlns:dc="http://purl.org/dc/elements/1.1/"><item rdf:about="r1"><title>标题</title><link>https://a.example/1</link>
      <dc:date>2026-11-20T08:30:00+08:00</dc:date></item></rdf:RDF>"""
    atom = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>a1</id><title>标题</title>
      <link rel="replies" href="/c"/><link href="/1"/><published>2026-11-20T00:30:00Z</published>
      <updated>2026-11-21T00:30:00Z</updated><author><name>李某某</name></author>
      <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>一</p><p>二</p></div></content></entry></feed>"""

    (one,), (two,) = parse_feed(rdf.encode(), URL, NOW), parse_feed(atom.encode(), "https://a.example/feed", NOW)

    assert (one.url, one.id, one.published_at, two.published_at) == ("https://a.example/1", "r1", WHEN, WHEN)
    assert (two.url, two.author, two.body) == ("https://a.example/1", "李某某", "一\n二")


def test_a_json_feed_is_read() -> None:
    """Version 1.1, authors as a list."""
    feed = """{"version":"https://jsonfeed.org/version/1.1","items":[{"id":1,"url":"/a/1","title":"标题",
      "content_html":"<p>一</p>二","date_published":"2026-11-20T08:30:00+08:00","authors":[{"name":"李某某"}]}]}"""

    assert parse_feed(feed.encode(), URL, NOW) == [
        FeedItem("https://news.example/a/1", "标题", "一\n二", None, WHEN, "second", "李某某", "1")
    ]


def test_an_empty_feed_has_no_items() -> None:
    """Discuz answers so after a pause; it is no error."""
    assert parse_feed(b"<rss><channel><title>x</title></channel></rss>", URL, NOW) == []


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"<!DOCTYPE html><html><body>404</body></html>", "网页"),
        (b'<?xml version="1.0"?><!-- x --><!DOCTYPE rss [<!ENTITY a "b">]><rss>&a;</rss>', "DOCTYPE"),
        ('\ufeff<?xml version="1.0"?><!doctype rss SYSTEM "file:///etc/hostname"><rss/>'.encode("utf-16"), "DOCTYPE"),
        (b"nothing at all", "XML"),
        (b"", "XML"),
        (b'{"items": 3}', "items"),
        (b"[" * 100_000, "JSON"),
        (b"<opml><body/></opml>", "opml"),
    ],
)
def test_what_is_no_feed_is_refused_with_a_reason(raw: bytes, said: str) -> None:
    """The text names the address and what was seen."""
    with pytest.raises(FeedError, match=said) as refused:
        parse_feed(raw, URL, NOW)

    assert URL in str(refused.value)


def test_a_broken_item_does_not_cost_the_others() -> None:
    """Feeds are cut and mis-nested in the wild."""
    raw = b"<rss><channel><item><title>a & b</title></item><item><title>second</title></item><item><title>cut"

    assert parse_feed(raw, URL, NOW)[1].title == "second"


@given(st.binary(max_size=300) | st.text(alphabet="<>/rsitemlnk&;!D[]CATA \"'=", max_size=200).map(str.encode))
def test_garbage_gives_items_or_a_feed_error(raw: bytes) -> None:
    """No other exception may come out."""
    try:
        items = parse_feed(raw, URL, NOW)
    except FeedError:
        return
    assert isinstance(items, list)
