"""Where a list leads: article links, the next page, sitemaps. Pure: nothing is fetched."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from cssselect import SelectorError
from lxml.cssselect import CSSSelector

from core.errors import ConfigError
from core.i18n import _
from core.values import Precision
from crawlers.canonical import document_key, site_of
from crawlers.dates import NOTHING, parse_date
from crawlers.extract.dom import base_of, first, joined, line, parse, query, squeezed, with_class
from crawlers.extract.xml import children, local, parse_xml, text_in

MAX_LINKS = 5_000
MAX_ENTRIES = 50_000
"""As many as the sitemap protocol allows in one file."""


def article_links(html: str, url: str, pattern: str | None = None) -> list[tuple[str, str]]:
    """
    The links of a list page as (absolute address, anchor text), in order, each document once.

    With `pattern` every link whose address the regex finds; without it the links of the same site that
    look like articles (a long anchor, and a date, an id or an .html in the path). Raises ConfigError for
    a pattern that is no regex.
    """
    wanted = _regex(pattern) if pattern else None
    tree = parse(html)
    base = base_of(tree, url)
    best: dict[str, tuple[str, str]] = {}
    for node in query(tree, "//a[@href]")[:MAX_LINKS]:
        address = joined(base, node.get("href")).partition("#")[0]
        if not address.startswith(("http://", "https://")):
            continue
        text = line(node) or squeezed(node.get("title"))
        if not (wanted.search(address) if wanted else _looks_like_article(address, text, url)):
            continue
        key = document_key(address)
        known = best.get(key, (address, text))
        headline = known[1] if len(known[1]) >= MIN_ANCHOR else max(known[1], text, key=len)
        best[key] = (min(known[0], address, key=len), headline)
    return list(best.values())


def _regex(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as e:
        raise ConfigError(
            _("article_pattern “{pattern}” 不是有效的正则表达式：{why}").format(pattern=pattern, why=e)
        ) from e


_ARTICLE_PATH = re.compile(
    r"\d{4}[-/]?\d{2}|\d{5,}|/\d+/?$|/[\w-]*\d[\w-]*\.(?:s?html?|jhtml)$|"
    r"/(?:p|a|articles?|archives?|detail|news|content)/\w+|[?&](?:p|id|aid|newsid|article_?id)=\d+"
)
_LIST_PATH = re.compile(
    r"/(?:index|list|default)[\w-]*\.(?:s?html?|php)?$|"
    r"/(?:tags?|category|categories|authors?|users?|login|register|about|page|home)/"
)
MIN_ANCHOR = 8
"""Characters of a headline; navigation words are shorter."""


def _looks_like_article(address: str, text: str, url: str) -> bool:
    try:
        parts, own = urlsplit(address), urlsplit(url)
    except ValueError:
        return False
    if len(text) < MIN_ANCHOR or site_of(parts.hostname) != site_of(own.hostname):
        return False
    path = parts.path + ("?" + parts.query if parts.query else "")
    return bool(_ARTICLE_PATH.search(path)) and not _LIST_PATH.search(parts.path)


_NEXT_WORDS = re.compile(r"^[\s>»›]*(?:下一页|下页|后一页|下一頁|next(?: page)?)[\s>»›]*$", re.IGNORECASE)


def next_link(html: str, url: str, selector: str | None = None) -> str | None:
    """
    The address of the next list page: what the CSS selector finds, else rel=next, else a link that says 下一页.

    Raises ConfigError for a selector that is none.
    """
    tree = parse(html)
    if selector:
        node = next(iter(select(tree, selector)), None)
    else:
        node = first(tree, "//a[@rel='next' and @href] | //link[@rel='next' and @href]")
        if node is None:
            node = next((a for a in query(tree, "//a[@href]") if _NEXT_WORDS.match(line(a))), None)
        if node is None:
            node = first(tree, f"//a[@href and {with_class('next')}] | //*[{with_class('next')}]/a[@href]")
    href = node if isinstance(node, str) else node.get("href") if node is not None else None
    address = joined(base_of(tree, url), href) if href else ""
    return address if address.startswith(("http://", "https://")) and address != url else None


def select(node: Any, selector: str) -> list[Any]:
    """
    What a CSS selector finds below a node; "selector@name" gives the attribute's values as text.

    Raises ConfigError for a selector that is none.
    """
    css, at, attribute = selector.strip().partition("@")
    try:
        found = CSSSelector(css.strip())(node) if css.strip() else [node]
    except SelectorError as e:
        raise ConfigError(_("CSS 选择器 “{selector}” 无效：{why}").format(selector=selector, why=e)) from e
    return [value for n in found if (value := n.get(attribute.strip()))] if at else found


# ---------------------------------------------------------------- sitemaps


@dataclass(frozen=True, slots=True)
class SitemapEntry:
    """
    One <url> or <sitemap>. `published_at` is a news sitemap's publication date; times are aware UTC.

    `is_sitemap` marks an entry of an index: its address is another sitemap.
    """

    url: str
    lastmod: datetime | None = None
    title: str | None = None
    published_at: datetime | None = None
    precision: Precision = "none"
    is_sitemap: bool = False


def parse_sitemap(raw: bytes, *, fetched_at: datetime, url: str = "sitemap") -> list[SitemapEntry]:
    """
    The entries of a sitemap, a news sitemap or a sitemap index, in order. `url` only names it in errors.

    Raises FeedError when it is a web page, carries a DOCTYPE or is no XML.
    """
    root = parse_xml(raw, where=url)
    nodes = [node for node in root if local(node) in ("url", "sitemap")]
    return [entry for node in nodes[:MAX_ENTRIES] if (entry := _entry(node, fetched_at))]


def _entry(node: Any, fetched_at: datetime) -> SitemapEntry | None:
    address = text_in(node, "loc")
    if not address.startswith(("http://", "https://")):
        return None
    news = next(iter(children(node, "news")), None)
    written = text_in(news, "publication_date") if news is not None else ""
    published_at, precision = parse_date(written, fetched_at=fetched_at) if written else NOTHING
    return SitemapEntry(
        url=address,
        lastmod=parse_date(text_in(node, "lastmod"), fetched_at=fetched_at)[0],
        title=(squeezed(text_in(news, "title")) or None) if news is not None else None,
        published_at=published_at,
        precision=precision,
        is_sitemap=local(node) == "sitemap",
    )
