"""A hostile site costs at most its budget and harms no other source."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest

import crawlers.settings
from crawlers.refusals import kind_of
from crawlers.round import project_settings
from tests.crawlers.board import Board
from tests.crawlers.memory_store import MemoryStore
from tests.crawlers.rounds import go, source
from tests.servers import Answer, Asked, Site

ROOT = Path(__file__).resolve().parents[2]
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>青岚</title><item><title>星禾科技回应</title>
<guid>1</guid><description>公司称已启动排查。</description></item></channel></rss>"""

TITLE = "星禾科技回应信息泄露一事"
ARTICLE = f"<html><title>{TITLE}</title><body><h1>{TITLE}</h1><p>{'公司称已启动排查。' * 20}</p>"


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


def crawl(site: Site, **changes: object):  # type: ignore[no-untyped-def]
    store = MemoryStore()
    report = go(source(site.url("/rss.xml"), **{"channel": "feed", **changes}), store=store)
    return report, store


ZEROS = b"\0" * (20 * 1024 * 1024)
DEFLATE = zlib.compress(ZEROS)
BOMBS = {
    "gzip": (gzip.compress(ZEROS), "gzip"),
    "deflate": (DEFLATE, "deflate"),
    "br": (brotli.compress(ZEROS, quality=5), "br"),
    "nested": (gzip.compress(gzip.compress(ZEROS)), "gzip, gzip"),
}


@pytest.mark.parametrize("kind", BOMBS)
def test_a_bomb_is_a_counted_error(kind: str, site: Site) -> None:
    body, encoding = BOMBS[kind]
    site.pages["/rss.xml"] = Answer(body, headers={"Content-Encoding": encoding})

    report, _ = crawl(site)

    assert report.errors == {"size": 1}


def test_a_compressed_page_of_ordinary_size_is_read(site: Site) -> None:
    site.pages["/rss.xml"] = Answer(gzip.compress(FEED.encode()), headers={"Content-Encoding": "gzip"})

    report, _ = crawl(site)

    assert report.documents == 1


def test_a_body_without_end_is_cut(site: Site) -> None:
    def forever() -> Iterator[bytes]:
        while True:
            yield b"x" * 65536

    site.pages["/rss.xml"] = lambda asked: Answer(forever())

    report, _ = crawl(site)

    assert report.errors == {"size": 1}


def test_a_declared_length_past_the_limit_is_not_even_read(site: Site) -> None:
    site.pages["/rss.xml"] = Answer(b"", headers={"Content-Length": str(10**12)})

    report, _ = crawl(site)

    assert report.errors == {"size": 1}


def test_a_declared_length_that_lies_is_a_counted_error(site: Site) -> None:
    site.pages["/rss.xml"] = Answer([FEED.encode()], headers={"Content-Length": "99999"})

    report, _ = crawl(site)

    assert report.errors == {"connect": 1}


@pytest.mark.parametrize("kind", ["image/jpeg", "video/mp4", "application/pdf", "application/vnd.ms-excel"])
def test_what_is_no_text_is_not_read(kind: str, site: Site) -> None:
    site.pages["/rss.xml"] = Answer(b"\xff\xd8" * 1000, headers={"Content-Type": kind})

    report, _ = crawl(site)

    assert report.errors == {"type": 1}


def test_a_slow_drip_ends(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crawlers.settings, "DOWNLOAD_TIMEOUT", 0.5)

    def drip() -> Iterator[bytes]:
        for _ in range(100):
            time.sleep(0.1)
            yield b"x"

    site.pages["/rss.xml"] = lambda asked: Answer(drip())
    began = time.monotonic()

    report, _ = crawl(site)

    assert report.errors == {"timeout": 1}
    assert time.monotonic() - began < 3


def test_a_header_line_without_end_is_a_counted_error(site: Site) -> None:
    site.pages["/rss.xml"] = Answer(FEED, headers={"X-Long": "a" * 10_000_000})

    report, _ = crawl(site)

    assert report.errors == {"connect": 1}


def test_a_redirect_loop_ends_after_five_hops(site: Site) -> None:
    def onward(asked: Asked) -> Answer:
        number = int(asked.path.rpartition("=")[2]) if "=" in asked.path else 0
        return Answer(status=302, headers={"Location": f"/rss.xml?n={number + 1}"})

    site.fallback = onward

    report, _ = crawl(site)

    assert report.errors == {"redirect": 1}
    assert len(site.paths()) == 6


@pytest.mark.parametrize("where", ["file:///etc/passwd", "data:text/xml,<rss/>", "gopher://127.0.0.1/"])
def test_a_redirect_to_another_scheme_is_not_followed(where: str, site: Site) -> None:
    site.pages["/rss.xml"] = Answer(status=302, headers={"Location": where})

    report, store = crawl(site)

    assert report.errors in ({"http 302": 1}, {"address": 1})
    assert store.documents == {}


def test_a_calendar_without_end_costs_its_budget(site: Site) -> None:
    def month(asked: Asked) -> str:
        number = int(asked.path.rpartition("-")[2].removesuffix(".html") or 0) if "-" in asked.path else 0
        link = f'<a href="/2026/{number}.html">星禾科技第{number}天的公告</a>'
        return f'{link}<a rel="next" href="/list-{number + 1}.html">›</a>'

    site.fallback = month

    report, _ = crawl(site, channel="listing", article_pattern=r"/2026/\d+", max_pages=12)

    assert len(site.paths()) == 12
    assert any("上限" in note for note in report.notes)


@pytest.mark.parametrize(
    "link",
    ["http://[::1", "http://a b/", "javascript:alert(1)", "http://", "http://news.example:99999999/", "/" + "a" * 5000],
)
def test_an_address_that_is_none_costs_only_itself(link: str, site: Site) -> None:
    broken = FEED.replace("<guid>1</guid>", f"<guid>1</guid><link>{link}</link>")
    whole = "<item><title>快讯</title><guid>2</guid><description>公司已致歉。</description></item>"
    site.pages["/rss.xml"] = broken.replace("</channel>", whole + "</channel>")

    report, store = crawl(site)

    assert report.finished
    assert "公司已致歉。" in {document.body for document in store.documents.values()}


def test_session_ids_in_links_make_no_new_pages(site: Site) -> None:
    visits = iter(range(1000))

    def listing(asked: Asked) -> str:
        if asked.path.startswith("/2026/"):
            return ARTICLE
        sid = f"{next(visits):032x}"
        return f'<a href="/2026/1.html?PHPSESSID={sid}">星禾科技回应信息泄露一事</a><p>{sid}</p>'

    site.fallback = listing
    store = MemoryStore()
    for number in range(3):
        one = source(site.url("/list"), article_pattern=r"/2026/")
        go(one, store=store, round_id=f"r{number}")

    assert sum("/2026/" in path for path in site.paths()) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00\xff\xfe garbage \x80" * 100,
        b"<rss><channel><item><title>" + b"&#x110000;&bogus;&#0;" * 50,
        b'<!DOCTYPE r [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><rss>&c;</rss>',
        b"<a>" * 100_000,
        "<html><title>首页</title></html>".encode("gbk"),
        b'{"items": 3}',
    ],
    ids=["empty", "garbage", "entities", "doctype", "deep", "a web page", "json"],
)
def test_a_feed_that_is_none_is_a_counted_error(body: bytes, site: Site) -> None:
    site.pages["/rss.xml"] = body

    report, _ = crawl(site)

    assert report.errors in ({"parse": 1}, {})
    assert report.documents == 0
    assert report.finished


def test_a_hostile_source_harms_no_other(site: Site) -> None:
    board, store = Board(), MemoryStore()
    board.start("星禾科技客服不理人")
    site.fallback = lambda asked: Answer(cut=True)
    with Site() as good:
        good.fallback = board.answer

        go(
            source(site.url("/rss.xml"), channel="feed", id="bad"),
            source(good.url("/forum-2-1.html"), channel="forum", platform="discuz", id="good"),
            store=store,
        )

    bad, fine = sorted(store.reports, key=lambda report: report.source)
    assert bad.errors == {"connect": 1}
    assert (fine.documents, fine.errors) == (1, {})


def test_the_effective_settings_are_closed() -> None:
    settings = project_settings("https://xinghe.example/radar")

    pinned = {
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "DOWNLOAD_MAXSIZE": 5 * 1024 * 1024,
        "DOWNLOAD_TIMEOUT": 30,
        "REDIRECT_MAX_TIMES": 5,
        "METAREFRESH_ENABLED": False,
        "COOKIES_ENABLED": False,
        "HTTPPROXY_ENABLED": False,
        "REFERER_ENABLED": False,
        "RETRY_ENABLED": False,
        "HTTPCACHE_ENABLED": False,
        "AUTOTHROTTLE_ENABLED": False,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "MEMUSAGE_ENABLED": True,
        "JOBDIR": None,
        "TWISTED_REACTOR_ENABLED": False,
    }
    assert {name: settings.get(name) for name in pinned} == pinned
    assert 512 <= settings.getint("MEMUSAGE_LIMIT_MB") < 2048  # counted from what the process had
    handlers = settings.getwithbase("DOWNLOAD_HANDLERS")
    assert {scheme for scheme, handler in handlers.items() if handler} == {"http", "https"}
    loaded = {str(name) for name, order in settings.getwithbase("DOWNLOADER_MIDDLEWARES").items() if order is not None}
    assert not [name for name in loaded if "proxy" in name.lower() or "httpauth" in name.lower()]


LISTENERS = """
import json, os, sys
from dataclasses import replace
from tests.crawlers.memory_store import MemoryStore
from tests.crawlers.rounds import go, source

def listening():
    folder = "/proc/self/fd/"
    mine = {os.readlink(folder + fd) for fd in os.listdir(folder) if os.path.exists(folder + fd)}
    rows = [line.split() for name in ("tcp", "tcp6") for line in open(f"/proc/self/net/{name}").readlines()[1:]]
    return [row[1] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in mine]

seen = []
def gate(document):
    seen.append(listening())
    return document

report = go(source(sys.argv[1], channel="feed"), store=MemoryStore(), gate=gate)
print(json.dumps({"documents": report.documents, "listening": seen}))
"""


@pytest.mark.skipif(not os.path.exists("/proc/self/net/tcp"), reason="needs Linux to look at its own sockets")
def test_a_crawl_opens_no_listening_socket(site: Site) -> None:
    site.pages["/rss.xml"] = FEED
    command = [sys.executable, "-c", LISTENERS, site.url("/rss.xml")]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)

    assert json.loads(done.stdout) == {"documents": 1, "listening": [[]]}


def test_an_unknown_error_has_a_kind() -> None:
    assert kind_of(RuntimeError("x")) == "error"
