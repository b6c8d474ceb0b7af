"""
Which privacy topics a text raises, from rules in TOML files. Pure; says where and by which rule.

A text of no concern (propaganda, policy, advertisement, praise, explained law) is recognised by frames and raises
nothing. A negated cue raises nothing, unless the company denies: a denial is about its topic.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from math import prod
from pathlib import Path
from typing import Any, NamedTuple

from analysis import encoder
from analysis.topics import model as models
from analysis.topics.check import problems, with_lists
from analysis.topics.judge import Judge
from analysis.topics.model import LONGEST
from analysis.topics.patterns import PLAIN_NO, Lexicon, Pattern, Reading, Span
from core.errors import ConfigError
from core.i18n import _
from core.text import HAN, fold
from core.values import Evidence, Kind, TopicHit

_SPACED = re.compile(rf"[{HAN}][ \u200b·*|/]{{1,2}}[{HAN}][ \u200b·*|/]{{1,2}}[{HAN}][ \u200b·*|/]{{1,2}}[{HAN}]")
_SCOPE = 14  # characters to the left of a cue in which a "no" and light words may stand
_OPENING = 2  # characters of a stretch within which a "no" denies all of it; later ones may tell what is lacking
_LONE = re.compile(r"[\ud800-\udfff]")  # half a character: the automaton cannot read it
_FILLER = re.compile(r"[ \u200b-\u200d\u2060\ufeff·*|/]")


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One way to say a topic; every part but `when` may be empty."""

    id: str
    when: tuple[Pattern, ...]
    with_: tuple[tuple[Pattern, ...], ...]  # of each group one must stand near
    without: tuple[Pattern, ...]
    anywhere: tuple[tuple[Pattern, ...], ...]
    nowhere: tuple[Pattern, ...]
    within: int
    score: float
    negatable: bool

    @property
    def topic(self) -> str:
        """The topic that the rule is of."""
        return self.id.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic with its Chinese name, the articles of the PIPL that it touches, and its rules."""

    id: str
    name: str
    pipl: tuple[int, ...]
    rules: tuple[Rule, ...]


Awake = Mapping[Rule, Set[int]]
"""The rules, frames among them, of which a first word stands in the text, and which of their patterns begin so."""


class Judged(NamedTuple):
    """
    The topics of a text, and the chance of every label that the learned judge knows: empty where none was asked.

    `denied` are topics that stand there only behind a "no".
    """

    topics: tuple[TopicHit, ...]
    chances: Mapping[str, float]
    denied: frozenset[str] = frozenset()


class TopicRules:
    """Topics from rule files; `load` reads them, later files add topics or rules to earlier ones."""

    def __init__(self, tables: Sequence[Mapping[str, Any]], *, judged: bool = True) -> None:
        """`judged`: a learned judge asks which word lists a text touches; else words of no rule are left out."""
        merged = _merged(tables)
        lexicon = Lexicon(merged["words"])
        self.topics = tuple(_topic(raw, lexicon) for raw in merged["topic"].values())
        self._frames = tuple(_rule(f"frame.{raw['id']}", raw, lexicon) for raw in merged["frame"])
        self._denial = lexicon.any_of(merged["denial"])
        self._negation = _negation(merged["negation"])
        self._rhetorical = re.compile("|".join(map(re.escape, merged["negation"]["rhetorical"])))
        self._settings = merged["settings"]
        self._lists_of: dict[int, list[str]] = {}
        for name in merged["words"] if judged else ():
            for word in lexicon.pattern(f"<{name}>").parts[0]:
                self._lists_of.setdefault(word, []).append(name)
        self._words = lexicon.build(merged["hidden"])
        self._by_word: dict[int, list[tuple[Rule, int]]] = {}
        for rule in (*(rule for topic in self.topics for rule in topic.rules), *self._frames):
            for number, pattern in enumerate(rule.when):
                for word in pattern.parts[0]:
                    self._by_word.setdefault(word, []).append((rule, number))

    @classmethod
    def load(cls, paths: Iterable[Path] = ()) -> TopicRules:
        """The shipped topics and those of more files. Raises ConfigError: each mistake with its file and place."""
        tables = [table()]
        lists, found = with_lists({}, tables[0]), []
        for path in paths:
            try:
                own = _table_in(path)
            except ConfigError as error:
                found.append(str(error))
                continue
            found += [f"{path}: {where}: {text}" for where, text in problems(own, lists)]
            lists = with_lists(lists, own)
            tables.append(own)
        if found:
            raise ConfigError("\n".join(found))
        return cls(tables)

    def topics_of(
        self, text: str, *, kind: Kind = "post", text_type: str = "other", learned: Judge | None = None
    ) -> tuple[TopicHit, ...]:
        """Up to three topics of the text, the surest first, with evidence in offsets of `text`; see `judged`."""
        return self.judged(text, kind=kind, text_type=text_type, learned=learned).topics

    def judged(
        self, text: str, *, kind: Kind = "post", text_type: str = "other", learned: Judge | None = None
    ) -> Judged:
        """
        The topics of a text, and what the learned judge thinks of it in all.

        `kind` and `text_type` are values of the contract; a type that carries no topic raises none. `learned` weighs
        what the rules found and raises what none foresaw; without it, and in long texts, the rules stand alone.
        """
        skeleton, offsets = _skeleton(text)
        reading = Reading(skeleton, self._words)
        awake = self._awake(reading)
        found = self._by_rules(reading, awake)
        chances: Mapping[str, float] = {}
        if learned and len(skeleton) <= LONGEST:
            frames = self._framed(reading, awake)
            signs = self._signs(reading, found, awake, frames, kind, text_type)
            chances = learned.chances(_without_numbers(reading.text, self._settings["hotlines"]), signs, kind)
            found = self._weighed(reading, found, awake, chances, learned, framed=bool(frames))
        elif found and self._framed(reading, awake):
            found = []
        if text_type in self._settings["silent_types"]:  # by its cues: 笑死 stands in complaints too
            found = [hit for hit in found if chances.get(hit.id, 0.0) >= self._settings["bars"]["certain"]]
        found.sort(key=lambda hit: -hit.score)
        hits = (TopicHit(hit.id, hit.score, tuple(_moved(e, offsets) for e in hit.evidence)) for hit in found)
        denied = frozenset(reading.negated.difference(hit.id for hit in found))
        return Judged(tuple(hits)[: self._settings["most"]], chances, denied)

    def _awake(self, reading: Reading) -> Awake:
        awake: dict[Rule, set[int]] = {}
        for word in reading.at:
            for rule, number in self._by_word.get(word, ()):
                awake.setdefault(rule, set()).add(number)
        return awake

    def _by_rules(self, reading: Reading, awake: Awake) -> list[TopicHit]:
        denies = any(reading.holds(p) for p in self._denial)
        found = []
        for topic in self.topics:
            hits = [
                hit for rule in topic.rules if rule in awake and (hit := self._hit(reading, rule, awake[rule], denies))
            ]
            score = 1.0 - prod(1.0 - one for _evidence, one in hits)
            if hits and score >= self._settings["threshold"]:
                found.append(TopicHit(topic.id, round(score, 3), tuple(evidence for evidence, _one in hits)))
        return found

    def _weighed(
        self,
        reading: Reading,
        found: list[TopicHit],
        awake: Awake,
        chances: Mapping[str, float],
        learned: Judge,
        *,
        framed: bool,
    ) -> list[TopicHit]:
        """The topics whose chance passes its bar: low where rules are sure, high in a text of no concern."""
        by_rules = {hit.id: hit for hit in found}
        met = {rule.topic for rule in awake}
        bars = self._settings["bars"]
        framed = (
            framed or sum(chances.get(f"type:{type_}", 0) for type_ in self._settings["silent_types"]) > bars["silent"]
        )
        kept = [hit for hit in found if hit.id not in chances and not framed]  # a topic that the user added
        for topic, chance in ((topic.id, chances.get(topic.id, 0.0)) for topic in self.topics):
            hit = by_rules.get(topic)
            if hit is None and topic in reading.negated:
                continue
            bar = bars["sure" if hit.score >= self._settings["sure"] else "seen"] if hit else bars["unseen"]
            if hit is None:
                bar = max(bars["met"] if topic in met else bar, self._settings["unseen_bars"].get(topic, 0.0))
            if chance < (max(bar, bars["framed"]) if framed else bar):
                continue
            evidence = hit.evidence if hit else self._felt(reading, topic, learned)
            if evidence:
                kept.append(TopicHit(topic, round(chance, 3), evidence))
        return kept

    def _felt(self, reading: Reading, topic: str, learned: Judge) -> tuple[Evidence, ...]:
        """Where the model sees a topic that no rule saw; empty behind a "no"."""
        start, end = learned.span(reading.text, topic)
        low, _high = reading.sentence(start)
        denied = PLAIN_NO.search(reading.text, max(0, start - 3), min(start + _OPENING, end))
        denied = denied or self._negation.search(reading.text[max(low, start - _SCOPE) : start])
        return () if denied else (Evidence(start, end, f"{topic}.model"),)

    def signs_of(self, text: str, kind: Kind, text_type: str) -> set[str]:
        """What a model is told of a text beside its n-grams; for training."""
        reading = Reading(plain(text), self._words)
        awake = self._awake(reading)
        found, frames = self._by_rules(reading, awake), self._framed(reading, awake)
        return self._signs(reading, found, awake, frames, kind, text_type)

    def _signs(
        self,
        reading: Reading,
        found: Sequence[TopicHit],
        awake: Awake,
        frames: Sequence[str],
        kind: Kind,
        text_type: str,
    ) -> set[str]:
        """The kind, the text type, the word lists met, the rules that hold, the topics met and denied, the frames."""
        signs = {f"kind={kind}", f"type={text_type}"}
        signs |= {f"<{name}>" for word in reading.at for name in self._lists_of.get(word, ())}
        signs |= {f"!{hit.id}" for hit in found} | {f"!!{h.id}" for h in found if h.score >= self._settings["sure"]}
        signs |= {f"!{evidence.rule}" for hit in found for evidence in hit.evidence}
        signs |= {f"@{rule.topic}" for rule in awake}
        signs |= {f"-{topic}" for topic in reading.negated}
        return signs | {f"#{frame}" for frame in frames}

    def frames_of(self, text: str) -> tuple[str, ...]:
        """The ids of the frames that make this text one of no concern; for looking inside."""
        reading = Reading(plain(text), self._words)
        return self._framed(reading, self._awake(reading))

    def _framed(self, reading: Reading, awake: Awake) -> tuple[str, ...]:
        frames = (frame for frame in self._frames if frame in awake)
        return tuple(frame.id for frame in frames if self._hit(reading, frame, awake[frame], True))

    def _hit(self, reading: Reading, rule: Rule, awake: Iterable[int], denies: bool) -> tuple[Evidence, float] | None:
        """Where the rule holds; of its patterns only those of which a first word is there can."""
        if any(reading.holds(p) for p in rule.nowhere):
            return None
        if not all(any(reading.holds(p) for p in group) for group in rule.anywhere):
            return None
        for number in sorted(awake):
            for parts in reading.finds(rule.when[number]):
                start, end = parts[0][0], parts[-1][1]
                if not self._stands(reading, rule, start, end):
                    continue
                if rule.negatable and not denies and self._negated(reading, parts):
                    reading.negated.add(rule.topic)
                    continue
                return Evidence(start, end, rule.id), rule.score
        return None

    def _stands(self, reading: Reading, rule: Rule, start: int, end: int) -> bool:
        low, high = reading.sentence(start)
        if any(reading.has(p, low, high) for p in rule.without):
            return False
        low, high = max(low, start - rule.within), min(high, end + rule.within)
        return all(any(reading.has(p, low, high, plainly=rule.negatable) for p in group) for group in rule.with_)

    def _negated(self, reading: Reading, parts: Sequence[Span]) -> bool:
        """True when a "no" stands right before one of the parts, and not in a rhetorical question."""
        (start, _), (low, high) = parts[0], reading.sentence(parts[0][0])
        between = [reading.text[a[1] : b[0]] for a, b in pairwise(parts)]
        if not self._negation.search(reading.text[max(low, start - _SCOPE) : start]) and not any(
            self._negation.search(gap) or PLAIN_NO.search(gap) for gap in between
        ):
            return False
        return not self._rhetorical.search(reading.text[max(low, parts[0][0] - _SCOPE) : high + 1])


_NUMBER = re.compile(r"\d+")


def _without_numbers(folded: str, hotlines: Sequence[str]) -> str:
    """The text without numbers that hold the first digits of a hotline by chance: 编号123450 is not 12345."""
    starts = tuple({line[:3] for line in hotlines})

    def blank(number: re.Match[str]) -> str:
        alike = number[0] not in hotlines and any(start in number[0] for start in starts)
        return "*" * len(number[0]) if alike else number[0]

    return _NUMBER.sub(blank, folded)


def _merged(tables: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    merged: dict[str, Any] = {"words": {}, "topic": {}, "negation": {}, "settings": {}}
    merged |= {"frame": [], "denial": [], "hidden": []}
    for table in tables:
        for name, words in table.get("words", {}).items():
            merged["words"].setdefault(name, []).extend(words)
        for raw in table.get("topic", []):
            known = merged["topic"].setdefault(raw["id"], {**raw, "rule": []})
            known["rule"] = [*known["rule"], *raw["rule"]]
        merged["frame"] += table.get("frame", [])
        merged["hidden"] += table.get("hidden", {}).get("words", [])
        merged["denial"] += table.get("denial", {}).get("when", [])
        merged["negation"] |= table.get("negation", {})
        for name, value in table.get("settings", {}).items():
            held = merged["settings"].get(name)
            merged["settings"][name] = {**held, **value} if isinstance(held, dict) else value
    return merged


def _topic(raw: Mapping[str, Any], lexicon: Lexicon) -> Topic:
    rules = tuple(_rule(f"{raw['id']}.{n}", rule, lexicon) for n, rule in enumerate(raw["rule"], 1))
    return Topic(raw["id"], raw.get("name", raw["id"]), tuple(raw.get("pipl", ())), rules)


def _rule(id_: str, raw: Mapping[str, Any], lexicon: Lexicon) -> Rule:
    def groups(key: str) -> tuple[tuple[Pattern, ...], ...]:
        given = raw.get(key, ())
        nested = given if given and isinstance(given[0], list) else [given] if given else []
        return tuple(lexicon.any_of(group) for group in nested)

    return Rule(
        id=id_,
        when=tuple(lexicon.pattern(text) for text in raw.get("when", ())),
        with_=groups("with"),
        without=lexicon.any_of(raw.get("without", ())),
        anywhere=groups("anywhere"),
        nowhere=lexicon.any_of(raw.get("nowhere", ())),
        within=int(raw.get("within", 60)),
        score=float(raw.get("score", 0.8)),
        negatable=bool(raw.get("negatable", True)),
    )


def _negation(raw: Mapping[str, Sequence[str]]) -> re.Pattern[str]:
    """Matches a left context that ends in a negator, with light words at most between it and the cue."""
    no = "|".join(map(re.escape, raw["words"]))
    light = "|".join(map(re.escape, raw["light"]))
    return re.compile(rf"(?<!有)(?:{no})(?:{light}){{0,4}}\Z")


def _skeleton(text: str) -> tuple[str, list[int] | None]:
    """
    The folded text without characters put between characters to dodge filters, and where each one stood; None: in
    place.
    """
    folded = fold(_LONE.sub("\ufffd", text))
    if not _SPACED.search(folded):
        return folded, None
    offsets = [i for i, c in enumerate(folded) if not _FILLER.match(c)]
    return "".join(folded[i] for i in offsets), offsets


def plain(text: str) -> str:
    """The text as the rules and the judge read it: folded, and without what was put between characters."""
    return _skeleton(text)[0]


def most_telling(text: str, label: str, rule: str, learned: Judge) -> Evidence:
    """Where in `text` the judge sees a label most."""
    skeleton, offsets = _skeleton(text)
    return _moved(Evidence(*learned.span(skeleton, label), rule), offsets)


def _moved(evidence: Evidence, offsets: list[int] | None) -> Evidence:
    if offsets is None:
        return evidence
    return Evidence(offsets[evidence.start], offsets[evidence.end - 1] + 1, evidence.rule)


def _table_in(path: Path) -> dict[str, Any]:
    """What stands in a file of one's own. Raises ConfigError when it cannot be read or is no TOML."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        problem = _("话题文件 {path} 有误：{error}；请对照 analysis/data/topics.toml 修改")
        raise ConfigError(problem.format(path=path, error=error)) from error


def table() -> dict[str, Any]:
    """The shipped rule file as it is written."""
    return tomllib.loads((files("analysis") / "data" / "topics.toml").read_text("utf-8"))


@cache
def shipped() -> TopicRules:
    """The rules that come with the radar, read once."""
    return TopicRules.load()


@cache
def learned() -> Judge | None:
    """The judge that comes with the radar, read once; None when the file of its words was left out."""
    words, how = models.learned(), table()["settings"]["encoder"]
    return Judge(words, encoder.shipped(), **how) if words else None


def topics_of(text: str, *, kind: Kind, text_type: str) -> tuple[TopicHit, ...]:
    """Up to three topics of the text by the shipped rules, the surest first, with evidence spans and rule ids."""
    return shipped().topics_of(text, kind=kind, text_type=text_type, learned=learned())
