"""Words that the day speaks more of than the past did. Pure; counts are of stories, so a reprint adds nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from analysis.surges import settings


@dataclass(frozen=True, slots=True)
class RisingWord:
    """A word with how many of the day's stories hold it and how far that is above the past (z of the log-odds)."""

    word: str
    stories: int
    score: float


def rising_words(
    today: Mapping[str, int],
    past: Mapping[str, int],
    *,
    stories_today: int,
    stories_past: int,
    sources: Mapping[str, int] | None = None,
    top: int = 20,
) -> list[RisingWord]:
    """
    The words that rose most, the strongest first.

    `today` and `past` count the stories that hold each word; `sources` counts the day's sources of a word, where
    known. The past (28 days, say) is the prior of a log-odds ratio, so that a rare word needs more to rise.
    """
    limits = settings("words")
    found = []
    for word, count in today.items():
        if count < limits["stories"] or (sources is not None and sources.get(word, 0) < limits["sources"]):
            continue
        score = _log_odds(count, stories_today, past.get(word, 0), stories_past, limits["prior"])
        if score >= limits["score"]:
            found.append(RisingWord(word, count, round(score, 2)))
    found.sort(key=lambda rising: (-rising.score, rising.word))
    return found[:top]


def joined_words(
    pairs: Mapping[tuple[str, str], int], words: Mapping[str, int], *, total: int
) -> dict[tuple[str, str], str]:
    """
    Neighbouring words that are really one new word: (first, second) -> the word.

    `pairs` and `words` count occurrences, `total` all words; a pair is one word when both seldom stand apart.
    """
    limits = settings("words")
    made = {}
    for (first, second), count in pairs.items():
        if count < limits["stories"] or not total:
            continue
        apart = words.get(first, 0) * words.get(second, 0) / total
        if apart and math.log(count / apart) >= limits["cohesion"] and 2 * count >= min(words[first], words[second]):
            made[first, second] = first + second
    return made


def _log_odds(now: int, all_now: int, before: int, all_before: int, weight: float) -> float:
    """z of the difference of log-odds, the past's share serving as Dirichlet prior (Monroe et al. 2008)."""
    share = (before + 0.5) / (all_before + 1)
    prior = weight * share + 0.5  # half a story more, or a word never heard before could not rise
    first = (now + prior) / (max(all_now - now, 0) + weight - prior + 0.5)
    second = (before + prior) / (max(all_before - before, 0) + weight - prior + 0.5)
    return (math.log(first) - math.log(second)) / math.sqrt(1 / (now + prior) + 1 / (before + prior))
