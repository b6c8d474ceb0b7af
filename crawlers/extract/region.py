"""
Which part of a page is the article: blocks are judged by their prose, their links, their names, and by what
the head of the page says of the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from crawlers.extract.flow import Block, Flow, Line
from crawlers.extract.title import bare
from crawlers.extract.trim import is_byline

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
    r"caas|markdown|rich|blog|single|ql|field|view)"
    r" ?(?:content|contents|body|text|txt|con|cont|detail|editor|article|zw|info|main|box|description)\w*|"
    r"(?:js content|artibody|artbody|endtext|rwb zw|trs editor|trs ueditor|ueditor|zhengwen|zoom|fontzoom|mainbody|"
    r"article|richtext|wysiwyg|cnt bd|txtinfos|content|contents|detail|mw parser output)) "
)


@dataclass(frozen=True, slots=True)
class Hints:
    """What else is known of the text: the headline, and how the page describes itself."""

    title: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Region:
    """The chosen block, and its lines without those in parts of it that are no text by their name."""

    block: Block
    lines: tuple[Line, ...]


@lru_cache(maxsize=8192)
def _is_never(name: str) -> bool:
    return bool(_NEVER.search(name))


@lru_cache(maxsize=8192)
def _is_away(name: str) -> bool:
    return bool(_AWAY.search(name))


@lru_cache(maxsize=8192)
def _is_body(name: str) -> bool:
    return bool(_BODY.search(name))


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

    def junk(self, block: Block) -> float:
        """Points of links and scraps, as a positive number."""
        return self.prose(block) - (self._sums[block.end] - self._sums[block.start])


def content_of(flow: Flow, hints: Hints) -> Region | None:
    """The part that is most likely the text; None on a page without prose."""
    judge = Judge(flow, hints)
    block = _content_block(judge)
    if block is None:
        return None
    inside = range(block.start, block.end)
    near = [i for i in inside if not judge.away[i]]
    prose = sum(max(line_score(flow.lines[i]), 0.0) for i in near)
    whole = sum(max(line_score(flow.lines[i]), 0.0) for i in inside)
    kept = near if prose >= KEPT * whole else inside
    return Region(block, tuple(flow.lines[i] for i in kept))


KEPT = 0.6
"""Share of a block's prose that its parts named as no text may not take away."""


def _content_block(judge: Judge) -> Block | None:
    flow = judge.flow
    best = max(flow.blocks, key=lambda b: (judge.points(b), b.depth), default=None)
    if best is None or (judge.points(best) <= 0 and judge.described is None):
        return None
    chosen, described = best, _described(judge)
    sure = 0.02 if described and names_body(described) else 0.08
    for rival, inside, beside in ((_named(judge), 0.4, 0.4), (described, sure, 0.15)):
        if rival is not None and _wins(rival, chosen, inside, beside, judge):
            chosen = rival
    if chosen is best and (near := _below_title(judge, _narrowed(best, judge))):
        return near
    if judge.prose(chosen) < LITTLE and (short := _short_text(judge)):
        return short
    return _narrowed(best, judge) if chosen is best else chosen


def _wins(rival: Block, best: Block, inside: float, beside: float, judge: Judge) -> bool:
    """A rival with better credentials wins when it holds a fair part of the prose; a wider one when it adds no junk."""
    if rival.start <= best.start and best.end <= rival.end:
        return judge.points(rival) >= 0.8 * judge.points(best)
    within = best.start <= rival.start and rival.end <= best.end
    return judge.prose(rival) >= (inside if within else beside) * judge.prose(best)


LITTLE = 8.0
"""Points of prose below which the text may be one of short lines (a poem, a list, code)."""
NEAR_TITLE, MIN_SHORT = 12, 30
"""Such a text begins so many lines after the headline at most, and has so many characters at least."""


def _short_text(judge: Judge) -> Block | None:
    """The block with a body's name right below the headline that has most text of its own, prose or not."""
    if judge.begin is None:
        return None
    lines = judge.flow.lines
    best, most = None, MIN_SHORT
    for block in judge.flow.blocks:
        if (
            not judge.begin < block.start <= judge.begin + NEAR_TITLE
            or judge.away[block.start]
            or not names_body(block)
        ):
            continue
        inside = lines[block.start : block.end]
        own = sum(line.size - line.linked for line in inside if not line.hidden)
        if own > most and own > 2 * sum(line.linked for line in inside):
            best, most = block, own
    return best


def _named(judge: Judge) -> Block | None:
    """The block with a body's name and the most prose after the headline; of nested ones the inner, if it has most."""
    named = [b for b in judge.flow.blocks if names_body(b) and judge.points(b) > 0]
    best = max(named, key=judge.points, default=None)
    if best is None:
        return None
    inner = [
        b for b in named if best.start <= b.start and b.end <= best.end and judge.prose(b) >= 0.75 * judge.prose(best)
    ]
    return max(inner, key=lambda b: b.depth)


def _described(judge: Judge) -> Block | None:
    """The block around the line that the page's description quotes."""
    return _grown(judge.described, judge) if judge.described is not None else None


BELOW_TITLE, FAR = 25, 40
"""So many lines below the headline the first prose is near it; a block that begins so many lines below is far."""
PURE, MIXED = 0.85, 0.75
"""Share of prose in what a block holds: articles lie above the first, lists of teasers below the second."""


def _below_title(judge: Judge, best: Block) -> Block | None:
    """The first prose below the headline, when the best block is far from it or looks like a list of teasers."""
    if judge.begin is None:
        return None
    lines = judge.flow.lines
    window = range(judge.begin + 1, min(judge.begin + BELOW_TITLE, len(lines)))
    prose = (i for i in window if line_score(lines[i]) >= LITTLE / 2 and not judge.away[i] and not is_byline(lines[i]))
    start = next(prose, None)
    near = _grown(start, judge) if start is not None else None
    if near is None or judge.prose(near) < LITTLE or _purity(near, judge) < PURE:
        return None
    if _purity(best, judge) < MIXED and (names_body(near) or judge.prose(near) >= 0.3 * judge.prose(best)):
        return near
    far = best.start > judge.begin + FAR and near.end <= best.start
    return near if far and judge.prose(near) >= 0.5 * judge.prose(best) else None


def _purity(block: Block, judge: Judge) -> float:
    prose, junk = judge.prose(block), judge.junk(block)
    return prose / (prose + junk) if prose > 0 else 0.0


def _grown(line: int, judge: Judge) -> Block | None:
    """From a line upward, as long as the next block adds more prose than junk."""
    chain = sorted((b for b in judge.flow.blocks if b.start <= line < b.end), key=lambda b: b.depth, reverse=True)
    if not chain:
        return None
    current = chain[0]
    for wider in chain[1:]:
        more_prose = judge.prose(wider) - judge.prose(current)
        more_junk = judge.junk(wider) - judge.junk(current)
        settled = names_body(current) and judge.prose(current) >= 4
        if not more_prose:
            takes = more_junk <= SCRAPS and names_body(wider) and not names_body(current)
        elif settled:
            takes = more_prose > 4 * more_junk and names_body(wider)
        else:
            takes = more_prose > 2 * more_junk and _purity(wider, judge) >= MIXED
        current = wider if takes else current
    return current


SCRAPS = 8.0
"""Points of scraps that a block named as the text may add: short lines of code, a list, a poem."""


def names_body(block: Block) -> bool:
    """True when tag, name or item property say that a block is the text of an article."""
    return block.node.get("itemprop") == "articleBody" or block.node.tag == "article" or _is_body(block.name)


def _narrowed(best: Block, judge: Judge) -> Block:
    """Down to the deepest block that still holds nearly all of the prose."""
    whole = judge.prose(best)
    inner = [
        b for b in judge.flow.blocks if best.start <= b.start and b.end <= best.end and judge.prose(b) >= 0.9 * whole
    ]
    return max(inner, key=lambda b: b.depth, default=best)


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
