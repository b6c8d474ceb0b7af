"""A query tree as a tantivy query that matches exactly what the predicate matches."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import tantivy

from search_index.query.ast import All, And, Literal, Near, Not, Or, Prefix, Query, Range, Recent, Term
from search_index.query.dates import instants
from search_index.query.near import EVERYTHING, Nearby, beside_near
from search_index.rows import COLD, LIVE, UNDATED, microseconds
from search_index.tokens import phrase, sparse, whole_value

_Q = tantivy.Query
_MUST, _SHOULD, _NOT = tantivy.Occur.Must, tantivy.Occur.Should, tantivy.Occur.MustNot
_TITLE_BOOST = 3.0  # a word in the title says more about the text than one in the body


class Lowering:
    """Lowers queries for one schema, zone and moment."""

    def __init__(self, schema: tantivy.Schema, *, now: datetime, zone: ZoneInfo, nearby: Nearby) -> None:
        self._schema, self._now, self._zone, self._nearby = schema, now, zone, nearby

    def query(self, query: Query, among: Query = EVERYTHING) -> tantivy.Query:
        """
        The tantivy query. `among` is what else a document must match anyway.

        Deleted and control documents hold nothing, so only negations must leave them out.
        """
        match query:
            case All():
                return self.live()
            case And(parts):
                return self._all_of(parts)
            case Or(parts):
                return _Q.boolean_query([(_SHOULD, self.query(part)) for part in parts])
            case Not():
                return self._all_of((query,))
            case Term(field, value):
                return self._silent(_Q.term_query(self._schema, f"v_{field}", whole_value(value), "basic"))
            case Range(field="heat"):
                return self._silent(self._heat(query))
            case Range() | Recent():
                return self._silent(self._dates(query))
            case Near():
                return self._silent(_Q.term_set_query(self._schema, "id", list(self._nearby(query, among))))
            case _:
                return self._text(query)

    def live(self) -> tantivy.Query:
        """Every document that can be found."""
        return self._silent(_Q.term_query(self._schema, "state", LIVE))

    def _all_of(self, parts: tuple[Query, ...]) -> tantivy.Query:
        among = beside_near(parts)
        clauses = [
            (_NOT, self.query(part.part, among)) if isinstance(part, Not) else (_MUST, self.query(part, among))
            for part in parts
        ]
        if all(isinstance(part, Not) for part in parts):
            clauses.append((_MUST, self.live()))
        return _Q.boolean_query(clauses)

    def _silent(self, query: tantivy.Query) -> tantivy.Query:
        """A filter: it decides, but adds nothing to relevance."""
        return _Q.const_score_query(query, 0.0)

    def _text(self, query: Literal | Prefix) -> tantivy.Query:
        if query.field:
            return self._in_field(query, query.field)
        title = _Q.boost_query(self._in_field(query, "title"), _TITLE_BOOST)
        return _Q.boolean_query([(_SHOULD, title), (_SHOULD, self._in_field(query, "body"))])

    def _in_field(self, query: Literal | Prefix, field: str) -> tantivy.Query:
        name = f"x_{field}"
        if isinstance(query, Prefix):
            return _Q.regex_query(self._schema, name, f"{query.text}.*")
        words = phrase(query.text)
        if not words:
            return _Q.regex_query(self._schema, name, f"{query.text}.?")
        if len(words) == 1:
            return _Q.term_query(self._schema, name, words[0])
        return _Q.phrase_query(self._schema, name, sparse(words))

    def _heat(self, node: Range) -> tantivy.Query:
        low = COLD / 10 if node.low is None else float(node.low)
        high = -COLD if node.high is None else float(node.high)
        return _Q.range_query(
            self._schema, "heat", tantivy.FieldType.Float, low, high, not node.low_excluded, not node.high_excluded
        )

    def _dates(self, node: Range | Recent) -> tantivy.Query:
        low, high = instants(node, self._now, self._zone)
        return _Q.range_query(
            self._schema,
            "ts",
            tantivy.FieldType.Integer,
            UNDATED + 1 if low is None else microseconds(low),
            -UNDATED if high is None else microseconds(high),
            True,
            False,
        )
