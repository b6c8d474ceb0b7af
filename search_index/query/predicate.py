"""The query as a predicate over facts: the oracle of the engines and the matcher of subscriptions."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any, TypeGuard
from zoneinfo import ZoneInfo

from core.text import fold
from core.times import SHANGHAI
from core.values import Facts
from search_index.query.ast import All, And, Literal, Near, Not, Or, Prefix, Query, Range, Recent, Term, TextField
from search_index.query.atoms import is_word, literal_pattern, prefix_pattern, spans
from search_index.query.dates import instants
from search_index.query.fields import normal_value
from search_index.query.near import stand_near


class Prepared:
    """
    Facts with their texts folded and their values normalised, once for many queries.

    `found`, when it is not None, holds every plain word of the queries to come that stands in title or body:
    looking into it replaces looking through the texts.
    """

    found: set[str] | None = None

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.title = fold(facts.title or "")
        self.body = fold(facts.body or "")

    @cached_property
    def urls(self) -> tuple[str, ...]:
        """The folded addresses; few queries ask for them."""
        return tuple(fold(str(url)) for url in _all_values(self.facts, "url", self.facts.url))

    def texts(self, field: TextField) -> tuple[str, ...]:
        """The folded texts of one field."""
        return (self.title,) if field == "title" else (self.body,) if field == "body" else self.urls

    @cached_property
    def values(self) -> dict[str, frozenset[str]]:
        """Field -> normalised values; a field without a value is empty."""
        return {field: frozenset(values) for field, values in term_values(self.facts).items()}


def term_values(facts: Facts) -> dict[str, list[str]]:
    """What a Term can be equal to, by field: ids of known values, folded text of others, in the order given."""
    given: dict[str, tuple[str | None, ...]] = {
        "sentiment": (facts.sentiment,),
        "topic": facts.topics,
        "source": facts.source,
        "outlet": (facts.outlet,),
        "company": facts.companies,
        "author": (facts.author,),
        "status": (facts.status,),
        "level": (facts.level,),
        "kind": (facts.kind,),
    }
    for field, value in facts.also:
        if field in given:
            given[field] = (*given[field], str(value))
    return {
        field: list(dict.fromkeys(normal_value(field, value) for value in values if value))
        for field, values in given.items()
    }


def _all_values(facts: Facts, field: str, first: Any) -> Sequence[Any]:
    """Every value of a field that usually has one."""
    if facts.also:
        return [value for value in (first, *(also for name, also in facts.also if name == field)) if value is not None]
    return () if first is None else (first,)


Test = Callable[[Prepared, datetime], bool]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A query ready to be asked of many documents."""

    query: Query
    test: Test

    def __call__(self, facts: Facts, now: datetime) -> bool:
        """Whether the query matches these facts, asked at `now` (aware)."""
        return self.test(Prepared(facts), now)

    def of_prepared(self, prepared: Prepared, now: datetime) -> bool:
        """The same, when the facts are prepared already."""
        return self.test(prepared, now)


def compiled(query: Query, zone: ZoneInfo = SHANGHAI) -> Compiled:
    """The query as a callable of (facts, now); days are days of the zone."""
    return Compiled(query, _test(query, zone))


def matches(query: Query, facts: Facts, *, now: datetime, zone: ZoneInfo = SHANGHAI) -> bool:
    """Whether a query matches one document, asked at `now`. An absent fact never matches, its negation does."""
    return _compiled(query, zone).of_prepared(_prepared(facts), now)


@lru_cache(maxsize=1024)
def _compiled(query: Query, zone: ZoneInfo) -> Compiled:
    return compiled(query, zone)


@lru_cache(maxsize=2)
def _prepared(facts: Facts) -> Prepared:
    """Many queries are asked of one document in a row."""
    return Prepared(facts)


def _test(query: Query, zone: ZoneInfo) -> Test:
    match query:
        case All():
            return lambda document, now: True
        case And(parts):
            return _all_of([_test(part, zone) for part in _cheap_first(parts)])
        case Or(parts):
            return _any_of(parts, zone)
        case Not(part):
            test = _test(part, zone)
            return lambda document, now: not test(document, now)
        case Term(field, value):
            return lambda document, now: value in document.values[field]
        case Range(field="heat"):
            return _heat_test(query)
        case Range() | Recent():
            return _date_test(query, zone)
        case _:
            return _text_test(query)


def _cheap_first(parts: tuple[Query, ...]) -> list[Query]:
    return sorted(parts, key=lambda part: not isinstance(part, (Term, Literal)))


def _all_of(tests: list[Test]) -> Test:
    def test(document: Prepared, now: datetime) -> bool:
        for one in tests:  # noqa: SIM110 (a loop, not all(): these run for every subscription and document)
            if not one(document, now):
                return False
        return True

    return test


def _any_of(parts: tuple[Query, ...], zone: ZoneInfo) -> Test:
    """Plain words are looked for in one go, before anything else is asked."""
    words = {part.text for part in parts if is_plain(part)}
    tests = [_test(part, zone) for part in parts if not is_plain(part)]

    def test(document: Prepared, now: datetime) -> bool:
        if document.found is not None:
            if not words.isdisjoint(document.found):
                return True
        else:
            title, body = document.title, document.body
            for word in words:
                if word in body or word in title:
                    return True
        for one in tests:  # noqa: SIM110 (a loop, not any(), as above)
            if one(document, now):
                return True
        return False

    return test


def is_plain(part: Query) -> TypeGuard[Literal]:
    """True for a word in the title or in the body that needs no look at what stands around it."""
    if not isinstance(part, Literal) or part.field is not None:
        return False
    return not is_word(part.text[0]) and not is_word(part.text[-1])


def _text_test(query: Literal | Near | Prefix) -> Test:
    if is_plain(query):
        return _plain_test(query.text)
    holds, field = holder(query), query.field
    if field is None:
        return lambda document, now: holds(document.title) or holds(document.body)
    return lambda document, now: any(map(holds, document.texts(field)))


def _plain_test(text: str) -> Test:
    def test(document: Prepared, now: datetime) -> bool:
        if document.found is not None:
            return text in document.found
        return text in document.body or text in document.title

    return test


def holder(query: Literal | Near | Prefix) -> Callable[[str], bool]:
    """Whether one folded text holds the literal."""
    if isinstance(query, Literal):
        text = query.text
        if not is_word(text[0]) and not is_word(text[-1]):
            return lambda folded: text in folded
        pattern = re.compile(literal_pattern(text))
        return lambda folded: (at := folded.find(text)) >= 0 and pattern.search(folded, at) is not None
    if isinstance(query, Prefix):
        start, pattern = query.text, re.compile(prefix_pattern(query.text))
        return lambda folded: (at := folded.find(start)) >= 0 and pattern.search(folded, at) is not None
    return lambda folded: near_places(query, folded) is not None


def near_places(query: Near, folded: str) -> tuple[tuple[int, int], ...] | None:
    """Where the texts of a Near stand near each other in one folded text; None when they do not."""
    if not all(text in folded for text in query.texts):
        return None
    places = [spans(re.compile(literal_pattern(text)), folded) for text in query.texts]
    return stand_near(places, query.distance) if all(places) else None


def _heat_test(query: Range) -> Test:
    low = float(query.low) if query.low is not None else None
    high = float(query.high) if query.high is not None else None

    def within(heat: float) -> bool:
        if low is not None and (heat < low or (query.low_excluded and heat == low)):
            return False
        return not (high is not None and (heat > high or (query.high_excluded and heat == high)))

    return lambda document, now: any(map(within, _all_values(document.facts, "heat", document.facts.heat)))


def _date_test(query: Range | Recent, zone: ZoneInfo) -> Test:
    def test(document: Prepared, now: datetime) -> bool:
        moments = _all_values(document.facts, "date", document.facts.published_at)
        if not moments:
            return False
        low, high = instants(query, now, zone)
        return any((low is None or moment >= low) and (high is None or moment < high) for moment in moments)

    return test
