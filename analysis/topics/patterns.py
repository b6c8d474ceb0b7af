"""
Words of many rules found in one pass, and patterns over them. Knows nothing of topics.

A pattern is words in order: "A…B" means B begins at most GAP characters after A ends, "A~B" at most TIGHT, "A<data>"
at once; a word in angle brackets is any word of that list. All parts stand in one sentence.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick

from core.text import fold

GAP = 16
TIGHT = 4
_SENTENCE = re.compile(r"[。！？!?;；#\n]")
_PART = re.compile(r"([…~]?)(<[^>]+>|[^…~<]+)")

PLAIN_NO = re.compile(r"(?<!有)(?:没有|并未|从未)")
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Pattern:
    """Parts as sets of word numbers, each with the greatest distance to the part before it."""

    parts: tuple[frozenset[int], ...]
    gaps: tuple[int, ...]


class Lexicon:
    """Every word of a rule file once; patterns are made against it, then `build` closes it."""

    def __init__(self, lists: Mapping[str, Sequence[str]]) -> None:
        self._lists = lists
        self._numbers: dict[str, int] = {}

    def pattern(self, text: str) -> Pattern:
        """The pattern written as `text`. Raises ValueError for an unknown list."""
        parts, gaps = [], []
        for sign, part in _PART.findall(text):
            parts.append(frozenset(self._number(word) for word in self._words(part)))
            gaps.append({"…": GAP, "~": TIGHT, "": 0}[sign])
        return Pattern(tuple(parts), tuple(gaps))

    def build(self) -> AhoCorasick:
        """The automaton over all words met so far."""
        return AhoCorasick(list(self._numbers))

    def _words(self, part: str) -> Iterable[str]:
        if not part.startswith("<"):
            return [part]
        name = part.strip("<>")
        if name not in self._lists:
            raise ValueError(f"unknown word list <{name}>")
        return [word for entry in self._lists[name] for word in self._words(entry)]

    def _number(self, word: str) -> int:
        return self._numbers.setdefault(fold(word), len(self._numbers))


def _inside(start: int, end: int, hosts: Sequence[Span]) -> bool:
    return any(start < e and s < end and not (start <= s and e <= end) for s, e in hosts)


class Reading:
    """Where the words of a lexicon stand in one folded text."""

    def __init__(self, folded: str, automaton: AhoCorasick, hidden: frozenset[int] = frozenset()) -> None:
        """Words that overlap one of `hidden` without holding all of it are not there."""
        self.text = folded
        self.at: dict[int, list[Span]] = {}
        self.negated: set[str] = set()  # topics whose cue stands behind a "no"; filled by who reads
        self._found: dict[frozenset[int], list[Span]] = {}
        found = automaton.find_matches_as_indexes(folded, overlapping=True)
        hosts = [(start, end) for number, start, end in found if number in hidden]
        for number, start, end in found:
            if number not in hidden and not (hosts and _inside(start, end, hosts)):
                self.at.setdefault(number, []).append((start, end))
        self._ends = [m.start() for m in _SENTENCE.finditer(folded)]

    def sentence(self, position: int) -> Span:
        """The sentence around a position, without the sign that ends it."""
        after = bisect_left(self._ends, position)
        start = self._ends[after - 1] + 1 if after else 0
        return start, self._ends[after] if after < len(self._ends) else len(self.text)

    def finds(self, pattern: Pattern) -> Iterator[list[Span]]:
        """Every place where the pattern begins: the spans of its parts, each the nearest to the one before."""
        for first in self._any(pattern.parts[0]):
            parts = self._follow(pattern, first)
            if parts:
                yield parts

    def holds(self, pattern: Pattern) -> bool:
        """True when the pattern stands anywhere."""
        return any(True for _parts in self.finds(pattern))

    def has(self, pattern: Pattern, start: int, end: int, *, plainly: bool = False) -> bool:
        """True when the pattern stands within [start, end); `plainly`: not right behind a "no"."""
        return any(
            start <= parts[0][0] and parts[-1][1] <= end and not (plainly and self._denied(parts[0][0]))
            for parts in self.finds(pattern)
        )

    def _denied(self, at: int) -> bool:
        return bool(PLAIN_NO.search(self.text, max(0, at - 3), at))

    def _any(self, words: frozenset[int]) -> list[Span]:
        if len(words) == 1:
            return self.at.get(next(iter(words)), [])
        found = self._found.get(words)
        if found is None:
            found = self._found[words] = self._gathered(words)
        return found

    def _gathered(self, words: frozenset[int]) -> list[Span]:
        known = words & self.at.keys() if len(words) < len(self.at) else self.at.keys() & words
        return sorted({span for word in known for span in self.at[word]})

    def _follow(self, pattern: Pattern, first: Span) -> list[Span]:
        _, limit = self.sentence(first[0])
        parts = [first]
        for words, gap in zip(pattern.parts[1:], pattern.gaps[1:], strict=True):
            end = parts[-1][1]
            step = next((s for s in self._any(words) if end <= s[0] <= end + gap), None)
            if step is None:
                return []
            parts.append(step)
        return parts if parts[-1][1] <= limit else []
