"""The words that say most about a text: jieba's tf-idf formula over our segmenter's words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache
from heapq import nsmallest
from importlib.resources import files
from importlib.util import find_spec
from itertools import islice
from pathlib import Path

from core.text import is_han


@cache
def _stop() -> frozenset[str]:
    """Words without a subject of their own."""
    return frozenset((files("analysis") / "data" / "keyword_stop.txt").read_text("utf-8").split())


@cache
def _inverse_frequency() -> tuple[dict[str, float], float]:
    """jieba's idf table, read from the installed package, and the median for words it lacks."""
    spec = find_spec("jieba")
    assert spec is not None  # a dependency of this package
    assert spec.submodule_search_locations
    path = Path(spec.submodule_search_locations[0]) / "analyse" / "idf.txt"
    pairs = (line.rsplit(" ", 1) for line in path.read_text("utf-8").splitlines() if line)
    table = {word: float(value) for word, value in pairs}
    return table, sorted(table.values())[len(table) // 2]


def keywords_of(words: Iterable[str], *, top: int = 10) -> tuple[str, ...]:
    """
    The `top` words by tf-idf, best first, ties by the word itself.

    A word has two characters at least and a Han character or a letter in it; numbers are no keywords.
    """
    (table, median), stop = _inverse_frequency(), _stop()
    counts = Counter([word for word in words if len(word) > 1])
    weighed = [(-count * table.get(word, median), word) for word, count in counts.items() if word not in stop]
    said = (word for _, word in nsmallest(2 * top + 10, weighed) if word in table or _is_a_word(word))
    return tuple(islice(said, top))


def _is_a_word(word: str) -> bool:
    return any(is_han(character) or character.isalpha() for character in word)
