"""
A page as the flow of its lines: every paragraph with what it is made of, and every block as a range of lines.

With sums over the flow any block can be judged in constant time, so choosing the content needs one pass.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from typing import Any

from lxml import etree

from crawlers.extract.dom import BLOCKS, INVISIBLE, squeezed, words

MAX_LINES = 20_000

CONTAINERS = words("body div article section main td center form table tbody tr ul ol dl dd li p blockquote span font")
_SENTENCE = re.compile(r"[，。！？；：、…“”,;!?]")
_HIDDEN = re.compile(r"display\s*:\s*none")
_HEADINGS = words("h1 h2 h3 h4 h5 h6")

_BLOCK, _CONTAINER, _HEADING, _SKIPPED = 1, 2, 4, 8
_KINDS = {
    tag: _SKIPPED
    if tag in INVISIBLE
    else (tag in BLOCKS) * _BLOCK | (tag in CONTAINERS) * _CONTAINER | (tag in _HEADINGS) * _HEADING
    for tag in BLOCKS | INVISIBLE | CONTAINERS
}
"""What the walk must know of a tag, in one look."""


@dataclass(slots=True)
class Line:
    """One paragraph: its text, characters without blanks, how many of them are links, sentence marks, its block."""

    text: str
    size: int
    linked: int
    marks: int
    owner: Any
    heading: bool
    hidden: bool

    @property
    def link_share(self) -> float:
        """Share of the characters that are links, in [0, 1]."""
        return self.linked / self.size if self.size else 0.0


@dataclass(slots=True)
class Block:
    """An element, its class and id as `names_of`, and the range of lines in it; `end` is exclusive."""

    node: Any
    name: str
    start: int
    end: int
    depth: int


@dataclass(slots=True)
class Flow:
    """The lines of a page in document order, and its container elements in the order of their ends."""

    lines: list[Line] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)

    def sums(self, values: list[float]) -> list[float]:
        """Running sums: the sum over lines [a, b) is sums[b] - sums[a]."""
        return [0.0, *accumulate(values)]


def flow_of(root: Any) -> Flow:
    """The flow of everything visible below a node."""
    flow = Flow()
    piece: list[str] = []
    linked = 0
    link_depth = heading = hidden = depth = 0
    owner: Any = root
    opened: list[int] = []
    hiding: list[Any] = []
    lines = flow.lines

    def end_line() -> None:
        nonlocal linked
        text = squeezed("".join(piece))
        piece.clear()
        if text and len(lines) < MAX_LINES:
            size = len(text) - text.count(" ")
            lines.append(
                Line(text, size, min(linked, size), len(_SENTENCE.findall(text)), owner, heading > 0, hidden > 0)
            )
        linked = 0

    walker = etree.iterwalk(root, events=("start", "end"))
    for event, node in walker:
        tag = node.tag
        kind = _KINDS.get(tag, 0)
        if event == "start":
            if kind == _SKIPPED:
                walker.skip_subtree()
                continue
            depth += 1
            if kind & _BLOCK:
                if piece:
                    end_line()
                owner = node
                if kind & _HEADING:
                    heading += 1
            elif tag == "a":
                link_depth += 1
            if is_hidden(node):
                hidden += 1
                hiding.append(node)
            opened.append(len(lines))
            if text := node.text:
                piece.append(text)
                if link_depth:
                    linked += len(text.strip())
            continue
        if kind != _SKIPPED:
            if kind & _BLOCK:
                if piece:
                    end_line()
                if kind & _HEADING:
                    heading -= 1
                owner = node.getparent() if node is not root else root
            elif tag == "a":
                link_depth -= 1
            if hiding and hiding[-1] is node:
                hidden -= 1
                hiding.pop()
            start = opened.pop()
            if kind & _CONTAINER and len(lines) > start:
                flow.blocks.append(Block(node, names(node), start, len(lines), depth))
            depth -= 1
        if (text := node.tail) and node is not root:
            piece.append(text)
            if link_depth:
                linked += len(text.strip())
    end_line()
    return flow


def is_hidden(node: Any) -> bool:
    """True when the element itself says that it is not shown."""
    style = node.get("style")
    if style and "none" in style and _HIDDEN.search(style):
        return True
    return node.get("hidden") is not None


@lru_cache(maxsize=8192)
def names_of(classes: str, identity: str) -> str:
    """Class and id as one lower-case text with word borders, for the name patterns."""
    split = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", f"{classes} {identity}")
    return " " + re.sub(r"[^a-z0-9]+", " ", split.lower()).strip() + " "


def names(node: Any) -> str:
    """`names_of` an element."""
    return names_of(node.get("class") or "", node.get("id") or "")
