"""Fits a softmax over neg, neu, pos to hashed n-grams; a row may allow several classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import minimize

from training.rows import NEG, POS

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Examples:
    """n-gram buckets (rows of 1/sqrt(n)), signals, allowed classes as bits, and the weight of each example."""

    grams: Any
    signals: Floats
    allowed: npt.NDArray[np.int64]
    weights: Floats


def grams_of(buckets: Sequence[npt.NDArray[np.int64]], bits: int) -> Any:
    """A sparse matrix with 1/sqrt(n) in the n buckets of each row."""
    sizes = np.array([len(one) for one in buckets])
    starts = np.concatenate(([0], np.cumsum(sizes)))
    values = np.repeat(1 / np.sqrt(np.maximum(sizes, 1)), sizes).astype(np.float32)
    return sparse.csr_matrix(
        (values, np.concatenate(buckets).astype(np.int32), starts), shape=(len(buckets), 1 << bits)
    )


def fitted(examples: Examples, how: dict[str, Any], *, stretch: Floats | None = None) -> tuple[Floats, Floats, Floats]:
    """(bucket weights, signal weights, bias), each toward neg and pos relative to neu; `stretch` as of `stretch_of`."""
    grams, signals = examples.grams, examples.signals
    buckets, count = grams.shape[1], signals.shape[1]
    if stretch is None:
        there = grams.copy()
        there.data = np.ones_like(there.data)
        stretch = stretch_of(there, examples.allowed, examples.weights, how["nb"], how["eps"])
    stretch = stretch * np.float32(8)  # brings 1/sqrt(n) features near 1 for the optimiser
    transposed = grams.T.tocsr()
    allowed = np.array([[(a >> c) & 1 for c in range(3)] for a in examples.allowed], dtype=np.float32)
    weights, total = examples.weights, float(examples.weights.sum())

    def loss(flat: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        free = flat.reshape(buckets + count + 1, 3).astype(np.float32)
        z = grams @ (free[:buckets] * stretch) + signals @ free[buckets:-1] + free[-1]
        z -= z.max(axis=1, keepdims=True)
        shares = np.exp(z)
        shares /= shares.sum(axis=1, keepdims=True)
        right = shares * allowed
        mass = right.sum(axis=1) + 1e-12
        error = ((shares - right / mass[:, None]) * weights[:, None] / total).astype(np.float32)
        slope = np.empty((buckets + count + 1, 3))
        slope[:buckets] = (transposed @ error) * stretch + how["l2"] * free[:buckets]
        slope[buckets:-1] = signals.T @ error + 1e-5 * free[buckets:-1]
        slope[-1] = error.sum(axis=0)
        value = -float((weights * np.log(mass)).sum()) / total + 0.5 * how["l2"] * float((free[:buckets] ** 2).sum())
        return value + 0.5e-5 * float((free[buckets:-1] ** 2).sum()), slope.ravel()

    start = np.zeros((buckets + count + 1) * 3)
    options = {"maxiter": how["iterations"], "maxcor": 6}
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options=options).x
    free = found.reshape(buckets + count + 1, 3).astype(np.float32)
    free[:buckets] *= stretch
    toward = free[:, [0, 2]] - free[:, [1]]
    return toward[:buckets], toward[buckets:-1], toward[-1]


def stretch_of(there: Any, allowed: npt.NDArray[np.int64], weights: Floats, nb: float, eps: float) -> Floats:
    """
    How cheaply each bucket may weigh for each class: |log-count ratio| as in NB-SVM (Wang and Manning, 2012), plus a
    floor. `there` has a 1 in the buckets of each row.
    """
    stretch = np.full((there.shape[1], 3), eps, dtype=np.float32)
    if not nb:
        return stretch
    sure = np.isin(allowed, (1, 2, 4))
    for at in range(3):
        inside = allowed == 1 << at
        outside = np.isin(allowed, (NEG, POS)) if at == 1 else ~inside & sure
        in_class = there[inside].T @ weights[inside] + 1
        in_others = there[outside].T @ weights[outside] + 1
        ratio = (in_class / (weights[inside].sum() + 1)) / (in_others / (weights[outside].sum() + 1))
        stretch[:, at] += nb * np.abs(np.log(ratio))
    return stretch
