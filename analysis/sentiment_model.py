"""
The learned weights of sentiment, and what they are given: n-grams of a text, or of what it says of a company.

Two linear models over hashed n-grams with a softmax over neg, neu, pos: one for whole texts, one for a company.
They know the `kind` of a document and nothing else of where it comes from. `training.sentiment` makes the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, get_args
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from analysis.features import Buckets, Part, buckets_of
from analysis.lexicon import lexicon
from analysis.windows import OTHER, Span, Stretch, view_of
from core.errors import ConfigError
from core.i18n import _
from core.values import Kind, TextType

Floats = npt.NDArray[np.float32]

LONGEST_TEXT = 1000
"""Characters of a text that are read: the tone of an article is set by then, and long ones stay cheap."""
_VIEW, _WHOLE, _LEFT, _RIGHT, _NEAR = 800, 600, 12, 16, 3
_TEXT_TYPES = get_args(TextType)
_GROUP: Mapping[str, int] = {"news": 1, "post": 2, "voice": 3, "complaint": 3}


@dataclass(frozen=True, slots=True)
class Table:
    """
    Weights of n-gram buckets (and of signals) toward neg and pos, relative to neu.

    A bucket's weight is kept as its signed square root in one byte: 2 MB stay in the processor's cache.
    """

    roots: npt.NDArray[np.int8]
    scale: Floats
    signals: Floats
    bias: Floats
    longest: int
    bits: int

    def logits(self, buckets: Buckets, signals: Floats | None = None) -> Floats:
        """How much more likely neg and pos are than neu, in log-odds."""
        roots = self.roots.take(buckets, axis=0).astype(np.float32)
        total: Floats = (roots * np.abs(roots)).sum(axis=0)
        total *= self.scale / np.float32(127 * 127 * max(len(buckets), 1) ** 0.5)
        total += self.bias
        return total if signals is None else total + signals @ self.signals


@dataclass(frozen=True, slots=True)
class SentimentModel:
    """Both models, as loaded from one file."""

    document: Table
    company: Table

    def of_text(self, folded: str, kind: Kind) -> Floats:
        """Log-odds of neg and pos against neu for a text."""
        parts = document_parts(folded, kind)
        return self.document.logits(buckets_of(parts, longest=self.document.longest, bits=self.document.bits))

    def toward(self, told: Told, kind: Kind, whole: Floats) -> Floats:
        """The same toward a company; `whole` are the log-odds of the text with all names hidden."""
        table = self.company
        signals = company_signals(told, kind, self.of_text(told.view, kind), whole)
        return table.logits(buckets_of(company_parts(told, kind), longest=table.longest, bits=table.bits), signals)


@dataclass(frozen=True, slots=True)
class Told:
    """What a text says of one company: its stretches as one view, the text around its names, the whole text."""

    view: str
    left: str
    right: str
    whole: str
    names: int
    companies: int
    first: int
    length: int
    text_type: TextType


def told_of(
    folded: str,
    stretches: Sequence[Stretch],
    own: Sequence[Span],
    others: Sequence[Span],
    *,
    companies: int,
    text_type: TextType,
) -> Told:
    """Gather what a folded text says of one company whose names stand at `own`."""
    everything = [Stretch(0, min(len(folded), _WHOLE), True, False)]
    near = own[:_NEAR]
    return Told(
        view=view_of(folded, stretches, own, others, most=_VIEW),
        left="".join(folded[max(0, start - _LEFT) : start] + "\ue002" for start, _ in near),
        right="".join(folded[end : end + _RIGHT] + "\ue002" for _, end in near),
        whole=view_of(folded, everything, own, others, most=_WHOLE),
        names=len(own),
        companies=companies,
        first=own[0][0],
        length=len(folded),
        text_type=text_type,
    )


def nameless(folded: str, spans: Sequence[Span]) -> str:
    """The text with every company hidden behind the same sign, so that names themselves carry no tone."""
    return view_of(folded, [Stretch(0, min(len(folded), LONGEST_TEXT), True, False)], [], spans, most=LONGEST_TEXT)


def document_parts(folded: str, kind: Kind) -> list[Part]:
    """What the model of whole texts looks at."""
    return [(folded[:LONGEST_TEXT], (0, _GROUP[kind]))]


def company_parts(told: Told, kind: Kind) -> list[Part]:
    """What the model toward a company looks at."""
    return [
        (told.view, (10, 10 + _GROUP[kind])),
        (told.left, (20,)),
        (told.right, (21,)),
        (told.whole, (30,)),
    ]


def company_signals(told: Told, kind: Kind, view: Floats, whole: Floats) -> Floats:
    """A few numbers beside the n-grams: the other model's opinion, judging words, how the company is placed."""
    judged = lexicon().judging_words(told.view)
    against = -sum(word.weight for word in judged if word.weight < 0)
    speaks_for = sum(word.weight for word in judged if word.weight > 0)
    negated = sum(word.negated for word in judged)
    return np.array(
        [
            view[0] / 3,
            view[1] / 3,
            (view[0] - view[1]) / 3,
            whole[0] / 3,
            whole[1] / 3,
            min(against, 6) / 3,
            min(speaks_for, 6) / 3,
            against > 0,
            speaks_for > 0,
            min(negated, 2),
            told.companies > 1,
            told.companies > 3,
            min(told.names, 5) / 3,
            told.first / max(told.length, 1),
            told.first < 20,
            kind == "complaint",
            kind == "news",
            kind == "post",
            kind == "voice",
            len(told.view) < 40,
            *(told.text_type == type_ for type_ in _TEXT_TYPES),
        ],
        dtype=np.float32,
    )


def packed(weights: Floats) -> tuple[npt.NDArray[np.int8], Floats]:
    """Weights as signed square roots in one byte each, with the scale of each column."""
    scale = np.abs(weights).max(axis=0).astype(np.float32)
    roots = np.sign(weights) * np.sqrt(np.abs(weights) / scale)
    return np.ascontiguousarray(np.round(roots * 127).astype(np.int8)), scale


def read_model(archive: Mapping[str, Any]) -> SentimentModel:
    """A model from the arrays of its file."""
    tables = []
    for name in ("document", "company"):
        longest, bits = (int(number) for number in archive[f"{name}_shape"])
        # one row after the other in memory: `take` copies the whole table when it is not
        roots, scale, signals, bias = (
            np.ascontiguousarray(archive[f"{name}_{part}"]) for part in ("roots", "scale", "signals", "bias")
        )
        tables.append(Table(roots, scale, signals, bias, longest, bits))
    return SentimentModel(*tables)


def model_of(path: Path) -> SentimentModel:
    """The model in a file of one's own. Raises ConfigError for a file that is missing or is no such model."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            return read_model(archive)
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        message = _("情感模型 {path} 用不了（{seen}）；请用 yuqing train 重做，或去掉 sentiment_model 这一项。")
        raise ConfigError(message.format(path=path, seen=type(error).__name__)) from error


@cache
def sentiment_model() -> SentimentModel:
    """The shipped model, loaded once. Raises FileNotFoundError when the installation lacks it."""
    with as_file(files("analysis") / "data" / "sentiment.npz") as path, np.load(path, allow_pickle=False) as archive:
        return read_model(archive)


__all__ = ["OTHER", "SentimentModel", "Table", "Told", "sentiment_model"]
