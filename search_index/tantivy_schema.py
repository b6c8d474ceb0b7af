"""The fields of a tantivy generation, and facts as a tantivy document."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from zoneinfo import ZoneInfo

import tantivy

from core.values import Facts
from search_index.base import FACETS
from search_index.digest import tie_key
from search_index.rows import CONTROL, CONTROL_ID, DELETED, LIVE, TERM_FIELDS, TEXT_FIELDS, row_of

SHAPE = 2
"""Raised whenever the fields below change: an older generation is then made anew."""

FEW = ("sentiment", "level", "status", "kind")
"""Facets of few values: counted by their combinations, in one pass over one column."""

_PACKING = "gb18030"  # all of Unicode, common Han in two bytes: a fifth smaller than UTF-8 once compressed


def schema() -> tantivy.Schema:
    """
    id raw and stored; x_* tokens with positions; v_* whole normalised values; f_* values as counted in facets, those
    of FEW together as `few`; ts microseconds, day ordinal, heat, key (tie), version, state fast; texts stored for
    what tokens cannot tell.
    """
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    for name in TEXT_FIELDS:
        builder.add_text_field(f"x_{name}", tokenizer_name="blanks", index_option="position")
    for name in TERM_FIELDS:
        builder.add_text_field(f"v_{name}", tokenizer_name="raw", index_option="basic")
    for name in ("few", *(f"f_{name}" for name in FACETS if name not in FEW)):
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in ("ts", "day", "key", "version", "state", "seq"):
        builder.add_integer_field(name, indexed=True, fast=True)
    builder.add_float_field("heat", indexed=True, fast=True)
    builder.add_bytes_field("texts", stored=True)
    return builder.build()


def register(index: tantivy.Index) -> None:
    """Tell an opened index what our blank-separated tokens are."""
    blanks = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer("blanks", blanks)


def document(facts: Facts, zone: ZoneInfo) -> tantivy.Document:
    """Facts as a document that can be found."""
    row = row_of(facts, zone)
    fields: dict[str, object] = {"id": row.id, **row.numbers, "state": LIVE, "texts": pack_texts(row.texts)}
    fields |= {f"x_{name}": words for name, words in row.tokens.items()}
    fields |= {f"v_{name}": values for name, values in row.terms.items()}
    fields |= {f"f_{name}": values for name, values in row.facets.items() if name not in FEW}
    fields["few"] = combined(row.facets)
    return tantivy.Document.from_dict(fields)


def tombstone(identity: str, version: int) -> tantivy.Document:
    """What remains of a deleted document: its id and version, nothing that a query could match."""
    return tantivy.Document.from_dict({"id": identity, "key": tie_key(identity), "version": version, "state": DELETED})


def control(seq: int) -> tantivy.Document:
    """The document that carries the last applied sequence, committed with what it speaks of."""
    return tantivy.Document.from_dict({"id": CONTROL_ID, "state": CONTROL, "seq": seq})


def combined(facets: Mapping[str, list[str]]) -> str:
    """The values of the facets of FEW as one term."""
    return json.dumps([facets.get(name, []) for name in FEW], ensure_ascii=False)


def parted(combination: str) -> dict[str, list[str]]:
    """What `combined` was given, by facet."""
    return dict(zip(FEW, json.loads(combination), strict=True))


def pack_texts(texts: Mapping[str, str]) -> bytes:
    """The folded texts by field, small."""
    return zlib.compress(json.dumps(list(texts.values()), ensure_ascii=False).encode(_PACKING, "replace"), 1)


def unpack_texts(raw: bytes) -> dict[str, str]:
    """What `pack_texts` was given, by field."""
    texts = json.loads(zlib.decompress(raw).decode(_PACKING))
    return dict(zip(TEXT_FIELDS, texts, strict=True))
