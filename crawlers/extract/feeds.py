"""RSS 2.0, RSS 1.0, Atom and JSON Feed become items. A feed that is a web page is refused with a clear text."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lxml import etree

from core.i18n import _
from core.values import Precision
from crawlers.dates import NOTHING, Parsed, parse_date
from crawlers.encoding import decode
from crawlers.extract.dom import joined, parse, squeezed, text_of
from crawlers.extract.xml import FeedError, children, local, parse_xml, text_in

__all__ = ["FeedError", "FeedItem", "parse_feed"]

MAX_ITEMS = 2_000


@dataclass(frozen=True, slots=True)
class FeedItem:
    """
    One entry of a feed. `body` is the whole text where the feed carries it, `summary` a teaser; both plain
    text with a paragraph a line. `id` is the publisher's own. Unknown is None.
    """

    url: str | None
    title: str | None
    body: str | None
    summary: str | None
    published_at: datetime | None
    precision: Precision
    author: str | None
    id: str | None


def parse_feed(raw: bytes, url: str, fetched_at: datetime) -> list[FeedItem]:
    """The items of a feed in its own order. Raises FeedError when it is none or must not be read."""
    head = raw[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith((b"{", b"[")):
        return _json_items(raw, url, fetched_at)
    root = parse_xml(raw, where=url)
    if local(root) not in ("rss", "rdf", "feed", "channel"):
        raise FeedError(
            _("{where} 不是订阅源：最外层是 <{tag}>，应为 rss、RDF 或 feed").format(where=url, tag=local(root))
        )
    entries = [node for node in root.iter() if local(node) in ("item", "entry")]
    return [_item(entry, url, fetched_at) for entry in entries[:MAX_ITEMS]]


def _item(entry: Any, url: str, fetched_at: datetime) -> FeedItem:
    content = _rich(children(entry, "encoded", "content"))
    summary = _rich(children(entry, "description", "summary"))
    published_at, precision = _first_date(
        [text_in(entry, name) for name in ("pubdate", "published", "date", "issued", "created", "updated", "modified")],
        fetched_at,
    )
    base = entry.get("{http://www.w3.org/XML/1998/namespace}base") or url
    return FeedItem(
        url=_link(entry, joined(url, base)),
        title=_plain(text_in(entry, "title")) or None,
        body=content,
        summary=summary,
        published_at=published_at,
        precision=precision,
        author=_author(entry),
        id=text_in(entry, "guid", "id") or entry.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"),
    )


def _first_date(texts: list[str], fetched_at: datetime) -> Parsed:
    found = (parse_date(text, fetched_at=fetched_at) for text in texts if text)
    return next((date for date in found if date[0] is not None), NOTHING)


def _link(entry: Any, base: str) -> str | None:
    links = children(entry, "link", "origlink")
    chosen = [node for node in links if node.get("rel", "alternate") == "alternate"] or links
    for node in chosen:
        if href := (node.get("href") or (node.text or "")).strip():
            return joined(base, href) or None
    guid = next(iter(children(entry, "guid")), None)
    text = (guid.text or "").strip() if guid is not None and guid.get("isPermaLink", "true") == "true" else ""
    return text if text.startswith(("http://", "https://")) else None


def _author(entry: Any) -> str | None:
    for node in children(entry, "creator", "author"):
        name = text_in(node, "name") if len(node) else "".join(node.itertext())
        in_brackets = re.fullmatch(r"\S+@\S+\s*\((.+)\)", name.strip())  # RSS: mail (name)
        name = squeezed(in_brackets[1] if in_brackets else name)
        if name and "@" not in name:
            return name
    return None


def _rich(nodes: list[Any]) -> str | None:
    """The longest of the nodes as plain text; XHTML children and escaped HTML are both read."""
    texts = [_plain_paragraphs(node) for node in nodes]
    return max(texts, key=len, default="") or None


def _plain_paragraphs(node: Any) -> str:
    if len(node):
        return text_of(parse(etree.tostring(node, encoding="unicode", with_tail=False)))
    return _plain_html(node.text or "")


def _plain_html(text: str) -> str:
    return (
        text_of(parse(text)) if "<" in text or "&" in text else "\n".join(filter(None, map(squeezed, text.split("\n"))))
    )


def _plain(text: str) -> str:
    """A title in one line; feeds escape it once too often."""
    return squeezed(re.sub(r"</?[A-Za-z][^>]{0,200}>", "", html.unescape(text)))


# ---------------------------------------------------------------- JSON Feed


def _json_items(raw: bytes, url: str, fetched_at: datetime) -> list[FeedItem]:
    try:
        feed = json.loads(decode(raw)[0])
    except (ValueError, RecursionError) as e:
        raise FeedError(_("{where} 的 JSON 无法解析，请检查地址").format(where=url)) from e
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise FeedError(_("{where} 是 JSON 但不是 JSON Feed：缺少 items 列表").format(where=url))
    return [_json_item(item, url, fetched_at) for item in items[:MAX_ITEMS] if isinstance(item, dict)]


def _json_item(item: dict[str, Any], url: str, fetched_at: datetime) -> FeedItem:
    def text(name: str) -> str:
        value = item.get(name)
        return str(value).strip() if isinstance(value, (str, int)) else ""

    published_at, precision = _first_date([text("date_published"), text("date_modified")], fetched_at)
    authors = item.get("authors") or [item.get("author")]
    first = authors[0] if isinstance(authors, list) and authors else None
    name = first.get("name") if isinstance(first, dict) else None
    link = text("url") or text("external_url")
    return FeedItem(
        url=(joined(url, link) or None) if link else None,
        title=_plain(text("title")) or None,
        body=_plain_html(text("content_html")) or text("content_text") or None,
        summary=text("summary") or None,
        published_at=published_at,
        precision=precision,
        author=squeezed(name) if isinstance(name, str) and name.strip() else None,
        id=text("id") or None,
    )
