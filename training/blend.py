"""Fits the mixture for whole texts: first the fields of talk, without labels, then the weights of all at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from analysis.sentiment_model import Blend, Floats, field_shares, packed
from training.fit import Examples, fitted, stretch_of

_ROUNDS = 25  # of EM: the shares move by less than a hundredth after 20

_LEAST = 6  # of 127, as a square root: half of the weights, which no score misses, and the file shrinks by a fifth


def blended(
    examples: Examples, is_news: npt.NDArray[np.bool_], is_voice: npt.NDArray[np.bool_], how: dict[str, Any]
) -> Blend:
    """The mixture learned from examples whose `grams` are 1/sqrt(n) in the n buckets of each row."""
    there = examples.grams.copy()
    there.data = np.ones_like(there.data)
    gate, gate_scale = _gate(there[~is_news], how["fields"], how["sharpness"])
    count = np.maximum(np.diff(there.indptr), 1)[:, None]
    shares = field_shares((there @ gate.astype(np.float32)) / count * gate_scale)
    shares[is_news] = 0
    voice = (shares[is_voice].sum(axis=0) / np.maximum(shares.sum(axis=0), 1)).astype(np.float32)
    mixes = np.hstack([np.ones_like(shares[:, :1]), shares, is_news[:, None]]).astype(np.float32)

    parts, stretches = [], []
    for at, mix in enumerate(mixes.T):
        part = sparse.diags(mix) @ examples.grams
        part.eliminate_zeros()
        parts.append(part)
        news = at == mixes.shape[1] - 1  # for headlines log-count ratios do harm: .639 with, .645 without
        nb, eps = (0.0, 1.0) if news else (how["nb"], how["eps"])
        stretches.append(stretch_of(there, examples.allowed, examples.weights * mix, nb, eps))
    wide = Examples(sparse.hstack(parts).tocsr(), mixes, examples.allowed, examples.weights)
    weights, bias, rest = fitted(wide, how, stretch=np.concatenate(stretches))
    bias[0] += rest
    side_by_side = weights.reshape(mixes.shape[1], -1, 2).transpose(1, 0, 2).reshape(there.shape[1], -1)
    return Blend(*packed(side_by_side, least=_LEAST), bias, gate, gate_scale, voice, how["longest"], how["bits"])


def _gate(there: Any, fields: int, sharpness: float) -> tuple[npt.NDArray[np.int8], Floats]:
    """How much each bucket speaks for each field, by EM over the texts; one byte each, with one scale."""
    count = np.maximum(np.diff(there.indptr), 1)[:, None]
    shares = field_shares(np.random.default_rng(1).standard_normal((there.shape[0], fields)).astype(np.float32) * 2)
    for _round in range(_ROUNDS):
        mass = there.T @ shares + 0.5
        speaks = np.log(mass / mass.sum(axis=0, keepdims=True))
        speaks = ((speaks - speaks.mean(axis=1, keepdims=True)) * sharpness).astype(np.float32)
        shares = field_shares((there @ speaks) / count)
    scale = np.float32(np.abs(speaks).max() / 127)
    return np.round(speaks / scale).astype(np.int8), np.array(scale, np.float32)
