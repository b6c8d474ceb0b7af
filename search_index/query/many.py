"""Thousands of queries asked of one document: an automaton finds which could match, the predicate decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, TypeGuard
from zoneinfo import ZoneInfo

from core.times import SHANGHAI
from core.values import Facts
from search_index.query.ast import And, Literal, Near, Not, Or, Prefix, Query, both, leaves
from search_index.query.predicate import Prepared, Test, compiled, holder, is_plain

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick

_FEW = 200  # below, asking everybody is faster than the automaton (bench/search.py)


class Subscriptions:
    """
    Queries by id, ready to be asked of documents. Not to be changed; make another when queries change.

    Every query is filed under words of which at least one must stand in the text if it is to match; a query
    without such words (negations, filters) is asked every time. One pass over the text finds all words of all
    queries, so that most questions are answered before they are asked. Groups of words (甲 或 乙) that several
    queries share are looked at once. The answer is the naive one, faster.
    """

    def __init__(self, queries: Iterable[tuple[str, Query]], *, zone: ZoneInfo = SHANGHAI) -> None:
        named = list(queries)
        self._names = [name for name, _query in named]
        self._whole: list[Test] = [compiled(query, zone).test for _name, query in named]
        self._plans: list[Plan] = []
        self._done: set[int] = set()  # queries that ask for nothing beyond the words they are filed under
        self._always: list[int] = []
        self._words: list[str] = []
        self._checks: dict[int, Callable[[str], bool]] = {}  # of words where it matters what stands around them
        self._groups: list[list[int]] = []  # of each word the groups it is in
        self._filed: list[list[int]] = []  # of each word the queries filed under it
        self._sound = True  # False when a word holds what the automaton cannot
        self._automaton: AhoCorasick | None = None
        if len(named) >= _FEW:
            self._file([query for _name, query in named], zone)

    def matching(self, facts: Facts, now: datetime) -> list[str]:
        """The ids of the queries that match the document at `now`, in the order given."""
        prepared = Prepared(facts)
        if self._automaton is None:
            found = [at for at, test in enumerate(self._whole) if test(prepared, now)]
        else:
            found = sorted(self._found(prepared, now))
        return [self._names[at] for at in found]

    def _found(self, prepared: Prepared, now: datetime) -> list[int]:
        """Which match, in no order; the words found on the way are left in `prepared`."""
        title, body = prepared.title, prepared.body
        in_text = self._hits(title) | self._hits(body)
        parts = {word for word in in_text & self._checks.keys() if not self._stands(word, title, body)}
        words = in_text - parts
        hit = set[int]().union(*(self._groups[word] for word in words))
        asked = set(self._always).union(*(self._filed[word] for word in words))
        elsewhere = parts.union(*map(self._hits, prepared.urls)) - words
        by_test = set[int]().union(*(self._filed[word] for word in elsewhere)) - asked
        found: list[int] = []
        if self._sound and _encodable(title + body):
            prepared.found = {self._words[word] for word in in_text}
            found += asked & self._done
            plans = self._plans
            for at in asked - self._done:
                needs, bans, test = plans[at]
                if needs <= hit and bans.isdisjoint(hit) and (test is None or test(prepared, now)):
                    found.append(at)
        else:
            by_test |= asked
        return found + [at for at in by_test if self._whole[at](prepared, now)]

    def _stands(self, word: int, title: str, body: str) -> bool:
        """Whether a word that was found stands there as a word of its own (app, but not in apple)."""
        check = self._checks[word]
        return check(body) or check(title)

    def _hits(self, text: str) -> set[int]:
        if not text or self._automaton is None:
            return set()
        return {hit[0] for hit in self._automaton.find_matches_as_indexes(_encoded(text), overlapping=True)}

    def _file(self, queries: list[Query], zone: ZoneInfo) -> None:
        from ahocorasick_rs import AhoCorasick  # loaded only where there are many queries

        groups: dict[frozenset[str], int] = {}
        filed: dict[str, list[int]] = {}
        for at, query in enumerate(queries):
            under = needed(query)
            if under is None:
                self._always.append(at)
            for word in under or ():
                filed.setdefault(word, []).append(at)
            self._plans.append(_plan(query, under, groups, zone))
            if not any(self._plans[-1]):
                self._done.add(at)
            for leaf in leaves(query):
                if _is_anywhere(leaf):
                    filed.setdefault(leaf.text, [])
        words = {word: at for at, word in enumerate(filed)}
        self._words, self._filed, self._groups = list(words), list(filed.values()), [[] for _ in words]
        for group, number in groups.items():
            for word in group:
                self._groups[words[word]].append(number)
        self._checks = {at: holder(Literal(word)) for word, at in words.items() if not is_plain(Literal(word))}
        self._sound = all(map(_encodable, words))
        self._automaton = AhoCorasick([_encoded(word) for word in words]) if words else None


class Plan(NamedTuple):
    """
    What a query asks beyond the words that it is filed under: all of `needs` must be hit, none of `bans` may be, and
    `test` must hold if there is one.
    """

    needs: frozenset[int]
    bans: frozenset[int]
    test: Test | None


def _plan(query: Query, under: frozenset[str] | None, groups: dict[frozenset[str], int], zone: ZoneInfo) -> Plan:
    """Parts that a look for words answers become numbers of groups; a new group gets its number here."""
    needs, bans, others = set(), set(), []
    for part in query.parts if isinstance(query, And) else (query,):
        if words := group_of(part):
            if words != under:
                needs.add(groups.setdefault(words, len(groups)))
        elif isinstance(part, Not) and (words := group_of(part.part)):
            bans.add(groups.setdefault(words, len(groups)))
        else:
            others.append(part)
    return Plan(frozenset(needs), frozenset(bans), compiled(both(others), zone).test if others else None)


def group_of(query: Query) -> frozenset[str] | None:
    """The words of which any one in title or body makes it match, and without which it does not; None for others."""
    parts = query.parts if isinstance(query, Or) else (query,)
    words = [part.text for part in parts if _is_anywhere(part)]
    return frozenset(words) if len(words) == len(parts) else None


def _is_anywhere(part: Query) -> TypeGuard[Literal]:
    return isinstance(part, Literal) and part.field is None


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
