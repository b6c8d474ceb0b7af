"""
The pages of the demo's news sites and blog: lists, articles, feed, sitemap, robots. Pure.

A page holds `BASE` where its site's own address belongs; the server puts it in. So a page, and with it its
ETag, is the same whatever the port.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from core.times import SHANGHAI, local_iso
from yuqing.demo.world import OUTLETS, DemoDocument, Round, Site, World

BASE = "http://base.invalid"
LIST_SIZE = 12
CLOSED_TO_ROBOTS = "/members/2025/30999.html"
"""An article that lists link to and robots.txt closes: nobody may fetch it."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a site answers at one path; `modified` is when its newest part appeared."""

    content: bytes
    content_type: str
    modified: datetime

    @property
    def etag(self) -> str:
        """A strong validator that changes with the content alone."""
        return '"' + hashlib.blake2b(self.content, digest_size=8).hexdigest() + '"'


Pages = Mapping[str, Page]


def news_pages(world: World, round: Round, site: Site) -> Pages:
    """The list and the articles of 青岚新闻网 (UTF-8) or 澜湾财经 (GBK)."""
    newest_first = world.seen(round, site)[::-1]
    encoding = "utf-8" if site == "qinglan" else "gbk"
    declared = "text/html; charset=utf-8" if site == "qinglan" else "text/html"  # GBK stands in the page alone
    article = _qinglan_article if site == "qinglan" else _lanwan_article
    texts: dict[str, tuple[str, datetime]] = {}
    for place, document in enumerate(newest_first):
        texts[document.path] = (article(world, document, newest_first[place + 1 : place + 3]), document.published_at)
    for number, start in enumerate(range(0, len(newest_first), LIST_SIZE), start=1):
        shown = newest_first[start : start + LIST_SIZE]
        last = start + LIST_SIZE >= len(newest_first)
        texts[list_path(site, number)] = (_list(site, shown, number, last), newest_first[0].published_at)
    pages = {path: Page(text.encode(encoding), declared, at) for path, (text, at) in texts.items()}
    return {**pages, **_plain_files(newest_first, "/members/")}


def blog_pages(world: World, round: Round) -> Pages:
    """The Atom feed of 数安观察 with full texts, and its entry pages."""
    newest_first = world.seen(round, "shuan")[::-1]
    modified = newest_first[0].published_at
    pages = {d.path: Page(_entry(d).encode(), "text/html; charset=utf-8", d.published_at) for d in newest_first}
    feed = Page(_atom(newest_first).encode(), "application/atom+xml; charset=utf-8", modified)
    return {**pages, "/feed.xml": feed, **_plain_files(newest_first, "/drafts/")}


def list_path(site: Site, number: int) -> str:
    """The path of a list page, counted from 1."""
    folder = "/finance/" if site == "qinglan" else "/list/"
    return folder if number == 1 else f"{folder}index_{number}.html"


def clock(moment: datetime, form: str = "%Y-%m-%d %H:%M") -> str:
    """An instant as its site writes it, in Asia/Shanghai."""
    return moment.astimezone(SHANGHAI).strftime(form)


# ---------------------------------------------------------------- lists and articles


def _shell(title: str, charset: str, head: str, body: str) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="{charset}">\n<title>{escape(title)}</title>\n{head}'
        f"</head>\n<body>\n{body}\n</body></html>\n"
    )


def _list(site: Site, shown: Sequence[DemoDocument], number: int, last: bool) -> str:
    name, charset = OUTLETS[site], "utf-8" if site == "qinglan" else "gb2312"
    rows = "\n".join(
        f'<li><a href="{d.path}">{escape(d.title or "")}</a> <span class="date">{clock(d.published_at)}</span></li>'
        for d in shown
    )
    closed = (
        f'<li><a href="{CLOSED_TO_ROBOTS}">会员内参：本周观点</a></li>' if site == "qinglan" and number == 1 else ""
    )
    following = "" if last else f'<a class="next" href="{list_path(site, number + 1)}">下一页</a>'
    body = (
        f'<header><a href="/">{name}</a> <nav><a href="{list_path(site, 1)}">要闻</a></nav></header>\n'
        f'<main><h1>要闻</h1><ul class="news">\n{rows}\n{closed}</ul>\n'
        f'<p class="pages">第 {number} 页 {following}</p></main>\n'
        f"<footer>{name} 版权所有</footer>"
    )
    return _shell(f"要闻_{name}", charset, "", body)


def _paragraphs(document: DemoDocument) -> str:
    return "\n".join(f"<p>　　{escape(p)}</p>" for p in document.body.split("\n\n"))


def _qinglan_article(world: World, document: DemoDocument, older: Sequence[DemoDocument]) -> str:
    about = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": document.title,
        "datePublished": local_iso(document.published_at),
        "author": {"@type": "Person", "name": document.author},
    }
    head = (
        f'<link rel="canonical" href="{BASE}{document.path}">\n'
        f'<script type="application/ld+json">{json.dumps(about, ensure_ascii=False)}</script>\n'
    )
    related = "".join(f'<li><a href="{d.path}">{escape(d.title or "")}</a></li>' for d in older)
    body = (
        '<header><a href="/finance/">青岚新闻网</a> &gt; 要闻</header>\n<article>\n'
        f"<h1>{escape(document.title or '')}</h1>\n"
        f'<div class="info"><span class="time">{clock(document.published_at)}</span> '
        f'<span class="source">来源：青岚新闻网</span> '
        f'<span class="author">记者：{escape(document.author)}</span></div>\n'
        f'<div class="article-body">\n{_paragraphs(document)}\n</div>\n</article>\n'
        f"<aside><h2>相关阅读</h2><ul>{related}</ul></aside>\n"
        "<footer>青岚新闻网 版权所有 未经授权不得转载</footer>"
    )
    return _shell(f"{document.title}_青岚新闻网", "utf-8", head, body)


def _lanwan_article(world: World, document: DemoDocument, older: Sequence[DemoDocument]) -> str:
    original = next((d for d in world.documents if d.id == document.of), None)
    source = original.outlet if original else "澜湾财经"
    first = f"<p>　　原标题：{escape(original.title or '')}</p>\n" if original else ""
    editor = f'<p class="editor">{escape(document.editor)}</p>' if document.editor else ""
    previous = "".join(f'<p>上一篇：<a href="{d.path}">{escape(d.title or "")}</a></p>' for d in older[:1])
    body = (
        '<div id="top"><a href="/list/">澜湾财经首页</a> | <a href="/list/">要闻</a> | 行情 | 理财</div>\n'
        f'<div id="main"><h1 id="title">{escape(document.title or "")}</h1>\n'
        f'<div class="from">{clock(document.published_at, "%Y年%m月%d日 %H:%M")}　来源：{source}　'
        f"作者：{escape(document.author)}</div>\n"
        f'<div id="content">\n{first}{_paragraphs(document)}\n{editor}\n</div>\n{previous}</div>\n'
        '<div id="bottom">免责声明：本网转载内容仅供参考，不构成投资建议。</div>'
    )
    return _shell(f"{document.title} - 澜湾财经", "gb2312", "", body)


# ---------------------------------------------------------------- blog and feed


def _entry(document: DemoDocument) -> str:
    body = (
        f'<header><a href="/">数安观察</a></header>\n<article><h1>{escape(document.title or "")}</h1>\n'
        f'<time datetime="{local_iso(document.published_at)}">{clock(document.published_at)}</time> '
        f'<span class="author">{escape(document.author)}</span>\n'
        f'<div class="entry-content">\n{_paragraphs(document)}\n</div></article>'
    )
    return _shell(f"{document.title} – 数安观察", "utf-8", "", body)


def _atom(newest_first: Sequence[DemoDocument]) -> str:
    entries = "".join(_atom_entry(d) for d in newest_first)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh-CN">\n'
        f"<title>数安观察</title><id>tag:shuan.example,2025:feed</id>\n"
        f'<link rel="self" href="{BASE}/feed.xml"/><link rel="alternate" href="{BASE}/"/>\n'
        f"<updated>{local_iso(newest_first[0].published_at)}</updated>\n{entries}</feed>\n"
    )


def _atom_entry(document: DemoDocument) -> str:
    when = local_iso(document.published_at)
    return (
        f"<entry><title>{escape(document.title or '')}</title><id>tag:shuan.example,2025:{document.number}</id>\n"
        f'<link rel="alternate" href="{BASE}{document.path}"/><published>{when}</published><updated>{when}</updated>\n'
        f"<author><name>{escape(document.author)}</name></author>\n"
        f'<content type="html">{escape(_paragraphs(document))}</content></entry>\n'
    )


# ---------------------------------------------------------------- robots and sitemap


def _plain_files(newest_first: Sequence[DemoDocument], closed: str) -> Pages:
    modified = newest_first[0].published_at
    return {
        "/robots.txt": Page(robots(closed), "text/plain; charset=utf-8", newest_first[-1].published_at),
        "/sitemap.xml": Page(sitemap([(d.path, d.published_at) for d in newest_first]), "application/xml", modified),
    }


def robots(*closed: str) -> bytes:
    """A robots.txt that closes these prefixes to everyone."""
    lines = ["User-agent: *", *(f"Disallow: {prefix}" for prefix in closed), "", f"Sitemap: {BASE}/sitemap.xml", ""]
    return "\n".join(lines).encode()


def sitemap(pages: Sequence[tuple[str, datetime]]) -> bytes:
    """A sitemap of (path, last modification)."""
    rows = "".join(f"<url><loc>{BASE}{path}</loc><lastmod>{local_iso(at)}</lastmod></url>\n" for path, at in pages)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{rows}</urlset>\n'
    ).encode()
