"""
What a day has that the days before it do not let expect: words that rise, a volume that surges. Pure.

    tellings of the day and of the days before ─┬─ keywords, once a story ─> analysis.rising ─> RisenWord
                                                └─ stories of each day ────> analysis.surges ─> Surge
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from analysis.rising import Spoken, joined_words, rising_words
from analysis.surges import bursts, cycle_factors, settings, surge_of
from briefing.values import RisenWord, Surge
from core.text import fold
from core.values import AliasKind, Company, Source
from store.reports import Telling

WEEK = 7
_SHORT = 2
"""A name of two characters may be part of any word; 星禾科技公司 is 星禾科技."""
MASK = "*"
"""What stands where personal data stood."""
OWN_NAMES: tuple[AliasKind, ...] = ("full", "short", "ambiguous", "misspelling")
"""The kinds of names that say no more than who is spoken of."""


@dataclass(frozen=True, slots=True)
class Unusual:
    """What the brief says of a day against the days before; nothing when there is nothing, or too few days."""

    words: tuple[RisenWord, ...] = ()
    surge: Surge | None = None


def whole_since(listening: datetime | None, sources: Iterable[Source], *, now: datetime) -> datetime | None:
    """
    Since when the store holds all that we heard; None: never.

    What is past the retention of its source may be gone, and a day with holes would make the next look busy.
    """
    shortest = min((source.retention_days for source in sources), default=None)
    if listening is None or shortest is None:
        return listening
    return max(listening, now - timedelta(days=shortest))


def days_before(day: date, *, since: date | None) -> list[date]:
    """
    The days that a day is held against, oldest first; none while they are too few.

    `since` is the day from which on we know everything: it is no whole day, so it does not count. None: never.
    """
    limits = settings("history")
    days = [day - timedelta(days=back) for back in range(int(limits["days"]), 0, -1)]
    heard = [one for one in days if since is not None and one > since]
    return heard if len(heard) >= limits["least_days"] else []


def unusual(
    day: date,
    told: Mapping[date, Sequence[Telling]],
    *,
    days: Sequence[date],
    names: Collection[str],
    spoken: Sequence[Spoken] = (),
) -> Unusual:
    """
    What is unusual about the day against `days`, of which there is one at least.

    `names` are the company's own; `spoken` are the documents that `told` counts on the day, for words that are one.
    """
    past = [telling for one in days for telling in told.get(one, ())]
    words = risen_words(told.get(day, ()), past, days=len(days), names=names, spoken=spoken)
    counts = [len({telling.story for telling in told.get(one, ())}) for one in (*days, day)]
    return Unusual(words, surge_on(day, counts))


def risen_words(
    today: Sequence[Telling],
    past: Sequence[Telling],
    *,
    days: int,
    names: Collection[str],
    spoken: Sequence[Spoken] = (),
) -> tuple[RisenWord, ...]:
    """The words that rose, the strongest first. A masked word is none, and the company's own names say nothing."""
    now = {word: n for word, n in _counts(today, lambda telling: telling.story).items() if _speaks(word, names)}
    before = _counts(past, lambda telling: telling.story)
    found = rising_words(
        now,
        before,
        stories_today=len({telling.story for telling in today}),
        stories_past=len({telling.story for telling in past}),
        sources=_counts(today, lambda telling: telling.outlet),
        top=int(settings("words")["shown"]),
    )
    joined = joined_words([rising.word for rising in found], spoken)
    return tuple(_risen(parts, before, past, days=days) for parts in joined)


def _risen(parts: tuple[str, ...], before: Mapping[str, int], past: Sequence[Telling], *, days: int) -> RisenWord:
    if len(parts) == 1:
        return RisenWord(parts[0], before.get(parts[0], 0), days)
    with_all = {telling.story for telling in past if set(parts).issubset(telling.keywords)}
    return RisenWord("".join(parts), len(with_all), days, parts)


def surge_on(day: date, counts: Sequence[int]) -> Surge | None:
    """The surge of a day whose count is the last of `counts`, a day each; None when it is usual."""
    *history, today = counts
    week = cycle_factors(history, WEEK)
    factors = [week[place % WEEK] for place in range(len(counts))]
    found = surge_of(today, history, factors=factors[:-1], factor=factors[-1])
    if found is None:
        return None
    burning = [start for start, end in bursts(counts) if end == len(counts)]
    since = day - timedelta(days=len(counts) - 1 - burning[0]) if burning else None
    return Surge(usual=found.expected, days=len(history), chance=found.probability, since=since)


def own_names(company: str, companies: Iterable[Company]) -> tuple[str, ...]:
    """The names of a company that say no more than who is spoken of."""
    found = [c for c in companies if c.name == company]
    return (company, *(name for c in found for kind in OWN_NAMES for name in c.aliases.get(kind, ())))


def _counts(tellings: Iterable[Telling], of: Callable[[Telling], str]) -> dict[str, int]:
    """Word -> how many different stories, or outlets, have it as a keyword."""
    found: dict[str, set[str]] = defaultdict(set)
    for telling in tellings:
        for word in telling.keywords:
            found[word].add(of(telling))
    return {word: len(different) for word, different in found.items()}


def _speaks(word: str, names: Collection[str]) -> bool:
    spoken, own = fold(word), [fold(name) for name in names]
    return MASK not in word and not any(spoken in name or (len(name) > _SHORT and name in spoken) for name in own)
