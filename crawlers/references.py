"""The links by which an article names where it has its text from. Pure; nothing is fetched, nothing is decided."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from crawlers.canonical import canonical_url, document_key, site_of
from crawlers.encoding import decode
from crawlers.extract.dom import base_of, joined, line, parse, query
from crawlers.trip import Fetched
from crawlers.walls import is_profile

MOST = 10
"""References kept of one page: an article names one source, seldom three; more is a list of links."""
_NAMED = re.compile(
    r"来源|原文|原载|原题|转自|转载|首发|出处|查看原|阅读原|据.{0,30}(?:报道|消息|透露)|(?:via|source)\b", re.IGNORECASE
)
_NEAR = 60
"""Characters of the block around a link in which the word for its being a source stands."""
_DEEP = re.compile(r"/[^/]*\d[^/]*(?:/|$)|/[^/]+/[^/]{8,}|\.s?html?$", re.IGNORECASE)


def references_of(fetched: Fetched) -> tuple[str, ...]:
    """
    Addresses of articles on other sites that the page names as a source, in its order, each document once.

    A link counts when 来源, 转自, 据…报道 or the like stands right before it or in it, and its address is that of
    an article, not of a start page.
    """
    text, _encoding = decode(fetched.body, declared=fetched.encoding)
    tree = parse(text)
    base, home = base_of(tree, fetched.url), site_of(urlsplit(fetched.url).hostname)
    found: dict[str, str] = {}
    for node in query(tree, "//a[@href]"):
        address = canonical_url(joined(base, node.get("href")).partition("#")[0])
        if _leads_away(address, home) and _is_named(node):
            found.setdefault(document_key(address), address)
        if len(found) == MOST:
            break
    return tuple(found.values())


def _leads_away(address: str, home: str) -> bool:
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not host or site_of(host) == home:
        return False
    return bool(_DEEP.search(parts.path)) and not is_profile(address)


def _is_named(node: Any) -> bool:
    return bool(_NAMED.search(f"{_before(node)}{line(node)[:_NEAR]}"))


def _before(node: Any) -> str:
    """The last characters that stand before a link in its block."""
    pieces: list[str] = []
    for sibling in node.itersiblings(preceding=True):
        pieces.append((line(sibling) if isinstance(sibling.tag, str) else "") + (sibling.tail or ""))
        if sum(map(len, pieces)) > _NEAR:
            break
    parent = node.getparent()
    start = (parent.text or "") if parent is not None else ""
    return "".join([start, *reversed(pieces)])[-_NEAR:]
