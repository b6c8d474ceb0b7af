"""The words that judge a company, found in one pass, turned round by a negator before them. Own list and weights."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ahocorasick_rs import AhoCorasick, MatchKind

from core.text import fold


@dataclass(frozen=True, slots=True)
class Judging:
    """A judging word at [start, end); `weight` is below 0 when it speaks against, negation already applied."""

    start: int
    end: int
    weight: float
    negated: bool


class Lexicon:
    """The judging words of `data/sentiment_lexicon.json`."""

    def __init__(self) -> None:
        raw = json.loads((files("analysis") / "data" / "sentiment_lexicon.json").read_text("utf-8"))
        weights: dict[str, float] = {}
        for sign, side in ((-1, "neg"), (1, "pos")):
            for strength, words in raw[side].items():
                weights |= {fold(word): sign * float(strength) for word in words.split()}
        self._weights = list(weights.values())
        self._automaton = AhoCorasick(list(weights), matchkind=MatchKind.LeftmostLongest)
        self._negators = tuple(raw["negators"])
        self._reach: int = raw["reach"]

    def judging_words(self, folded: str) -> list[Judging]:
        """The judging words of a folded text in order, longest first where they overlap."""
        found = []
        for index, start, end in self._automaton.find_matches_as_indexes(folded):
            negated = self._is_negated(folded, start)
            weight = self._weights[index]
            if weight > 0 and _in_scare_quotes(folded, start, end):
                weight = -weight  # 这服务真“贴心”
            # 没有泄露 speaks for the company, but more softly than 泄露 speaks against it
            found.append(Judging(start, end, -weight / 2 if negated else weight, negated))
        return found

    def _is_negated(self, folded: str, start: int) -> bool:
        before = folded[max(0, start - self._reach) : start]
        clause = before[max(before.rfind(sign) for sign in "，,。；;！!？?：: \n") + 1 :]
        return any(negator in clause for negator in self._negators)


def _in_scare_quotes(folded: str, start: int, end: int) -> bool:
    """Praise of a word or two between quotation marks of its own."""
    return (
        folded[start - 1 : start] in ("“", "「", '"') and folded[end : end + 1] in ("”", "」", '"') and end - start <= 4
    )


@cache
def lexicon() -> Lexicon:
    """The lexicon, loaded once."""
    return Lexicon()
