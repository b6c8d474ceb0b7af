"""Numbers in Chinese numerals, or in digits of several scripts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from analysis.masking.checks import is_card, is_date, is_id, is_mobile, issued, luhn
from analysis.masking.cues import cue_before, is_amount, is_thing
from analysis.masking.phones import is_area, line
from analysis.masking.scripts import DIGIT, OTHER, TO_DIGIT
from core.values import Mask, MaskType

_ONE_DIGIT = re.compile(DIGIT)
_NUMERALS_APART = re.compile(rf"[{OTHER}]{{3}}[,、。|]{DIGIT}{{4}}")
# 一三八，零零零零，五六七八
_SPELLED_APART = re.compile(
    rf"(?<!{DIGIT})(?:{DIGIT}{{3}}([,、。|]){DIGIT}{{4}}\1{DIGIT}{{4}}"
    rf"|{DIGIT}{{6}}([,、。|]){DIGIT}{{8}}\2{DIGIT}{{4}}|{DIGIT}{{3,4}}[,、。|]{DIGIT}{{7,8}})(?!{DIGIT})"
)


def spelled(folded: str, start: int, end: int, hotlines: frozenset[str]) -> Iterator[Mask]:
    """Numbers written in Chinese numerals or in several scripts: the end of the run first, then its beginning."""
    spots = [(m.start(), m[0].translate(TO_DIGIT)) for m in _ONE_DIGIT.finditer(folded[start:end])]
    digits = "".join(d for _, d in spots)
    if is_thing(folded, start, digits) or is_amount(folded, start, end):
        return
    x = _X.match(folded, end)
    if x and len(digits) >= 17:
        spots, digits = [*spots, (end - start, "x")], digits + "x"
    sure = _surely(digits, folded, start)
    if sure:
        yield Mask(sure, start, through_keycap(folded, start + spots[-1][0] + 1))
        return
    for length, type_, holds in _SPELLED:
        for cut in (len(digits) - length, 0):
            part = digits[cut : cut + length]
            if cut < 0 or len(part) < length or not holds(part) or line(part) in hotlines:
                continue
            first, last = start + spots[cut][0], start + spots[cut + length - 1][0]
            yield Mask(type_, first, through_keycap(folded, last + 1))
            return


_X = re.compile("[x×✕叉]")


def _surely(digits: str, folded: str, start: int) -> MaskType | None:
    """What a cue before a long number makes of it: an id or a card, whatever its check digit says."""
    if len(digits) == 18 and is_date(digits[6:14]) and cue_before("id", folded, start):
        return "id_card"
    known = 16 <= len(digits) <= 19 and (luhn(digits) or issued(digits))
    return "bank_card" if known and cue_before("sure_card", folded, start) else None


def through_keycap(folded: str, end: int) -> int:
    """The end of a number with what of a keycap follows its last digit."""
    while folded[end : end + 1] in ("\ufe0f", "\u20e3"):
        end += 1
    return end


_LINE_APART = re.compile(
    rf"(?<!{DIGIT})({DIGIT}{{3,4}})[,、 的]{{1,2}}(?:{DIGIT}{{7,8}}|{DIGIT}{{3,4}}[,、 ]{{1,2}}{DIGIT}{{4}})(?!{DIGIT})"
    rf"(?:[,、 ]{{0,2}}转 ?{DIGIT}{{2,5}}(?!{DIGIT}))?"
)


def _lines_apart(text: str) -> Iterator[Mask]:
    """Landlines in Chinese numerals with their extension."""
    for match in _LINE_APART.finditer(text):
        area = match[1].translate(TO_DIGIT)
        told = re.search(f"[{OTHER}]{{4}}", match[0]) and is_area(area)
        if told and cue_before("landline", text, match.start()) and not is_amount(text, *match.span()):
            yield Mask("landline", *match.span())


def spelled_apart(text: str) -> Iterator[Mask]:
    """Mobiles and ids in Chinese numerals with a comma between their groups."""
    if not _NUMERALS_APART.search(text):
        return
    yield from _lines_apart(text)
    for match in _SPELLED_APART.finditer(text):
        yield from _apart(text, match)


def _apart(text: str, match: re.Match[str]) -> Iterator[Mask]:
    digits = "".join(_ONE_DIGIT.findall(match[0])).translate(TO_DIGIT)
    type_: MaskType | None = "mobile" if len(digits) == 11 and is_mobile(digits) else None
    if len(digits) == 18 and is_id(digits):
        type_ = "id_card"
    if len(digits) in (11, 12) and _is_landline(digits) and cue_before("landline", text, match.start()):
        type_ = "landline"
    if type_ and not is_thing(text, match.start(), digits) and not is_amount(text, *match.span()):
        yield Mask(type_, *match.span())


def _is_landline(digits: str) -> bool:
    area = 3 if digits[1] in "12" else 4
    return digits[0] == "0" and is_area(digits[:area]) and digits[area] not in "01"


_SPELLED: tuple[tuple[int, MaskType, Callable[[str], bool]], ...] = (
    (18, "id_card", is_id),
    (19, "bank_card", is_card),
    (16, "bank_card", is_card),
    (11, "mobile", is_mobile),
    (12, "landline", _is_landline),
    (11, "landline", _is_landline),
)
