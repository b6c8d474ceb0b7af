"""
The query language: text -> tree -> predicate. Pure, and free of any engine: alerts and briefing import only this.

The rules are in docs/query-language.md.
"""

from search_index.query.ast import (
    All,
    And,
    Literal,
    Near,
    Not,
    Or,
    Prefix,
    Query,
    Range,
    Recent,
    Term,
    leaves,
    literals,
)
from search_index.query.errors import QueryError
from search_index.query.parser import Note, Understood, parse, parse_forgiving
from search_index.query.predicate import Compiled, Prepared, compiled, matches
from search_index.query.printer import printed

__all__ = [
    "All",
    "And",
    "Compiled",
    "Literal",
    "Near",
    "Not",
    "Note",
    "Or",
    "Prefix",
    "Prepared",
    "Query",
    "QueryError",
    "Range",
    "Recent",
    "Term",
    "Understood",
    "compiled",
    "leaves",
    "literals",
    "matches",
    "parse",
    "parse_forgiving",
    "printed",
]
