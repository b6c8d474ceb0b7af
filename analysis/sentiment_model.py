"""
The learned weights of sentiment, and what they are given: n-grams of a text, or of what it says of a company.

Two models over hashed n-grams with a softmax over neg, neu, pos: a mixture of linear ones for whole texts, a linear
one for a company. They know the `kind` of a document and nothing else of where it comes from. `training.sentiment`
makes the file.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, get_args

import numpy as np
import numpy.typing as npt

from analysis.features import Buckets, Part, buckets_of
from analysis.lexicon import lexicon
from analysis.windows import Span, Stretch, view_of
from core.errors import ConfigError, YuqingError
from core.i18n import _
from core.values import Kind, TextType

Floats = npt.NDArray[np.float32]

LONGEST_TEXT = 1000
"""Characters of a text that are read: the tone of an article is set by then, and long ones stay cheap."""
_VIEW, _WHOLE, _LEFT, _RIGHT, _NEAR = 800, 600, 12, 16, 3
_TEXT_TYPES = get_args(TextType)
_SIGNALS = 20 + len(_TEXT_TYPES)
"""How many numbers `company_signals` gives."""
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

    def logits(self, buckets: Buckets, signals: Floats) -> Floats:
        """How much more likely neg and pos are than neu, in log-odds."""
        total: Floats = _sums(self.roots, self.scale, buckets) + self.bias + signals @ self.signals
        return total


@dataclass(frozen=True, slots=True)
class Blend:
    """
    A mixture of linear models for whole texts: common weights, weights for each field of talk, weights for news.

    What a word says of a hotel it may not say of a phone. The fields are found in the training texts without their
    labels and origins, as a mixture of multinomials fitted by EM (Nigam et al., Machine Learning 39, 2000); a text
    belongs to fields in shares, news to none. `roots` are packed as in Table, the columns (neg, pos) of the common
    weights first, those of news last; `gate` says how much each bucket speaks for each field, `voice` how much of each
    field is what customers say of what they bought.
    """

    roots: npt.NDArray[np.int8]
    scale: Floats
    bias: Floats
    gate: npt.NDArray[np.int8]
    gate_scale: Floats
    voice: Floats
    longest: int
    bits: int

    def of_text(self, folded: str, kind: Kind) -> Floats:
        """Log-odds of neg and pos against neu for a text."""
        return self.logits(buckets_of(document_parts(folded), longest=self.longest, bits=self.bits), kind)

    def logits(self, buckets: Buckets, kind: Kind) -> Floats:
        """How much more likely neg and pos are than neu, in log-odds."""
        sums = _sums(self.roots, self.scale, buckets).reshape(-1, 2) + self.bias
        if kind == "news":
            total: Floats = sums[0] + sums[-1]
            return total
        total = sums[0] + self._shares(buckets) @ sums[1:-1]
        return total

    def voice_in(self, folded: str) -> float:
        """How much of a text, in [0, 1], belongs to fields where customers speak of what they bought."""
        shares = self._shares(buckets_of(document_parts(folded), longest=self.longest, bits=self.bits))
        return float(shares @ self.voice)

    def _shares(self, buckets: Buckets) -> Floats:
        speaks = self.gate.take(buckets, axis=0).sum(axis=0, dtype=np.int32) / np.float32(max(len(buckets), 1))
        return field_shares(speaks * self.gate_scale)


LEAST_SHARE = 0.05
"""A field with less of a text than this has nothing of it: most texts then belong to one or two."""


def field_shares(speaks: Floats) -> Floats:
    """The shares of the fields, which sum to 1, from how much a text speaks for each of them (last axis)."""
    odds = np.exp(speaks - speaks.max(axis=-1, keepdims=True))
    shares = odds / odds.sum(axis=-1, keepdims=True)
    shares[shares < LEAST_SHARE] = 0
    result: Floats = (shares / shares.sum(axis=-1, keepdims=True)).astype(np.float32)
    return result


def _sums(packed_roots: npt.NDArray[np.int8], scale: Floats, buckets: Buckets) -> Floats:
    """The unpacked weights of the buckets, summed and divided by the square root of their number."""
    roots = packed_roots.take(buckets, axis=0).astype(np.float32)
    total: Floats = np.einsum("ij,ij->j", roots, np.abs(roots))
    total *= scale / np.float32(127 * 127 * max(len(buckets), 1) ** 0.5)
    return total


@dataclass(frozen=True, slots=True)
class SentimentModel:
    """Both models, as loaded from one file."""

    document: Blend
    company: Table

    def of_text(self, folded: str, kind: Kind) -> Floats:
        """Log-odds of neg and pos against neu for a text."""
        return self.document.of_text(folded, kind)

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


LONGEST_READ = 180
"""Characters of a text that the encoder is given toward a company, in training as well: its time grows with them."""
LONGEST_REVIEW = 240
"""The same of a review, which often ends in its verdict (held-out clusters: one text in 1,000 more right than 180)."""


def nameless(folded: str, spans: Sequence[Span]) -> str:
    """The text with every company hidden behind the same sign, so that names themselves carry no tone."""
    return view_of(folded, [Stretch(0, min(len(folded), LONGEST_TEXT), True, False)], [], spans, most=LONGEST_TEXT)


def document_parts(folded: str) -> list[Part]:
    """What the model of whole texts looks at: its beginning."""
    return [(folded[:LONGEST_TEXT], (0,))]


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


def packed(weights: Floats, *, least: int = 0) -> tuple[npt.NDArray[np.int8], Floats]:
    """Weights as signed square roots in one byte each, with the scale of each column; roots up to `least` become 0."""
    scale = np.abs(weights).max(axis=0).astype(np.float32)
    roots = np.round(np.sign(weights) * np.sqrt(np.abs(weights) / scale) * 127).astype(np.int8)
    roots[np.abs(roots) <= least] = 0
    return np.ascontiguousarray(roots), scale


_BLEND = ("roots", "scale", "bias", "gate", "gate_scale", "voice")
_TABLE = ("roots", "scale", "signals", "bias")


def read_model(archive: Mapping[str, Any]) -> SentimentModel:
    """A model from the arrays of its file. Raises ValueError when they do not fit together, KeyError when one lacks."""

    def arrays(name: str, parts: Sequence[str]) -> list[Any]:
        # one row after the other in memory: `take` copies the whole table when it is not
        found = [np.ascontiguousarray(archive[f"{name}_{part}"]) for part in parts]
        return [*found, *(int(number) for number in archive[f"{name}_shape"])]

    document, company = Blend(*arrays("document", _BLEND)), Table(*arrays("company", _TABLE))
    if _sizes(document, company) != _sizes_wanted(document, company):
        raise ValueError("the arrays do not fit together")
    return SentimentModel(document, company)


def _sizes(document: Blend, company: Table) -> list[tuple[int, ...]]:
    found: list[npt.NDArray[Any]] = [document.roots, document.scale, document.bias, document.gate, document.voice]
    found += [company.roots, company.scale, company.signals, company.bias]
    return [array.shape for array in found]


def _sizes_wanted(document: Blend, company: Table) -> list[tuple[int, ...]]:
    """Two columns for the common weights, for each field and for news; a row for each bucket and each signal."""
    fields, buckets = document.gate.shape[-1], (2**document.bits, 2**company.bits)
    columns = 2 * (fields + 2)
    of_document = [(buckets[0], columns), (columns,), (fields + 2, 2), (buckets[0], fields), (fields,)]
    return [*of_document, (buckets[1], 2), (2,), (_SIGNALS, 2), (2,)]


def write_model(model: SentimentModel, path: Path) -> None:
    """
    The model as one file, in the form that `read_model` reads; it appears, or takes the old one's place, when complete.

    Raises YuqingError when it cannot be written.
    """
    arrays: dict[str, Any] = {}
    for name, table, parts in (("document", model.document, _BLEND), ("company", model.company, _TABLE)):
        arrays |= {f"{name}_{part}": getattr(table, part) for part in parts}
        arrays[f"{name}_shape"] = np.array([table.longest, table.bits])
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            np.savez_compressed(file, **arrays)
        os.replace(part, path)
    except OSError as error:
        message = _("写不了 {path}：{seen}。请检查路径、权限和磁盘空间。")
        raise YuqingError(message.format(path=path, seen=error.strerror)) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def model_of(path: Path) -> SentimentModel:
    """The model in a file of one's own. Raises ConfigError for a file that is missing or is no such model."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            return read_model(archive)
    except Exception as error:  # numpy and zipfile raise whatever a file that is no model gives
        message = _("情感模型 {path} 用不了（{seen}）；请用 yuqing train 重做，或去掉 sentiment_model 这一项。")
        raise ConfigError(message.format(path=path, seen=type(error).__name__)) from error


@cache
def sentiment_model() -> SentimentModel:
    """The shipped model, loaded once. Raises FileNotFoundError when the installation lacks it."""
    with as_file(files("analysis") / "data" / "sentiment.npz") as path, np.load(path, allow_pickle=False) as archive:
        return read_model(archive)
