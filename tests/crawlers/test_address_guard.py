"""
Nothing that a page, a feed, a sitemap, a redirect, robots.txt or a name server says leads inside.

127.0.0.1 plays the public internet here and 127.0.0.2 the inside, so that a real crawl can try both.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

import crawlers.download
import crawlers.guard
from core.values import Source
from tests.crawlers.memory_store import MemoryStore
from tests.crawlers.rounds import go, source
from tests.servers import Answer, Site

SPELLINGS = [
    "127.0.0.2",
    "127.2",
    "127.0.2",
    "2130706434",
    "0x7f000002",
    "0x7f.2",
    "0177.0.0.2",
    "017700000002",
    "[::ffff:127.0.0.2]",
    "[::ffff:7f00:2]",
    "[64:ff9b::7f00:2]",
    "[2002:7f00:2::]",
    "１２７.０.０.２",
    "①②⑦.⓪.⓪.②",
    "127.0.0.2.",
    "news.example@127.0.0.2",
    "inside.example",
    "turncoat.example",
]


@pytest.fixture(autouse=True)
def pretend_internet(monkeypatch: pytest.MonkeyPatch) -> None:
    """127.0.0.1 counts as public; two names of the inside resolve, one of them only from the second look on."""
    real, looked = crawlers.guard.refuse_address, {"turncoat.example": 0}

    def refuse(ip: Any, *, allow_private: bool = False) -> str | None:
        return None if str(ip) == "127.0.0.1" else real(ip, allow_private=allow_private)

    monkeypatch.setattr(crawlers.guard, "refuse_address", refuse)
    monkeypatch.setattr(crawlers.download, "refuse_address", refuse)
    ask = socket.getaddrinfo

    def getaddrinfo(host: Any, *args: Any, **named: Any) -> Any:
        if host == "inside.example":
            host = "127.0.0.2"
        if host == "turncoat.example":
            looked[host] += 1
            host = "127.0.0.1" if looked[host] == 1 else "127.0.0.2"
        return ask(host, *args, **named)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


@pytest.fixture
def inside() -> Iterator[Site]:
    with Site(host="127.0.0.2") as site:
        site.fallback = lambda asked: Answer("<html><title>内网</title><p>机密" + "密" * 80 + "</p></html>")
        yield site


@pytest.fixture
def outside(inside: Site) -> Iterator[Site]:
    """A public site on the port that the inside has, so that a name that turns about meets an open door."""
    with Site(host="127.0.0.1", port=inside.port) as site:
        yield site


Setup = Callable[[Site, str, str], Source]
OPEN = {"allow_private": False, "delay_s": 0.0}
FEED = "<rss version='2.0'><channel><item><title>星禾科技</title><link>{0}</link></item></channel></rss>"
SITEMAP = "<?xml version='1.0'?><urlset><url><loc>{0}</loc></url></urlset>"
INDEX = "<?xml version='1.0'?><sitemapindex><sitemap><loc>{0}</loc></sitemap></sitemapindex>"


def direct(outside: Site, target: str, name: str) -> Source:
    return source(target, id=name, **OPEN)


def redirect(outside: Site, target: str, name: str) -> Source:
    outside.pages[f"/{name}"] = Answer(status=302, headers={"Location": _ascii(target)})
    return source(outside.url(f"/{name}"), id=name, **OPEN)


def feed_link(outside: Site, target: str, name: str) -> Source:
    outside.pages[f"/{name}"] = FEED.format(target)
    return source(outside.url(f"/{name}"), id=name, channel="feed", **OPEN)


def sitemap_entry(outside: Site, target: str, name: str) -> Source:
    outside.pages[f"/{name}"] = SITEMAP.format(target)
    return source(outside.url(f"/{name}"), id=name, **OPEN)


def sitemap_index(outside: Site, target: str, name: str) -> Source:
    outside.pages[f"/{name}"] = INDEX.format(target)
    return source(outside.url(f"/{name}"), id=name, **OPEN)


def list_link(outside: Site, target: str, name: str) -> Source:
    links = f"<a href='{target}'>星禾科技回应信息泄露一事</a><a href='{target}' rel=next>下一页</a>"
    outside.pages[f"/{name}"] = f"<html>{links}</html>"
    return source(outside.url(f"/{name}"), id=name, article_pattern="2026", **OPEN)


def robots_redirect(outside: Site, target: str, name: str) -> Source:
    outside.pages["/robots.txt"] = Answer(status=301, headers={"Location": _ascii(target)})
    return source(outside.url(f"/{name}"), id=name, **OPEN)


def _ascii(url: str) -> str:
    return url.encode().decode("latin-1")


WAYS = [direct, redirect, feed_link, sitemap_entry, sitemap_index, list_link]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_no_spelling_reaches_the_inside(way: Setup, outside: Site, inside: Site) -> None:
    targets = {f"s{n}": f"http://{host}:{inside.port}/2026/{n}.html" for n, host in enumerate(SPELLINGS)}

    go(*(way(outside, target, name) for name, target in targets.items()), store=MemoryStore())

    assert inside.asked == []


def test_no_robots_txt_leads_inside(outside: Site, inside: Site) -> None:
    for number, host in enumerate(SPELLINGS):
        target = f"http://{host}:{inside.port}/robots.txt"

        go(robots_redirect(outside, target, f"s{number}"), store=MemoryStore())

        assert inside.asked == [], host


def test_a_refused_address_is_reported_with_its_reason(outside: Site, inside: Site) -> None:
    target = inside.url("/1.html", host="inside.example")

    report = go(feed_link(outside, target, "rss.xml"), store=MemoryStore())

    assert report.errors == {"address": 1}
    (note,) = report.notes
    assert "loopback" in note
    assert "allow_private" in note


@pytest.mark.parametrize("way", [*WAYS, robots_redirect], ids=lambda way: way.__name__)
def test_a_source_with_allow_private_may_go_inside_on_every_way(way: Setup, outside: Site, inside: Site) -> None:
    """Shows as well that the ways above lead somewhere when nobody guards them."""
    allowed = replace(way(outside, f"http://127.0.0.2:{inside.port}/2026/1.html", "one"), allow_private=True)

    go(allowed, store=MemoryStore())

    assert inside.asked != []
