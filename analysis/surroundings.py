"""What stands around a place: tails and signs, a longer name, a landmark, a namesake, the use of the name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from analysis.names import mention_rules
from analysis.reading import Place, Reading
from core.text import is_han

_SURROUNDINGS = 30
_NAME = "\x00"


def around(place: Place, folded: str) -> str:
    """The line around the place, cut at 30 characters a side; \\x00 stands for the name, \\n for an end of the line."""
    left = folded.rfind("\n", 0, place.start) + 1
    right = folded.find("\n", place.end)
    right = len(folded) if right < 0 else right
    start, end = max(left, place.start - _SURROUNDINGS), min(right, place.end + _SURROUNDINGS)
    opening = "\n" if start == left else ""
    closing = "\n" if end == right else ""
    return f"{opening}{folded[start : place.start]}{_NAME}{folded[place.end : end]}{closing}"


def mark_of_a_tool(context: str) -> str | None:
    """Reason when the name is the tail of a device (来自星禾手机客户端), a watermark (图源：…) or on a sign."""
    return next((reason for pattern, reason in _tails() if pattern.search(context)), None)


def use_of_name(context: str, *, ordinary: bool) -> int:
    """
    How the sentence uses the name: the strongest use that only a company has (投诉X, 用X下单) and the
    strongest that it has not (很X, 绕X一圈) added up. `ordinary`: the name is also a word of the language.
    """
    unasked = "names" if ordinary else "words"
    found = [use for use in _uses() if use.only != unasked and use.pattern.search(context)]
    best = max((use.weight for use in found if use.weight > 0), default=0)
    return best + min((use.weight for use in found if use.weight < 0 and not (best and use.unless_used)), default=0)


def is_namesake(context: str) -> bool:
    """同学陆明远, 我外公叫陆明远: a person of another walk of life."""
    return _compiled("namesake").search(context) is not None


def is_public_act(context: str) -> bool:
    """陆明远：…, at the start of a line: somebody of the public is quoted."""
    return _compiled("public_act").search(context) is not None


def is_label(context: str) -> bool:
    """微信名叫xinghe的那位: the letters of the name are somebody's nickname or the label of a thing."""
    return _compiled("label").search(context) is not None


def is_predicate(context: str) -> bool:
    """怎么才能顺心租房, 住得安心财险部: the words before want a verb or an adjective, not a name."""
    return _compiled("predicate").search(context) is not None


def follows_a_word(place: Place, reading: Reading) -> bool:
    """银河|星河支付: a word of two characters or more runs up to the name, and none that names follow (昨天, 投诉)."""
    if not place.start or not is_han(reading.folded[place.start - 1]):
        return False
    if reading.folded[max(0, place.start - 4) : place.start].endswith(mention_rules()["before_names"]):
        return False
    start, end = reading.word_at(place.start - 1)
    return end == place.start and end - start >= 2


def is_longer_name(place: Place, reading: Reading, own: Sequence[str]) -> bool:
    """星禾小区, 星禾置业, 星禾文旅集团, 林星禾: the name is a part of the name of somebody or something else."""
    rules = mention_rules()
    folded = reading.folded
    before = folded[max(0, place.start - 6) : place.start].rstrip('“"《 ')
    if before.endswith(rules["other_name_before"]) or has_surname(place, reading):
        return True
    after = folded[place.end : place.end + 12].lstrip('”"》')
    if after.startswith(tuple(own)):
        return False
    skipped = folded.find(after, place.end) if after else place.end
    for word in rules["other_name"]:
        if after.startswith(word) and (len(word) > 2 or _ends_a_word(skipped + len(word), reading)):
            return True
    return _compiled("organisation").match(after) is not None


def has_surname(place: Place, reading: Reading) -> bool:
    """林星禾: the character before is a surname, and a word of its own or one with the name."""
    surname = reading.folded[place.start - 1 : place.start]
    at_start = place.start == 1 or not is_han(reading.folded[place.start - 2])
    surnames = mention_rules()["surnames"] + mention_rules()["surnames_at_start"] * at_start
    if not surname or surname not in surnames:
        return False
    start, end = reading.word_at(place.start - 1)
    return start == place.start - 1 and (end == place.start or end >= place.end)


def _ends_a_word(offset: int, reading: Reading) -> bool:
    """星禾路|口 ends one, 星禾路|过 does not: 路过 is a word."""
    if offset >= len(reading.folded) or not is_han(reading.folded[offset]):
        return True
    start, end = reading.word_at(offset)
    return start == offset or not reading.knows(reading.folded[start:end])


def is_landmark(place: Place, reading: Reading) -> bool:
    """约在星禾科技门口: a place word stands at the name and nothing in the clause deals with the company."""
    rules = mention_rules()
    folded = reading.folded
    after = folded[place.end : place.end + 16].lstrip('”"」 ')
    while building := next((word for word in rules["buildings"] if after.startswith(word)), ""):
        after = after[len(building) :]  # 总部大楼对面
    after = after.lstrip("的那这")
    before = folded[max(0, place.start - 4) : place.start].rstrip('了的 “"「')
    placed = before.endswith(rules["landmark_before"])
    weak = next((word for word in rules["landmark_after_weak"] if after.startswith(word)), "")
    beside = after.startswith(rules["landmark_after"]) or (
        bool(weak)
        and (
            before.endswith((*rules["place_before"], *rules["landmark_before"]))
            or after[len(weak) :].startswith(rules["landmark_owner"])
        )
    )
    if not (placed or beside) or after.startswith(rules["landmark_not_before"]):
        return False
    left, right = reading.clause_at(place.start, place.end)
    clause = folded[left : place.start] + " " + folded[place.end : right]
    return not any(word in clause for word in rules["dealing"])


_SIGNS = str.maketrans({"，": ",", "！": "!", "：": ":", "；": ";", "？": r"\?", "（": r"\(", "）": r"\)"})


def _filled(pattern: str, flags: int = re.VERBOSE) -> re.Pattern[str]:
    """The pattern for folded text, in which full-width signs are half-width ones."""
    return re.compile(pattern.translate(_SIGNS).replace("{name}", _NAME), flags)


def prepare() -> None:
    """Compile every pattern now: the first text that names a company need not wait 50 ms for it."""
    _tails()
    _uses()
    for key in mention_rules()["patterns"]:
        _compiled(key)


@cache
def _tails() -> list[tuple[re.Pattern[str], str]]:
    return [(_filled(t["pattern"], 0), t["reason"]) for t in mention_rules()["tail"]]


class _Use(NamedTuple):
    pattern: re.Pattern[str]
    weight: int
    only: str
    unless_used: bool


@cache
def _uses() -> list[_Use]:
    return [
        _Use(_filled(u["pattern"]), u["weight"], u.get("only", ""), u.get("unless_used", False))
        for u in mention_rules()["use"]
    ]


@cache
def _compiled(key: str) -> re.Pattern[str]:
    found: dict[str, Any] = mention_rules()["patterns"]
    return _filled(found[key])
