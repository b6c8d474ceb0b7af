"""Which documents hold words near each other: found by the engine as candidates, decided on their texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from search_index.query.ast import Literal, Near, Query, TextField, both
from search_index.query.predicate import near_places

Texts = Callable[[Query, TextField], Iterable[tuple[str, str]]]
"""A query and a field -> the id of every document that matches, with its folded text of the field."""


def ids_near(near: Near, among: Query, texts: Texts) -> list[str]:
    """The ids of what holds a Near among those that match the second query. Those that hold all its words are few."""
    fields: tuple[TextField, ...] = (near.field,) if near.field else ("title", "body")
    found: list[str] = []
    for field in fields:
        candidates = both([*(Literal(text, field) for text in near.texts), among])
        found += [identity for identity, text in texts(candidates, field) if near_places(near, text) is not None]
    return found
