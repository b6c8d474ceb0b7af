"""XML from strangers: no DOCTYPE, no entities, no network, bounded depth. Used by feeds and sitemaps."""

from __future__ import annotations

import html
import html.entities
import re
from typing import Any

from lxml import etree

from core.errors import YuqingError
from core.i18n import _
from crawlers.encoding import decode

MAX_CHARACTERS = 20_000_000

_PROLOG = re.compile(r"[\s\ufeff]+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_DECLARED = re.compile(rb"""^[^<]{0,8}<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]+)["']""")
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,30});")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


class FeedError(YuqingError):
    """What was fetched is no feed or sitemap that may be read; the text says why."""


def parse_xml(raw: bytes, *, where: str) -> Any:
    """
    The root element of an XML document. Broken parts are skipped as far as they can be.

    Raises FeedError for a web page, for a DOCTYPE (entities could expand without end) and for no XML at all.
    """
    declared = _DECLARED.match(raw)
    text, _encoding = decode(raw, declared=declared[1].decode("ascii") if declared else None)
    rest = _without_prolog(text[:MAX_CHARACTERS])
    if re.match(r"<!DOCTYPE\s+html|<html[\s>]", rest, re.IGNORECASE):
        raise FeedError(_("{where} 返回的是网页而不是订阅源或站点地图，请检查地址").format(where=where))
    if rest[:9].upper() == "<!DOCTYPE":
        raise FeedError(_("{where} 带有 DOCTYPE 声明，为安全起见不读取").format(where=where))
    clean = _CONTROL.sub("", _ENTITY.sub(_character, rest))
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    try:
        root = etree.fromstring(clean.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        raise FeedError(_("{where} 返回的内容不是 XML，请检查地址").format(where=where))
    return root


def _without_prolog(text: str) -> str:
    """The text from the DOCTYPE or the root element on: declaration, comments and blanks are skipped."""
    start = 0
    while found := _PROLOG.match(text, start):
        start = found.end()
    return text[start:]


def _character(match: re.Match[str]) -> str:
    """&nbsp; and its like are common in feeds and unknown to XML; the five of XML stay."""
    if match[1] in ("amp", "lt", "gt", "quot", "apos"):
        return match[0]
    return html.unescape(match[0]) if f"{match[1]};" in html.entities.html5 else f"&amp;{match[1]};"


def local(node: Any) -> str:
    """The name of an element without its namespace, lower case; "" for what is no element."""
    tag = node.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def children(node: Any, *names: str) -> list[Any]:
    """The direct children with one of these local names, in the order of the names."""
    by_name = [(local(child), child) for child in node]
    return [child for name in names for found, child in by_name if found == name]


def text_in(node: Any, *names: str) -> str:
    """The text of the first child with one of these local names that has any; else ""."""
    return next((text for child in children(node, *names) if (text := "".join(child.itertext()).strip())), "")
