"""
Whether a company stands at a place of a sentence, by what is said around it: 白露的券, not 白露时节. Pure.

The name itself is hidden: 初见 is a company in 我在初见填写的资料 and none in 和他初见就在雨天. Logistic regression
over hashed character n-grams of the surroundings reads every place; `training.company_slot` makes its weights, no text
of it is kept. The encoder reads better and takes twenty times as long: `analysis.cues` asks it a few times a
text, where the two that cost nothing, this and the cues of the watch, disagree.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from io import BytesIO

import numpy as np
import numpy.typing as npt

from analysis import encoder
from analysis.features import Buckets, Part, buckets_of

LONGEST, BITS = 4, 17
SHARPNESS = np.float32(4)  # brings 1/sqrt(n) features near 1 for the optimiser
_EDGE, _REACH = "\ue003", 60
_ENDS = "。!?\n;,"


def odds_by_words(folded: str, start: int, end: int) -> float:
    """The log odds that what stands at [start, end) of a folded text is a company."""
    (weights, scale, bias), buckets = _learned(), slot_buckets(folded, start, end)
    summed = weights.take(buckets).sum(dtype=np.int32)
    return float(summed * scale * SHARPNESS / np.float32(len(buckets) ** 0.5) + bias)


def odds_by_encoder(folded: str, start: int, end: int) -> float | None:
    """The same from reading the sentence as a whole, in 2 to 4 ms; None where there is no encoder."""
    shipped = encoder.shipped()
    return shipped.slot_odds(slot_text(folded, start, end)) if shipped else None


def slot_text(folded: str, start: int, end: int) -> str:
    """The surroundings with a mark in place of the name."""
    return encoder.MARK.join(_around(folded, start, end))


def _around(folded: str, start: int, end: int) -> tuple[str, str]:
    """What stands before and after, without marks of its own."""
    left, right = folded[max(0, start - _REACH) : start], folded[end : end + _REACH]
    return encoder.without_marks(left), encoder.without_marks(right)


def slot_buckets(folded: str, start: int, end: int) -> Buckets:
    """The surroundings as hashed n-grams: the nearest characters, both sides, the clause, and sixty to each side."""
    left, right = _around(folded, start, end)
    first = max(left.rfind(sign) for sign in _ENDS) + 1
    ends = [at for sign in _ENDS if (at := right.find(sign)) >= 0]
    clause = left[max(first, len(left) - 20) :] + encoder.MARK + right[: min([*ends, 24])]
    parts: list[Part] = [
        (_EDGE + left[-3:] + encoder.MARK, (1,)),
        (encoder.MARK + right[:4], (2,)),
        (left[-8:] + encoder.MARK, (3,)),
        (encoder.MARK + right[:12], (4,)),
        (clause, (5,)),
        (left + encoder.MARK + right, (6,)),
    ]
    return buckets_of(parts, longest=LONGEST, bits=BITS)


@cache
def _learned() -> tuple[npt.NDArray[np.int8], np.float32, np.float32]:
    """The weight of each bucket, one byte with a common scale, and the bias."""
    raw = (files("analysis") / "data" / "company_slot.npz").read_bytes()
    with np.load(BytesIO(raw), allow_pickle=False) as archive:
        return archive["weights"], archive["scale"], archive["bias"]
