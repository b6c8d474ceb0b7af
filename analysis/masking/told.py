"""Numbers told in parts, with words of speech between: 139然后是0000再接2233."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from analysis.masking.checks import is_date, is_id, is_mobile, issued, luhn
from analysis.masking.scripts import DIGIT, OTHER, TO_DIGIT
from analysis.masking.words import any_of, lists
from core.values import Mask, MaskType

_COUNT = "[前中后末]?[三四六八][位个]"  # 后四位 is a word, 四 alone a digit
_WORDS = rf"(?:{_COUNT}|(?!{_COUNT})[^0-9{OTHER}。!?\n])"  # one way only to read each: the time stays linear
_NUMERAL = rf"(?!{_COUNT}){DIGIT}"
_TALK = re.compile(
    rf"{DIGIT}(?:(?<={DIGIT}{{2}})|(?<={DIGIT} {DIGIT}))"  # a lone numeral is a word
    rf"[^\w。!?\n]{{0,3}}(?:然后|再|接|后|中间|嗯|呃|尾|那个|空|杠|等){_WORDS}{{0,8}}{DIGIT}"
)
_PARTS = [
    re.compile(rf"(?<!{DIGIT}){_NUMERAL}(?:{_WORDS}{{0,10}}{_NUMERAL}){{{length - 1}}}{tail}(?!{DIGIT})")
    for length, tail in ((11, ""), (16, ""), (17, "[,、 ]{0,2}[x叉×]"), (18, ""), (19, ""))  # mobile, card, id, card
]
_TOLD = re.compile("电话|手机|号|联系|打|身份证|证件|卡")


@cache
def _filler() -> re.Pattern[str]:
    return re.compile(rf"(?:{any_of(lists('numbers')['fillers'])}|[^\w])*\Z")


def read_out(text: str) -> Iterator[Mask]:
    """Masks of mobiles, ids and cards told in two to five parts behind a word that says so."""
    if not _TALK.search(text):
        return
    for match in (match for parts in _PARTS for match in parts.finditer(text)):
        said = re.sub(_COUNT, "是", match[0])
        gaps = [gap for gap in re.split(DIGIT, said.rstrip("x叉×")) if re.search(r"\w", gap)]
        spoken = 1 <= len(gaps) <= 4 and all(_filler().match(gap) for gap in gaps)
        told = [cue[0] for cue in _TOLD.finditer(text, max(0, match.start() - 24), match.start())] if spoken else []
        digits = re.sub(r"[^0-9x]", "", re.sub("[叉×]", "x", said.translate(TO_DIGIT)))
        type_ = _type_of(digits, of_id="身份证" in told) if told else None
        if type_:
            yield Mask(type_, *match.span())


def _type_of(digits: str, *, of_id: bool) -> MaskType | None:
    if len(digits) == 11 and is_mobile(digits):
        return "mobile"
    if len(digits) == 18 and (is_id(digits) or (of_id and is_date(digits[6:14]))):
        return "id_card"
    return "bank_card" if len(digits) in (16, 19) and issued(digits) and luhn(digits) else None
