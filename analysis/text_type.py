"""What kind of text this is: a complaint, news, a notice, propaganda, an advertisement, a question, a joke or other."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, get_args

from core.values import Kind, TextType

_READ = 300
"""Characters that are looked at, from the start: what a text is shows early, and long articles stay cheap."""


@cache
def _rules() -> tuple[dict[str, Any], list[tuple[TextType, float, re.Pattern[str]]]]:
    raw = tomllib.loads((files("analysis") / "data" / "text_type.toml").read_text("utf-8"))
    patterns = [
        (type_, rule["weight"], re.compile(rule["pattern"], re.MULTILINE))
        for type_ in get_args(TextType)
        for rule in raw.get(type_, ())
    ]
    return raw, patterns


def text_type_of(folded: str, kind: Kind) -> TextType:
    """The type whose cues weigh most; "other" when none reaches the floor."""
    raw, patterns = _rules()
    sums: dict[TextType, float] = defaultdict(float, raw["start"].get(kind, {}))
    factor = raw["factor"].get(kind, {})
    head = folded[:_READ]
    for type_, weight, pattern in patterns:
        if pattern.search(head):
            sums[type_] += weight * factor.get(type_, 1.0)
    if not sums:
        return "other"
    best = max(sums, key=lambda type_: sums[type_])
    return best if sums[best] >= raw["floor"] else "other"


def settled_type(
    found: TextType, kind: Kind, *, accuses: bool, chances: Mapping[str, float] = MappingProxyType({})
) -> TextType:
    """
    The type once all is known: what the learned judge is sure of, else what the cues found.

    Who accuses a company in a post complains, in the form of a question too. `accuses`: the text is negative toward
    a company that it is about; `chances`: of the labels "type:" and a text type.
    """
    surest = max(get_args(TextType), key=lambda type_: chances.get(f"type:{type_}", 0.0))
    if chances.get(f"type:{surest}", 0.0) >= _rules()[0]["learned_from"]:
        found = surest
    return "complaint" if accuses and kind != "news" and found in ("other", "question") else found
