"""A page's tree, and the text of its parts by paragraph. Bounded in size and depth, never raises on garbage."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import urljoin

from lxml import etree

MAX_CHARACTERS = 4_000_000
"""Longer pages are cut: the longest real article seen is a tenth of it."""


def words(text: str) -> frozenset[str]:
    """The blank-separated words of a text: a readable way to write a set of names."""
    return frozenset(text.split())


BLOCKS = words(
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hr legend li main menu nav ol optgroup option p pre "
    "section select summary table tbody td tfoot th thead tr ul br"
)
INVISIBLE = words(
    "script style noscript template iframe object embed svg canvas audio video button input textarea head "
    "title meta link select option map area"
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_EARLY_END = re.compile(r"</(?:html|HTML|body|BODY)\s*>")
"""Left out: pages pieced together from files close them halfway, and what follows would hang beside the tree."""
_BLANKS = re.compile(r"[\s\u00a0\u200b\u200c\u200d\u2060\ufeff\u3000]+")
_INVISIBLE_MARKS = "\u200b\u2060\ufeff\u00ad"
_WITHOUT_MARKS = dict.fromkeys(map(ord, _INVISIBLE_MARKS))


def parse(text: str) -> Any:
    """The tree of a page; an empty document for a page without any markup."""
    text = _EARLY_END.sub("", _CONTROL.sub("", text[:MAX_CHARACTERS]))
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        tree = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        tree = None
    return tree if tree is not None else etree.fromstring("<html><body/></html>", etree.HTMLParser())


@cache
def xpath(expression: str) -> Callable[..., list[Any]]:
    """A compiled expression, kept."""
    return etree.XPath(expression)


def query(node: Any, expression: str) -> list[Any]:
    """The nodes that an XPath expression finds."""
    return xpath(expression)(node)


def first(node: Any, *expressions: str) -> Any | None:
    """The first node that the first of these XPath expressions with any result finds, or None."""
    for expression in expressions:
        if found := xpath(expression)(node):
            return found[0]
    return None


def with_class(name: str) -> str:
    """The XPath condition for an element that carries this class."""
    return f"contains(concat(' ', normalize-space(@class), ' '), ' {name} ')"


def squeezed(text: str | None) -> str:
    """The text with every run of blanks made one space, the ends bare."""
    if not text:
        return ""
    if not text.isascii() and any(mark in text for mark in _INVISIBLE_MARKS):
        text = text.translate(_WITHOUT_MARKS)
    return _BLANKS.sub(" ", text).strip()


def line(node: Any | None) -> str:
    """All text below a node in one line; "" for None."""
    if node is None:
        return ""
    if isinstance(node, str):
        return squeezed(node)
    return squeezed(" ".join(paragraphs(node)))


def paragraphs(root: Any, *, skip: Callable[[Any], bool] | None = None) -> list[str]:
    """
    The visible text below a node, one string a paragraph (a block or what stands between two <br>).

    Blanks are squeezed and empty paragraphs dropped. `skip` tells the elements to leave out with all below.
    """
    done: list[str] = []
    piece: list[str] = []

    def end_paragraph() -> None:
        if piece:
            if text := squeezed("".join(piece)):
                done.append(text)
            piece.clear()

    walker = etree.iterwalk(root, events=("start", "end"))
    for event, node in walker:
        tag = node.tag
        if event == "start":
            if tag in INVISIBLE or (skip is not None and node is not root and skip(node)):
                walker.skip_subtree()
                continue
            if tag in BLOCKS:
                end_paragraph()
            if node.text:
                piece.append(node.text)
            continue
        if tag in BLOCKS:
            end_paragraph()
        if node is not root and node.tail:
            piece.append(node.tail)
    end_paragraph()
    return done


def text_of(root: Any, *, skip: Callable[[Any], bool] | None = None) -> str:
    """The paragraphs below a node joined by newlines."""
    return "\n".join(paragraphs(root, skip=skip))


def base_of(tree: Any, url: str | None) -> str:
    """What relative links of the page count from: its <base href>, else its own address, else ""."""
    href = first(tree, "//base/@href")
    return joined(url or "", str(href)) if href else (url or "")


def joined(base: str, href: str) -> str:
    """The link made absolute; "" for one that cannot be read."""
    try:
        return urljoin(base, href.strip())
    except ValueError:
        return ""
