"""
Numbers that name a person: id cards, mobiles, landlines, bank cards. Linear: each run of digits is read once.

A run is digits of any script (ASCII, circled, Chinese numerals) with at most two separators between them.
It is cut into groups at the separators, and neighbouring groups are joined while they can be one number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import accumulate
from typing import NamedTuple

from analysis.masking.checks import is_date, is_id, is_mobile, issued, luhn
from analysis.masking.cues import CONTEXT, cue_before, is_amount, is_thing
from analysis.masking.phones import abroad, landlines, plain_landline, taiwan
from analysis.masking.scripts import DIGIT, KEYCAP, OTHER, without_letters
from analysis.masking.spelled import spelled, spelled_apart, through_keycap
from analysis.masking.told import read_out
from analysis.masking.words import any_of, lists
from core.values import Mask

_PICTURE = "\u2600-\u27bf\U0001f300-\U0001faff"  # emoji set between digits to get past a filter
_SEPARATORS = rf" \u00a0\u00ad\u200b-\u200d\u2060-\u2064\ufeff{KEYCAP}\-\u2010-\u2015\u2212.·•_~/){_PICTURE}"
_RUN = re.compile(rf"{DIGIT}(?:(?:[{_SEPARATORS}]{{0,3}}|\*){DIGIT}){{6,}}")  # one star parts, more stars hide
# Signs and words that part the groups of one number only where the groups are those of a mobile, a card or an id.
_BRACKETS = r"()\[\]【】<>《》{}「」"
_LOOSE_SIGNS = rf",、|丨#:;+=^&…\"'“”‘’\\@%!。{_BRACKETS}"
_LOOSE_RUN = re.compile(rf"[0-9](?:(?:[{_SEPARATORS}{_LOOSE_SIGNS}]{{0,3}}|横?杠|空格?|[点逗]号?)[0-9]){{10,}}")
_LOOSE = re.compile(rf"[{_LOOSE_SIGNS}杠空点逗]")
_GROUP = re.compile(f"{DIGIT}+")
_ONE_DIGIT = re.compile(DIGIT)
_FOREIGN = re.compile(f"[{OTHER}]")
_ASCII_PART = re.compile(r"[0-9](?:[ \-.·•_~—–]{0,2}[0-9]){6,}")
_LONG = (15, 16, 17, 18, 19)
_LENGTHS = (11, 13, 15, 16, 17, 18, 19)  # mobiles with and without country code, ids, cards


class _Number(NamedTuple):
    digits: str
    start: int
    end: int
    lengths: tuple[int, ...]  # digits per group
    dotted: bool


@cache
def _letters() -> frozenset[str]:
    return frozenset(lists("numbers")["letters"])


def numbers(folded: str, hotlines: frozenset[str]) -> Iterator[Mask]:
    """Masks of id cards, bank cards, mobiles and landlines in folded text; `hotlines` are digits left alone."""
    text = without_letters(folded)
    for run in _RUN.finditer(text):
        yield from plain_landline(text, run.start(), run.end(), hotlines)
        yield from _in_run(text, run.start(), run.end(), hotlines)
    for run in _LOOSE_RUN.finditer(text):
        if _LOOSE.search(run[0]):
            yield from _classified(text, _groups(text, run.start(), run.end()), hotlines)
    for found in (spelled_apart(text), landlines(text, hotlines), read_out(text), abroad(text), taiwan(text)):
        yield from found


def _in_run(folded: str, start: int, end: int, hotlines: frozenset[str]) -> Iterator[Mask]:
    text = folded[start:end]
    if not _FOREIGN.search(text):
        yield from _classified(folded, _groups(folded, start, end), hotlines)
        return
    found = False
    for part in _ASCII_PART.finditer(text):
        for mask in _classified(folded, _groups(folded, start + part.start(), start + part.end()), hotlines):
            found = True
            yield mask
    if not found:
        yield from spelled(folded, start, end, hotlines)


def _groups(folded: str, start: int, end: int) -> list[tuple[int, int]]:
    return [g.span() for g in _GROUP.finditer(folded, start, end)]


def _classified(folded: str, groups: list[tuple[int, int]], hotlines: frozenset[str]) -> Iterator[Mask]:
    digits = "".join(folded[s:e] for s, e in groups)
    begins = [0, *accumulate(e - s for s, e in groups)]
    ending = {count: upto for upto, count in enumerate(begins[1:])}
    at = first = _of_thing(folded, groups)
    while at < len(groups):
        rest = len(digits) - begins[at]
        for length in (rest, *_LENGTHS) if rest in _LONG else _LENGTHS:
            upto = ending.get(begins[at] + length)
            part = digits[begins[at] : begins[at] + length]
            four = begins[at + 1] - begins[at] == 4
            if upto is None or not _may_be(part, folded, groups[at][0], groups[upto][1], cued=at == first, four=four):
                continue
            mask = _one(folded, groups, at, upto, hotlines)
            if mask:
                yield mask
                at = upto
                break
        at += 1


def _of_thing(folded: str, groups: list[tuple[int, int]]) -> int:
    """How many groups from the start are one dashed number of a thing: 工单编号20261120-13800001111."""
    first = groups[0][0]
    if not is_thing(folded, first, "".join(folded[s:e] for s, e in groups)):
        return 0
    dashed = 1
    while dashed < len(groups) and folded[groups[dashed - 1][1] : groups[dashed][0]] == "-":
        dashed += 1
    return dashed


def _one(folded: str, groups: list[tuple[int, int]], at: int, upto: int, hotlines: frozenset[str]) -> Mask | None:
    parts = groups[at : upto + 1]
    lengths = tuple(e - s for s, e in parts)
    start, end = parts[0][0], parts[-1][1]
    if _touches(folded, groups, at, upto) or not _hold_together(folded, groups, at, upto):
        return None
    digits = "".join(folded[s:e] for s, e in parts)
    dotted = any("." in folded[parts[i][1] : parts[i + 1][0]] for i in range(len(parts) - 1))
    whole = at == 0 and upto == len(groups) - 1
    return _judge(folded, _Number(digits, start, end, lengths, dotted), whole, hotlines)


_LOOSE_GROUPS = {
    (3, 4, 4),
    (4, 3, 4),
    (4, 4, 3),
    (2, 3, 4, 4),
    (6, 8, 4),
    (6, 4, 4, 4),
    (6, 8, 3),
    (6, 4, 4, 3),
    (1,) * 11,
}


def _hold_together(folded: str, groups: list[tuple[int, int]], at: int, upto: int) -> bool:
    """False where a sign such as a comma parts the groups, unless it does so everywhere inside and nowhere outside."""
    gaps = [_sign(folded, groups, i) for i in range(at, upto)]
    if not any(_LOOSE.search(gap) for gap in gaps):
        return True
    lengths = tuple(end - start for start, end in groups[at : upto + 1])
    if lengths == (1,) * 11 and [i for i, gap in enumerate(gaps) if gap] == [2, 6]:
        return True  # 1 3 8, 0 0 0 0, 5 6 7 8
    if lengths in _LOOSE_GROUPS and not any(_LOOSE.search(gap.replace("|", "")) for gap in gaps):
        return True  # brackets: +86 (138) 0000-5678
    outside = [_sign(folded, groups, i) for i in (at - 1, upto) if 0 <= i < len(groups) - 1]
    alike = len(set(gaps)) == 1 and gaps[0] not in outside
    return alike and (lengths in _LOOSE_GROUPS or lengths[:3] == (4, 4, 4) or sum(lengths) >= 17)


def _sign(folded: str, groups: list[tuple[int, int]], at: int) -> str:
    """What parts group `at` from the next, blanks left out, every bracket the same."""
    return re.sub(f"[{_BRACKETS}]", "|", folded[groups[at][1] : groups[at + 1][0]].replace(" ", ""))


_FACTOR = re.compile(r"\d\*\Z")


def _touches(folded: str, groups: list[tuple[int, int]], at: int, upto: int) -> bool:
    """
    True where a decimal point or the sign of a product joins this number to something.

    A star beside it does not: what is hidden already leaves less than a whole number (138****5678), and many set
    whole ones in bold (**138…**).
    """
    start, end = groups[at][0], groups[upto][1]
    before = groups[at - 1][1] - groups[at - 1][0] if at else 0
    behind = groups[upto + 1][1] - groups[upto + 1][0] if upto + 1 < len(groups) else 0
    if 11 in (before, behind) and end - start == 11:
        return False  # two mobiles with a full stop between them
    if _FACTOR.search(folded, max(0, start - 2), start):
        return True
    decimal_left = folded[start - 1 : start] == "." and before > 2
    decimal_right = folded[end : end + 1] == "." and folded[end + 1 : end + 2].isdigit()
    return decimal_left or decimal_right


def _judge(folded: str, number: _Number, whole: bool, hotlines: frozenset[str]) -> Mask | None:
    left = folded[max(0, number.start - CONTEXT) : number.start]
    if is_thing(folded, number.start, number.digits) or _glued(left):
        return None
    for check in (_id_card, _bank_card, _mobile):
        mask = check(folded, number, left, whole)
        if mask:
            return None if mask.type == "mobile" and number.digits[-11:] in hotlines else mask
    return None


def _may_be(digits: str, folded: str, start: int, end: int, *, cued: bool, four: bool) -> bool:
    """A cheap look before the costly ones. `cued`: the first of its run, where a cue can stand."""
    if len(digits) == 11:
        return is_mobile(digits)
    if digits[0] in "08" and not (len(digits) == 18 and digits.startswith(("81", "82", "83"))):
        return digits.startswith(("861", "00861"))
    if len(digits) == 17 and re.search("[x×✕叉]", folded[end : end + 2]):
        return True
    if len(digits) == 18 and (cued or is_id(digits)):
        return True
    if cued and (len(digits) == 15 or _sure_card(folded, start, end, digits)):
        return True
    return (cued or four or digits[1] in "02") and issued(digits) and luhn(digits)


def _glued(left: str) -> bool:
    """True when letters touch the number that are not the name of a personal number."""
    letters = re.search(r"[a-z]+\Z", left)
    return bool(letters) and letters[0] not in _letters()  # type: ignore[index]


def _id_card(folded: str, number: _Number, left: str, whole: bool) -> Mask | None:
    digits, end = number.digits, number.end
    if len(digits) == 17:
        tail = _CHECK_X.match(folded, end)
        if not tail:
            return None
        digits, end = digits + "x", tail.end()
    if len(digits) == 15:
        told = cue_before("id", folded, number.start) or (
            number.lengths in _OLD_GROUPS and _near_id(folded, number.start, end)
        )
        known = told and digits[0] in "1234568" and is_date("19" + digits[6:12])
        return Mask("id_card", number.start, end) if known else None
    if len(digits) != 18:
        return None
    if is_id(digits) or cue_before("id", folded, number.start) or _shaped_id(folded, digits, number, end):
        return Mask("id_card", number.start, end)
    return None


_CARD_BEHIND = re.compile(r"[\s)]?(?:的|[这那]张?|的[这那]张)(?:[工农建招中交]行|银行|信用|储蓄)?卡(?!片?券)")


@cache
def _denied() -> re.Pattern[str]:
    return re.compile(r"[,，\s]?(?:是|都|给|这个|好像)?" + any_of(lists("numbers")["denied"]))


def _sure_card(folded: str, start: int, end: int, digits: str) -> bool:
    """True where the words say that it is a card, or that it is an account and it begins as a Chinese card does."""
    sure = cue_before("sure_card", folded, start)
    if not luhn(digits):  # mistyped, as a rule, and near enough to the right one
        return sure and issued(digits) and not _denied().match(folded, end)
    if sure or _CARD_BEHIND.match(folded, end):
        return True
    return digits.startswith("62") and len(digits) in (16, 19) and cue_before("card", folded, start)


def _bank_card(folded: str, number: _Number, left: str, whole: bool) -> Mask | None:
    digits = number.digits
    long = 16 <= len(digits) <= 19 or (len(digits) == 15 and digits.startswith(("34", "37")))
    if long and whole and _sure_card(folded, number.start, number.end, digits):
        return Mask("bank_card", number.start, number.end)
    if not 15 <= len(digits) <= 19 or not issued(digits) or not luhn(digits):
        return None
    sure = (
        digits.startswith(("62", "60", "9558"))
        or number.lengths[:3] == (4, 4, 4)
        or bool(cue_before("card", folded, number.start))
    )
    return Mask("bank_card", number.start, number.end) if sure else None


_ID_GROUPS = {(6, 8, 4), (6, 4, 4, 4), (6, 8, 3), (6, 4, 4, 3)}


def _shaped_id(folded: str, digits: str, number: _Number, end: int) -> bool:
    """True for a province and a birthday where the groups or the words around say that it is an id."""
    shaped = digits[0] in "1234568" and digits[6:8] in ("19", "20") and is_date(digits[6:14])
    return shaped and (number.lengths in _ID_GROUPS or _near_id(folded, number.start, end))


_OLD_GROUPS = {(15,), (6, 6, 3), (6, 9)}  # region, birthday and order of the ids of before 1999


def _near_id(folded: str, start: int, end: int) -> bool:
    """True when the text around speaks of identity papers."""
    around = folded[max(0, start - 2 * CONTEXT) : start], folded[end : end + CONTEXT]
    return any(word in side for word in lists("numbers")["near_id"] for side in around)


_CHECK_X = re.compile(r"[ \-]?(?:x(?![0-9a-z]|\Z)|x(?=[a-z]{2,5}[0-9:]|\Z)|[×✕叉])")
_MOBILE_GROUPS = {(11,), (3, 4, 4), (3, 8), (7, 4), (4, 4, 3), (4, 3, 4), (3, 3, 5), (5, 6), (6, 5), (1,) * 11}


def _mobile(folded: str, number: _Number, left: str, whole: bool) -> Mask | None:
    digits, lengths, start = number.digits, number.lengths, number.start
    if len(digits) in (13, 15):
        if not digits.startswith(("86", "0086")) or (len(digits) == 15 and not digits.startswith("0086")):
            return None
        if lengths[0] in (2, 4):
            lengths = lengths[1:]
        else:
            lengths = (lengths[0] - len(digits) + 11, *lengths[1:])
        digits = digits[-11:]
        start -= left.endswith("+")
    if len(digits) != 11 or not re.match(r"1[3-9]", digits) or is_amount(folded, number.start, number.end):
        return None
    if number.dotted and (lengths not in ((3, 4, 4), (1,) * 11) or left.endswith("v")):  # v159.0000.4321 is a version
        return None
    if lengths not in _MOBILE_GROUPS and not (whole and cue_before("phone", folded, number.start)):
        return None
    after = folded[number.end : number.end + 4]
    if re.match(r"[a-z]+[0-9]", after):
        return None
    start, left = _bracketed(folded, start, left)
    return Mask("mobile", start, through_keycap(folded, number.end))


_PREFIX = re.compile(r"(?:\(\+?86\)|\+86)[\s\-]?\Z")


def _bracketed(folded: str, start: int, left: str) -> tuple[int, str]:
    """A country code in brackets belongs to the number: (86)135…"""
    prefix = _PREFIX.search(left)
    return (start - len(prefix[0]), "") if prefix else (start, left)
