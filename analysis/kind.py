"""
What kind of document a text is when nobody says: news, a post, or a complaint. Pure.

A softmax over hashed character n-grams; `training.kind` makes the weights, no text of the training is kept.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from io import BytesIO

import numpy as np
import numpy.typing as npt

from analysis.features import buckets_of
from core.text import fold
from core.values import Kind

LONGEST, BITS = 2, 14
HEAD = 300  # characters read: a text shows its kind at once
KINDS: tuple[Kind, ...] = ("news", "post", "complaint")


def kind_of(text: str) -> Kind:
    """The most likely kind."""
    weights = _weights()
    buckets = buckets_of([(fold(text[:HEAD]), (0,))], longest=LONGEST, bits=BITS)
    scores = weights[buckets].sum(axis=0) / max(len(buckets), 1) ** 0.5 + weights[-1]
    return KINDS[int(np.argmax(scores))]


@cache
def _weights() -> npt.NDArray[np.float32]:
    """A row for each bucket and a last one for the bias, a column for each kind."""
    raw = (files("analysis") / "data" / "kind.npz").read_bytes()
    with np.load(BytesIO(raw), allow_pickle=False) as archive:
        scaled: npt.NDArray[np.float32] = archive["weights"].astype(np.float32) * archive["scale"]
        return scaled
