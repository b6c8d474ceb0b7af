"""
Finds where a text names a company and asks `analysis.mention_rules` whether it is really meant.

One Aho-Corasick pass over folded text, one over what it sounds like, and one over the text without disguises where it
has any. Offsets are those of the original; the longest name wins.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ahocorasick_rs import AhoCorasick

from analysis.mention_rules import Judge, Phrases, Place, Reading, word_safe
from analysis.names import (
    Name,
    disguise,
    heard,
    hiding_phrases,
    is_homophone,
    may_hide_names,
    mention_rules,
    names_of,
    without_tones,
)
from core.values import Company, Mention, Verdict


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A phrase that hides the names inside it."""

    company: str


class Matcher:
    """The names of some companies, ready to be looked for. Pure after construction."""

    def __init__(self, companies: Sequence[Company], *, disguises: bool = True) -> None:
        self._companies = tuple(companies)
        found: dict[str, list[Name | _Phrase]] = defaultdict(list)
        by_ear: dict[str, list[Name]] = defaultdict(list)
        for company in companies:
            for name in names_of(company):
                if name.form == "homophone":
                    by_ear[heard(name.pattern)].append(name)
                elif disguises or name.form == "plain":
                    found[without_tones(name.pattern)].append(name)
            for phrase in hiding_phrases(company):
                found[without_tones(phrase)].append(_Phrase(company.name))
        self._patterns = list(found)
        self._meanings = [_plain_first(found[pattern]) for pattern in self._patterns]
        self._automaton = AhoCorasick(self._patterns) if self._patterns else None
        self._names_by_ear = list(by_ear.values())
        self._by_ear = AhoCorasick(list(by_ear)) if by_ear and disguises else None
        self._judge = Judge(companies)
        self._disguises = disguises

    def mentions(self, reading: Reading) -> dict[str, tuple[Mention, ...]]:
        """The mentions of every company that has any, in order of place, each with its verdict and reason."""
        places, phrases = self._places(without_tones(reading.folded))
        if not places:
            return {}
        kept, inside = _longest(places)
        starts: dict[int, list[Place]] = defaultdict(list)
        for place in places:
            starts[place.start].append(place)
        judged = [self._judged(place, starts[place.start], reading, phrases) for place in kept]
        judged += [(place, "out", "inside_longer_name") for place in inside]
        found: dict[str, list[Mention]] = defaultdict(list)
        for place, verdict, reason in self._judge.with_surer_names(judged, reading):
            span = reading.text[place.start : place.end]
            found[place.name.company].append(Mention(place.start, place.end, span, verdict, reason))
        return {name: tuple(sorted(mentions, key=lambda m: (m.start, m.end))) for name, mentions in found.items()}

    def _judged(
        self, place: Place, beside: Sequence[Place], reading: Reading, phrases: Phrases
    ) -> tuple[Place, Verdict, str]:
        """The place with its verdict; of a product across whose end a word runs, a shorter name there: 稻穗|借款."""
        verdict, reason = self._judge.verdict(place, reading, phrases)
        if reason == "inside_word" and place.name.kind == "product":
            shorter = [p for p in beside if p.end < place.end and _same(p.name, place.name)]
            for other in sorted(shorter, key=lambda p: -p.end):
                found, why = self._judge.verdict(other, reading, phrases)
                if found != "out":
                    return other, found, why
        return place, verdict, reason

    def _places(self, folded: str) -> tuple[list[Place], Phrases]:
        """Every place that carries a name, and of each company where its hiding phrases stand."""
        if self._automaton is None:
            return [], {}
        places: list[Place] = []
        phrases: dict[str, dict[int, int]] = defaultdict(dict)
        for index, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            if not word_safe(folded, start, end):
                continue
            for meaning in self._meanings[index]:
                if isinstance(meaning, Name):
                    places.append(Place(start, end, meaning))
                else:
                    reached = phrases[meaning.company]
                    reached |= {at: max(end, reached.get(at, 0)) for at in range(start, end)}
        if self._disguises and may_hide_names(folded):
            places += self._hidden_places(folded)
        if self._by_ear:
            places += self._heard_places(folded)
        return places, phrases

    def _heard_places(self, folded: str) -> Iterator[Place]:
        """The names with a character that sounds like the right one: 星和科技 for 星禾科技."""
        assert self._by_ear is not None
        for index, start, end in self._by_ear.find_matches_as_indexes(heard(folded), overlapping=True):
            for name in self._names_by_ear[index]:
                if is_homophone(name.pattern, folded[start:end]):
                    yield Place(start, end, name)

    def _hidden_places(self, folded: str) -> list[Place]:
        """The names that show only once separators, zero-width characters and bracketed pinyin are dropped."""
        assert self._automaton is not None
        bare = disguise().sub("", folded)
        hits = self._automaton.find_matches_as_indexes(bare, overlapping=True)
        if not hits:
            return []
        original = _offsets(folded)
        places = []
        for index, start, end in hits:
            first, last = original(start), original(end - 1) + 1
            if last - first == end - start or not word_safe(folded, first, last):
                continue
            names = (meaning for meaning in self._meanings[index] if isinstance(meaning, Name))
            places += [Place(first, last, name, hidden=True) for name in names if name.form in ("plain", "pinyin")]
        return places


def company_verdict(mentions: Iterable[Mention]) -> Verdict:
    """The verdict of a document for one company: the surest of its mentions."""
    verdicts = {mention.verdict for mention in mentions}
    return "hit" if "hit" in verdicts else "doubt" if "doubt" in verdicts else "out"


def meant_by_topic(mentions: tuple[Mention, ...], raised: float) -> tuple[Mention, ...]:
    """
    The mentions of one company in a text that raises a privacy topic by the chance `raised`: what lacked no more than
    a cue is meant, since who tells of a leak or of calls tells of a company. Persons and seasons are out before.
    """
    if raised < mention_rules()["topic_from"] or company_verdict(mentions) != "doubt":
        return mentions
    return tuple(
        replace(m, verdict="hit", reason="topic") if (m.verdict, m.reason) == ("doubt", "no_cue") else m
        for m in mentions
    )


def counted_spans(mentions: Sequence[Mention]) -> list[tuple[int, int]]:
    """The places that sentiment looks at: the sure ones, or the doubtful ones when there are no others."""
    for verdict in ("hit", "doubt"):
        if spans := [(m.start, m.end) for m in mentions if m.verdict == verdict]:
            return spans
    return []


def _plain_first(meanings: list[Name | _Phrase]) -> tuple[Name | _Phrase, ...]:
    """One meaning for each company and pattern: a name as written beats the same letters as a disguise."""
    best: dict[tuple[str, bool], Name | _Phrase] = {}
    for meaning in meanings:
        key = (meaning.company, isinstance(meaning, _Phrase))
        held = best.get(key)
        if held is None or (isinstance(held, Name) and isinstance(meaning, Name) and _rank(meaning) < _rank(held)):
            best[key] = meaning
    return tuple(best.values())


def _same(one: Name, other: Name) -> bool:
    return one.company == other.company and one.form == other.form == "plain"


_SUREST = ("full", "brand", "product", "misspelling", "short", "person", "stock_code", "ambiguous")


def _rank(name: Name) -> tuple[bool, int]:
    return name.form != "plain", _SUREST.index(name.kind)


def _longest(places: list[Place]) -> tuple[list[Place], list[Place]]:
    """(the places that stand, the names of other companies inside longer ones)."""
    kept: list[Place] = []
    inside: list[Place] = []
    taken: dict[int, list[Place]] = defaultdict(list)
    for place in sorted(places, key=lambda p: (p.start - p.end, p.hidden, p.name.form != "plain", p.start)):
        span = range(place.start, place.end)
        over = [held for at in span for held in taken.get(at, ())]
        elsewhere = all(held.name.company != place.name.company for held in over)
        if all(held.start == place.start and held.end == place.end for held in over) and elsewhere:
            kept.append(place)
            for at in span:
                taken[at].append(place)
        elif elsewhere:
            inside.append(place)
    return kept, inside


def _offsets(folded: str) -> Callable[[int], int]:
    """A function from an offset in the bare text to the offset of the same character in the folded text."""
    at: list[int] = []
    shift: list[int] = []
    dropped = 0
    for gap in disguise().finditer(folded):
        at.append(gap.start() - dropped)
        dropped += gap.end() - gap.start()
        shift.append(dropped)

    def original(offset: int) -> int:
        passed = bisect_right(at, offset)
        return offset + (shift[passed - 1] if passed else 0)

    return original
