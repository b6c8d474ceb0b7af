"""
Which part of a page is the article: the block with most prose, unless one with better credentials holds enough of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from crawlers.extract.flow import Block, Flow, Line
from crawlers.extract.judge import Hints, Judge, line_score, names_body
from crawlers.extract.trim import is_byline


@dataclass(frozen=True, slots=True)
class Region:
    """The chosen block, and its lines without those in parts of it that are no text by their name."""

    block: Block
    lines: tuple[Line, ...]


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
    if near is None or judge.prose(near) < LITTLE or judge.purity(near) < PURE:
        return None
    if judge.purity(best) < MIXED and (names_body(near) or judge.prose(near) >= 0.3 * judge.prose(best)):
        return near
    far = best.start > judge.begin + FAR and near.end <= best.start
    return near if far and judge.prose(near) >= 0.5 * judge.prose(best) else None


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
            takes = more_prose > 2 * more_junk and judge.purity(wider) >= MIXED
        current = wider if takes else current
    return current


SCRAPS = 8.0
"""Points of scraps that a block named as the text may add: short lines of code, a list, a poem."""


def _narrowed(best: Block, judge: Judge) -> Block:
    """Down to the deepest block that still holds nearly all of the prose."""
    whole = judge.prose(best)
    inner = [
        b for b in judge.flow.blocks if best.start <= b.start and b.end <= best.end and judge.prose(b) >= 0.9 * whole
    ]
    return max(inner, key=lambda b: b.depth, default=best)
