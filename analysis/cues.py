"""What the words of a text say for or against a name in it, as one number: above 0 for the company, below against."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from ahocorasick_rs import AhoCorasick

from analysis.company_slot import odds_by_encoder, odds_by_words
from analysis.names import disguise, hiding_phrases, mention_rules
from analysis.reading import Place, Reading, word_safe
from analysis.surroundings import around, follows_a_word, use_of_name
from core.text import fold, is_han
from core.values import Company

Spans = Sequence[tuple[int, int]]
Found = Mapping[tuple[str, str], Spans]
_LONGEST_CUE = 24
_LINKS = ("", "的", "家", "家的", " ", "那边", "这边", "这", "那", "这个", "那个")


class Cues:
    """The cues of a watch and of the policy, found in one pass when the first doubtful place asks."""

    def __init__(self, companies: Sequence[Company]) -> None:
        self._rules = mention_rules()
        meanings: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for company in companies:
            for cue in company.cues:
                meanings[fold(cue)].append((company.name, "own"))
            for phrase in set(map(fold, company.exclude)).difference(hiding_phrases(company)):
                meanings[phrase].append((company.name, "own_exclude"))
        self._trade = tuple(w for w in self._rules["business"] if w not in self._rules["business_general"])
        for key in ("business", "other_sense"):
            for word in self._rules[key]:
                meanings[word].append(("", key))
        for word in self._trade:
            meanings[word].append(("", "trade"))
        meanings.pop("", None)
        self._meanings = list(meanings.values())
        self._automaton = AhoCorasick(list(meanings))
        self._in_text = _Kept(self._find)
        self._in_bare = _Kept(self._find_bare)
        self._own = {company.name: _own_words(company) for company in companies}
        self._names = {company.name: _own_names(company) for company in companies}

    def own_words(self, company: str) -> tuple[str, ...]:
        """The cues of a company, and how its full names go on after a shorter one: 银行 of 云鹭银行."""
        return self._own[company]

    def is_ordinary(self, place: Place, reading: Reading) -> bool:
        """Whether the name is a word of the language as well (大方, 远山): nearness alone then says little."""
        name = place.name.pattern
        common = reading.weight(name) >= self._rules["ordinary_from"] or name in self._rules["ordinary_more"]
        return place.name.form == "plain" and common

    def touching(self, place: Place, reading: Reading) -> bool:
        """云鹭的信用卡, 云鹭App: an own word of the company stands right at the name."""
        return _goes_on(place, reading.folded, self._own[place.name.company])

    def is_dealt_with(self, place: Place, reading: Reading) -> bool:
        """投诉YS, YS家…: the use that only a company has, in a text with a cue of this one."""
        own = self._in_text(reading.folded).get((place.name.company, "own"), ())
        if not own or self._against(place, reading) < 0:
            return False
        return use_of_name(around(place, reading.folded), ordinary=False) >= int(self._rules["hit_at_ordinary"])

    def end_with_own_word(self, place: Place, reading: Reading) -> int:
        """Where the name ends with the own word behind it: of 平禾人寿|保险 the word 人寿保险 breaks nothing."""
        own = (*self._own[place.name.company], *self._rules["name_tails"])
        return max((place.end + len(w) for w in own if reading.folded.startswith(w, place.end)), default=place.end)

    def evidence(self, place: Place, reading: Reading) -> int:
        """What the words around the place say, and how the sentence uses the name."""
        score, ordinary = self.of_words(place, reading), self.is_ordinary(place, reading)
        return score if score < 0 else max(0, score + self._of_slot(place, reading, score, ordinary=ordinary))

    def of_words(self, place: Place, reading: Reading) -> int:
        """What the words around the place say; an ordinary word needs them in its own clause."""
        ordinary = self.is_ordinary(place, reading)
        weights = self._rules["weights"]
        score = self._of_cues(place, reading, ordinary=ordinary) + self._against(place, reading)
        score += use_of_name(around(place, reading.folded), ordinary=ordinary)
        if not ordinary:
            score += self._is_addressed(place, reading.folded) * weights["addressed"]
            score += _between(place, reading.folded, "#") * weights["hashtag"]
        return score

    def any_near(self, place: Place, reading: Reading) -> bool:
        """Whether a cue or a word of business speaks for the place, and not only the use of the name."""
        return self._of_cues(place, reading, ordinary=self.is_ordinary(place, reading)) > 0

    def is_everyday_thing(self, place: Place, reading: Reading) -> bool:
        """Whether a product or a brand is called what everybody's things are: 起跑线, 应急|包; 星禾 App never is."""
        if place.name.form != "plain" or not all(map(is_han, place.name.pattern)):
            return False
        return self.is_ordinary(place, reading) or self._is_compound(place, reading)

    def evidence_for_thing(self, place: Place, reading: Reading) -> int:
        """Of an everyday thing (应急包) the trade at large says little: sellers sell any. Own cues and uses count."""
        weights, near = self._rules["weights"], self._rules["near"]
        cues = self._in_text(reading.folded)
        own = [span for span in cues.get((place.name.company, "own"), ()) if _apart(span, place)]
        score = self._against(place, reading) + use_of_name(around(place, reading.folded), ordinary=True)
        if self.touching(place, reading):
            return int(score + weights["own_cue_touching"])
        if self.is_ordinary(place, reading):
            return int(score + weights["own_cue_far"] * bool(own))
        left, right = reading.clause_at(place.start, place.end)
        in_clause = any(left <= start and end <= right for start, end in own)
        if own:
            return int(score + weights["own_cue_near" if in_clause else "own_cue_far"])
        return int(score + weights["business_near"] * bool(_within(cues.get(("", "business"), ()), place, near)))

    def _is_compound(self, place: Place, reading: Reading) -> bool:
        """应急|包, 好|榜样: made of words, and of no character by which the company is known (晴安保 of 晴川)."""
        name, names = place.name.pattern, self._names[place.name.company]
        if len(name) > int(self._rules["compound_up_to"]) or any(set(name) & set(known[:2]) for known in names):
            return False
        known = [reading.weight(part) >= int(self._rules["ordinary_from"]) for part in {name[:2], name[-2:]} - {name}]
        return all(known) if len(name) == 4 else any(known)  # 枕溪|客舍 is a coined name

    def _of_slot(self, place: Place, reading: Reading, score: int, *, ordinary: bool) -> int:
        """What the learned readers of surroundings add to a score: they have seen how companies are spoken of."""
        if place.name.form not in ("plain", "pinyin", "homophone") or place.name.kind == "stock_code":
            return 0
        bars, at = self._rules["company_slot"], (reading.folded, place.start, place.end)
        odds = odds_by_words(*at)
        enough = score >= self._rules["hit_at_ordinary" if ordinary else "hit_at"]
        if enough != (odds > bars["asked_at"]):
            odds = self._by_both(place, reading, odds)
        return sum(odds >= bar for bar in bars["speaks_for"]) - sum(odds <= bar for bar in bars["against"])

    def is_slot(self, place: Place, reading: Reading) -> bool:
        """Both readers of surroundings together see a company here."""
        words = odds_by_words(reading.folded, place.start, place.end)
        return self._by_both(place, reading, words) >= float(self._rules["company_slot"]["seen_at"])

    def _by_both(self, place: Place, reading: Reading, words: float) -> float:
        """The log odds of the reader of words, and of the encoder where it can be asked."""
        read = self._read(place, reading)
        return words if read is None else words + (read - words) * float(self._rules["company_slot"]["share"])

    def is_no_slot(self, place: Place, reading: Reading) -> bool:
        """海上生明月|视频剪好了: neither reader of surroundings sees a company here."""
        at, bars = (reading.folded, place.start, place.end), self._rules["company_slot"]
        if odds_by_words(*at) > bars["refused_by_words"]:
            return False
        read = self._read(place, reading)
        return read is not None and read <= bars["refused_by_encoder"]

    def _read(self, place: Place, reading: Reading) -> float | None:
        """The log odds of the encoder; None once a text has had its share of its time."""
        at = place.start, place.end
        if at not in reading.read and len(reading.read) < self._rules["company_slot"]["most_asked"]:
            reading.read[at] = odds_by_encoder(reading.folded, *at)
        return reading.read.get(at)

    def _amid_clause(self, place: Place, reading: Reading) -> bool:
        left, _ = reading.clause_at(place.start, place.end)
        return place.start - left > int(self._rules["clause_start"])

    def _of_cues(self, place: Place, reading: Reading, *, ordinary: bool) -> int:
        cues, weights, near = self._in_text(reading.folded), self._rules["weights"], self._rules["near"]
        own = [span for span in cues.get((place.name.company, "own"), ()) if _apart(span, place)]
        close = _within(own, place, near)
        role = "trade" if ordinary else "business"
        business = {s for s in _within(cues.get(("", role), ()), place, near) if _apart(s, place)}
        if ordinary and not self.touching(place, reading):
            left, right = reading.clause_at(place.start, place.end)
            close = [s for s in close if left <= s[0] and s[1] <= right]
            business = {s for s in business if left <= s[0] and s[1] <= right}
            predicate = follows_a_word(place, reading)  # 教室|明亮, whatever else is told
            if predicate or self._amid_clause(place, reading):  # 吹着春风去取快递: no subject, no topic
                told = bool(own) and not predicate
                return int(told * weights["own_cue_far"]) + self._business_touching(place, reading, ordinary=ordinary)
        score = weights["business_near"] * min(len(business), 2) + self._business_touching(
            place, reading, ordinary=ordinary
        )
        if self.touching(place, reading):
            return int(score + weights["own_cue_touching"])
        if close:
            return int(score + weights["own_cue_near"])
        if own:
            return int(score + weights["own_cue_far"])
        if place.hidden and not score and (place.name.company, "own") in self._in_bare(reading.folded):
            return int(weights["own_cue_far"])  # 云 鹭 的 信 用 卡: the cue is hidden like the name
        return int(score)

    def _business_touching(self, place: Place, reading: Reading, *, ordinary: bool) -> int:
        words = self._trade if ordinary else self._rules["business"]
        return int(self._rules["weights"]["business_touching"]) * _goes_on(place, reading.folded, words)

    def _against(self, place: Place, reading: Reading) -> int:
        cues, weights, reach = self._in_text(reading.folded), self._rules["weights"], self._rules["near_counter"]
        left, right = reading.clause_at(place.start, place.end)
        score = 0
        if _within(cues.get((place.name.company, "own_exclude"), ()), place, reach):
            score += weights["own_exclude_near"]
        other = [s for s in _within(cues.get(("", "other_sense"), ()), place, reach) if _apart(s, place)]  # 驼铃旅行
        if any(left <= start and end <= right for start, end in other):
            score += weights["other_sense_near"]
        return score

    def _is_addressed(self, place: Place, folded: str) -> bool:
        """被云鹭…, 云鹭，你…: somebody deals with the name or talks to it."""
        before, after = folded[max(0, place.start - 3) : place.start], folded[place.end : place.end + 4]
        return before.endswith(self._rules["addressed_before"]) or after.startswith(self._rules["addressed_after"])

    def _find_bare(self, folded: str) -> Found:
        """What stands in the text without its disguises."""
        return self._find(disguise().sub("", folded))

    def _find(self, folded: str) -> Found:
        """(company or "", role) -> spans, in order."""
        found: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
        for index, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            if word_safe(folded, start, end):
                for meaning in self._meanings[index]:
                    found[meaning].append((start, end))
        for spans in found.values():
            spans.sort()
        return found


class _Kept:
    """What was found in the last text: every name of an article asks for it."""

    def __init__(self, find: Callable[[str], Found]) -> None:
        self._find = find
        self._last: tuple[str, Found] = ("", {})

    def __call__(self, folded: str) -> Found:
        last = self._last  # one read: another thread may replace it at any time
        if last[0] is not folded:
            last = self._last = (folded, self._find(folded))
        return last[1]


def _own_words(company: Company) -> tuple[str, ...]:
    names = [fold(name) for names in company.aliases.values() for name in names]
    full = [fold(name) for name in (company.name, *company.aliases.get("full", ()))]
    tails = {long[len(name) :][:2] for long in full for name in names if long.startswith(name) and long != name}
    return tuple(sorted({word for word in (*map(fold, company.cues), *tails) if len(word) > 1}))


def _own_names(company: Company) -> frozenset[str]:
    """The names that the others are made of: full, short, ambiguous."""
    kinds = ("full", "short", "ambiguous")
    listed = {fold(name) for kind, names in company.aliases.items() if kind in kinds for name in names}
    return frozenset(listed | {fold(company.name)})


def _goes_on(place: Place, folded: str, words: tuple[str, ...]) -> bool:
    after = folded[place.end : place.end + 14]
    if after.startswith("的") and any(after.startswith(words, at) for at in range(2, 5) if is_han(after[at - 1 : at])):
        return True  # 云鹭的电子保单
    return any(after.startswith(link) and after[len(link) :].startswith(words) for link in _LINKS)


def _between(place: Place, folded: str, sign: str) -> bool:
    return folded[place.start - 1 : place.start] == folded[place.end : place.end + 1] == sign


def _within(spans: Spans, place: Place, reach: int) -> list[tuple[int, int]]:
    """The spans (in order of their starts) at most `reach` characters from the place."""
    first = bisect_left(spans, (place.start - reach - _LONGEST_CUE, 0))
    last = bisect_right(spans, (place.end + reach, place.end + reach + _LONGEST_CUE))
    return [span for span in spans[first:last] if place.start - span[1] <= reach and span[0] - place.end <= reach]


def _apart(span: tuple[int, int], place: Place) -> bool:
    return span[1] <= place.start or span[0] >= place.end
