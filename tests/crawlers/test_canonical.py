"""One document, one key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.values import Source
from crawlers.canonical import canonical_url, document_key, thread_key

SOURCE = Source(
    id="qinglan",
    name="青岚新闻网",
    channel="listing",
    purpose="舆情监测",
    basis="公开信息合理范围",
    retention_days=365,
    strip_parameters=("columnid", "zz_*"),
    twins={"m.qinglan.example": "news.qinglan.example", "wap.qinglan.example/w/": "news.qinglan.example/"},
)

SAME = [
    ["https://a.example/x?id=3", "http://A.example:80/x?utm_source=rss&id=3#top", "https://m.a.example/x?id=3&spm=1.2"],
    ["https://a.example/x/", "https://www.a.example/x/index.html", "https://a.example/x/amp/", "a.example/x"],
    ["https://a.example/x?a=1&b=2", "https://a.example/x?b=2&a=1&from=singlemessage&isappinstalled=0"],
    ["https://a.example/%e4%b8%ad", "https://a.example/中"],
    ["https://新闻.example/1", "https://xn--efvy88h.example/1"],
    ["https://a.example/x;jsessionid=1A2B?id=1", "https://a.example/x?id=1&PHPSESSID=99"],
    [
        "http://bbs.example/forum.php?mod=viewthread&tid=3&extra=page%3D1",
        "http://bbs.example/forum.php?mod=viewthread&amp;tid=3&amp;page=2",
        "https://bbs.example/thread-3-2-1.html",
        "http://bbs.example:8090/viewthread.php?tid=3",
        "http://bbs.example/archiver/?tid-3.html",
        "http://bbs.example/forum.php?mod=redirect&tid=3&goto=lastpost#lastpost",
    ],
    [
        "http://bbs.example/thread-3-2-1.html#pid31",
        "http://bbs.example/forum.php?mod=redirect&goto=findpost&ptid=3&pid=31",
        "http://bbs.example/forum.php?mod=viewthread&tid=3#pid31",
    ],
    [
        "http://mp.weixin.qq.com/s?__biz=MzA==&mid=26&idx=8&sn=d6&chksm=3",
        "https://mp.weixin.qq.com/s?__biz=MzA%3D%3D&idx=8&mid=26&scene=27#wechat_redirect",
    ],
    ["https://meta.example/t/some-topic/123", "https://meta.example/t/some-topic/123/4"],
    ["https://nb.example/topic/123/slug", "https://nb.example/topic/123/slug/5?page=2"],
    ["https://fl.example/d/15448-slug", "https://fl.example/d/15448/3"],
    [
        "https://finance.sina.cn/sa/2005-08-26/detail-ikknscsi2623250.d.html?from=wap",
        "http://finance.sina.com.cn/sa/2005-08-26/doc-ikknscsi2623250.shtml?cre=x",
    ],
    [
        "https://news.qinglan.example/a/1.html?id=4",
        "https://m.qinglan.example/a/1.html?id=4&columnid=7&zz_a=1",
        "https://wap.qinglan.example/w/a/1.html?id=4",
    ],
]
DIFFERENT = [
    ("https://a.example/x?id=3", "https://a.example/x?id=4"),
    ("https://a.example/list?page=1", "https://a.example/list?page=2"),
    ("https://a.example/s?from=2026-11-01&to=2026-11-20", "https://a.example/s?from=2026-11-02&to=2026-11-20"),
    ("http://bbs.example/thread-3-1-1.html", "http://bbs.example/thread-4-1-1.html"),
    ("http://bbs.example/a/thread-3-1-1.html", "http://bbs.example/b/thread-3-1-1.html"),
    ("http://bbs.example/thread-3-1-1.html#pid1", "http://bbs.example/thread-3-1-1.html"),
    ("http://bbs.example/forum.php?mod=forumdisplay&fid=2", "http://bbs.example/forum.php?mod=forumdisplay&fid=3"),
    ("https://wp.example/?p=1", "https://wp.example/?p=2"),
    ("https://a.example/#/post?id=1", "https://a.example/#/post?id=2"),
    ("https://a.example/X", "https://a.example/x"),
]


@pytest.mark.parametrize("urls", SAME)
def test_addresses_of_one_document_share_a_key(urls: list[str]) -> None:
    """Tracking, twins, ports, case and escapes make no second document."""
    assert len({document_key(url, source=SOURCE) for url in urls}) == 1


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_parameters_that_choose_content_stay(one: str, other: str) -> None:
    """Stripping too much would lose documents."""
    assert document_key(one) != document_key(other)


def test_a_post_key_names_its_thread() -> None:
    """discuz:host:tid:pid, and the thread is its front part."""
    key = document_key("http://bbs.example/forum.php?mod=redirect&goto=findpost&ptid=3&pid=31")

    assert key == "discuz:bbs.example:3:31"
    assert thread_key(key) == document_key("http://bbs.example/thread-3-1-1.html") == "discuz:bbs.example:3"


def test_an_address_to_fetch_keeps_scheme_port_host_and_foreign_escapes() -> None:
    """Only what no server minds is removed."""
    url = "http://user:pw@M.a.example:8090/s?wd=%D0%C5%CF%A2&utm_source=x#part"

    assert canonical_url(url) == "http://m.a.example:8090/s?wd=%D0%C5%CF%A2"


def test_what_is_no_web_address_is_its_own_key() -> None:
    """Nothing is guessed, nothing is raised."""
    assert [document_key(u) for u in ("javascript:void(0)", " mailto:a@b ", "http://[::1")] == [
        "javascript:void(0)",
        "mailto:a@b",
        "http://[::1",
    ]


@given(st.text(max_size=80) | st.from_regex(r"https?://[a-z0-9.:%/?&=#;-]{0,60}"))
def test_a_canonical_address_is_canonical_and_has_the_same_key(url: str) -> None:
    """Doing it twice changes nothing; garbage never raises."""
    once = canonical_url(url)

    assert canonical_url(once) == once
    document_key(url)
