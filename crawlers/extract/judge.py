"""How blocks are judged: prose against links and scraps, names, the headline, and the page's own description."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from crawlers.extract.flow import Block, Flow, Line
from crawlers.extract.title import bare

_NEVER = re.compile(
    r" (?:comments?|cmt|pinglun|reply|replies|footer|copyright|nav\w*|breadcrumbs?|crumbs?|sidebar|related?|relates|"
    r"modal|dialog|popup|login|relation\w*|recommend\w*|recom|tuijian|xiangguan|bdsharebuttonbox|guess\w*) "
)
_AWAY = re.compile(
    r" (?:foot|bottom|menu\w*|aside|side|right|hot\w*|rank\w*|share\w*|"
    r"advert\w*|ads?|adv|banner|pop|toolbar|tools?|tags?|keywords?|qrcode|ewm|erweima|"
    r"paging?|pager|pagination|subscribe|more|editor|zebian|bianji|declare|disclaimer|statement|mianze|prev|next|"
    r"topbar|header|search|app|download|like|zan|vote|survey|feedback|jubao|links?|friend\w*|likes|interest\w*) "
)
_BODY = re.compile(
    r" (?:(?:article|art|artical|news|content|main|post|entry|detail|text|story|page|show|info|left|note|topic|wz|zw|"
    r"markdown|rich|blog|single|ql|field|view)"
    r" ?(?:content|contents|body|text|txt|con|cont|detail|editor|article|zw|info|main|box|description)\w*|"
    r"(?:js content|artibody|artbody|endtext|rwb zw|trs editor|trs ueditor|ueditor|zhengwen|zoom|fontzoom|mainbody|"
    r"article|richtext|wysiwyg|cnt bd|txtinfos|content|contents|detail|mw parser output)) "
)


@dataclass(frozen=True, slots=True)
class Hints:
    """What else is known of the text: the headline, and how the page describes itself."""

    title: str | None = None
    description: str | None = None


@lru_cache(maxsize=8192)
def _is_never(name: str) -> bool:
    return bool(_NEVER.search(name))


@lru_cache(maxsize=8192)
def _is_away(name: str) -> bool:
    return bool(_AWAY.search(name))


@lru_cache(maxsize=8192)
def _is_body(name: str) -> bool:
    return bool(_BODY.search(name))


def names_body(block: Block) -> bool:
    """True when tag, name or item property say that a block is the text of an article."""
    return block.node.get("itemprop") == "articleBody" or block.node.tag == "article" or _is_body(block.name)


def line_score(line: Line) -> float:
    """Positive for running text, negative for links and scraps; about two points per ten characters of prose."""
    if line.hidden:
        return 0.0
    if line.link_share > 0.5:
        return -1.0 - line.size / 10
    prose = line.size - line.linked
    if line.marks and prose >= 12:
        return min(prose, 400) / 10 + line.marks
    if prose >= 40:
        return prose / 20
    return -0.3 if line.heading else -0.6


class Judge:
    """The flow with its sums: what each block holds."""

    def __init__(self, flow: Flow, hints: Hints) -> None:
        values = [line_score(line) for line in flow.lines]
        self.flow = flow
        self.begin = title_line(flow, hints.title)
        self.described = _described_line(flow, hints, self.begin)
        self.away = away_lines(flow, values, self.described if self.described is not None else self.begin)
        values = [min(v, 0.0) - 0.5 if a else v for v, a in zip(values, self.away, strict=True)]
        self._sums = flow.sums(values)
        self._good = flow.sums([max(v, 0.0) for v in values])

    def points(self, block: Block) -> float:
        """Prose less junk; what ends before the headline cannot be the text."""
        before = 30.0 if self.begin is not None and block.end <= self.begin else 0.0
        return self._sums[block.end] - self._sums[block.start] - before

    def prose(self, block: Block) -> float:
        """Points of the prose alone."""
        return self._good[block.end] - self._good[block.start]

    def purity(self, block: Block) -> float:
        """Share of the prose in what the block holds, in [0, 1]."""
        prose, junk = self.prose(block), self.junk(block)
        return prose / (prose + junk) if prose > 0 else 0.0

    def junk(self, block: Block) -> float:
        """Points of links and scraps, as a positive number."""
        return self.prose(block) - (self._sums[block.end] - self._sums[block.start])


BELIEVED = 0.6
"""Share of a page's prose above which a block is believed to be the text whatever its name."""


def away_lines(flow: Flow, values: list[float], sure: int | None) -> list[bool]:
    """
    Lines in blocks whose names say that they are no article.

    A block around the line that is surely the article's (`sure`) is none of them; without such a line a block
    with most of the prose is believed instead of its name.
    """
    good = flow.sums([max(v, 0.0) for v in values])
    away = [False] * len(flow.lines)
    for block in flow.blocks:
        if block.node.tag in ("body", "p", "span", "font") or (sure is not None and block.start <= sure < block.end):
            continue
        believed = good[block.end] - good[block.start] > BELIEVED * good[-1]
        name = block.name
        named = _is_away(name) and not names_body(block)
        if (_is_never(name) and not (believed and sure is None)) or (named and not believed):
            away[block.start : block.end] = [True] * (block.end - block.start)
    return away


def title_line(flow: Flow, title: str | None) -> int | None:
    """The last line that shows the headline as a heading of its own, else the first that begins with it."""
    wanted = bare(title or "")
    if len(wanted) < 4:
        return None
    exact = [
        i for i, line in enumerate(flow.lines) if line.size < 200 and not line.hidden and bare(line.text) == wanted
    ]
    headed = [i for i in exact if flow.lines[i].heading]
    if headed or exact:
        return (headed or exact)[0]
    start = [
        i
        for i, line in enumerate(flow.lines)
        if line.size < 250 and not line.hidden and bare(line.text).startswith(wanted[:12])
    ]
    return start[0] if start else None


def _described_line(flow: Flow, hints: Hints, begin: int | None) -> int | None:
    """The first line of prose that holds what the description of the page begins with."""
    wanted, headline = bare(hints.description or "")[:16], bare(hints.title or "")
    if len(wanted) < 12 or headline.startswith(wanted):
        return None
    for i in range(begin or 0, len(flow.lines)):
        line = flow.lines[i]
        if line.size >= 12 and line.link_share < 0.5 and not line.heading and wanted in (text := bare(line.text)):
            return i if text != headline else None
    return None
