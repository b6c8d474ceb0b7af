"""How a text is meant: toward each company, from the parts that speak of it, and as a whole."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp, tanh
from typing import Any

from analysis.lexicon import lexicon
from analysis.mention_rules import Reading
from analysis.sentiment_model import Floats, SentimentModel, nameless, sentiment_model, told_of
from analysis.windows import Span, Stretch, stretches_of
from core.values import Kind, Label, Sentiment, TextType, Window


@cache
def policy() -> Mapping[str, Any]:
    """The numbers of `data/sentiment.json`."""
    loaded: Mapping[str, Any] = json.loads((files("analysis") / "data" / "sentiment.json").read_text("utf-8"))
    return loaded


@dataclass(frozen=True, slots=True)
class Tone:
    """The sentiment of a text as a whole and toward each company, with the windows that the latter come from."""

    document: Sentiment
    companies: Mapping[str, tuple[Sentiment, tuple[Window, ...]]]


def tone_of(
    reading: Reading,
    spans: Mapping[str, Sequence[Span]],
    kind: Kind,
    text_type: TextType,
    *,
    model: SentimentModel | None = None,
) -> Tone:
    """How a text is meant. `spans` are the mentions that count; the names themselves carry no tone."""
    model, folded = model or sentiment_model(), reading.folded
    everyone = sorted({span for found in spans.values() for span in found})
    whole = model.of_text(nameless(folded, everyone), kind)
    companies = {}
    for name, stretches in stretches_of(folded, spans).items():
        if not stretches:
            continue
        own, mine = spans[name], set(spans[name])
        others = [span for span in everyone if span not in mine]
        told = told_of(folded, stretches, own, others, companies=len(spans), text_type=text_type)
        verdict = _sentiment(model.toward(told, kind, whole), policy()["company_bias"])
        companies[name] = verdict, tuple(_windows(folded, stretches))
    return Tone(_sentiment(whole, policy()["document_bias"][kind]), companies)


def _windows(folded: str, stretches: Sequence[Stretch]) -> Iterator[Window]:
    """The first few stretches, each with what its judging words say, for people to look at."""
    for stretch in stretches[: policy()["windows_kept"]]:
        judged = sum(word.weight for word in lexicon().judging_words(folded[stretch.start : stretch.end]))
        yield Window(stretch.start, stretch.end, round(tanh(judged / policy()["window_unit"]), 4))


def _sentiment(logits: Floats, bias: Sequence[float]) -> Sentiment:
    odds = exp(min(float(logits[0]) + bias[0], 50.0)), 1.0, exp(min(float(logits[1]) + bias[1], 50.0))
    total = sum(odds)
    shares: dict[Label, float] = {"neg": odds[0] / total, "neu": odds[1] / total, "pos": odds[2] / total}
    label = max(shares, key=lambda one: shares[one])
    confidence = shares[label]
    score = shares["pos"] - shares["neg"]
    return Sentiment(label, round(score, 4), round(confidence, 4), confidence < policy()["abstain_below"])
