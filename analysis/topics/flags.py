"""Flags of a text: the author goes public, a regulator is involved, minors are concerned, the company denies. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from analysis.topics.judge import Judge
from analysis.topics.rules import TopicRules, most_telling, table
from core.values import Evidence, Flag, Kind

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
    text: str,
    *,
    text_type: str = "other",
    kind: Kind = "post",
    chances: Mapping[str, float] = MappingProxyType({}),
    learned: Judge | None = None,
) -> dict[Flag, tuple[Evidence, ...]]:
    """
    The flags of the text, in the order of the contract, each with where it shows in `text` and by which rule.

    go_public: the author announces or reports going to a regulator, a government line, the media or a court; the
    police alone is not. Advertisements, propaganda and jokes carry none of author and company. `chances` are those
    of the `learned` judge, which raises nothing that stands there behind a "no"; without the judge itself, what it
    raises has no evidence.
    """
    judged = _rules().judged(text, kind=kind)
    seen = {hit.id: hit.evidence for hit in judged.topics}
    silent = {"go_public", "denial"} if text_type in _SILENT else set()
    if kind == "news":  # 警方立案, 检察院起诉, 读者报料: who writes it goes nowhere
        silent.add("go_public")
    found: dict[Flag, tuple[Evidence, ...]] = {}
    for flag in _ORDER:
        if flag in silent:
            continue
        if flag in seen:
            found[flag] = seen[flag]
        elif chances.get(f"flag:{flag}", 0) >= _raw()["learned_from"] and flag not in judged.denied:
            found[flag] = (most_telling(text, f"flag:{flag}", f"{flag}.model", learned),) if learned else ()
    return found
