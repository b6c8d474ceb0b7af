"""Flags of a text: the author goes public, a regulator is involved, minors are concerned, the company denies. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from analysis.topics.rules import TopicRules, table
from core.values import Flag, Kind

_ORDER: tuple[Flag, ...] = ("go_public", "regulator", "minors", "denial")
_SILENT = ("ad", "propaganda", "joke")


@cache
def _raw() -> dict[str, Any]:
    return tomllib.loads((files("analysis") / "data" / "flags.toml").read_text("utf-8"))


@cache
def _rules() -> TopicRules:
    raw = _raw()
    flags: dict[str, list[dict[str, object]]] = {}
    for rule in raw["flag"]:
        flags.setdefault(rule["id"], []).append(rule)
    topics = [{"id": id_, "rule": rules} for id_, rules in flags.items()]
    shared = {key: value for key, value in table().items() if key not in ("topic", "frame")}
    return TopicRules(
        [shared, {"words": raw["words"], "topic": topics, "settings": {"most": len(_ORDER)}}], judged=False
    )


def flags_of(
    text: str, *, text_type: str = "other", kind: Kind = "post", chances: Mapping[str, float] = MappingProxyType({})
) -> tuple[Flag, ...]:
    """
    The flags of the text, in the order of the contract.

    go_public: the author announces or reports going to a regulator, a government line, the media or a court; the
    police alone is not. Advertisements, propaganda and jokes carry none of author and company. `chances` are those
    of the learned judge, which raises nothing that stands there behind a "no".
    """
    judged = _rules().judged(text, kind=kind)
    found = {hit.id for hit in judged.topics}
    learned = {flag for flag in _ORDER if chances.get(f"flag:{flag}", 0) >= _raw()["learned_from"]}
    found |= learned - judged.denied
    if text_type in _SILENT:
        found -= {"go_public", "denial"}
    if kind == "news":  # 警方立案, 检察院起诉, 读者报料: who writes it goes nowhere
        found.discard("go_public")
    return tuple(flag for flag in _ORDER if flag in found)
