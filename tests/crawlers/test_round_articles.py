"""Feeds, list pages, sitemaps, JSON lists and searches: what is new is read once, what changed is read again."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

import crawlers.spiders.base
from analysis.gate import gate
from core.identity import raw_hash
from core.values import Document
from tests.crawlers.memory_store import MemoryStore
from tests.crawlers.rounds import NOW, go, source
from tests.servers import Answer, Asked, Site

LATER = NOW + timedelta(minutes=20)
TEXT = "近日，有用户反映星禾科技App泄露个人信息。公司相关负责人表示，已经成立专项小组展开排查，并将尽快公布结果。"


def article(title: str, text: str = TEXT, when: str = "2026-11-20 10:30") -> str:
    paragraphs = "".join(f"<p>{text}（{n}）</p>" for n in range(4))
    return (
        f'<html><head><meta charset="utf-8"><title>{title}_青岚新闻网</title></head><body><nav>首页 财经 科技</nav>'
        f'<div class="main"><h1>{title}</h1><div class="info">{when}　来源：青岚晚报　记者 林一舟</div>'
        f'<div class="content">{paragraphs}</div></div></body></html>'
    )


def listing(*numbers: int, following: str = "") -> str:
    links = "".join(f'<li><a href="/2026/{n}.html">星禾科技信息泄露事件追踪报道之{n}</a></li>' for n in numbers)
    more = f'<a class="next" href="{following}">下一页</a>' if following else ""
    return f'<html><meta charset="utf-8"><title>财经</title><ul>{links}</ul>{more}</html>'


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        for number in range(1, 7):
            site.pages[f"/2026/{number}.html"] = article(f"星禾科技信息泄露事件追踪报道之{number}")
        yield site


def news(site: Site, **changes: object):  # type: ignore[no-untyped-def]
    return source(site.url("/finance/"), **{"article_pattern": r"/2026/\d+\.html$", "next": "a.next", **changes})


# ---------------------------------------------------------------- list pages


def test_every_article_of_a_list_becomes_a_document(site: Site) -> None:
    store = MemoryStore()
    site.pages["/finance/"] = listing(3, 2, 1)

    report = go(news(site, outlet="青岚新闻网"), store=store)

    assert (report.pages, report.documents, report.errors) == (4, 3, {})
    document = store.documents["127.0.0.1/2026/3.html"]
    assert document.title == "星禾科技信息泄露事件追踪报道之3"
    assert "专项小组" in document.body
    assert document.published_at == datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
    assert (document.source, document.kind, document.url) == ("qinglan", "news", site.url("/2026/3.html"))
    assert document.raw_hash == raw_hash(article("星禾科技信息泄露事件追踪报道之3").encode())
    assert document.author is None or document.author.startswith("u-")  # it went through the gate


def test_known_articles_are_not_fetched_again(site: Site) -> None:
    store = MemoryStore()
    site.pages["/finance/"] = listing(2, 1)
    go(news(site), store=store)
    site.asked.clear()
    site.pages["/finance/"] = listing(3, 2, 1)

    report = go(news(site), store=store, at=LATER, round_id="r2")

    assert site.paths() == ["/finance/", "/2026/3.html"]
    assert report.documents == 1


def test_further_list_pages_are_read_while_they_bring_something_new(site: Site) -> None:
    store = MemoryStore()
    site.pages["/finance/"] = listing(6, 5, following="/finance/2")
    site.pages["/finance/2"] = listing(4, 3, following="/finance/3")
    site.pages["/finance/3"] = listing(2, 1)
    go(news(site), store=store)
    assert len(store.documents) == 6

    site.asked.clear()
    site.pages["/finance/"] = listing(6, 5, following="/finance/2") + "<!-- 广告 -->"
    go(news(site), store=store, at=LATER, round_id="r2")
    assert site.paths() == ["/finance/"]


def test_a_list_that_says_unchanged_is_not_read(site: Site) -> None:
    store = MemoryStore()

    def answer(asked: Asked) -> Answer:
        if asked.headers.get("if-none-match") == '"1"':
            return Answer(status=304)
        return Answer(listing(1), headers={"ETag": '"1"', "Last-Modified": "Fri, 20 Nov 2026 00:00:00 GMT"})

    site.pages["/finance/"] = answer
    go(news(site), store=store)

    report = go(news(site), store=store, at=LATER, round_id="r2")

    assert (report.not_modified, report.documents, report.errors) == (1, 0, {})
    assert site.asked[-1].headers["if-modified-since"] == "Fri, 20 Nov 2026 00:00:00 GMT"


def test_once_a_day_a_list_is_asked_without_validators(site: Site) -> None:
    """A backdated article may not move the validators of a blog."""
    store = MemoryStore()
    site.pages["/finance/"] = lambda asked: (
        Answer(status=304) if "if-none-match" in asked.headers else Answer(listing(1), headers={"ETag": '"1"'})
    )
    for hours in (0, 8, 16, 24):
        go(news(site), store=store, at=NOW + timedelta(hours=hours), round_id=f"r{hours}")

    asked = [a for a in site.asked if a.path == "/finance/"]
    assert ["if-none-match" in a.headers for a in asked] == [False, True, True, False]


def test_an_edited_article_is_found_by_a_recheck_and_an_unchanged_one_costs_no_document(site: Site) -> None:
    store = MemoryStore()
    site.pages["/finance/"] = listing(2, 1)
    go(news(site), store=store)
    site.pages["/2026/1.html"] = article("星禾科技信息泄露事件追踪报道之1（更正）", TEXT.replace("尽快", "于七日内"))

    report = go(news(site), store=store, at=NOW + timedelta(hours=1, minutes=1), round_id="r2")

    assert report.documents == 1
    assert "七日内" in store.documents["127.0.0.1/2026/1.html"].body

    site.asked.clear()
    go(news(site), store=store, at=NOW + timedelta(hours=2), round_id="r3")
    assert site.paths() == ["/finance/"]  # the next look is due at six hours


def test_a_deleted_article_is_gone_at_the_second_404_in_a_row(site: Site) -> None:
    store = MemoryStore()
    site.pages["/finance/"] = listing(1)
    go(news(site), store=store)
    del site.pages["/2026/1.html"]

    go(news(site), store=store, at=NOW + timedelta(hours=1, minutes=1), round_id="r2")
    assert store.gone == {}

    go(news(site), store=store, at=NOW + timedelta(hours=2), round_id="r3")
    assert set(store.gone) == {"127.0.0.1/2026/1.html"}
    assert store.frontier["qinglan", "127.0.0.1/2026/1.html"].state == "gone"


def test_410_is_gone_at_once(site: Site) -> None:
    store = MemoryStore()
    site.pages["/finance/"] = listing(1)
    go(news(site), store=store)
    site.pages["/2026/1.html"] = Answer("已删除", status=410)

    go(news(site), store=store, at=NOW + timedelta(hours=1, minutes=1), round_id="r2")

    assert set(store.gone) == {"127.0.0.1/2026/1.html"}


def test_a_document_whose_address_holds_personal_data_is_gone_under_the_key_it_is_kept_by(site: Site) -> None:
    store, past = MemoryStore(), gate(b"a key of thirty-two bytes for test")
    listed = news(site, article_pattern=r"mobile=")
    site.pages["/finance/"] = listing(1).replace("/2026/1.html", "/2026/1.html?mobile=13800005678")
    site.pages["/2026/1.html?mobile=13800005678"] = site.pages["/2026/1.html"]
    go(listed, store=store, gate=past)
    site.pages["/2026/1.html?mobile=13800005678"] = Answer("已删除", status=410)

    go(listed, store=store, gate=past, at=NOW + timedelta(hours=1, minutes=1), round_id="r2")

    assert len(store.documents) == 1
    assert set(store.gone) == set(store.documents)
    assert "13800005678" not in repr(store.documents)


def test_a_page_that_says_deleted_is_gone_at_once_though_it_answers_200(site: Site) -> None:
    store = MemoryStore()
    site.pages["/finance/"] = listing(1)
    go(news(site), store=store)
    site.pages["/2026/1.html"] = "<html><title>提示</title><p>抱歉，该内容已被发布者删除</p></html>"

    go(news(site), store=store, at=NOW + timedelta(hours=1, minutes=1), round_id="r2")

    assert set(store.gone) == {"127.0.0.1/2026/1.html"}


def test_a_failing_article_waits_for_the_next_rounds_and_is_given_up_at_the_third(site: Site) -> None:
    store = MemoryStore()
    site.pages["/finance/"] = listing(1)
    site.pages["/2026/1.html"] = Answer("错", status=500)

    states = []
    for number in range(4):
        go(news(site), store=store, at=NOW + timedelta(hours=3 * number), round_id=f"r{number}")
        states.append(store.frontier["qinglan", "127.0.0.1/2026/1.html"].state)

    assert states == ["pending", "pending", "failed", "failed"]
    assert sum(path == "/2026/1.html" for path in site.paths()) == 3


def test_a_gbk_page_with_a_lying_label_is_read(site: Site) -> None:
    store = MemoryStore()
    site.pages["/finance/"] = Answer(listing(1).encode(), headers={"Content-Type": "text/html; charset=gb2312"})
    site.pages["/2026/1.html"] = Answer(
        article("星禾科技信息泄露事件追踪报道").replace("utf-8", "gbk").encode("gbk"),
        headers={"Content-Type": "text/html"},
    )

    go(news(site), store=store)

    assert store.documents["127.0.0.1/2026/1.html"].title == "星禾科技信息泄露事件追踪报道"


def test_a_list_without_links_is_an_error_with_its_address(site: Site) -> None:
    site.pages["/finance/"] = "<html><title>财经</title><p>正在维护</p></html>"

    report = go(news(site), store=MemoryStore())

    assert report.errors == {"parse": 1}
    assert site.url("/finance/") in report.notes[0]


def test_a_bad_selector_is_named_and_costs_no_traceback(site: Site) -> None:
    site.pages["/finance/"] = listing(1)

    report = go(news(site, next="a[[["), store=MemoryStore())

    assert any("a[[[" in note for note in report.notes)


# ---------------------------------------------------------------- sitemaps


def test_a_sitemap_index_leads_to_articles_and_lastmod_to_changed_ones(site: Site) -> None:
    store = MemoryStore()
    site.pages["/sitemap.xml"] = (
        f"<?xml version='1.0'?><sitemapindex><sitemap><loc>{site.url('/posts.xml')}</loc></sitemap></sitemapindex>"
    )

    def urls(lastmod: str) -> str:
        dates = {1: "2026-11-01", 2: lastmod}
        rows = "".join(
            f"<url><loc>{site.url(f'/2026/{n}.html')}</loc><lastmod>{date}</lastmod></url>" for n, date in dates.items()
        )
        return f"<?xml version='1.0'?><urlset>{rows}<url><loc>{site.url('/about.html')}</loc></url></urlset>"

    site.pages["/posts.xml"] = urls("2026-11-02")
    one = source(site.url("/sitemap.xml"), article_pattern=r"/2026/")
    go(one, store=store)
    assert len(store.documents) == 2

    site.asked.clear()
    site.pages["/posts.xml"] = urls("2026-11-20T12:10:00+08:00")
    go(one, store=store, at=LATER, round_id="r2")
    assert "/2026/2.html" in site.paths()
    assert "/2026/1.html" not in site.paths()


# ---------------------------------------------------------------- feeds


def rss(site: Site, *items: str) -> str:
    return f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel>{''.join(items)}</channel></rss>"


def item(site: Site, number: int, *, body: str = "", teaser: str = "公司称……") -> str:
    whole = f"<content:encoded xmlns:content='http://purl.org/rss/1.0/modules/content/'>{body}</content:encoded>"
    return (
        f"<item><title>快讯{number}</title><link>{site.url(f'/2026/{number}.html')}</link>"
        f"<pubDate>Fri, 20 Nov 2026 10:0{number}:00 +0800</pubDate><description>{teaser}</description>"
        f"{whole if body else ''}</item>"
    )


def test_a_feed_with_whole_texts_costs_one_request(site: Site) -> None:
    store = MemoryStore()
    site.pages["/rss.xml"] = rss(site, item(site, 1, body=f"&lt;p&gt;{TEXT}&lt;/p&gt;"), item(site, 2, body=TEXT))

    report = go(source(site.url("/rss.xml"), channel="feed"), store=store)

    assert site.paths() == ["/rss.xml"]
    assert report.documents == 2
    document = store.documents["127.0.0.1/2026/1.html"]
    assert (document.title, document.body) == ("快讯1", TEXT)
    assert document.published_at == datetime(2026, 11, 20, 2, 1, tzinfo=UTC)


def test_a_feed_with_teasers_leads_to_the_pages(site: Site) -> None:
    store = MemoryStore()
    site.pages["/rss.xml"] = rss(site, item(site, 1), item(site, 2, body=TEXT))

    go(source(site.url("/rss.xml"), channel="feed"), store=store)

    assert site.paths() == ["/rss.xml", "/2026/1.html"]
    assert "专项小组" in store.documents["127.0.0.1/2026/1.html"].body


def test_a_feed_item_that_changes_is_a_document_again(site: Site) -> None:
    store = MemoryStore()
    feed = source(site.url("/rss.xml"), channel="feed")
    site.pages["/rss.xml"] = rss(site, item(site, 1, body=TEXT), item(site, 2, body=TEXT))
    go(feed, store=store)
    site.pages["/rss.xml"] = rss(site, item(site, 1, body=TEXT + "更正：公司已致歉。"), item(site, 2, body=TEXT))

    report = go(feed, store=store, at=LATER, round_id="r2")

    assert report.documents == 1
    assert store.documents["127.0.0.1/2026/1.html"].body.endswith("公司已致歉。")


def test_a_teaser_stands_in_for_a_page_that_robots_txt_closes(site: Site) -> None:
    store = MemoryStore()
    site.pages["/robots.txt"] = "User-agent: *\nDisallow: /2026/"
    site.pages["/rss.xml"] = rss(site, item(site, 1, teaser="星禾科技称已启动排查……"))

    report = go(source(site.url("/rss.xml"), channel="feed"), store=store)

    (document,) = store.documents.values()
    assert document.body == "星禾科技称已启动排查……"
    assert store.frontier["qinglan", document.key].state == "refused"
    assert report.errors == {"robots": 1}


@pytest.mark.parametrize(
    "feed",
    [
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>快讯</title><link href='/2026/1.html'/><id>1</id>"
        f"<updated>2026-11-20T10:00:00+08:00</updated><content type='text'>{TEXT}</content></entry></feed>",
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'><item>"
        f"<title>快讯</title><link>/2026/1.html</link><description>{TEXT * 8}</description></item></rdf:RDF>",
        json.dumps(
            {"version": "1", "items": [{"id": "1", "url": "/2026/1.html", "title": "快讯", "content_text": TEXT}]}
        ),
    ],
    ids=["Atom", "RSS 1.0", "JSON Feed"],
)
def test_other_kinds_of_feeds_are_read(feed: str, site: Site) -> None:
    store = MemoryStore()
    site.pages["/feed"] = feed

    go(source(site.url("/feed"), channel="feed"), store=store)

    assert [d.title for d in store.documents.values()] == ["快讯"]
    assert site.paths() == ["/feed"]


# ---------------------------------------------------------------- JSON lists


def test_a_json_list_is_read_by_its_mapping_page_after_page(site: Site) -> None:
    store = MemoryStore()

    def answer(asked: Asked) -> str:
        number = int(asked.path.rpartition("=")[2])
        row = {"c": TEXT, "at": "2026-11-20 10:00", "u": {"n": "路人"}}
        rows = [{**row, "id": n, "t": f"投诉{n}"} for n in (10 * number + 1, 10 * number + 2)]
        return json.dumps({"data": {"list": rows if number < 3 else []}})

    site.fallback = answer
    api = source(
        site.url("/list?page={page}"),
        channel="api",
        items="data.list",
        kind="complaint",
        fields={"id": "id", "title": "t", "body": "c", "published_at": "at", "author": "u.n"},
    )

    report = go(api, store=store)

    assert report.documents == 4
    assert site.paths() == ["/list?page=1", "/list?page=2", "/list?page=3"]
    document = store.documents["record:qinglan:11"]
    assert (document.title, document.author, document.kind) == ("投诉11", "u-路人", "complaint")
    assert document.published_at == datetime(2026, 11, 20, 2, 0, tzinfo=UTC)

    site.asked.clear()
    go(api, store=store, at=LATER, round_id="r2")
    assert site.paths() == ["/list?page=1"]


def test_wordpress_needs_no_mapping(site: Site) -> None:
    store = MemoryStore()
    post = {
        "id": 4,
        "date_gmt": "2026-11-01T00:15:00",
        "link": site.url("/archives/4/"),
        "title": {"rendered": "星禾科技回应&#8220;泄露&#8221;"},
        "content": {"rendered": f"<p>{TEXT}</p><p>完</p>"},
        "_embedded": {"author": [{"name": "编辑部"}]},
    }
    following = {"Link": f'<{site.url("/wp-json/wp/v2/posts?page=2")}>; rel="next"'}
    site.fallback = lambda asked: (
        Answer(json.dumps([post]), headers=following) if "page=2" not in asked.path else Answer("{}", status=400)
    )
    wp = source(site.url("/wp-json/wp/v2/posts"), channel="api", platform="wordpress")

    report = go(wp, store=store)

    (document,) = store.documents.values()
    assert document.title == "星禾科技回应“泄露”"
    assert document.body == f"{TEXT}\n完"
    assert document.author == "u-编辑部"
    assert document.published_at == datetime(2026, 11, 1, 0, 15, tzinfo=UTC)
    assert report.errors == {"http 400": 1}
    assert "orderby=modified" in site.paths()[0]


def test_a_json_list_that_is_none_is_an_error(site: Site) -> None:
    site.pages["/api"] = '{"data": {"rows": 3}}'

    report = go(source(site.url("/api"), channel="api", items="data.list"), store=MemoryStore())

    assert report.errors == {"parse": 1}
    assert "data.list" in report.notes[0]


# ---------------------------------------------------------------- searches


def search(site: Site, **changes: object):  # type: ignore[no-untyped-def]
    fields = {"url": "a@href", "title": "a", "published_at": ".time"}
    return source(site.url("/s?q={name}"), **{"channel": "search", "item": ".result", "fields": fields, **changes})


def test_a_search_asks_for_every_name_and_reads_the_results(site: Site) -> None:
    store = MemoryStore()
    site.pages[f"/s?q={quote('星禾科技')}"] = (
        '<div class="result"><a href="/2026/1.html">一</a><span class="time">2026-11-20 09:00</span></div>'
        '<div class="result"><a href="/2026/2.html">二</a></div><a href="/2026/3.html">广告</a>'
    )
    site.pages[f"/s?q={quote('云鹭银行')}"] = '<div class="result"><a href="/2026/2.html">二</a></div>'

    report = go(search(site), store=store, names=["星禾科技", "云鹭银行"])

    assert {d.key for d in store.documents.values()} == {"127.0.0.1/2026/1.html", "127.0.0.1/2026/2.html"}
    assert report.errors == {}


def test_a_name_is_escaped_in_the_sites_encoding(site: Site) -> None:
    go(search(site, encoding="gbk"), store=MemoryStore(), names=["星禾"])

    assert site.paths() == [f"/s?q={quote('星禾', encoding='gbk')}"]


def test_a_search_without_a_result_is_no_error(site: Site) -> None:
    site.pages[f"/s?q={quote('星禾科技')}"] = "<html><p>没有找到相关结果</p></html>"

    report = go(search(site), store=MemoryStore(), names=["星禾科技"])

    assert (report.errors, report.documents) == ({}, 0)


def test_a_search_without_names_says_so(site: Site) -> None:
    report = go(search(site), store=MemoryStore())

    assert site.asked == []
    assert "公司名" in report.notes[0]


# ---------------------------------------------------------------- the store, the deadline


def test_a_store_that_fails_ends_the_round_cleanly(site: Site) -> None:
    store = MemoryStore(fail_after=0)
    site.pages["/finance/"] = listing(1, 2, 3, 4, 5, 6)

    report = go(news(site, delay_s=0.1), store=store)

    assert not report.finished
    assert report.documents == 0
    assert any("存储" in note for note in report.notes)
    assert len(site.paths()) < 7
    assert store.reports == []


def test_the_deadline_ends_a_round_and_the_rest_waits(site: Site) -> None:
    store = MemoryStore()
    site.pages["/finance/"] = listing(1, 2, 3, 4, 5, 6)

    report = go(news(site, delay_s=0.4), store=store, deadline_s=1.5)

    assert not report.finished
    assert 1 <= report.documents <= 5
    assert any("时限" in note for note in report.notes)
    assert sum(page.state == "pending" for page in store.frontier.values()) == 6 - report.documents


def test_sigterm_ends_a_round_cleanly(site: Site) -> None:
    """What is in flight is committed, and the round's report reaches the store."""
    site.pages["/finance/"] = listing(1, 2, 3, 4, 5, 6)
    code = (
        "import sys; from tests.crawlers.memory_store import MemoryStore; from tests.crawlers.rounds import go, source;"
        "store = MemoryStore(); r = go(source(sys.argv[1], article_pattern='/2026/', delay_s=0.3), store=store);"
        "print(r.finished, len(store.reports), r.documents == len(store.documents), r.notes)"
    )
    command = [sys.executable, "-c", code, site.url("/finance/")]
    child = subprocess.Popen(command, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, text=True)
    while "/2026/1.html" not in site.paths():
        time.sleep(0.02)

    child.send_signal(signal.SIGTERM)
    said, _ = child.communicate(timeout=10)

    assert said.startswith("False 1 True")
    assert "停止信号" in said


def test_nothing_reaches_the_store_but_through_the_gate(site: Site) -> None:
    store = MemoryStore()
    site.pages["/finance/"] = listing(1, 2)
    passed: list[Document] = []

    def gate(document: Document) -> Document:
        passed.append(document)
        return document

    go(news(site), store=store, gate=gate)

    assert {id(d) for d in store.arrivals} <= {id(d) for d in passed}
    assert len(store.arrivals) == 2


def test_a_page_that_takes_too_long_to_read_costs_only_itself(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crawlers.spiders.base, "LONGEST_READ_S", 0.3)
    site.pages["/finance/"] = listing(1, 2)
    store = MemoryStore()

    def gate(document: Document) -> Document:
        if document.key.endswith("/1.html"):
            time.sleep(1)
        return document

    report = go(news(site), store=store, gate=gate)

    assert set(store.documents) == {"127.0.0.1/2026/2.html"}
    assert report.errors == {"parse": 1}


def test_documents_are_committed_in_groups(site: Site) -> None:
    store = MemoryStore()
    bodies = [item(site, n % 10, body=f"{TEXT}{n}").replace(f"/{n % 10}.html", f"/x{n}.html") for n in range(450)]
    site.pages["/rss.xml"] = rss(site, *bodies)

    go(source(site.url("/rss.xml"), channel="feed"), store=store)

    assert len(store.documents) == 450
    assert len(store.batches) <= 4


def test_a_round_that_runs_out_of_memory_says_so_and_is_not_finished(monkeypatch):
    """Scrapy closes the spider as if all were well; a round that got nothing must not look like a quiet one."""
    monkeypatch.setattr("crawlers.round.peak_mb", lambda: -511)

    with Site({"/list": "<a href='/2026/1.html'>一篇文章的标题</a>"}) as site:
        report = go(source(site.url("/list"), article_pattern=r"/2026/"), store=MemoryStore())

    assert not report.finished
    assert any("内存" in note for note in report.notes)


def test_an_article_that_is_announced_before_it_is_up_is_read_in_a_later_round():
    """A feed or list often names a page some minutes before the site serves it."""
    store = MemoryStore()
    with Site({"/list": listing(1)}) as site:
        one = source(site.url("/list"), article_pattern=r"/2026/")
        first = go(one, store=store, round_id="r1")
        site.pages["/2026/1.html"] = article("星禾科技回应")
        second = go(one, store=store, round_id="r2", at=LATER)

    assert (first.documents, second.documents) == (0, 1)
    assert any("404" in note for note in first.notes)
