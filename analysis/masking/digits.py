"""
Numbers that name a person: id cards, mobiles, landlines, bank cards. Linear: each run of digits is read once.

A run is digits of any script (ASCII, circled, Chinese numerals) with at most two separators between them.
It is cut into groups at the separators, and neighbouring groups are joined while they can be one number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from itertools import accumulate
from typing import NamedTuple

from analysis.masking.cues import CONTEXT, cue_before, is_amount, is_thing
from analysis.masking.phones import abroad, is_area, landlines, plain_landline, read_out
from analysis.masking.scripts import DIGIT, KEYCAP, OTHER, TO_DIGIT, without_letters
from analysis.masking.words import lists
from core.values import Mask, MaskType

_PICTURE = "\u2600-\u27bf\U0001f300-\U0001faff"  # emoji set between digits to get past a filter
_SEPARATORS = rf" \u00a0\u200b-\u200d\u2060{KEYCAP}\-\u2010-\u2015\u2212.·•_~/){_PICTURE}"
_RUN = re.compile(rf"{DIGIT}(?:(?:[{_SEPARATORS}]{{0,3}}|\*){DIGIT}){{6,}}")  # one star parts, more stars hide
# Signs and words that part the groups of one number only where the groups are those of a mobile, a card or an id.
_BRACKETS = r"()\[\]【】<>《》{}「」"
_LOOSE_SIGNS = rf",、|丨#:;+=^&…\"'“”‘’\\@%!。{_BRACKETS}"
_LOOSE_RUN = re.compile(rf"[0-9](?:(?:[{_SEPARATORS}{_LOOSE_SIGNS}]{{0,3}}|横?杠|空格?|[点逗]号?)[0-9]){{10,}}")
_NUMERALS_APART = re.compile(rf"[{OTHER}]{{3}}[,、。|]{DIGIT}{{4}}")
# 一三八，零零零零，五六七八
_SPELLED_APART = re.compile(
    rf"(?<!{DIGIT})(?:{DIGIT}{{3}}([,、。|]){DIGIT}{{4}}\1{DIGIT}{{4}}|{DIGIT}{{6}}([,、。|]){DIGIT}{{8}}\2{DIGIT}{{4}})(?!{DIGIT})"
)
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
    for match in _SPELLED_APART.finditer(text) if _NUMERALS_APART.search(text) else ():
        yield from _spelled_apart(text, match)
    for found in (landlines(text, hotlines), read_out(text), abroad(text)):
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
        yield from _spelled(folded, start, end, hotlines)


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
            if upto is None or not _may_be(part, folded, groups[upto][1], cued=at == first, four=four):
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
    if not is_thing(folded, first):
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
    if lengths in _LOOSE_GROUPS and not any(_LOOSE.search(gap.replace("|", "")) for gap in gaps):
        return True  # brackets: +86 (138) 0000-5678
    outside = [_sign(folded, groups, i) for i in (at - 1, upto) if 0 <= i < len(groups) - 1]
    alike = len(set(gaps)) == 1 and gaps[0] not in outside
    return alike and (lengths in _LOOSE_GROUPS or lengths[:3] == (4, 4, 4) or sum(lengths) >= 17)


def _spelled_apart(text: str, match: re.Match[str]) -> Iterator[Mask]:
    digits = "".join(_GROUP.findall(match[0])).translate(TO_DIGIT)
    type_: MaskType | None = "mobile" if len(digits) == 11 and _is_mobile(digits) else None
    if len(digits) == 18 and _is_id(digits):
        type_ = "id_card"
    if type_ and not is_thing(text, match.start()) and not is_amount(text, match.end()):
        yield Mask(type_, *match.span())


def _sign(folded: str, groups: list[tuple[int, int]], at: int) -> str:
    """What parts group `at` from the next, blanks left out, every bracket the same."""
    return re.sub(f"[{_BRACKETS}]", "|", folded[groups[at][1] : groups[at + 1][0]].replace(" ", ""))


def _touches(folded: str, groups: list[tuple[int, int]], at: int, upto: int) -> bool:
    """True where a decimal point or a mask star joins this number to something."""
    start, end = groups[at][0], groups[upto][1]
    if "*" in (folded[start - 1 : start], folded[end : end + 1]) or folded[start - 2 : start] == "* ":
        return True
    if folded[end : end + 2] == " *":
        return True
    decimal_left = folded[start - 1 : start] == "." and at > 0 and groups[at - 1][1] - groups[at - 1][0] > 2
    decimal_right = folded[end : end + 1] == "." and folded[end + 1 : end + 2].isdigit()
    return decimal_left or decimal_right


def _judge(folded: str, number: _Number, whole: bool, hotlines: frozenset[str]) -> Mask | None:
    left = folded[max(0, number.start - CONTEXT) : number.start]
    if is_thing(folded, number.start) or _glued(left):
        return None
    for check in (_id_card, _bank_card, _mobile):
        mask = check(folded, number, left, whole)
        if mask:
            return None if mask.type == "mobile" and number.digits[-11:] in hotlines else mask
    return None


def _may_be(digits: str, folded: str, end: int, *, cued: bool, four: bool) -> bool:
    """A cheap look before the costly ones. `cued`: the first of its run, where a cue can stand."""
    if len(digits) == 11:
        return _is_mobile(digits)
    if digits[0] in "08":
        return digits.startswith(("861", "00861"))
    if len(digits) == 17 and re.search("[x×✕叉]", folded[end : end + 2]):
        return True
    if len(digits) == 18 and (cued or _is_id(digits)):
        return True
    if cued and len(digits) == 15:
        return True
    return (cued or four or digits[1] in "02") and _issued(digits) and _luhn(digits)


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
        known = told and digits[0] in "1234568" and _is_date("19" + digits[6:12])
        return Mask("id_card", number.start, end) if known else None
    if len(digits) != 18:
        return None
    if _is_id(digits) or cue_before("id", folded, number.start):
        return Mask("id_card", number.start, end)
    return None


def _issued(digits: str) -> bool:
    """True when cards begin so. 2221 to 2720 is MasterCard, 9558 an old range of one bank."""
    if digits[0] == "2":
        return len(digits) == 16 and "2221" <= digits[:4] <= "2720"
    return digits[0] in "3456" or digits.startswith("9558")


def _bank_card(folded: str, number: _Number, left: str, whole: bool) -> Mask | None:
    digits = number.digits
    if not 15 <= len(digits) <= 19 or not _issued(digits) or not _luhn(digits):
        return None
    sure = (
        digits.startswith(("62", "60", "9558"))
        or number.lengths[:3] == (4, 4, 4)
        or bool(cue_before("card", folded, number.start))
    )
    return Mask("bank_card", number.start, number.end) if sure else None


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
    if len(digits) != 11 or not re.match(r"1[3-9]", digits) or is_amount(folded, number.end):
        return None
    if number.dotted and (lengths not in ((3, 4, 4), (1,) * 11) or left.endswith("v")):  # v159.0000.4321 is a version
        return None
    if lengths not in _MOBILE_GROUPS and not (whole and cue_before("phone", folded, number.start)):
        return None
    after = folded[number.end : number.end + 4]
    if re.match(r"[a-z]+[0-9]", after):
        return None
    start, left = _bracketed(folded, start, left)
    return Mask("mobile", start, _through_keycap(folded, number.end))


_PREFIX = re.compile(r"(?:\(\+?86\)|\+86)[\s\-]?\Z")


def _bracketed(folded: str, start: int, left: str) -> tuple[int, str]:
    """A country code in brackets belongs to the number: (86)135…"""
    prefix = _PREFIX.search(left)
    return (start - len(prefix[0]), "") if prefix else (start, left)


def _spelled(folded: str, start: int, end: int, hotlines: frozenset[str]) -> Iterator[Mask]:
    """Numbers written in Chinese numerals or in several scripts: the end of the run first, then its beginning."""
    spots = [(m.start(), m[0].translate(TO_DIGIT)) for m in _ONE_DIGIT.finditer(folded[start:end])]
    digits = "".join(d for _, d in spots)
    if is_thing(folded, start) or is_amount(folded, end):
        return
    x = re.compile(r"[xX]").match(folded, end)
    if x and len(digits) >= 17:
        spots, digits = [*spots, (end - start, "x")], digits + "x"
    for length, type_, holds in _SPELLED:
        for cut in (len(digits) - length, 0):
            part = digits[cut : cut + length]
            if cut < 0 or len(part) < length or not holds(part) or part in hotlines:
                continue
            first, last = start + spots[cut][0], start + spots[cut + length - 1][0]
            yield Mask(type_, first, _through_keycap(folded, last + 1))
            return


def _through_keycap(folded: str, end: int) -> int:
    while folded[end : end + 1] in ("\ufe0f", "\u20e3"):
        end += 1
    return end


def _is_date(text: str) -> bool:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:])) >= date(1900, 1, 1)
    except ValueError:
        return False


_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999


def _is_id(digits: str) -> bool:
    if digits[0] == "0" or not _is_date(digits[6:14]):
        return False
    total = sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=False))
    return "10x98765432"[total % 11] == digits[17]


_DOUBLED = bytes.maketrans(b"0123456789", bytes([0, 2, 4, 6, 8, 1, 3, 5, 7, 9]))  # digit sums of twice the digit


def _luhn(digits: str) -> bool:
    odd, even = digits[-1::-2].encode(), digits[-2::-2].encode()
    return (sum(odd) - 48 * len(odd) + sum(even.translate(_DOUBLED))) % 10 == 0


def _is_card(digits: str) -> bool:
    return digits.startswith("62") and _luhn(digits)


def _is_mobile(digits: str) -> bool:
    return digits[0] == "1" and digits[1] in "3456789"


def _is_landline(digits: str) -> bool:
    area = 3 if digits[1] in "12" else 4
    return digits[0] == "0" and is_area(digits[:area]) and digits[area] not in "01"


_SPELLED: tuple[tuple[int, MaskType, Callable[[str], bool]], ...] = (
    (18, "id_card", _is_id),
    (19, "bank_card", _is_card),
    (16, "bank_card", _is_card),
    (11, "mobile", _is_mobile),
    (12, "landline", _is_landline),
    (11, "landline", _is_landline),
)
