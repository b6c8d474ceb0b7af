"""
snownlp's sentiment weights as a table of log-odds, without importing snownlp.

Importing snownlp costs seconds and 400 MB for tables nobody needs here; its weights are one small file.
Kept as a signal and as the baseline that our own model is measured against.
"""

from __future__ import annotations

import gzip
import importlib.util
import marshal
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import exp, log
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SnownlpTable:
    """ln P(word | pos) - ln P(word | neg) for every word, one constant for the others, and the prior."""

    weights: dict[str, float]
    unknown: float
    prior: float
    stop: frozenset[str]

    def odds(self, words: Iterable[str]) -> float:
        """The log-odds that a text of these words is positive."""
        weights, unknown, stop = self.weights, self.unknown, self.stop
        return self.prior + sum(weights.get(word, unknown) for word in words if word not in stop)

    def score(self, words: Iterable[str]) -> float:
        """What snownlp's own classifier gives for the same words: a probability of being positive."""
        return _logistic(self.odds(words))


def _logistic(odds: float) -> float:
    if odds >= 0:
        return 1 / (1 + exp(-min(odds, 700)))
    shrunk = exp(max(odds, -700))
    return shrunk / (1 + shrunk)


@lru_cache(maxsize=1)
def snownlp_table() -> SnownlpTable | None:
    """The table, read once from the installed package; None when snownlp is not installed."""
    spec = importlib.util.find_spec("snownlp")
    if spec is None or not spec.submodule_search_locations:
        return None
    home = Path(spec.submodule_search_locations[0])
    with gzip.open(home / "sentiment" / "sentiment.marshal.3") as packed:
        learned = marshal.loads(packed.read())["d"]
    stop = frozenset(line.strip() for line in (home / "normal" / "stopwords.txt").read_text("utf-8").split("\n"))
    pos, neg = learned["pos"], learned["neg"]
    shift = log(neg["total"]) - log(pos["total"])  # counts are per class: frequencies, not counts, are compared

    def weight(word: str) -> float:
        return log(pos["d"].get(word, pos["none"])) - log(neg["d"].get(word, neg["none"])) + shift

    known = pos["d"].keys() | neg["d"].keys()
    unknown = log(pos["none"]) - log(neg["none"]) + shift
    return SnownlpTable({word: weight(word) for word in known}, unknown, -shift, stop)
