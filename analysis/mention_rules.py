"""
Is this place really about the company? The rules, in the order in which they are asked.

Pure: the same place in the same text gives the same verdict. Word lists and numbers are in `data/mentions.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from analysis.cues import Cues
from analysis.edges import crossing
from analysis.names import mention_rules
from analysis.reading import Place, Reading, word_safe
from analysis.surroundings import (
    around,
    follows_a_word,
    has_surname,
    is_label,
    is_landmark,
    is_longer_name,
    is_namesake,
    is_predicate,
    is_public_act,
    mark_of_a_tool,
    prepare,
)
from core.text import is_han
from core.values import Company, Verdict

__all__ = ["Judge", "Place", "Reading", "word_safe"]

_HANDLE = re.compile(r"@[^\s@#,，。:：!！?？;；/\\()（）\[\]【】\"“”、]{1,30}")
_STRONG_GAP = re.compile(r"[^\s.\-\w]")
_SURE_KINDS = ("full", "brand", "product", "misspelling")
Judgement = tuple[Verdict, str]
Phrases = Mapping[str, Mapping[int, int]]
"""Of each company the offsets inside phrases that hide a name, and where the last phrase at each ends."""


class Judge:
    """Gives each place its verdict and the id of the reason."""

    def __init__(self, companies: Sequence[Company]) -> None:
        self._cues = Cues(companies)
        self._rules = mention_rules()
        prepare()

    def verdict(self, place: Place, reading: Reading, phrases: Phrases) -> Judgement:
        """The verdict of one place by itself; `with_surer_names` may still raise it."""
        if phrases.get(place.name.company, {}).get(place.start, 0) >= place.end:
            return "out", "excluded"
        if reason := mark_of_a_tool(around(place, reading.folded)):
            return "out", reason
        return (
            self._handle(place, reading)
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
                elif sure and self._evidence_beside(place, reading) >= self._needed(place, reading):
                    verdict, reason = "hit", "other_company"
            raised.append((place, verdict, reason))
        return raised

    def _evidence_beside(self, place: Place, reading: Reading) -> int:
        return int(self._cues.evidence(place, reading) + self._rules["weights"]["other_company"])

    # ------------------------------------------------------------ the rules, in order

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
        """
        祥和|安定 is not 和安, 边远|山|通信 not 远山通信: a word of the dictionary crosses an edge of the name.

        Where the dictionary is not sure of it, what the sentence says of the name decides.
        """
        if place.hidden or place.name.form != "plain" or not any(map(is_han, place.name.pattern)):
            return None
        rules = self._rules["crossing"]
        if len(place.name.pattern) >= rules["surely"]:
            return None
        ends = {place.end, self._cues.end_with_own_word(place, reading)}
        nats = min(_nats(place, end, reading) for end in ends)
        if nats < rules["possible"] or (nats < rules["sure"] and self._cues.touching(place, reading)):
            return None
        if len(place.name.pattern) >= rules["long"] and self._cues.is_slot(place, reading):
            return None  # 驼铃速|运用|我的姓名注册了账号: so many characters in a row are hardly there by chance
        evidence = self._cues.evidence(place, reading)
        if nats < 0:
            return None if evidence >= self._rules["hit_at"] else ("doubt", "inside_word")
        return None if nats < rules["sure"] and evidence >= rules["evidence"] else ("out", "inside_word")

    def _other_name(self, place: Place, reading: Reading) -> Judgement | None:
        """The name goes on, or is given, as the name of something else; a full name has only namesakes of persons."""
        name = place.name
        if name.kind == "person":
            return ("out", "namesake") if is_namesake(around(place, reading.folded)) else None
        if name.kind == "misspelling" and name.pattern.isascii():
            return ("out", "namesake") if is_label(around(place, reading.folded)) else None
        if name.kind in ("short", "ambiguous"):
            own = self._cues.own_words(name.company)
            return ("out", "other_name") if is_longer_name(place, reading, own) else None
        if name.kind != "full" or place.hidden:
            return None
        if has_surname(place, reading):
            return None if self._cues.evidence(place, reading) >= self._rules["hit_at"] else ("doubt", "other_name")
        head = name.pattern[: self._rules["crossing"]["head"]]
        ordinary = head != name.pattern and reading.weight(head) >= self._rules["ordinary_from"]
        if ordinary and is_predicate(around(place, reading.folded)):
            return "doubt", "other_sense"  # 怎么才能顺心|租房
        if ordinary and follows_a_word(place, reading) and self._cues.evidence(place, reading) < self._rules["hit_at"]:
            return "doubt", "other_sense"  # 海上生明月|视频剪好了
        if ordinary and self._cues.of_words(place, reading) < self._rules["hit_at"]:
            return ("doubt", "other_sense") if self._cues.is_no_slot(place, reading) else None
        return None

    def _by_kind(self, place: Place, reading: Reading) -> Judgement:
        name = place.name
        if name.form != "plain" or place.hidden:
            return self._disguised(place, reading)
        if name.kind == "stock_code":
            return self._stock_code(place, reading)
        if name.kind == "person":
            return self._person(place, reading)
        if name.pattern.isascii() and len(name.pattern) <= self._rules["initials_up_to"]:
            meant = self._cues.touching(place, reading) or self._cues.is_dealt_with(place, reading)
            return ("hit", "cue") if meant else ("doubt", "initials")
        if name.kind in ("brand", "product") and self._cues.is_everyday_thing(place, reading):
            enough = self._cues.evidence_for_thing(place, reading) >= self._rules["hit_at_ordinary"]
            return ("hit", name.kind) if enough else ("doubt", "everyday_word")
        if is_landmark(place, reading):
            return "out", "landmark"
        return ("hit", name.kind) if name.kind in _SURE_KINDS else self._by_evidence(place, reading)

    def _by_evidence(self, place: Place, reading: Reading) -> Judgement:
        """
        A short name counts until something speaks against it, one that is an ordinary word too when something speaks
        for it; an ambiguous one when enough does.
        """
        told = self._cues.of_words(place, reading)
        wanted = self._rules["hit_at"] if self._cues.is_ordinary(place, reading) else 0
        if place.name.kind == "short" and told >= wanted:
            return "hit", "short"
        evidence = self._cues.evidence(place, reading)
        if evidence >= self._needed(place, reading):
            return "hit", "cue" if self._cues.any_near(place, reading) else "usage"
        if evidence >= 0:
            return "doubt", "no_cue"
        doubtful = place.name.kind == "short" and evidence > self._rules["short_out_at"]
        return "doubt" if doubtful else "out", "other_sense"

    def _needed(self, place: Place, reading: Reading) -> int:
        ordinary = self._cues.is_ordinary(place, reading)
        return int(self._rules["hit_at_ordinary" if ordinary else "hit_at"])

    def _disguised(self, place: Place, reading: Reading) -> Judgement:
        """
        xing禾科技, 平·安, 某鹭银行: a long name gives itself away; a short one, and one that sounds alike and may be
        another firm's own, needs evidence.
        """
        name = place.name
        if name.form == "homophone" and self._only_sounds_alike(place, reading):
            return "out", "inside_word"
        long = len(name.pattern) >= 4 and any(map(is_han, name.pattern))
        hidden_short = place.hidden and len(name.pattern) < 4
        if hidden_short:
            apart = _set_apart(place, reading.folded) or self._cues.touching(place, reading)
            apart = apart or self._cues.evidence(place, reading) >= self._rules["hit_at"]
            if not apart or _in_longer_words(place, place.end, reading):
                return "out", "inside_word"
        if long and name.form not in ("initials", "homophone") and sum(map(is_han, name.pattern)) >= 2:
            return "hit", "evasion"
        evidence = self._cues.evidence(place, reading)
        if name.form == "masked" and not long:
            return ("hit", "evasion") if evidence >= self._rules["evasion"]["mask_needs"] else ("out", "no_cue")
        needed = self._rules["hit_at"] + (name.form == "initials")
        return ("hit", "evasion") if evidence >= needed else ("doubt", "evasion")

    def _only_sounds_alike(self, place: Place, reading: Reading) -> bool:
        """这[是家公寓], [中国人受]够了: words of the sentence, and no 石家公寓 or 中国人寿."""
        seen = reading.folded[place.start : place.end]
        others = [one for one, other in zip(seen, place.name.pattern, strict=True) if one != other]
        words = self._rules["evasion"]["function_words"]
        return all(one in words for one in others) or _in_longer_words(place, place.end, reading)

    def _stock_code(self, place: Place, reading: Reading) -> Judgement:
        rules = self._rules["stock"]
        folded = reading.folded
        before, after = folded[max(0, place.start - 6) : place.start].rstrip(" :"), folded[place.end : place.end + 2]
        amount = before.endswith(_words("stock", "number_before")) or after.startswith(
            (*_words("stock", "units_after"), "%", ".", "/")
        )
        if amount and not after.startswith(".s"):  # 600000.sh
            return "out", "number"
        near = folded[max(0, place.start - rules["near"]) : place.end + rules["near"]]
        return (
            ("hit", "stock_code") if any(cue in near for cue in _words("stock", "cues")) else ("doubt", "no_stock_cue")
        )

    def _person(self, place: Place, reading: Reading) -> Judgement:
        """A name with a public role or a business of one (出席, 致歉) is the person of the watch."""
        rules = self._rules["person"]
        near = reading.folded[max(0, place.start - rules["near_before"]) : place.end + rules["near_after"]]
        if any(role in near for role in _words("person", "roles")) or is_public_act(around(place, reading.folded)):
            return "hit", "person"
        verdict, reason = self._by_evidence(place, reading)
        return verdict, "no_role" if reason == "no_cue" else reason


@cache
def _words(section: str, key: str) -> tuple[str, ...]:
    return tuple(mention_rules()[section][key].split())


def _nats(place: Place, end: int, reading: Reading) -> float:
    """How likely a word crosses an edge of [place.start, end); a token that does makes it at least even."""
    rules = mention_rules()["crossing"]
    nats = crossing(reading.folded, place.start, end, reading.weight, name_weight=rules["name_weight"])
    if place.end - place.start > rules["longest_in_a_word"]:
        return nats
    return max(nats, 0) if _in_longer_words(place, end, reading) else nats


def _in_longer_words(place: Place, end: int, reading: Reading) -> bool:
    """北[京·东]亚: a word of the dictionary that the segmenter found goes on outside [place.start, end)."""
    for offset in (place.start, end - 1):
        first, last = reading.word_at(offset)
        if (first < place.start or last > end) and reading.knows(reading.folded[first:last]):
            return True
    return False


def _set_apart(place: Place, folded: str) -> bool:
    """A short name with separators inside is meant only when it stands alone or the separator is odd (平·安)."""
    inside = folded[place.start : place.end]
    if _STRONG_GAP.search(inside):
        return True
    left = folded[place.start - 1] if place.start else " "
    right = folded[place.end] if place.end < len(folded) else " "
    return not is_han(left) and not is_han(right)
