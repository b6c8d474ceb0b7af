"""How a text is meant: toward each company, from the parts that speak of it, and as a whole."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from math import tanh
from typing import Any

from analysis.lexicon import lexicon
from analysis.mention_rules import Reading
from analysis.snownlp_table import snownlp_table
from analysis.windows import Span, Stretch, stretches_of
from core.values import Kind, Label, Sentiment, Window


@cache
def policy() -> Mapping[str, Any]:
    """The numbers of `data/sentiment.json`."""
    loaded: Mapping[str, Any] = json.loads((files("analysis") / "data" / "sentiment.json").read_text("utf-8"))
    return loaded


def document_sentiment(reading: Reading, kind: Kind) -> Sentiment:
    """The sentiment of the whole text."""
    return _sentiment(_score(reading, 0, len(reading.folded)))


def sentiment_toward(
    reading: Reading, spans: Mapping[str, Sequence[Span]], kind: Kind, *, title_end: int
) -> dict[str, tuple[Sentiment, tuple[Window, ...]]]:
    """Company -> its sentiment and the windows that it comes from. `spans` are the mentions that count."""
    return {
        name: _toward(reading, stretches, title_end)
        for name, stretches in stretches_of(reading.folded, spans).items()
        if stretches
    }


def _toward(reading: Reading, stretches: Sequence[Stretch], title_end: int) -> tuple[Sentiment, tuple[Window, ...]]:
    windows = tuple(Window(s.start, s.end, _score(reading, s.start, s.end)) for s in stretches)
    weights = [policy()["title_weight"] if w.start < title_end else 1.0 for w in windows]
    total = sum(w.score * weight for w, weight in zip(windows, weights, strict=True)) / sum(weights)
    return _sentiment(total), windows


def _score(reading: Reading, start: int, end: int) -> float:
    judged = sum(word.weight for word in lexicon().judging_words(reading.folded[start:end]))
    table = snownlp_table()
    words = [w for at, w in zip(reading.starts, reading.words, strict=False) if start <= at < end]
    signal = table.odds(words) / (len(words) + 5) if table else 0.0
    return tanh(judged / 3 + signal / 4)


def _sentiment(score: float) -> Sentiment:
    band = policy()["neutral_band"]
    label: Label = "neg" if score < -band else "pos" if score > band else "neu"
    confidence = min(1.0, 0.4 + abs(abs(score) - band))
    return Sentiment(label, round(score, 4), round(confidence, 4), confidence < policy()["abstain_below"])
