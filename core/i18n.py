"""User-facing words: Chinese in the code is the message id, `<package>/locale/en.json` the English.

`_("找到 {n} 条").format(n=3)`: translate first, then fill in. A test holds that every id has its English.
"""

from __future__ import annotations

import json
from contextvars import ContextVar
from functools import cache
from importlib.resources import files

LANGUAGES = ("zh", "en")
_PACKAGES = ("core", "crawlers", "analysis", "store", "search_index", "alerts", "briefing", "scheduler", "yuqing")
_language: ContextVar[str] = ContextVar("language", default="zh")


def set_language(language: str) -> None:
    """Choose "zh" (default) or "en" for this context; anything else means "zh"."""
    _language.set(language if language in LANGUAGES else "zh")


def language() -> str:
    """The language in force: "zh" or "en"."""
    return _language.get()


def _(text: str) -> str:
    """The text in the language in force; a text without a translation stays Chinese."""
    return text if _language.get() == "zh" else english().get(text, text)


@cache
def english() -> dict[str, str]:
    """Chinese message id -> English, merged over the packages."""
    merged: dict[str, str] = {}
    for package in _PACKAGES:
        catalogue = files(package) / "locale" / "en.json"
        if catalogue.is_file():
            merged |= json.loads(catalogue.read_text("utf-8"))
    return merged
