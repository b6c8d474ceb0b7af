"""
Stories (稿件族): a text and its reprints are found by MinHash bands and verified by containment of their shingles.

Pure decisions over a `StoryMemory`. The sketch keeps the smallest shingle hashes, so containment of a
shortened reprint can be estimated from two sketches alone.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache

import numpy as np

from core.ports import StoryMemory
from core.text import fold
from core.values import StoryMember

SHINGLE = 5
HASHES = 64
ROWS = 4  # 16 bands of 4: a pair at Jaccard .5 meets with probability .64, at .7 with .98
KEPT = 128  # smallest shingle hashes kept for containment
MIN_SHINGLES = 20  # shorter texts resemble each other by chance
REPRINT = 0.6  # containment at which two news texts are one story; unrelated pairs stay below .02 (measured)
_NOISE = re.compile(r"[\W_]+")
_PRIME = np.uint64((1 << 61) - 1)


def sketch(text: str) -> bytes:
    """The signature of a text: HASHES minima, the number of shingles, and the KEPT smallest shingle hashes."""
    hashes = _shingles(text)
    if len(hashes) < MIN_SHINGLES:
        return b""
    a, b = _permutations()
    minima = ((hashes[:, None] * a + b) >> np.uint64(32)).min(axis=0).astype(np.uint32)
    kept = hashes[:KEPT]
    return minima.tobytes() + np.uint32(len(hashes)).tobytes() + kept.tobytes()


def band_keys(made: bytes) -> tuple[int, ...]:
    """The band keys of a sketch, as signed 64-bit integers; none for a text too short to compare."""
    if not made:
        return ()
    minima = np.frombuffer(made[: HASHES * 4], dtype=np.uint32).reshape(-1, ROWS).astype(np.uint64)
    keys = minima[:, 0]
    for column in range(1, ROWS):
        keys = keys * np.uint64(0x9E3779B97F4A7C15) + minima[:, column]
    keys = keys ^ (np.arange(len(keys), dtype=np.uint64) << np.uint64(58))
    return tuple(int(key) for key in keys.astype(np.int64))


def containment(one: bytes, other: bytes) -> float:
    """The estimated share of the shorter text's shingles that stand in the longer one, in [0, 1]."""
    (size_a, kept_a), (size_b, kept_b) = _kept(one), _kept(other)
    if not size_a or not size_b:
        return 0.0
    limit = min(kept_a[-1], kept_b[-1]) if min(len(kept_a), len(kept_b)) == KEPT else max(kept_a[-1], kept_b[-1])
    low_a, low_b = kept_a[kept_a <= limit], kept_b[kept_b <= limit]
    shared = len(np.intersect1d(low_a, low_b, assume_unique=True))
    fewer = min(len(low_a), len(low_b))
    return shared / fewer if fewer else 0.0


def place(
    document_id: str,
    *,
    title: str | None,
    text: str,
    published_at: datetime | None,
    seen_at: datetime,
    outlet: str | None,
    memory: StoryMemory,
) -> StoryMember:
    """The document's place: in the story of the member that it repeats most, else in one of its own."""
    made = sketch(text)
    story = event = document_id
    best = REPRINT
    for candidate in memory.candidates(band_keys(made)):
        share = containment(made, candidate.sketch)
        if candidate.document != document_id and share >= best:
            best, story, event = share, candidate.story, candidate.event
    return StoryMember(document_id, story, event, made, seen_at, published_at, outlet)


def _shingles(text: str) -> np.ndarray:
    """The hashes of the distinct shingles of the folded text without punctuation, sorted."""
    folded = _NOISE.sub("", fold(text))
    codes = np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    if len(codes) < SHINGLE:
        return np.empty(0, dtype=np.uint64)
    value = np.zeros(len(codes) - SHINGLE + 1, dtype=np.uint64)
    for offset in range(SHINGLE):
        value = value * np.uint64(0x100000001B3) + codes[offset : offset + len(value)]
    value ^= value >> np.uint64(33)
    value *= np.uint64(0xFF51AFD7ED558CCD)
    value ^= value >> np.uint64(33)
    return np.unique(value)


def _kept(made: bytes) -> tuple[int, np.ndarray]:
    if not made:
        return 0, np.empty(0, dtype=np.uint64)
    size = int(np.frombuffer(made[HASHES * 4 : HASHES * 4 + 4], dtype=np.uint32)[0])
    return size, np.frombuffer(made[HASHES * 4 + 4 :], dtype=np.uint64)


@cache
def _permutations() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(20261120)
    return (
        random.integers(1, int(_PRIME), HASHES, dtype=np.uint64) | np.uint64(1),
        random.integers(0, int(_PRIME), HASHES, dtype=np.uint64),
    )
