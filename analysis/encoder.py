"""
A small transformer that reads a text as a whole: BERT's encoder (Devlin et al. 2019) in numpy.

It begins as BAAI/bge-small-zh-v1.5 (MIT), four layers, and learns our labels; see training/encoder.py. Weights
rest as bytes with a scale for each column (embeddings: for each row). It answers two questions: what a text is about,
and whether a company stands at a marked place of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple, get_args

import numpy as np
import numpy.typing as npt

from core.values import Kind

Array = npt.NDArray[np.float32]

HEADS = 8
UNKNOWN, START, END = "[UNK]", "[CLS]", "[SEP]"
MARK, MARKED = "\ue000", "[unused10]"  # a place in a text, and its piece
SLOT = "slot"  # the label that a company stands at the mark
_WORD = re.compile(r"[a-z0-9]+|\S")
_CUBIC, _STEEP = np.float32(0.044715), np.float32((2 / np.pi) ** 0.5)
_TINY = np.float32(1e-12)


def start_of(kind: Kind) -> str:
    """The piece that tells the kind of a document: one that the base never used."""
    return f"[unused{get_args(Kind).index(kind) + 1}]"


class Pieces:
    """WordPiece over folded text: a Han character is a piece, a Latin word falls into the longest ones known."""

    def __init__(self, known: list[str]) -> None:
        self._places = {piece: place for place, piece in enumerate(known)}
        self._unknown = self._places[UNKNOWN]
        if MARKED in self._places:
            self._places[MARK] = self._places[MARKED]

    def of(self, folded: str, kind: Kind) -> list[int]:
        """Places of the text's pieces, between the start with the kind, and the end."""
        return [self._places[START], self._places[start_of(kind)], *self._inner(folded), self._places[END]]

    def _inner(self, folded: str) -> Iterator[int]:
        for word in _WORD.findall(folded):
            place = self._places.get(word)
            if place is not None:
                yield place
            elif len(word) == 1 or not word.isascii():
                yield self._unknown
            else:
                yield from self._parts(word)

    def _parts(self, word: str) -> list[int]:
        found, at = [], 0
        while at < len(word):
            lead = "##" if at else ""
            ends = range(len(word), at, -1)
            end = next((end for end in ends if lead + word[at:end] in self._places), None)
            if end is None:
                return [self._unknown]
            found.append(self._places[lead + word[at:end]])
            at = end
        return found


class Encoder:
    """From a text to the chance of each label: a topic, "type:" and a text type, or "flag:" and a flag."""

    def __init__(self, stored: Mapping[str, Any]) -> None:
        """`stored`: the arrays that training/encoder.py writes."""
        pieces, labels = (bytes(stored[name]).decode().split("\n") for name in ("pieces", "labels"))
        self.labels = labels
        self._types = [place for place, label in enumerate(labels) if label.startswith("type:")]
        self.pieces = Pieces(pieces)
        self._rows, self._row_scale = stored["embedding"], stored["embedding.scale"]
        self._positions = stored["positions"].astype(np.float32)
        self._norm = _pair(stored, "norm")
        depth = sum(name.endswith(".in.scale") for name in stored)
        self._layers = [
            {name: _matrix(stored, f"{n}.{name}") for name in ("query", "shown", "out", "in", "back")}
            for n in range(depth)
        ]
        self._norms = [(_pair(stored, f"{n}.norm1"), _pair(stored, f"{n}.norm2")) for n in range(depth)]
        self._head = _matrix(stored, "head")

    @property
    def longest(self) -> int:
        """How many pieces can be read."""
        return len(self._positions)

    def chances(self, folded: str, kind: Kind) -> dict[str, float] | None:
        """The chance of each label, in [0, 1], the types' adding up to 1; None for a text too long to be read whole."""
        logits = self._logits(folded.replace(MARK, ""), kind)
        if logits is None:
            return None
        found = 1 / (1 + np.exp(-logits))
        types = np.exp(logits[self._types] - logits[self._types].max())
        found[self._types] = types / types.sum()
        return {label: chance for label, chance in zip(self.labels, found.tolist(), strict=True) if label != SLOT}

    def slot_odds(self, folded: str) -> float | None:
        """The log odds that a company stands at the MARK of a text; None where that was not learned, or too long."""
        logits = self._logits(folded, "post") if SLOT in self.labels else None
        return None if logits is None else float(logits[self.labels.index(SLOT)])

    def _logits(self, folded: str, kind: Kind) -> Array | None:
        places = self.pieces.of(folded, kind)
        if len(places) > self.longest:
            return None
        (logits,) = _times(self._start_state(places), self._head)
        return logits

    def _start_state(self, places: list[int]) -> Array:
        """What the start piece makes of the whole text: one row."""
        rows = self._rows[places] * self._row_scale[places, None].astype(np.float32)
        states = _normal(rows + self._positions[: len(places)], self._norm)
        for number, (layer, (norm1, norm2)) in enumerate(zip(self._layers, self._norms, strict=True), 1):
            asking = states if number < len(self._layers) else states[:1]  # nobody asks for the others of the last
            told = _attended(_times(asking, layer["query"]), _times(states, layer["shown"]))
            states = _normal(asking + _times(told, layer["out"]), norm1)
            states = _normal(states + _times(_gelu(_times(states, layer["in"])), layer["back"]), norm2)
        return states


class _Matrix(NamedTuple):
    """Weights stay bytes in memory: as floats they would weigh four times as much for a little less time."""

    weights: npt.NDArray[np.int8]
    scale: Array
    bias: Array


def _matrix(stored: Mapping[str, Any], name: str) -> _Matrix:
    scale, bias = (stored[f"{name}.{part}"].astype(np.float32) for part in ("scale", "bias"))
    return _Matrix(stored[name], scale, bias)


def _pair(stored: Mapping[str, Any], name: str) -> tuple[Array, Array]:
    gain, bias = stored[name].astype(np.float32)
    return gain, bias


def _times(states: Array, matrix: _Matrix) -> Array:
    result: Array = states @ matrix.weights.astype(np.float32)
    result *= matrix.scale
    result += matrix.bias
    return result


def _normal(states: Array, pair: tuple[Array, Array]) -> Array:
    """Layer normalization (Ba et al. 2016)."""
    off = states - states.mean(axis=1, keepdims=True)
    spread = np.sqrt(np.einsum("ij,ij->i", off, off)[:, None] / np.float32(states.shape[1]) + _TINY)
    off /= spread
    off *= pair[0]
    off += pair[1]
    return off


def _gelu(values: Array) -> Array:
    """Hendrycks and Gimpel 2016, its tanh form."""
    inner = values * values
    inner *= _CUBIC
    inner += 1
    inner *= values
    inner *= _STEEP
    np.tanh(inner, out=inner)
    inner += 1
    inner *= values
    inner *= np.float32(0.5)
    return inner


def _attended(queries: Array, shown: Array) -> Array:
    """Attention of all heads (Vaswani et al. 2017): `shown` holds keys and values side by side."""
    wide = queries.shape[1]
    each = wide // HEADS
    asked = queries.reshape(-1, HEADS, each).transpose(1, 0, 2)
    keys, values = shown.reshape(-1, 2, HEADS, each).transpose(1, 2, 0, 3)
    weight = asked @ keys.transpose(0, 2, 1)
    weight *= np.float32(each**-0.5)
    weight -= weight.max(axis=2, keepdims=True)
    np.exp(weight, out=weight)
    weight /= weight.sum(axis=2, keepdims=True)
    return np.asarray((weight @ values).transpose(1, 0, 2).reshape(-1, wide), np.float32)


@cache
def shipped() -> Encoder | None:
    """The encoder that comes with the radar; None when its file was left out."""
    path = files("analysis") / "data" / "encoder.npz"
    if not path.is_file():
        return None
    with path.open("rb") as file, np.load(file) as stored:
        return Encoder(stored)  # one array after the other: all at once would weigh twice as much
