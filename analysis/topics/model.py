"""
A learned second opinion on topics: logistic regression over character n-grams and the word classes of the rules.

Rules say why; the model has a feeling for phrasings that no rule foresaw. Weights only, made by
bench/train_topics.py; no text of the training is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from io import BytesIO

import numpy as np
import numpy.typing as npt

LONGEST = 600  # characters; longer texts hold too many subjects for one verdict
_OTHER = re.compile(r"[\W_]+")
_CLASS_WEIGHT, _LENGTH = 2.0, 4.0


def grams(folded: str) -> Iterator[str]:
    """The character 1- to 3-grams of a folded text without signs, with repeats."""
    plain = _OTHER.sub("", folded)
    for size in (1, 2, 3):
        for at in range(len(plain) - size + 1):
            yield plain[at : at + size]


def vector(features: set[str], places: dict[str, int]) -> tuple[list[int], list[float]]:
    """Places and values of the known features, scaled to one length, so that long texts say no more than short ones."""
    known = [(places[f], _CLASS_WEIGHT if f.startswith("<") else 1.0) for f in features if f in places]
    norm = sum(value * value for _, value in known) ** 0.5 or 1.0
    return [place for place, _ in known], [value * _LENGTH / norm for _, value in known]


class TopicModel:
    """Weights by feature and topic. Features are n-grams and, in angle brackets, word classes."""

    def __init__(self, features: list[str], topics: list[str], weights: npt.NDArray[np.float32]) -> None:
        """`weights` has a row for each feature and a last one for the bias, a column for each topic."""
        self.topics = topics
        self.features = features
        self.weights = weights
        self._places = {feature: place for place, feature in enumerate(features)}

    def chances(self, folded: str, classes: Iterable[str]) -> dict[str, float]:
        """The chance of each topic, in [0, 1]; `classes` are the names of the word lists met in the text."""
        features = set(grams(folded)) | {f"<{name}>" for name in classes}
        places, values = vector(features, self._places)
        logits = self.weights[-1] + np.array(values, np.float32) @ self.weights[places]
        return dict(zip(self.topics, (1 / (1 + np.exp(-logits))).tolist(), strict=True))

    def span(self, folded: str, topic: str) -> tuple[int, int]:
        """The stretch of the text whose n-grams speak most for the topic."""
        column = self.topics.index(topic)
        weight = [0.0] * len(folded)
        for size in (2, 3):
            for at in range(len(folded) - size + 1):
                place = self._places.get(folded[at : at + size])
                if place is not None:
                    for inside in range(at, at + size):
                        weight[inside] += float(self.weights[place, column]) / size
        return _best_run(weight)


def _best_run(weight: list[float]) -> tuple[int, int]:
    """The contiguous run with the greatest sum, a small cost on every character."""
    best, start, total, span = 0.0, 0, 0.0, (0, min(1, len(weight)))
    for at, value in enumerate(weight):
        if total <= 0:
            start, total = at, 0.0
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
    with np.load(BytesIO(path.read_bytes())) as stored:
        features, topics = (bytes(stored[key]).decode().split("\n") for key in ("features", "topics"))
        return TopicModel(features, topics, stored["weights"].astype(np.float32))
