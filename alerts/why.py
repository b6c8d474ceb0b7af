"""Why a document matched, in its own words: the query's literals that stand in it, and the sentence that holds them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from core.display import one_line
from core.text import fold
from core.values import Facts
from search_index.query import Literal, Near, Prefix, Query, literals, matches

_SENTENCE_END = re.compile(r"[。！？!?；;\n]")


def words_met(query: Query, title: str | None, body: str, *, now: datetime, zone: ZoneInfo) -> tuple[str, ...]:
    """The literals of the query that stand in this text, folded as they were matched; negated ones never."""
    facts = Facts("", title or "", body)
    met = [part for part in literals(query) if matches(part, facts, now=now, zone=zone)]
    return tuple(dict.fromkeys(word for part in met for word in _texts(part)))


def _texts(part: Literal | Near | Prefix) -> tuple[str, ...]:
    return part.texts if isinstance(part, Near) else (part.text,)


def excerpt(text: str, words: Sequence[str], *, limit: int) -> str:
    """
    At most `limit` characters of the text on one line, from the sentence that holds the first of the words.

    The beginning of the text when none stands in it. An ellipsis stands where something was left out.
    """
    folded = fold(text)
    places = [place for word in words if (place := folded.find(fold(word))) >= 0]
    start = _sentence_start(text, min(places), limit) if places else 0
    cut = one_line(text[start : start + 4 * limit])  # more than needed: blanks may fold away
    return one_line(f"…{cut}" if start else cut, limit)


def _sentence_start(text: str, place: int, limit: int) -> int:
    """Where the sentence of `place` begins; near the place itself when the sentence is too long to show both."""
    ends = [end.end() for end in _SENTENCE_END.finditer(text, 0, place)]
    start = ends[-1] if ends else 0
    return start if place - start <= limit // 2 else place - limit // 4


def marked_parts(text: str, words: Sequence[str]) -> list[tuple[str, bool]]:
    """The text in stretches, each with whether it is one of the words: what to print bold. Joined they are the text."""
    wanted = sorted({fold(word) for word in words if word}, key=len, reverse=True)
    if not wanted:
        return [(text, False)] if text else []
    parts, reached = [], 0
    for hit in re.finditer("|".join(map(re.escape, wanted)), fold(text)):
        parts += [(text[reached : hit.start()], False), (text[hit.start() : hit.end()], True)]
        reached = hit.end()
    return [(part, is_word) for part, is_word in [*parts, (text[reached:], False)] if part]
