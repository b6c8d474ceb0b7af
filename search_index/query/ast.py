"""The typed tree of a query. Frozen, hashable, in canonical form when made by the parser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf
from typing import TypeAlias

TextField: TypeAlias = OneOf["title", "body", "url"]
TermField: TypeAlias = OneOf["sentiment", "topic", "source", "outlet", "company", "author", "status", "level", "kind"]
RangeField: TypeAlias = OneOf["date", "heat"]
Unit: TypeAlias = OneOf["today", "yesterday", "week", "month", "days", "hours"]


@dataclass(frozen=True, slots=True)
class All:
    """Everything."""


@dataclass(frozen=True, slots=True)
class And:
    """All of them; at least two parts, none of them an And."""

    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of them; at least two parts, none of them an Or."""

    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Everything that the part does not match; the part is never itself a Not."""

    part: Query


@dataclass(frozen=True, slots=True)
class Literal:
    """Folded text that stands contiguously in the field; field None means the title or the body."""

    text: str
    field: TextField | None = None


@dataclass(frozen=True, slots=True)
class Near:
    """At least two folded texts in one field, in any order, at most `distance` characters between neighbours."""

    texts: tuple[str, ...]
    distance: int
    field: TextField | None = None


@dataclass(frozen=True, slots=True)
class Prefix:
    """The beginning of a Latin/digit run, folded."""

    text: str
    field: TextField | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A whole value of a field: the id of a closed set or of a shipped topic, else the folded value."""

    field: TermField
    value: str


@dataclass(frozen=True, slots=True)
class Range:
    """
    Values between `low` and `high`; None is open, both ends count unless they are excluded.

    Dates are "2026-11-20" or "2026-11" (whole days and months in the zone of the asker); heat is a decimal number.
    """

    field: RangeField
    low: str | None = None
    high: str | None = None
    low_excluded: bool = False
    high_excluded: bool = False


@dataclass(frozen=True, slots=True)
class Recent:
    """A span of time that moves with the clock; `count` matters to "days" and "hours" only."""

    unit: Unit
    count: int = 1


Leaf: TypeAlias = All | Literal | Near | Prefix | Term | Range | Recent
Query: TypeAlias = And | Or | Not | Leaf


def both(parts: list[Query]) -> Query:
    """The parts joined by And in canonical form; no part at all is All."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, And) else (part,))]
    return And(tuple(flat)) if len(flat) > 1 else flat[0] if flat else All()


def either(parts: list[Query]) -> Query:
    """At least one part, joined by Or in canonical form."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, Or) else (part,))]
    return Or(tuple(flat)) if len(flat) > 1 else flat[0]


def negated(part: Query) -> Query:
    """Not of the part; two negations cancel."""
    return part.part if isinstance(part, Not) else Not(part)


def leaves(query: Query) -> list[Leaf]:
    """Every leaf of the tree, left to right, negated ones included."""
    if isinstance(query, (And, Or)):
        return [leaf for part in query.parts for leaf in leaves(part)]
    return leaves(query.part) if isinstance(query, Not) else [query]


def literals(query: Query, *, positive: bool = True) -> tuple[Literal | Near | Prefix, ...]:
    """The text parts that a hit may show, negated ones left out: what to highlight."""
    if isinstance(query, (And, Or)):
        found = [leaf for part in query.parts for leaf in literals(part, positive=positive)]
        return tuple(dict.fromkeys(found))
    if isinstance(query, Not):
        return literals(query.part, positive=not positive)
    return (query,) if positive and isinstance(query, (Literal, Near, Prefix)) else ()
