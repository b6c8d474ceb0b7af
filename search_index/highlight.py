"""Where a query's literals stand in a text, and a short stretch of it worth showing. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from core.text import fold
from search_index.query.ast import Literal, Near, Prefix
from search_index.query.atoms import literal_pattern, prefix_pattern, spans
from search_index.query.predicate import near_places

Span = tuple[int, int]
TextLeaf = Literal | Near | Prefix
_BLANK = re.compile(r"\s")
_LEAD = 0.25  # of the width: what is shown before the first mark


@dataclass(frozen=True, slots=True)
class Snippet:
    """
    A stretch of a text on one line, … where it is cut.

    `marks` are [start, end) in `text`; `start` is where the stretch begins in the whole text.
    """

    text: str
    start: int
    marks: tuple[Span, ...]


def marks(text: str, literals: Iterable[TextLeaf], *, field: str) -> tuple[Span, ...]:
    """The [start, end) of every literal that stands in this field's text, joined where they touch."""
    folded = fold(text)
    found = [span for part in literals if part.field in (None, field) for span in _places(part, folded)]
    return _joined(found)


def snippet(text: str, literals: Iterable[TextLeaf], width: int = 120, *, field: str = "body") -> Snippet:
    """At most `width` characters of the text around the densest marks; its beginning when there are none."""
    found = marks(text, literals, field=field)
    start = _best_start(text, found, width)
    end = min(len(text), start + width)
    before, after = "…" * (start > 0), "…" * (end < len(text))
    shift = len(before) - start
    inside = tuple((max(s, start) + shift, min(e, end) + shift) for s, e in found if s < end and e > start)
    return Snippet(before + _BLANK.sub(" ", text[start:end]) + after, start, inside)


def _places(part: Literal | Near | Prefix, folded: str) -> list[Span]:
    if isinstance(part, Near):
        return list(near_places(part, folded) or ())
    pattern = prefix_pattern(part.text) if isinstance(part, Prefix) else literal_pattern(part.text)
    return spans(re.compile(pattern), folded)


def _joined(found: list[Span]) -> tuple[Span, ...]:
    joined: list[Span] = []
    for start, end in sorted(found):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def _best_start(text: str, found: tuple[Span, ...], width: int) -> int:
    if not found or len(text) <= width:
        return 0
    texts_in = {
        start: len({fold(text[s:e]) for s, e in found if s >= start and e <= start + width}) for start, _end in found
    }
    first = max(texts_in, key=lambda start: (texts_in[start], -start))
    return max(0, min(first - int(width * _LEAD), len(text) - width))
