"""
The stretches of a text that speak of a company.

A sentence belongs to the companies it names; where it names several, each clause belongs to the last one
named. A sentence that names none goes on about the companies of the sentence before it, for a while.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.encoder import MARK, OTHER

Span = tuple[int, int]

_SENTENCE = re.compile(r"[^。！？!?\n；;]+[。！？!?\n；;]*|[。！？!?\n；;]+")
_CLAUSE = re.compile(r"[^，,：:]+?(?=但是|但|却|然而|不过|反观|倒是|而(?=[^且后是])|[，,：:]|$)[，,：:]*|[，,：:]+")
CARRY = 3
"""Sentences without any name that still go on about the last company (measured: 2 lost parts of long posts)."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the text that speaks of a company; `named` when the name itself stands in it."""

    start: int
    end: int
    named: bool
    shared: bool
    """Whether other companies stand in the same part (a list: A、B 均被要求整改)."""


def stretches_of(folded: str, spans: Mapping[str, Sequence[Span]]) -> dict[str, list[Stretch]]:
    """Company -> the parts that speak of it, in order. `spans` are the places of each company that count."""
    places = sorted((start, end, name) for name, found in spans.items() for start, end in found)
    result: dict[str, list[Stretch]] = {name: [] for name in spans}
    if not places:
        return result
    if len({name for _, _, name in places}) == 1:
        return {places[0][2]: _alone(folded, places)} | {n: [] for n in spans if n != places[0][2]}
    starts = [start for start, _, _ in places]
    speaking: tuple[str, ...] = ()
    carried = 0
    for sentence in _SENTENCE.finditer(folded):
        inside = places[bisect_left(starts, sentence.start()) : bisect_left(starts, sentence.end())]
        if not inside:
            carried += 1
            if carried <= CARRY:
                for name in speaking:
                    result[name].append(Stretch(sentence.start(), sentence.end(), False, len(speaking) > 1))
            continue
        carried = 0
        speaking = _by_clause(folded, sentence.span(), inside, result)
    return result


def _alone(folded: str, places: Sequence[tuple[int, int, str]]) -> list[Stretch]:
    """With one company in the text: its sentences, and those after them for a while."""
    starts = [start for start, _, _ in places]
    found, carried = [], CARRY  # what stands before the first name is context, not about it
    for sentence in _SENTENCE.finditer(folded):
        named = bisect_left(starts, sentence.start()) < bisect_left(starts, sentence.end())
        carried = 0 if named else carried + 1
        if carried <= CARRY:
            found.append(Stretch(sentence.start(), sentence.end(), named, False))
    return found


def _by_clause(
    folded: str, sentence: Span, inside: Sequence[tuple[int, int, str]], result: dict[str, list[Stretch]]
) -> tuple[str, ...]:
    """Give the clauses of one sentence to the companies it names; returns who is spoken of at its end."""
    names = tuple(dict.fromkeys(name for _, _, name in inside))
    if len(names) == 1:
        result[names[0]].append(Stretch(*sentence, True, False))
        return names
    speaking: tuple[str, ...] = ()
    for clause in _CLAUSE.finditer(folded, *sentence):
        here = tuple(dict.fromkeys(n for start, _, n in inside if clause.start() <= start < clause.end()))
        if here:
            speaking = here
        for name in speaking or names[:1]:
            result[name].append(Stretch(clause.start(), clause.end(), name in here, len(speaking) > 1))
    return speaking


def view_of(
    folded: str, stretches: Sequence[Stretch], own: Sequence[Span], others: Sequence[Span], *, most: int
) -> str:
    """The first `most` characters of the stretches, the company and other companies as single signs."""
    marks = sorted([(start, end, MARK) for start, end in own] + [(start, end, OTHER) for start, end in others])
    starts = [start for start, _, _ in marks]
    parts: list[str] = []
    size = 0
    for stretch in stretches:
        if size >= most:
            break
        size += stretch.end - stretch.start
        at = stretch.start
        for start, end, sign in marks[bisect_left(starts, at) : bisect_left(starts, stretch.end)]:
            if start < at:
                continue
            parts += (folded[at:start], sign)
            at = end
        parts.append(folded[at : stretch.end])
    return "".join(parts)[:most]
