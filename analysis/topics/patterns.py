"""
Words of many rules found in one pass, and patterns over them. Knows nothing of topics.

A pattern is words in order: "A…B" means B begins at most GAP characters after A ends, "A~B" at most TIGHT, "A<data>"
at once; a word in angle brackets is any word of that list. All parts stand in one sentence.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick

from core.text import fold

GAP = 16
TIGHT = 4
_SENTENCE = re.compile(r"[。！？!?;；#\n]")
_PART = re.compile(r"([…~]?)(<[^>]+>|[^…~<]+)")

PLAIN_NO = re.compile(r"(?<!有)(?:没有|并未|从未)")
Span = tuple[int, int]
_NOWHERE: list[Span] = []
_NONE: list[list[Span]] = []


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """Parts as sets of word numbers, each with the greatest distance to the part before it."""

    parts: tuple[frozenset[int], ...]
    gaps: tuple[int, ...]


class Lexicon:
    """Every word of a rule file once; patterns are made against it, then `build` closes it."""

    def __init__(self, lists: Mapping[str, Sequence[str]]) -> None:
        self._lists = lists
        self._numbers: dict[str, int] = {}
        self._patterns: dict[str, Pattern] = {}

    def pattern(self, text: str) -> Pattern:
        """The pattern written as `text`. Raises ValueError for an unknown list."""
        if text not in self._patterns:
            parts, gaps = [], []
            for sign, part in _PART.findall(text):
                parts.append(frozenset(self._number(word) for word in self._words(part)))
                gaps.append({"…": GAP, "~": TIGHT, "": 0}[sign])
            self._patterns[text] = Pattern(tuple(parts), tuple(gaps))
        return self._patterns[text]

    def any_of(self, texts: Iterable[str]) -> tuple[Pattern, ...]:
        """Patterns that stand where any of these does: those of one word become one, since most of a group are such."""
        patterns = [self.pattern(text) for text in texts]
        words = [p.parts[0] for p in patterns if len(p.parts) == 1]
        single = (Pattern((frozenset().union(*words),), (0,)),) if words else ()
        return (*single, *(p for p in patterns if len(p.parts) > 1))

    def build(self, hidden: Iterable[str] = ()) -> Words:
        """All words met so far; one that overlaps one of `hidden` without holding all of it is not there."""
        hosts = frozenset(number for word in hidden for number in self.pattern(word).parts[0])
        return Words(list(self._numbers), hosts)

    def _words(self, part: str) -> Iterable[str]:
        if not part.startswith("<"):
            return [part]
        name = part.strip("<>")
        if name not in self._lists:
            raise ValueError(f"unknown word list <{name}>")
        return [word for entry in self._lists[name] for word in self._words(entry)]

    def _number(self, word: str) -> int:
        return self._numbers.setdefault(fold(word), len(self._numbers))


def _inside(start: int, end: int, hosts: Sequence[Span], longest: int) -> bool:
    """True for a word that overlaps one of `hosts` (in order, none longer than `longest`) without holding all of it."""
    near = hosts[bisect_left(hosts, (start - longest, 0)) : bisect_left(hosts, (end, 0))]
    return any(start < e and s < end and not (start <= s and e <= end) for s, e in near)


def _whole(text: str, start: int, end: int) -> bool:
    """False for 12345 in 139123456789: a number that goes on is another one."""
    before = start and text[start].isdigit() and text[start - 1].isdigit()
    return not (before or (end < len(text) and text[end - 1].isdigit() and text[end].isdigit()))


class Words:
    """The words of a lexicon that takes no more, by their numbers."""

    def __init__(self, words: Sequence[str], hidden: frozenset[int]) -> None:
        self._automaton = AhoCorasick(words)
        self._hidden = hidden
        self._numeric = frozenset(n for n, word in enumerate(words) if word[:1].isdigit() or word[-1:].isdigit())

    def found(self, folded: str) -> dict[int, list[Span]]:
        """Where each word stands, of those that do."""
        at: dict[int, list[Span]] = {}
        found = self._automaton.find_matches_as_indexes(folded, overlapping=True)
        hosts = sorted((start, end) for number, start, end in found if number in self._hidden)
        longest = max((end - start for start, end in hosts), default=0)
        for number, start, end in found:
            if number in self._hidden or (hosts and _inside(start, end, hosts, longest)):
                continue
            if number not in self._numeric or _whole(folded, start, end):
                at.setdefault(number, []).append((start, end))
        return at


class Reading:
    """Where the words of a lexicon stand in one folded text."""

    def __init__(self, folded: str, words: Words) -> None:
        self.text = folded
        self.at = words.found(folded)
        self._there = frozenset(self.at)
        self.negated: set[str] = set()  # topics whose cue stands behind a "no"; filled by who reads
        self._found: dict[frozenset[int], list[Span]] = {}
        self._places: dict[Pattern, list[list[Span]]] = {}
        self._ends = [m.start() for m in _SENTENCE.finditer(folded)]

    def sentence(self, position: int) -> Span:
        """The sentence around a position, without the sign that ends it."""
        after = bisect_left(self._ends, position)
        start = self._ends[after - 1] + 1 if after else 0
        return start, self._ends[after] if after < len(self._ends) else len(self.text)

    def finds(self, pattern: Pattern) -> list[list[Span]]:
        """Every place where the pattern begins: the spans of its parts, each the nearest to the one before."""
        places = self._places.get(pattern)
        if places is None:  # many rules ask for the same pattern
            places = self._places[pattern] = self._looked_up(pattern)
        return places

    def holds(self, pattern: Pattern) -> bool:
        """True when the pattern stands anywhere."""
        return bool(self.finds(pattern))

    def has(self, pattern: Pattern, start: int, end: int, *, plainly: bool = False) -> bool:
        """True when the pattern stands within [start, end); `plainly`: not right behind a "no"."""
        return any(
            start <= parts[0][0] and parts[-1][1] <= end and not (plainly and self._denied(parts[0][0]))
            for parts in self.finds(pattern)
        )

    def _denied(self, at: int) -> bool:
        return bool(PLAIN_NO.search(self.text, max(0, at - 3), at))

    def _looked_up(self, pattern: Pattern) -> list[list[Span]]:
        spans = []
        for words in pattern.parts:
            if not (there := self._any(words)):
                return _NONE
            spans.append(there)
        if len(spans) == 1:
            return [[first] for first in spans[0]]
        return [parts for first in spans[0] if (parts := self._follow(first, spans[1:], pattern.gaps[1:]))]

    def _any(self, words: frozenset[int]) -> list[Span]:
        if words.isdisjoint(self._there):
            return _NOWHERE
        found = self._found.get(words)
        if found is None:
            found = self._found[words] = sorted({span for word in words & self._there for span in self.at[word]})
        return found

    def _follow(self, first: Span, rest: Sequence[list[Span]], gaps: Sequence[int]) -> list[Span]:
        parts, end = [first], first[1]
        for spans, gap in zip(rest, gaps, strict=True):
            at = bisect_left(spans, (end, 0))  # in order of their starts
            if at == len(spans) or spans[at][0] > end + gap:
                return []
            parts.append(spans[at])
            end = spans[at][1]
        return parts if end <= self.sentence(first[0])[1] else []
