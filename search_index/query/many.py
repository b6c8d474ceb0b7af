"""Thousands of queries asked of one document: an automaton finds which could match, the predicate decides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from core.times import SHANGHAI
from core.values import Facts
from search_index.query.ast import And, Literal, Near, Or, Prefix, Query
from search_index.query.predicate import Compiled, Prepared, compiled

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick

_FEW = 200  # below, asking everybody is faster than the automaton (bench/search.py)


class Subscriptions:
    """
    Queries by id, ready to be asked of documents. Not to be changed; make another when queries change.

    Every query is filed under words of which at least one must stand in the text if it is to match; a query
    without such words (negations, filters) is asked every time. The answer is the naive one, faster.
    """

    def __init__(self, queries: Iterable[tuple[str, Query]], *, zone: ZoneInfo = SHANGHAI) -> None:
        self._all: list[tuple[str, Compiled]] = [(name, compiled(query, zone)) for name, query in queries]
        self._always: list[int] = []
        self._filed: list[Sequence[int]] = []
        self._automaton: AhoCorasick | None = None
        if len(self._all) >= _FEW:
            self._file()

    def matching(self, facts: Facts, now: datetime) -> list[str]:
        """The ids of the queries that match the document at `now`, in the order given."""
        prepared = Prepared(facts)
        return [
            name for name, query in (self._all[at] for at in self._asked(prepared)) if query.of_prepared(prepared, now)
        ]

    def _asked(self, prepared: Prepared) -> Iterable[int]:
        if self._automaton is None:
            return range(len(self._all))
        asked = set(self._always)
        for text in prepared.texts.values():
            for word in {hit[0] for hit in self._automaton.find_matches_as_indexes(_encodable(text), overlapping=True)}:
                asked.update(self._filed[word])
        return sorted(asked)

    def _file(self) -> None:
        from ahocorasick_rs import AhoCorasick  # loaded only where there are many queries

        filed: dict[str, list[int]] = {}
        for at, (_name, query) in enumerate(self._all):
            words = needed(query.query)
            if words is None:
                self._always.append(at)
            for word in words or ():
                filed.setdefault(word, []).append(at)
        self._filed = list(filed.values())
        self._automaton = AhoCorasick([_encodable(word) for word in filed]) if filed else None


def needed(query: Query) -> frozenset[str] | None:
    """Words of which at least one stands in every text that matches; None when the query asks for no word."""
    if isinstance(query, (Literal, Prefix)):
        return frozenset((query.text,))
    if isinstance(query, Near):
        return frozenset((max(query.texts, key=len),))
    if isinstance(query, Or):
        choices = [needed(part) for part in query.parts]
        return None if None in choices else frozenset().union(*(words for words in choices if words))
    if isinstance(query, And):
        groups = [words for part in query.parts if (words := needed(part)) is not None]
        return max(groups, key=_rarity, default=None)
    return None


def _encodable(text: str) -> str:
    """The text without lone surrogates, which only Python knows; both sides lose them alike."""
    return text.encode("utf-8", "replace").decode()


def _rarity(words: frozenset[str]) -> tuple[int, int]:
    """Longer words are rarer, and fewer are better."""
    return min(map(len, words)), -len(words)
