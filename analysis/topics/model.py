"""
A learned judge of topics, text types and flags: logistic regression over character n-grams and what the rules make
of the text.

Rules say where and why; the judge weighs them, and has a feeling for phrasings that no rule foresaw. Weights only,
made by training/topics.py; no text of the training is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from functools import cache
from importlib.resources import files
from itertools import pairwise

import numpy as np
import numpy.typing as npt

LONGEST = 600  # characters; longer texts hold too many subjects for one verdict
_OTHER = re.compile(r"[\W_]+")
_LENGTH = 4.0
_ENDS = frozenset("。!?;\n")


def grams(folded: str) -> list[str]:
    """The character 1- to 3-grams of a folded text without signs, with repeats."""
    plain = _OTHER.sub("", folded)
    twos = map("".join, pairwise(plain))
    return [*plain, *twos, *map("".join, zip(plain, plain[1:], plain[2:], strict=False))]


def vector(features: Set[str], places: dict[str, int]) -> tuple[list[int], float]:
    """Places of the known features in their order, and the value of each: one length for texts of any size."""
    known = sorted(map(places.__getitem__, places.keys() & features))
    return known, _LENGTH / (len(known) or 1) ** 0.5


class TopicModel:
    """
    Weights by feature and label: a topic, "type:" and a text type, or "flag:" and a flag.

    Features are n-grams and the signs that `rules.TopicRules` makes.
    """

    def __init__(self, features: list[str], labels: list[str], weights: npt.NDArray[np.floating]) -> None:
        """`weights` has a row for each feature and a last one for the bias, a column for each label."""
        self.labels = labels
        self.features = features
        self.weights = weights
        self._places = {feature: place for place, feature in enumerate(features)}

    def chances(self, folded: str, signs: Iterable[str]) -> dict[str, float]:
        """The chance of each label, in [0, 1]; `signs` say what the rules make of the text."""
        places, value = vector({*grams(folded), *signs}, self._places)
        summed = self.weights.take(places, axis=0).sum(axis=0, dtype=np.float32)
        logits = self.weights[-1] + summed * np.float32(value)
        return dict(zip(self.labels, (1 / (1 + np.exp(-logits))).tolist(), strict=True))

    def span(self, folded: str, topic: str) -> tuple[int, int]:
        """The stretch within a sentence whose n-grams speak most for the topic."""
        column = self.labels.index(topic)
        weight = [0.0] * len(folded)
        for size in (2, 3):
            pairs = ((at, self._places.get(folded[at : at + size])) for at in range(len(folded) - size + 1))
            known = [(at, place) for at, place in pairs if place is not None]
            shares = self.weights[[place for _at, place in known], column].astype(np.float64) / size
            for (at, _place), share in zip(known, shares.tolist(), strict=True):
                for inside in range(at, at + size):
                    weight[inside] += share
        return _best_run(weight, [character in _ENDS for character in folded])


def _best_run(weight: list[float], ends: list[bool]) -> tuple[int, int]:
    """The contiguous run with the greatest sum that no end of a sentence parts, a small cost on every character."""
    best, start, total, span = 0.0, 0, 0.0, (0, min(1, len(weight)))
    for at, value in enumerate(weight):
        if total <= 0 or ends[at]:
            start, total = at + ends[at], 0.0
        if ends[at]:
            continue
        total += value - 0.05
        if total > best:
            best, span = total, (start, at + 1)
    return span


@cache
def learned() -> TopicModel | None:
    """The model that comes with the radar; None when its file was left out."""
    path = files("analysis") / "data" / "topic_weights.npz"
    if not path.is_file():
        return None
    with path.open("rb") as file, np.load(file) as stored:
        features, labels = (bytes(stored[key]).decode().split("\n") for key in ("features", "labels"))
        return TopicModel(features, labels, stored["weights"])
