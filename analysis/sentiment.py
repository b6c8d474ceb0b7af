"""
How a text is meant: toward each company, from the parts that speak of it, and as a whole.

A linear model reads every text; where it is in doubt the encoder reads as well, and their log odds are averaged.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp, tanh
from typing import Any

import numpy as np

from analysis.encoder import TextOrCompany, shipped, without_marks
from analysis.lexicon import lexicon
from analysis.mention_rules import Reading
from analysis.sentiment_model import (
    LONGEST_READ,
    LONGEST_REVIEW,
    LONGEST_TEXT,
    Blend,
    Floats,
    SentimentModel,
    Told,
    nameless,
    sentiment_model,
    told_of,
)
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
    model = model or sentiment_model()
    folded = without_marks(reading.folded)  # those of others would pass for companies
    everyone = sorted({span for found in spans.values() for span in found})
    hidden = nameless(folded, everyone)
    whole = model.of_text(hidden, kind)
    companies: dict[str, tuple[Sentiment, tuple[Window, ...]]] = {}
    second = SecondReader(kind, policy()["encoder"])
    for name, stretches in stretches_of(folded, spans).items():
        if not stretches:
            continue
        own, mine = spans[name], set(spans[name])
        others = [span for span in everyone if span not in mine]
        told = told_of(folded, stretches, own, others, companies=len(spans), text_type=text_type)
        odds = second.toward(told, model.toward(told, kind, whole) + _bias(policy()["company_bias"]))
        companies[name] = _sentiment(odds), tuple(_windows(folded, stretches))
    odds = whole + _bias(policy()["document_bias"][kind])
    return Tone(_sentiment(second.whole(hidden, odds, model.document, length=len(folded))), companies)


class SecondReader:
    """
    Asks the encoder about one text of a kind where the first reader is in doubt: a few times at most, for companies
    first.
    """

    def __init__(self, kind: Kind, how: Mapping[str, Any]) -> None:
        self._kind = kind
        self._how = how
        self._left = how["most_asked"]

    def toward(self, told: Told, odds: Floats) -> Floats:
        """The log odds toward a company once the encoder has been heard, if it is asked: about what it reads whole."""
        asked = len(told.whole) <= LONGEST_READ and self._is_doubtful(odds, "toward")
        return self._both(told.whole, odds, "toward") if asked else odds

    def whole(self, hidden: str, odds: Floats, document: Blend, *, length: int) -> Floats:
        """
        The same of a text of `length` characters with its names hidden: of headlines and reviews, which it has
        learned; it knows too few microblog posts.
        """
        if not self._is_doubtful(odds, "tone"):
            return odds
        if self._kind == "news":
            learned = len(hidden) <= LONGEST_READ
        else:  # a review takes sides, and is no article
            learned = length < LONGEST_TEXT and min(odds) > 0
            learned = learned and document.voice_in(hidden) >= self._how["voice_from"]
        return self._both(hidden[:LONGEST_REVIEW], odds, "tone") if learned else odds

    def _is_doubtful(self, odds: Floats, group: TextOrCompany) -> bool:
        _least, middle, most = sorted((float(odds[0]), 0.0, float(odds[1])))
        return most - middle < self._how[group]["asked_below"]

    def _both(self, text: str, odds: Floats, group: TextOrCompany) -> Floats:
        reader = shipped() if self._left else None
        read = reader.tone(text, self._kind, group) if reader else None
        if read is None:
            return odds
        self._left -= 1
        share = np.float32(self._how[group]["share"])
        mean: Floats = odds + (read - odds) * share
        return mean


def _bias(pair: Sequence[float]) -> Floats:
    return np.array(pair, np.float32)


def _windows(folded: str, stretches: Sequence[Stretch]) -> Iterator[Window]:
    """The first few stretches, each with what its judging words say, for people to look at."""
    for stretch in stretches[: policy()["windows_kept"]]:
        judged = sum(word.weight for word in lexicon().judging_words(folded[stretch.start : stretch.end]))
        yield Window(stretch.start, stretch.end, round(tanh(judged / policy()["window_unit"]), 4))


def _sentiment(logits: Floats) -> Sentiment:
    odds = exp(min(float(logits[0]), 50.0)), 1.0, exp(min(float(logits[1]), 50.0))
    total = sum(odds)
    shares: dict[Label, float] = {"neg": odds[0] / total, "neu": odds[1] / total, "pos": odds[2] / total}
    label = max(shares, key=lambda one: shares[one])
    confidence = shares[label]
    score = shares["pos"] - shares["neg"]
    return Sentiment(label, round(score, 4), round(confidence, 4), confidence < policy()["abstain_below"])
