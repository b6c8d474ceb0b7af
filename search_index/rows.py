"""Facts as every engine writes them: tokens, whole values, numbers to sort and filter by. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from core.text import fold
from core.times import day_of
from core.values import Facts
from search_index.base import FACETS
from search_index.digest import tie_key
from search_index.query.predicate import term_values
from search_index.tokens import tokens_of_folded, whole_value

LAYOUT = 1
"""Raised whenever tokens or fields change their meaning: an older generation is then made anew."""

LIVE, DELETED, CONTROL = 1, 2, 3
CONTROL_ID = "_control"
UNDATED = -(2**62)
COLD = -1e300
"""Sort values of documents without a date and without heat: last, and outside of every range."""

TERM_FIELDS = ("sentiment", "topic", "source", "outlet", "company", "author", "status", "level", "kind")
TEXT_FIELDS = ("title", "body", "url")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Row:
    """
    One document for an engine. `texts` are folded, `tokens` leaves out empty texts, `terms` and `facets` empty values.

    `numbers`: ts microseconds since 1970, day ordinal in the index's zone (0 without a date), heat, key, version.
    """

    id: str
    texts: Mapping[str, str]
    tokens: Mapping[str, str]
    terms: Mapping[str, list[str]]
    facets: Mapping[str, list[str]]
    numbers: Mapping[str, int | float]


def row_of(facts: Facts, zone: ZoneInfo) -> Row:
    """The row of a document that can be found."""
    given = {"title": facts.title, "body": facts.body, "url": facts.url}
    texts = {name: fold(text or "") for name, text in given.items()}
    terms = term_values(facts)
    moment = facts.published_at
    return Row(
        id=facts.id,
        texts=texts,
        tokens={name: tokens_of_folded(text) for name, text in texts.items() if text},
        terms=_whole(terms),
        facets=_whole(_facets(facts, terms)),
        numbers={
            "ts": microseconds(moment) if moment else UNDATED,
            "day": day_of(moment, zone=zone).toordinal() if moment else 0,
            "heat": COLD if facts.heat is None else float(facts.heat),
            "key": tie_key(facts.id),
            "version": facts.version,
        },
    )


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970, exactly."""
    span = moment - _EPOCH
    return (span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds


def _facets(facts: Facts, terms: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """What a document is counted under: ids of known values, other values as they are written, of a source its id."""
    outlets = (facts.outlet, *(str(value) for field, value in facts.also if field == "outlet"))
    written = {"source": facts.source[:1], "outlet": outlets, "company": facts.companies}
    return {name: [value for value in dict.fromkeys(written.get(name, terms[name])) if value] for name in FACETS}


def _whole(values: Mapping[str, list[str]]) -> dict[str, list[str]]:
    return {name: [whole_value(value) for value in found] for name, found in values.items() if found}
