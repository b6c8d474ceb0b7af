"""The numbers and words of story comparison, read once from analysis/data/stories.toml."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def _load() -> dict[str, Any]:
    return tomllib.loads((files("analysis") / "data" / "stories.toml").read_text("utf-8"))


@cache
def limits() -> dict[str, float]:
    """Thresholds by name."""
    return dict(_load()["limits"])


@cache
def particles() -> str:
    """Characters that an editor's pen leaves or adds freely."""
    return str(_load()["words"]["particles"])


@cache
def names() -> tuple[str, ...]:
    """Ends of names of organisations and places."""
    return tuple(_load()["words"]["names"])


@cache
def swaps() -> frozenset[str]:
    """Words that editors put for each other."""
    return frozenset(_load()["words"]["swaps"])


@cache
def own_lines() -> tuple[re.Pattern[str], tuple[str, ...]]:
    """Words before and after which an outlet writes of itself."""
    words = _load()["words"]
    return re.compile("|".join(map(re.escape, words["before"]))), tuple(words["after"])
