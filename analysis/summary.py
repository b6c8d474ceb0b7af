"""Two sentences that say what a text says. Pure and extractive: every sentence stands in the text as it is."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from core.text import fold

_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?]*[”」』）)]*")
_MOST = 60  # sentences read: what matters in a news text stands before
_SHORT, _LONG = 10, 160  # characters of a sentence that can stand in a brief
_DAMPING = 0.85
_LEAD, _DECAY = 0.3, 0.75  # the first sentence counts 30 % more, the next less, as news are written
_NAMED = 0.25
_ALIKE = 0.5  # two sentences that share half their pairs say the same


def summary_of(text: str, *, names: Sequence[str] = (), sentences: int = 2) -> tuple[str, ...]:
    """
    The sentences that carry most, in the order of the text; fewer when it has fewer.

    `names` are the companies that the reader cares for: a sentence that names one weighs more.
    """
    told = _sentences(text)
    if len(told) <= sentences:
        return tuple(told)
    pairs = [_pairs(sentence) for sentence in told]
    alike = _similarities(pairs)
    weight = _ranks(alike)
    wanted = [fold(name) for name in names]
    for at, sentence in enumerate(told):
        named = any(name in fold(sentence) for name in wanted)
        weight[at] *= (1 + _LEAD * _DECAY**at) * (1 + _NAMED * named)
    chosen: list[int] = []
    for at in np.argsort(-weight, kind="stable").tolist():
        if len(chosen) < sentences and all(alike[at, other] < _ALIKE for other in chosen):
            chosen.append(at)
    return tuple(told[at] for at in sorted(chosen))


def _sentences(text: str) -> list[str]:
    found = [match[0].strip() for match in _SENTENCE.finditer(text)]
    fitting = [sentence for sentence in found if _SHORT <= len(sentence) <= _LONG]
    return (fitting or [sentence for sentence in found if sentence])[:_MOST]


def _pairs(sentence: str) -> set[str]:
    folded = re.sub(r"\W", "", fold(sentence))
    return {folded[at : at + 2] for at in range(len(folded) - 1)}


def _similarities(pairs: Sequence[set[str]]) -> np.ndarray:
    size = len(pairs)
    alike = np.zeros((size, size))
    for one in range(size):
        for other in range(one):
            shared = len(pairs[one] & pairs[other])
            if shared:
                alike[one, other] = alike[other, one] = shared / (len(pairs[one]) * len(pairs[other])) ** 0.5
    return alike


def _ranks(alike: np.ndarray) -> np.ndarray:
    """TextRank: a sentence is worth what the sentences like it are worth."""
    size = len(alike)
    sums = alike.sum(axis=0)
    steps = np.where(sums > 0, alike / np.where(sums > 0, sums, 1), 1 / size)
    rank = np.full(size, 1 / size)
    for _ in range(30):
        rank = (1 - _DAMPING) / size + _DAMPING * steps @ rank
    return rank
