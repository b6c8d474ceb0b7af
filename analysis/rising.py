"""Words that the day speaks more of than the past did. Pure; counts are of stories, so a reprint adds nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

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


@dataclass(frozen=True, slots=True)
class Spoken:
    """A document of the day: its story, its keywords, its folded text."""

    story: str
    keywords: frozenset[str]
    text: str


def joined_words(words: Sequence[str], spoken: Sequence[Spoken]) -> list[tuple[str, ...]]:
    """
    The words, each as its parts: neighbours that never part are one (冒名, 贷款).

    Two are one when enough stories have both, every document that has both has them side by side, and few stories
    have one alone.
    """
    found: list[tuple[str, ...]] = [(word,) for word in words]
    holders: dict[tuple[str, ...], set[int]] = {
        parts: {at for at, one in enumerate(spoken) if parts[0] in one.keywords} for parts in found
    }
    while pair := _neighbours(found, holders, spoken):
        place, whole = min(map(found.index, pair)), pair[0] + pair[1]
        holders[whole] = holders[pair[0]] & holders[pair[1]]
        found = [parts for parts in found if parts not in pair]
        found.insert(place, whole)
    return found


def _neighbours(
    found: Sequence[tuple[str, ...]], holders: Mapping[tuple[str, ...], set[int]], spoken: Sequence[Spoken]
) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    limits = settings("words")
    for first, second in permutations(found, 2):
        both, word = holders[first] & holders[second], "".join(first + second)
        stories = {spoken[at].story for at in both}
        if len(stories) < limits["stories"]:
            continue
        either = {spoken[at].story for at in holders[first] | holders[second]}
        if len(stories) >= limits["together"] * len(either) and all(word in spoken[at].text for at in both):
            return first, second
    return None


def _log_odds(now: int, all_now: int, before: int, all_before: int, weight: float) -> float:
    """z of the difference of log-odds, the past's share serving as Dirichlet prior (Monroe et al. 2008)."""
    share = (before + 0.5) / (all_before + 1)
    prior = weight * share + 0.5  # half a story more, or a word never heard before could not rise
    first = (now + prior) / (max(all_now - now, 0) + weight - prior + 0.5)
    second = (before + prior) / (max(all_before - before, 0) + weight - prior + 0.5)
    return (math.log(first) - math.log(second)) / math.sqrt(1 / (now + prior) + 1 / (before + prior))
