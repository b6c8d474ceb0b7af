"""
Corrections by people move the model toward companies: a few careful steps from the weights that ship.

Only the buckets that the corrected texts touch move, and each is pulled back to where it stood, so that fifty
corrections teach their own kind of text and leave the rest as it was. Pure but for reading and writing files.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.features import Buckets, buckets_of
from analysis.mention_rules import Reading
from analysis.mentions import Matcher, counted_spans
from analysis.segment import Segmenter
from analysis.sentiment import policy
from analysis.sentiment_model import (
    Floats,
    SentimentModel,
    Table,
    company_parts,
    company_signals,
    nameless,
    packed,
    told_of,
)
from analysis.text_type import text_type_of
from analysis.windows import stretches_of
from core.text import fold
from core.values import Document, Label, Watch

STEPS = 60  # the loss of a batch of any size is flat by then: its examples have unit length
RATE = 1.0
PULL = 0.005  # back to the shipped weight, per step
LABELS: tuple[Label, ...] = ("neg", "neu", "pos")


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person says: toward this company, this document is meant so."""

    document: Document
    company: str
    label: Label


@dataclass(frozen=True, slots=True)
class Retrained:
    """The new model, how many corrections it could learn from, and how many of those were right before and after."""

    model: SentimentModel
    learned: int
    right_before: int
    right_after: int


@dataclass(frozen=True, slots=True)
class _Example:
    buckets: Buckets
    signals: Floats
    label: int


def retrained(model: SentimentModel, corrections: Iterable[Correction], *, watch: Watch) -> Retrained:
    """The model after the corrections. One whose company the text does not mention teaches nothing."""
    examples = list(_examples(model, corrections, watch))
    table = _moved(model.company, examples) if examples else model.company
    new = replace(model, company=table)
    return Retrained(new, len(examples), _right(model.company, examples), _right(table, examples))


def _examples(model: SentimentModel, corrections: Iterable[Correction], watch: Watch) -> Iterable[_Example]:
    """What the model sees of each corrected text, found by the same code that the radar runs."""
    names = (fold(n) for c in watch.companies for listed in (*c.aliases.values(), (c.name,)) for n in listed)
    segmenter, matcher = Segmenter(names), Matcher(watch.companies)
    for correction in corrections:
        text, kind = correction.document.text, correction.document.kind
        folded = fold(text)
        reading = Reading(text, folded, segmenter.cut(folded), segmenter.knows, segmenter.weight)
        spans = {name: at for name, found in matcher.mentions(reading).items() if (at := counted_spans(found))}
        stretches = stretches_of(folded, spans).get(correction.company)
        if not stretches:
            continue
        everyone = sorted({span for at in spans.values() for span in at})
        own = spans[correction.company]
        others = [span for span in everyone if span not in set(own)]
        first_type = text_type_of(folded, kind)
        told = told_of(folded, stretches, own, others, companies=len(spans), text_type=first_type)
        whole = model.of_text(nameless(folded, everyone), kind)
        yield _Example(
            buckets_of(company_parts(told, kind), longest=model.company.longest, bits=model.company.bits),
            company_signals(told, kind, model.of_text(told.view, kind), whole),
            LABELS.index(correction.label),
        )


def _moved(table: Table, examples: Sequence[_Example]) -> Table:
    """Batch steps of logistic regression on the buckets that the examples touch, each pulled back to its start."""
    touched = np.unique(np.concatenate([example.buckets for example in examples]))
    start = _weights(table)
    weights = start[touched].copy()
    rows = [np.searchsorted(touched, example.buckets) for example in examples]
    fixed = np.array([_fixed(table, example) for example in examples])
    wanted = np.array([[example.label == 0, example.label == 2] for example in examples], dtype=np.float32)
    for _step in range(STEPS):
        logits = fixed + np.array([weights[at].sum(axis=0) / len(at) ** 0.5 for at in rows])
        error = _shares(logits) - wanted
        slope = np.zeros_like(weights)
        for at, wrong in zip(rows, error, strict=True):
            slope[at] += wrong / len(at) ** 0.5
        weights -= RATE * slope + PULL * (weights - start[touched])
    start[touched] = weights
    roots, scale = packed(start)
    return replace(table, roots=roots, scale=scale)


def _fixed(table: Table, example: _Example) -> Floats:
    """The part of the log-odds that corrections leave alone: signals, bias, and the policy's bias."""
    fixed: Floats = table.bias + example.signals @ table.signals + np.array(policy()["company_bias"], dtype=np.float32)
    return fixed


def _weights(table: Table) -> Floats:
    """The weights of all buckets, unpacked."""
    roots = table.roots.astype(np.float32)
    weights: Floats = roots * np.abs(roots) * (table.scale / np.float32(127 * 127))
    return weights


def _shares(logits: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The shares of neg and pos among the three."""
    odds = np.exp(np.clip(logits, -30, 30))
    shares: npt.NDArray[Any] = odds / (1 + odds.sum(axis=1, keepdims=True))
    return shares


def _right(table: Table, examples: Sequence[_Example]) -> int:
    """How many examples the table labels as wanted."""
    right = 0
    bias = np.array(policy()["company_bias"], dtype=np.float32)
    for example in examples:
        neg, pos = table.logits(example.buckets, example.signals) + bias
        right += int(np.argmax((neg, 0, pos))) == example.label
    return right
