"""Which clauses of a query one document matches, as a tree like the query's. Pure: an engine says what holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from search_index.query.ast import And, Not, Or, Query
from search_index.query.printer import printed


@dataclass(frozen=True, slots=True)
class Clause:
    """
    One clause as it is written, whether the document matches it, and the clauses in it.

    A negation matches where what it excludes does not. The root says whether the document is a hit.
    """

    text: str
    matched: bool
    parts: tuple[Clause, ...] = ()


def clauses(query: Query) -> list[Query]:
    """The query and every clause in it, each once."""
    found = [query, *(inner for part in _parts(query) for inner in clauses(part))]
    return list(dict.fromkeys(found))


def explained(query: Query, held: Mapping[Query, bool]) -> Clause:
    """The tree of a query of which every clause is known to hold or not."""
    return Clause(printed(query), held[query], tuple(explained(part, held) for part in _parts(query)))


def _parts(query: Query) -> tuple[Query, ...]:
    if isinstance(query, (And, Or)):
        return query.parts
    return (query.part,) if isinstance(query, Not) else ()
