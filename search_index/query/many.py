"""Thousands of queries asked of one document: an automaton finds which could match, the predicate decides."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from core.times import SHANGHAI
from core.values import Facts
from search_index.query.ast import And, Literal, Near, Or, Prefix, Query, leaves
from search_index.query.predicate import Prepared, Test, compiled, is_plain

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick

_FEW = 200  # below, asking everybody is faster than the automaton (bench/search.py)


class Subscriptions:
    """
    Queries by id, ready to be asked of documents. Not to be changed; make another when queries change.

    Every query is filed under words of which at least one must stand in the text if it is to match; a query
    without such words (negations, filters) is asked every time. One pass over the text finds all words of all
    queries, so that most questions are answered before they are asked. The answer is the naive one, faster.
    """

    def __init__(self, queries: Iterable[tuple[str, Query]], *, zone: ZoneInfo = SHANGHAI) -> None:
        named = list(queries)
        self._all: list[tuple[str, Test]] = [(name, compiled(query, zone).test) for name, query in named]
        self._always: list[int] = []
        self._words: list[str] = []
        self._filed: list[list[int]] = []
        self._sound = True  # False when a word holds what the automaton cannot
        self._automaton: AhoCorasick | None = None
        if len(named) >= _FEW:
            self._file([query for _name, query in named])

    def matching(self, facts: Facts, now: datetime) -> list[str]:
        """The ids of the queries that match the document at `now`, in the order given."""
        prepared = Prepared(facts)
        everybody = self._all
        return [everybody[at][0] for at in self._asked(prepared) if everybody[at][1](prepared, now)]

    def _asked(self, prepared: Prepared) -> Iterable[int]:
        """Who could match; what was found on the way is left in `prepared`."""
        if self._automaton is None:
            return range(len(self._all))
        in_text = self._hits(prepared.title) | self._hits(prepared.body)
        asked = set(self._always)
        for word in in_text | self._hits(prepared.url):
            asked.update(self._filed[word])
        if self._sound and _encodable(prepared.title + prepared.body):
            prepared.found = {self._words[word] for word in in_text}
        return sorted(asked)

    def _hits(self, text: str) -> set[int]:
        if not text or self._automaton is None:
            return set()
        return {hit[0] for hit in self._automaton.find_matches_as_indexes(_encoded(text), overlapping=True)}

    def _file(self, queries: list[Query]) -> None:
        from ahocorasick_rs import AhoCorasick  # loaded only where there are many queries

        filed: dict[str, list[int]] = {}
        for at, query in enumerate(queries):
            words = needed(query)
            if words is None:
                self._always.append(at)
            for word in words or ():
                filed.setdefault(word, []).append(at)
            for leaf in leaves(query):
                if is_plain(leaf):
                    filed.setdefault(leaf.text, [])
        self._words, self._filed = list(filed), list(filed.values())
        self._sound = all(map(_encodable, filed))
        self._automaton = AhoCorasick([_encoded(word) for word in filed]) if filed else None


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


def _encodable(text: str) -> bool:
    """False for a text with a lone surrogate, which only Python knows."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _encoded(text: str) -> str:
    """The text without lone surrogates; both sides lose them alike, so nothing that matches is missed."""
    return text.encode("utf-8", "replace").decode()


def _rarity(words: frozenset[str]) -> tuple[int, int]:
    """Longer words are rarer, and fewer are better."""
    return min(map(len, words)), -len(words)
