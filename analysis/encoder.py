"""
A small transformer that reads a text as a whole: BERT's encoder (Devlin et al. 2019).

It begins as BAAI/bge-small-zh-v1.5 (MIT), four layers, and learns our labels; see training/encoder.py. It answers
what a text is about, whether a company stands at a marked place of it, and how the text is meant, as a whole or toward
that company. onnxruntime does the arithmetic, in bytes: a fifth of the time that numpy takes in floats.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from core.values import Kind

Array = npt.NDArray[np.float32]

UNKNOWN, START, END = "[UNK]", "[CLS]", "[SEP]"
MARK, OTHER = "\ue000", "\ue001"  # what stands for the company in question, and for any other
MARKS = {MARK: "[unused10]", OTHER: "[unused11]"}  # and their pieces
SLOT = "slot"  # the label that a company stands at the mark
TONE, TOWARD = "tone", "toward"  # how a text is meant, and how toward the company at the mark: "tone:neg"
TextOrCompany = Literal["tone", "toward"]
_WORD = re.compile(r"[a-z0-9]+|\S")
_NO_MARKS = dict.fromkeys(map(ord, MARKS), " ")


def start_of(kind: Kind) -> str:
    """The piece that tells the kind of a document: one that the base never used."""
    return f"[unused{get_args(Kind).index(kind) + 1}]"


def without_marks(text: str) -> str:
    """The text with blanks for the signs that stand for companies: in a text of others they mean nothing."""
    return text.translate(_NO_MARKS)


class Pieces:
    """WordPiece over folded text: a Han character is a piece, a Latin word falls into the longest ones known."""

    def __init__(self, known: list[str]) -> None:
        self._places = {piece: place for place, piece in enumerate(known)}
        self._unknown = self._places[UNKNOWN]
        self._places |= {mark: self._places[piece] for mark, piece in MARKS.items() if piece in self._places}

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
    """From a text to the chance of each label: a topic, "type:" and a text type, "flag:" and a flag; a mark; a tone."""

    def __init__(self, model: Path | bytes) -> None:
        """`model`: the file that training/encoder.py writes, or what stands in it."""
        import onnxruntime  # 20 MB of memory and a twentieth of a second, which most commands can do without

        onnxruntime.set_default_logger_severity(3)  # errors only, in the process: it warns of graphics cards missing
        how = onnxruntime.SessionOptions()
        how.intra_op_num_threads = how.inter_op_num_threads = 1  # workers are processes
        how.enable_cpu_mem_arena = how.enable_mem_pattern = False  # they would keep what the longest text needed
        given = model if isinstance(model, bytes) else str(model)
        self._session = onnxruntime.InferenceSession(given, how, providers=["CPUExecutionProvider"])
        told = self._session.get_modelmeta().custom_metadata_map
        self.labels = told["labels"].split("\n")
        self.longest = int(told["longest"])
        """How many pieces can be read."""
        self.pieces = Pieces(told["pieces"].split("\n"))
        self._at = {label: at for at, label in enumerate(self.labels)}
        self._types = [at for label, at in self._at.items() if label.startswith("type:")]
        self._judged = [label for label in self.labels if label.partition(":")[0] not in (SLOT, TONE, TOWARD)]

    def chances(self, folded: str, kind: Kind) -> dict[str, float] | None:
        """
        The chance of each topic, type and flag, in [0, 1], the types' adding up to 1; None for a text too long to be
        read whole.
        """
        logits = self._logits(without_marks(folded), kind)
        if logits is None:
            return None
        found = 1 / (1 + np.exp(-logits))
        types = np.exp(logits[self._types] - logits[self._types].max())
        found[self._types] = types / types.sum()
        return {label: float(found[self._at[label]]) for label in self._judged}

    def slot_odds(self, folded: str) -> float | None:
        """The log odds that a company stands at the MARK of a text; None where that was not learned, or too long."""
        logits = self._logits(folded, "post") if SLOT in self._at else None
        return None if logits is None else float(logits[self._at[SLOT]])

    def tone(self, folded: str, kind: Kind, group: TextOrCompany) -> Array | None:
        """
        The log odds of neg and pos against neu, shape (2,), of a text as a whole or toward the company at its marks;
        None where that was not learned, or too long.
        """
        logits = self._logits(folded, kind) if f"{group}:neu" in self._at else None
        if logits is None:
            return None
        neg, neu, pos = (logits[self._at[f"{group}:{label}"]] for label in ("neg", "neu", "pos"))
        return np.array([neg - neu, pos - neu], np.float32)

    def _logits(self, folded: str, kind: Kind) -> Array | None:
        places = self.pieces.of(folded, kind)
        if len(places) > self.longest:
            return None
        ((logits,),) = self._session.run(None, {"ids": np.array(places, np.int64)})
        return np.asarray(logits, np.float32)


@cache
def shipped() -> Encoder | None:
    """The encoder that comes with the radar; None when its file was left out."""
    found = files("analysis") / "data" / "encoder.onnx"
    if not found.is_file():
        return None
    with as_file(found) as path:
        return Encoder(path)
