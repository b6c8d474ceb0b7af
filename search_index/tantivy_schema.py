"""The fields of a tantivy generation, and facts as a tantivy document."""

from __future__ import annotations

import json
import zlib
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import tantivy

from core.text import fold
from core.times import day_of
from core.values import Facts
from search_index.base import tie_key
from search_index.query.predicate import term_values
from search_index.tokens import tokens_of_folded

LAYOUT = 1
"""Raised whenever tokens or fields change their meaning: an older generation is then made anew."""

LIVE, DELETED, CONTROL = 1, 2, 3
CONTROL_ID = "_control"
UNDATED = -(2**62)
COLD = -1e300
"""Sort values of documents without a date and without heat: last, and outside of every range."""

TERM_FIELDS = ("sentiment", "topic", "source", "outlet", "company", "author", "status", "level", "kind")
FACET_FIELDS = ("source", "outlet", "sentiment", "topic", "company", "level", "status", "kind")
TEXT_FIELDS = ("title", "body", "url")

_PACKING = "gb18030"  # all of Unicode, common Han in two bytes: a fifth smaller than UTF-8 once compressed
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def schema() -> tantivy.Schema:
    """
    id raw and stored; x_* tokens with positions; v_* whole normalised values; f_* values as counted in facets;
    ts microseconds, day ordinal, heat, key (tie), version, state fast; texts stored for what tokens cannot tell.
    """
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    for name in TEXT_FIELDS:
        builder.add_text_field(f"x_{name}", tokenizer_name="blanks", index_option="position")
    for name in TERM_FIELDS:
        builder.add_text_field(f"v_{name}", tokenizer_name="raw", index_option="basic")
    for name in FACET_FIELDS:
        builder.add_text_field(f"f_{name}", fast=True, tokenizer_name="raw", index_option="basic")
    for name in ("ts", "day", "key", "version", "state", "seq"):
        builder.add_integer_field(name, indexed=True, fast=True)
    builder.add_float_field("heat", indexed=True, fast=True)
    builder.add_bytes_field("texts", stored=True)
    return builder.build()


def register(index: tantivy.Index) -> None:
    """Tell an opened index what our blank-separated tokens are."""
    blanks = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer("blanks", blanks)


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970, exactly."""
    span = moment - _EPOCH
    return (span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds


def document(facts: Facts, zone: ZoneInfo) -> tantivy.Document:
    """Facts as a document that can be found."""
    moment = facts.published_at
    fields: dict[str, object] = {
        "id": facts.id,
        "ts": microseconds(moment) if moment else UNDATED,
        "day": day_of(moment, zone=zone).toordinal() if moment else 0,
        "heat": COLD if facts.heat is None else float(facts.heat),
        "key": tie_key(facts.id),
        "version": facts.version,
        "state": LIVE,
    }
    texts = [fold(text or "") for text in (facts.title, facts.body, facts.url)]
    fields["texts"] = pack_texts(texts)
    fields |= {f"x_{name}": tokens_of_folded(text) for name, text in zip(TEXT_FIELDS, texts, strict=True) if text}
    fields |= {f"v_{name}": [_safe(value) for value in values] for name, values in term_values(facts).items() if values}
    fields |= {
        f"f_{name}": [_safe(value) for value in values] for name, values in facet_values(facts).items() if values
    }
    return tantivy.Document.from_dict(fields)


def facet_values(facts: Facts) -> dict[str, list[str]]:
    """What a document is counted under: ids of known values, other values as they are written, of a source its id."""
    known = term_values(facts)
    written = {"source": facts.source[:1], "outlet": (facts.outlet,), "company": facts.companies}
    return {
        name: [value for value in written[name] if value] if name in written else known[name] for name in FACET_FIELDS
    }


def tombstone(identity: str, version: int) -> tantivy.Document:
    """What remains of a deleted document: its id and version, nothing that a query could match."""
    return tantivy.Document.from_dict({"id": identity, "key": tie_key(identity), "version": version, "state": DELETED})


def control(seq: int) -> tantivy.Document:
    """The document that carries the last applied sequence, committed with what it speaks of."""
    return tantivy.Document.from_dict({"id": CONTROL_ID, "state": CONTROL, "seq": seq})


def pack_texts(texts: list[str]) -> bytes:
    """The folded texts of TEXT_FIELDS, small."""
    return zlib.compress(json.dumps(texts, ensure_ascii=False).encode(_PACKING, "replace"), 1)


def unpack_texts(raw: bytes) -> dict[str, str]:
    """What `pack_texts` was given, by field."""
    texts = json.loads(zlib.decompress(raw).decode(_PACKING))
    return dict(zip(TEXT_FIELDS, texts, strict=True))


def _safe(value: str) -> str:
    return value.encode("utf-8", "replace").decode()
