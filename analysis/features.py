"""A text as the hashed n-grams that the sentiment models weigh. Training and running use this same code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

_EDGE = np.array([2], dtype=np.uint64)
_ODD = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F],
    dtype=np.uint64,
)
_FOLD = np.uint64(29)

_TRUE = np.array([True])

Buckets = npt.NDArray[np.int32]
Part = tuple[str, Sequence[int]]
"""A text and the salts under which its n-grams are counted; the same n-gram under two salts is two features."""


def buckets_of(parts: Iterable[Part], *, longest: int, bits: int) -> Buckets:
    """
    The buckets below 2**bits (at most 2**31) of the character 1- to `longest`-grams of all parts.

    Each bucket once, in rising order.
    """
    salted = []
    for text, salts in parts:
        grams = _grams(text, longest)
        salted += [grams ^ (_ODD[4:5] * np.uint64(salt)) for salt in salts]
    mixed = np.concatenate(salted)
    mixed = (mixed ^ (mixed >> _FOLD)) * _ODD[3]
    buckets = np.sort((mixed >> np.uint64(64 - bits)).astype(np.int32))  # 32 bits sort 30 times faster than np.unique
    return buckets[np.concatenate((_TRUE, buckets[1:] != buckets[:-1]))]


def _grams(text: str, longest: int) -> npt.NDArray[np.uint64]:
    """A hash for each character n-gram; both edges of the text count as a character."""
    codes = np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
    codes = np.concatenate((_EDGE, codes, _EDGE))
    running = codes * _ODD[0]
    hashes = [running]
    for size in range(2, min(longest, len(codes)) + 1):
        running = (running[:-1] ^ (running[:-1] >> _FOLD)) * _ODD[1] + codes[size - 1 :] * _ODD[2]
        hashes.append(running)
    return np.concatenate(hashes)
