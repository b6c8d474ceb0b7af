"""The Elasticsearch mapping and documents. Only what the server core has: whitespace analyser, keyword, numbers."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.values import Facts
from search_index.base import FACETS
from search_index.digest import tie_key
from search_index.query.ast import All, And, Literal, Near, Not, Or, Prefix, Query, Range, Recent, Term
from search_index.query.dates import instants
from search_index.query.near import EVERYTHING, Nearby, beside_near
from search_index.rows import (
    COLD,
    CONTROL,
    DELETED,
    LAYOUT,
    LIVE,
    TERM_FIELDS,
    TEXT_FIELDS,
    UNDATED,
    microseconds,
    row_of,
)
from search_index.tokens import phrase, whole_value

Json = dict[str, Any]
_TITLE_BOOST = 3.0  # as in tantivy_lower
_TERMS_AT_ONCE = 50_000  # index.max_terms_count is 65,536


def index_body(zone: ZoneInfo, *, shards: int, replicas: int | None) -> Json:
    """
    Settings and mapping of every index of a generation. The token fields are not kept: a rebuild comes from the store.

    `replicas` None: one where there is a second node for it, so that a single node is healthy too.
    """
    copies = {"auto_expand_replicas": "0-1"} if replicas is None else {"number_of_replicas": replicas}
    number = {"type": "long"}
    fields: Json = {
        "uid": {"type": "keyword"},
        "ts": number,
        "day": {"type": "integer"},
        "key": number,
        "version": number,
        "state": {"type": "byte"},
        "seq": number,
        "heat": {"type": "double"},
        "texts": {"type": "object", "enabled": False},
    }
    words = {"type": "text", "analyzer": "whitespace", "index_options": "positions"}
    fields |= {f"x_{name}": words for name in TEXT_FIELDS}
    fields |= {f"v_{name}": {"type": "keyword"} for name in TERM_FIELDS}
    fields |= {f"f_{name}": {"type": "keyword"} for name in FACETS}
    return {
        "settings": {"number_of_shards": shards, **copies},
        "mappings": {
            "dynamic": "strict",
            "_meta": meta(zone),
            "_source": {"excludes": [f"x_{name}" for name in TEXT_FIELDS]},
            "properties": fields,
        },
    }


def meta(zone: ZoneInfo) -> Json:
    """By which rules a generation was made; one by others is made anew."""
    return {"layout": LAYOUT, "zone": zone.key, "parts": "months"}


def document(facts: Facts, zone: ZoneInfo) -> Json:
    """Facts as a document that can be found."""
    row = row_of(facts, zone)
    fields: Json = {"uid": row.id, **row.numbers, "state": LIVE}
    fields["texts"] = {name: text.encode("utf-8", "replace").decode() for name, text in row.texts.items()}
    fields |= {f"x_{name}": words for name, words in row.tokens.items()}
    fields |= {f"v_{name}": values for name, values in row.terms.items()}
    return fields | {f"f_{name}": values for name, values in row.facets.items()}


def tombstone(identity: str, version: int) -> Json:
    """What remains of a deleted document: its id and version, nothing that a query could match."""
    return {"uid": identity, "key": tie_key(identity), "version": version, "state": DELETED}


def control(seq: int) -> Json:
    """The document that carries the last applied sequence."""
    return {"state": CONTROL, "seq": seq}


class Lowering:
    """Lowers queries to Elasticsearch DSL that matches exactly what the predicate matches."""

    def __init__(self, *, now: datetime, zone: ZoneInfo, nearby: Nearby) -> None:
        self._now, self._zone, self._nearby = now, zone, nearby

    def query(self, query: Query, among: Query = EVERYTHING) -> Json:
        """
        The DSL. `among` is what else a document must match anyway.

        Deleted and control documents hold nothing, so only negations must leave them out.
        """
        match query:
            case All():
                return live()
            case And(parts):
                return self._all_of(parts)
            case Or(parts):
                return {"bool": {"should": [self.query(part) for part in parts], "minimum_should_match": 1}}
            case Not():
                return self._all_of((query,))
            case Term(field, value):
                return _silent({"term": {f"v_{field}": whole_value(value)}})
            case Range(field="heat"):
                return _silent({"range": {"heat": _heat(query)}})
            case Range() | Recent():
                return _silent({"range": {"ts": self._dates(query)}})
            case Near():
                return _silent(_any_id(list(self._nearby(query, among))))
            case _:
                return self._text(query)

    def _all_of(self, parts: tuple[Query, ...]) -> Json:
        among = beside_near(parts)
        must = [self.query(part, among) for part in parts if not isinstance(part, Not)]
        must_not = [self.query(part.part, among) for part in parts if isinstance(part, Not)]
        return {"bool": {"must": must or [live()], "must_not": must_not}}

    def _text(self, query: Literal | Prefix) -> Json:
        if query.field:
            return _in_field(query, query.field, 1.0)
        fields = [_in_field(query, "title", _TITLE_BOOST), _in_field(query, "body", 1.0)]
        return {"bool": {"should": fields, "minimum_should_match": 1}}

    def _dates(self, node: Range | Recent) -> Json:
        low, high = instants(node, self._now, self._zone)
        bounds: Json = {"gt": UNDATED} if low is None else {"gte": microseconds(low)}
        return bounds if high is None else {**bounds, "lt": microseconds(high)}


def live() -> Json:
    """Every document that can be found."""
    return _silent({"term": {"state": LIVE}})


def _silent(query: Json) -> Json:
    """A filter: it decides, but adds nothing to relevance."""
    return {"constant_score": {"filter": query, "boost": 0.0}}


def _in_field(query: Literal | Prefix, field: str, boost: float) -> Json:
    name = f"x_{field}"
    words = phrase(query.text) if isinstance(query, Literal) else []
    if not words:  # a prefix, or a single Han character: the beginning of a token
        return {"prefix": {name: {"value": query.text, "boost": boost}}}
    if len(words) == 1:
        return {"term": {name: {"value": words[0], "boost": boost}}}
    return {"match_phrase": {name: {"query": " ".join(words), "analyzer": "whitespace", "boost": boost}}}


def _any_id(ids: list[str]) -> Json:
    chunks = [ids[at : at + _TERMS_AT_ONCE] for at in range(0, len(ids), _TERMS_AT_ONCE)]
    return {"bool": {"should": [{"terms": {"uid": chunk}} for chunk in chunks or [[]]]}}


def _heat(node: Range) -> Json:
    bounds: Json = {"gt": COLD / 10}
    if node.low is not None:
        bounds = {"gt" if node.low_excluded else "gte": float(node.low)}
    if node.high is not None:
        bounds["lt" if node.high_excluded else "lte"] = float(node.high)
    return bounds
