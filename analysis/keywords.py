"""The words that say most about a text: jieba's tf-idf formula over our segmenter's words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache
from heapq import nsmallest
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from core.text import is_han

_MANY = 150  # different words, from which on it pays to look at the repeated ones first


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
    numbers: dict[str, float] = {}  # 3,000 among 270,000 words: one float for each weighs 6 MB less
    with path.open(encoding="utf-8") as lines:
        pairs = (line.split() for line in lines if not line.isspace())
        table = {word: numbers.setdefault(value, float(value)) for word, value in pairs}
    return table, sorted(table.values())[len(table) // 2]


def keywords_of(words: Iterable[str], *, top: int = 10) -> tuple[str, ...]:
    """
    The `top` words by tf-idf, best first, ties by the word itself.

    A word has two characters at least and a Han character or a letter in it; numbers are no keywords.
    """
    counts = Counter(words)
    if len(counts) > _MANY:  # no word that a long text has once comes near those that it repeats
        often = _best(((word, count) for word, count in counts.items() if count > 1), top)
        if 0 < top == len(often) and -often[-1][0] > _rarest():
            return tuple(word for _, word in often)
    return tuple(word for _, word in _best(counts.items(), top))


def _best(counted: Iterable[tuple[str, int]], top: int) -> list[tuple[float, str]]:
    """The `top` words, each behind its weight below 0, the heaviest first."""
    (table, median), stop = _inverse_frequency(), _stop()
    weighed = (
        (-count * table[word], word) if word in table else (-count * median, word)
        for word, count in counted
        if len(word) > 1 and word not in stop and (word in table or _is_a_word(word))
    )
    return nsmallest(top, weighed)


@cache
def _rarest() -> float:
    """The weight of the rarest word of the table."""
    return max(_inverse_frequency()[0].values())


def _is_a_word(word: str) -> bool:
    return any(is_han(character) or character.isalpha() for character in word)
