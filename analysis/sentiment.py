"""How a text is meant: toward each company, from the parts that speak of it, and as a whole."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from math import exp
from typing import Any

from analysis.mention_rules import Reading
from analysis.sentiment_model import Floats, nameless, sentiment_model, told_of
from analysis.windows import Span, Stretch, stretches_of, view_of
from core.values import Kind, Label, Sentiment, TextType, Window


@cache
def policy() -> Mapping[str, Any]:
    """The numbers of `data/sentiment.json`."""
    loaded: Mapping[str, Any] = json.loads((files("analysis") / "data" / "sentiment.json").read_text("utf-8"))
    return loaded


def document_sentiment(reading: Reading, kind: Kind) -> Sentiment:
    """The sentiment of the whole text."""
    return _sentiment(sentiment_model().of_text(reading.folded, kind), policy()["document_bias"][kind])


def sentiment_toward(
    reading: Reading, spans: Mapping[str, Sequence[Span]], kind: Kind, text_type: TextType
) -> dict[str, tuple[Sentiment, tuple[Window, ...]]]:
    """Company -> its sentiment and the windows that it comes from. `spans` are the mentions that count."""
    if not spans:
        return {}
    model, folded = sentiment_model(), reading.folded
    everyone = sorted({span for found in spans.values() for span in found})
    whole = model.of_text(nameless(folded, everyone), kind)
    toward = {}
    for name, stretches in stretches_of(folded, spans).items():
        if not stretches:
            continue
        own = spans[name]
        others = [span for span in everyone if span not in set(own)]
        told = told_of(folded, stretches, own, others, companies=len(spans), text_type=text_type)
        verdict = _sentiment(model.toward(told, kind, whole), policy()["company_bias"])
        toward[name] = verdict, tuple(_windows(folded, stretches, own, others, kind))
    return toward


def _windows(
    folded: str, stretches: Sequence[Stretch], own: Sequence[Span], others: Sequence[Span], kind: Kind
) -> list[Window]:
    """The first few stretches with the tone of each by itself, for people to look at."""
    model, bias = sentiment_model(), policy()["document_bias"][kind]
    windows = []
    for stretch in stretches[: policy()["windows_kept"]]:
        tone = _sentiment(model.of_text(view_of(folded, [stretch], own, others), kind), bias)
        windows.append(Window(stretch.start, stretch.end, tone.score))
    return windows


def _sentiment(logits: Floats, bias: Sequence[float]) -> Sentiment:
    odds = exp(min(float(logits[0]) + bias[0], 50.0)), 1.0, exp(min(float(logits[1]) + bias[1], 50.0))
    total = sum(odds)
    shares: dict[Label, float] = {"neg": odds[0] / total, "neu": odds[1] / total, "pos": odds[2] / total}
    label = max(shares, key=lambda one: shares[one])
    confidence = shares[label]
    score = shares["pos"] - shares["neg"]
    return Sentiment(label, round(score, 4), round(confidence, 4), confidence < policy()["abstain_below"])
