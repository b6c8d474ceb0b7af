"""
Is this place really about the company? The rules, in the order in which they are asked.

Pure: the same place in the same text gives the same verdict. Word lists and numbers are in `data/mentions.toml`.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import accumulate

from ahocorasick_rs import AhoCorasick

from analysis.names import Name, disguise, mention_rules
from core.text import fold, is_han
from core.values import Company, Verdict

_ENDS = "。！？!?\n；;，,"
_HANDLE = re.compile(r"@[^\s@#,，。:：!！?？;；/\\()（）\[\]【】\"“”、]{1,30}")
_STRONG_GAP = re.compile(r"[^\s.\-\w]")
Judgement = tuple[Verdict, str]


@dataclass(frozen=True, slots=True)
class Place:
    """A name found at [start, end); `hidden` when it shows only after dropping a disguise."""

    start: int
    end: int
    name: Name
    hidden: bool = False


@dataclass(frozen=True)
class Reading:
    """One text made ready for matching: as written, as folded, its words, and what the dictionary knows."""

    text: str
    folded: str
    words: Sequence[str]
    knows: Callable[[str], bool]

    @cached_property
    def starts(self) -> list[int]:
        """The offsets at which words start, and the end of the text."""
        return list(accumulate(map(len, self.words), initial=0))

    def word_at(self, offset: int) -> tuple[int, int]:
        """The span of the word that covers this offset."""
        after = bisect_right(self.starts, offset)
        return self.starts[after - 1], self.starts[min(after, len(self.starts) - 1)]

    def clause_at(self, start: int, end: int) -> tuple[int, int]:
        """The span of the clause around [start, end)."""
        left = max((self.folded.rfind(sign, 0, start) for sign in _ENDS), default=-1) + 1
        rights = [at for sign in _ENDS if (at := self.folded.find(sign, end)) >= 0]
        return left, min(rights, default=len(self.folded))


def word_safe(folded: str, start: int, end: int) -> bool:
    """False when a Latin or digit end of [start, end) goes on outside it: `pingan` is not in `pinganfu`."""
    if start and _latin(folded[start]) and _latin(folded[start - 1]):
        return False
    return not (end < len(folded) and _latin(folded[end - 1]) and _latin(folded[end]))


def _latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


class _Cues:
    """Words that speak for or against a name, found in one pass when the first doubtful place asks."""

    def __init__(self, companies: Sequence[Company]) -> None:
        rules = mention_rules()
        meanings: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for company in companies:
            names = [fold(name) for names in company.aliases.values() for name in names]
            for cue in company.cues:
                meanings[fold(cue)].append((company.name, "own"))
            for phrase in map(fold, company.exclude):
                if not any(name in phrase for name in names):
                    meanings[phrase].append((company.name, "own_exclude"))
        for key in ("business", "other_sense"):
            for word in rules[key]:
                meanings[word].append(("", key))
        meanings.pop("", None)
        self._meanings = list(meanings.values())
        self._automaton = AhoCorasick(list(meanings))

    def in_text(self, folded: str) -> dict[tuple[str, str], list[tuple[int, int]]]:
        """(company or "", role) -> spans, in order."""
        found: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
        for index, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            if word_safe(folded, start, end):
                for meaning in self._meanings[index]:
                    found[meaning].append((start, end))
        for spans in found.values():
            spans.sort()
        return found


class Judge:
    """Gives each place its verdict and the id of the reason."""

    def __init__(self, companies: Sequence[Company]) -> None:
        self._cues = _Cues(companies)
        self._rules = mention_rules()
        self._last: tuple[str, dict[tuple[str, str], list[tuple[int, int]]]] = ("", {})

    def verdict(self, place: Place, reading: Reading, phrases: Sequence[tuple[str, int, int]]) -> Judgement:
        """The verdict of one place by itself; `with_surer_names` may still raise it."""
        name = place.name
        if any(c == name.company and s <= place.start and place.end <= e for c, s, e in phrases):
            return "out", "excluded"
        return (
            self._mark_of_a_tool(place, reading)
            or self._handle(place, reading)
            or self._inside_word(place, reading)
            or self._other_name(place, reading)
            or self._by_kind(place, reading)
        )

    def with_surer_names(
        self, judged: Iterable[tuple[Place, Verdict, str]], reading: Reading
    ) -> list[tuple[Place, Verdict, str]]:
        """
        A doubtful name counts when the same text has a sure one of the same company, or a second doubtful
        one of another kind (星禾, 陆明远), or when it stands beside a sure name of another company.
        """
        judged = list(judged)
        sure = {place.name.company for place, verdict, _ in judged if verdict == "hit"}
        doubtful = {
            (p.name.company, p.name.kind) for p, verdict, why in judged if verdict == "doubt" and why != "number"
        }
        companies = [company for company, _ in doubtful]
        sure |= {company for company in companies if companies.count(company) > 1}
        raised = []
        for place, verdict, reason in judged:
            if verdict == "doubt" and reason != "number":
                if place.name.company in sure:
                    verdict, reason = "hit", "surer_name"
                elif sure and self._evidence(place, reading) + self._rules["weights"]["other_company"] >= 1:
                    verdict, reason = "hit", "other_company"
            raised.append((place, verdict, reason))
        return raised

    # ------------------------------------------------------------ the rules, in order

    def _mark_of_a_tool(self, place: Place, reading: Reading) -> Judgement | None:
        """来自星禾手机客户端, 图源：…: the name is a tail, a watermark or a signpost."""
        left = reading.folded.rfind("\n", 0, place.start) + 1
        right = reading.folded.find("\n", place.end)
        right = len(reading.folded) if right < 0 else right
        left, right = max(left, place.start - 30), min(right, place.end + 30)
        around = f"{reading.folded[left : place.start]}\x00{reading.folded[place.end : right]}"
        if right == len(reading.folded) or reading.folded[right] == "\n":
            around += "\n"
        for pattern, reason in _tails():
            if pattern.search(around):
                return "out", reason
        return None

    def _handle(self, place: Place, reading: Reading) -> Judgement | None:
        """@云鹭银行 is the company; @麦朵妈妈 is somebody else unless the name is a full one."""
        at = reading.folded.rfind("@", max(0, place.start - 30), place.start)
        run = _HANDLE.match(reading.folded, at) if at >= 0 else None
        if run is None or run.end() <= place.start:
            return None
        rest = (reading.folded[at + 1 : place.start] + reading.folded[place.end : run.end()]).strip("-_·")
        official: Sequence[str] = self._rules["handle"]["official"].split()
        if not rest or rest.startswith(tuple(official)) or place.name.kind in ("full", "brand"):
            return "hit", "handle"
        return "out", "other_handle"

    def _inside_word(self, place: Place, reading: Reading) -> Judgement | None:
        """祥和|安定 is not 和安: an end of the name falls inside a dictionary word that goes on outside it."""
        if place.hidden or place.name.form != "plain" or place.end - place.start > 3:
            return None
        for offset in (place.start, place.end - 1):
            start, end = reading.word_at(offset)
            goes_on = start < place.start or end > place.end
            if goes_on and reading.knows(reading.folded[start:end]):
                return "out", "inside_word"
        return None

    def _other_name(self, place: Place, reading: Reading) -> Judgement | None:
        """星禾小区, 女儿叫麦朵: the name goes on, or is given, as the name of something else."""
        if place.name.kind not in ("short", "ambiguous", "person") and place.end - place.start > 2:
            return None
        if place.name.kind in ("full", "brand", "product", "misspelling", "stock_code"):
            return None
        after = reading.folded[place.end : place.end + 6].lstrip('”"》')
        before = reading.folded[max(0, place.start - 6) : place.start].rstrip('“"《 ')
        if after.startswith(self._rules["other_name"]) or before.endswith(self._rules["other_name_before"]):
            return "out", "other_name"
        return None

    def _by_kind(self, place: Place, reading: Reading) -> Judgement:
        name = place.name
        if name.form != "plain" or place.hidden:
            return self._disguised(place, reading)
        if name.kind == "stock_code":
            return self._stock_code(place, reading)
        if name.kind == "person":
            return self._person(place, reading)
        if name.kind in ("full", "brand", "product", "misspelling"):
            if name.pattern.isascii() and len(name.pattern) <= 3:
                return self._by_evidence(place, reading)
            return ("out", "landmark") if self._is_landmark(place, reading) else ("hit", name.kind)
        if name.kind == "short":
            against = self._evidence(place, reading) < 0
            return ("doubt", "other_sense") if against else ("hit", "short")
        return self._by_evidence(place, reading)

    def _by_evidence(self, place: Place, reading: Reading) -> Judgement:
        evidence = self._evidence(place, reading)
        if evidence >= self._rules["hit_at"]:
            return "hit", "cue"
        return ("doubt", "no_cue") if evidence >= 0 else ("out", "other_sense")

    def _disguised(self, place: Place, reading: Reading) -> Judgement:
        """xing禾科技, 平·安, 某鹭银行: a long name gives itself away, a short one needs evidence."""
        name = place.name
        long = len(name.pattern) >= 4 and any(map(is_han, name.pattern))
        if place.hidden and len(name.pattern) < 4 and not _set_apart(place, reading.folded):
            return "out", "inside_word"
        if long and name.form in ("plain", "pinyin") and sum(map(is_han, name.pattern)) >= 2:
            return "hit", "evasion"
        if name.form == "masked" and not long:
            enough = self._evidence(place, reading) >= self._rules["evasion"]["mask_needs"]
            return ("hit", "evasion") if enough else ("out", "no_cue")
        needed = self._rules["hit_at"] + (name.form == "initials")
        return ("hit", "evasion") if self._evidence(place, reading) >= needed else ("doubt", "evasion")

    def _stock_code(self, place: Place, reading: Reading) -> Judgement:
        rules = self._rules["stock"]
        folded = reading.folded
        before, after = folded[max(0, place.start - 1) : place.start], folded[place.end : place.end + 2]
        amount = before in (".", "¥", "￥") or after.startswith((*rules["units_after"].split(), "%", ".", "/"))
        if amount and not after.startswith(".s"):  # 600000.sh
            return "out", "number"
        near = folded[max(0, place.start - 15) : place.end + 15]
        return ("hit", "stock_code") if any(cue in near for cue in rules["cues"].split()) else ("doubt", "no_cue")

    def _person(self, place: Place, reading: Reading) -> Judgement:
        near = reading.folded[max(0, place.start - 12) : place.end + 8]
        role = any(role in near for role in self._rules["person"]["roles"].split())
        if role and self._evidence(place, reading) >= self._rules["hit_at"]:
            return "hit", "person"
        return self._by_evidence(place, reading)

    # ------------------------------------------------------------ what the rules look at

    def _is_landmark(self, place: Place, reading: Reading) -> bool:
        rules = self._rules
        after = reading.folded[place.end : place.end + 10]
        if after.startswith(rules["buildings"]):
            after = after[next(len(word) for word in rules["buildings"] if after.startswith(word)) :]
        after = after.lstrip("的那这")
        before = reading.folded[max(0, place.start - 4) : place.start].rstrip("了的 ")
        placed = before.endswith(rules["landmark_before"])
        beside = after.startswith(rules["landmark_after"]) or (
            after.startswith(rules["landmark_after_weak"])
            and before.endswith((*rules["place_before"], *rules["landmark_before"]))
        )
        if not (placed or beside):
            return False
        left, right = reading.clause_at(place.start, place.end)
        clause = reading.folded[left : place.start] + " " + reading.folded[place.end : right]
        return not any(word in clause for word in rules["dealing"])

    def _evidence(self, place: Place, reading: Reading) -> int:
        """What the words around a place say: above 0 for the company, below 0 for another sense."""
        cues, weights = self._cues_of(reading.folded), self._rules["weights"]
        company = place.name.company
        near, counter = self._rules["near"], self._rules["near_counter"]
        own = cues.get((company, "own"), ())
        score = 0
        if any(_apart(span, place) for span in _within(own, place, near)):
            score += weights["own_cue_near"]
        elif any(_apart(span, place) for span in own):
            score += weights["own_cue_far"]
        business = {s for s in _within(cues.get(("", "business"), ()), place, near) if _apart(s, place)}
        score += weights["business_near"] * min(len(business), 2)
        score += self._is_addressed(place, reading.folded) * weights["addressed"]
        if reading.folded[place.start - 1 : place.start] == reading.folded[place.end : place.end + 1] == "#":
            score += weights["hashtag"]
        if place.hidden and not score and (company, "own") in self._cues.in_text(disguise().sub("", reading.folded)):
            score += weights["own_cue_far"]  # 云 鹭 的 信 用 卡: the cue is hidden like the name
        if _within(cues.get((company, "own_exclude"), ()), place, counter):
            score += weights["own_exclude_near"]
        if _within(cues.get(("", "other_sense"), ()), place, counter):
            score += weights["other_sense_near"]
        return score

    def _is_addressed(self, place: Place, folded: str) -> bool:
        """被云鹭…, 云鹭，你…: somebody deals with the name or talks to it."""
        before, after = folded[max(0, place.start - 3) : place.start], folded[place.end : place.end + 4]
        return before.endswith(self._rules["addressed_before"]) or after.startswith(self._rules["addressed_after"])

    def _cues_of(self, folded: str) -> dict[tuple[str, str], list[tuple[int, int]]]:
        last = self._last  # one read: another thread may replace it at any time
        if last[0] is folded:
            return last[1]
        cues = self._cues.in_text(folded)
        self._last = (folded, cues)
        return cues


_LONGEST_CUE = 24


def _within(spans: Sequence[tuple[int, int]], place: Place, reach: int) -> list[tuple[int, int]]:
    """The spans (in order of their starts) at most `reach` characters from the place."""
    first = bisect_left(spans, (place.start - reach - _LONGEST_CUE, 0))
    last = bisect_right(spans, (place.end + reach, place.end + reach + _LONGEST_CUE))
    return [span for span in spans[first:last] if place.start - span[1] <= reach and span[0] - place.end <= reach]


def _apart(span: tuple[int, int], place: Place) -> bool:
    return span[1] <= place.start or span[0] >= place.end


def _set_apart(place: Place, folded: str) -> bool:
    """A short name with separators inside is meant only when it stands alone or the separator is odd (平·安)."""
    inside = folded[place.start : place.end]
    if _STRONG_GAP.search(inside):
        return True
    left = folded[place.start - 1] if place.start else " "
    right = folded[place.end] if place.end < len(folded) else " "
    return not is_han(left) and not is_han(right)


@cache
def _tails() -> list[tuple[re.Pattern[str], str]]:
    """Patterns in which \\x00 stands for the matched name."""
    return [(re.compile(t["pattern"].replace("{name}", "\x00")), t["reason"]) for t in mention_rules()["tail"]]
