"""The word lists of masking, read once from analysis/data/masking.toml and made into patterns. No rules here."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

SPACE = r"[ \u00a0\u200b-\u200d\u2060\ufeff]"
"""A blank inside a line, zero-width ones included; never a line break."""


@cache
def lists(section: str) -> dict[str, Any]:
    """One table of the data file."""
    return _load()[section]


@cache
def _load() -> dict[str, Any]:
    return tomllib.loads((files("analysis") / "data" / "masking.toml").read_text("utf-8"))


def any_of(words: Iterable[str]) -> str:
    """A non-capturing regex group of these words, the longest first."""
    return "(?:" + "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True)) + ")"


def spaced_any_of(words: Iterable[str]) -> str:
    """The same, each word also with one blank between its characters: 姓 名."""
    ordered = sorted(words, key=len, reverse=True)
    return "(?:" + "|".join(" ?".join(re.escape(c) for c in w) for w in ordered) + ")"


def ends_with_cue(words: Iterable[str], gap: str) -> re.Pattern[str]:
    """Matches a short left context whose end is one of the words, then only `gap`."""
    return re.compile(any_of(words) + gap + r"\Z")
