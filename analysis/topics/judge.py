"""
The learned judge of a text: a word judge for every text, and an encoder for those that may be of concern.

Nearly all that a radar reads is about nothing, and the word judge says so in a tenth of a millisecond; the encoder
takes sixty times as long.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from analysis.encoder import Encoder
from analysis.topics.model import TopicModel
from core.values import Kind


class Judge:
    """Chances of topics, text types and flags. Holds no state between texts."""

    def __init__(
        self,
        words: TopicModel,
        encoder: Encoder | None = None,
        *,
        share: float = 0,
        lowest: float = 1,
        least: int = 0,
        long: int = 100,
        highest: float = 1,
    ) -> None:
        """
        The encoder has `share` in the verdict on texts of at least `least` characters to which the words give some
        topic the chance `lowest`; it has not learned from shorter ones. A text of twice `long` characters needs twice
        the chance, though no more than `highest`: it takes twice the time, and has twice as many words that mean
        nothing.
        """
        self._words = words
        self._encoder = encoder
        self._share = share
        self._lowest = lowest
        self._least = least
        self._long = long
        self._highest = highest
        self._topics = [label for label in words.labels if ":" not in label]

    def chances(self, folded: str, signs: Iterable[str], kind: Kind) -> dict[str, float]:
        """The chance of each label, in [0, 1]; `signs` say what the rules make of the text."""
        found = self._words.chances(folded, signs)
        if self._encoder is None or len(folded) < self._least:
            return found
        needed = max(self._lowest, min(self._lowest * len(folded) / self._long, self._highest))
        if max(found[topic] for topic in self._topics) < needed:
            return found
        read = self._encoder.chances(folded, kind)
        return found if read is None else {label: self._both(found[label], read[label]) for label in found}

    def span(self, folded: str, topic: str) -> tuple[int, int]:
        """The stretch of the text that speaks most for the topic."""
        return self._words.span(folded, topic)

    def _both(self, words: float, read: float) -> float:
        """The mean of the log odds."""
        return 1 / (1 + math.exp(-(1 - self._share) * _odds(words) - self._share * _odds(read)))


def _odds(chance: float) -> float:
    safe = min(max(chance, 1e-6), 1 - 1e-6)
    return math.log(safe / (1 - safe))
