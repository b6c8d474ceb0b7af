"""Numbers told in parts, with words of speech between: 139然后是0000再接2233."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from analysis.masking.checks import is_id, is_mobile, issued, luhn
from analysis.masking.scripts import DIGIT, OTHER, TO_DIGIT
from analysis.masking.words import any_of, lists
from core.values import Mask, MaskType

_COUNT = "[前中后末]?[三四六八][位个]"  # 后四位 is a word, 四 alone a digit
_WORDS = rf"(?:{_COUNT}|[^0-9{OTHER}。!?\n])"
_TALK = re.compile(rf"{DIGIT}[^\w。!?\n]{{0,3}}(?:然后|再|接|后|中间|嗯|呃|尾|那个|空|杠|等){_WORDS}{{0,8}}{DIGIT}")
_LENGTHS = (11, 16, 18, 19)  # mobile, card, id, card
_PARTS = [
    re.compile(rf"(?<!{DIGIT})(?!{_COUNT}){DIGIT}(?:{_WORDS}{{0,10}}{DIGIT}){{{length - 1}}}(?!{DIGIT})")
    for length in _LENGTHS
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
        gaps = [gap for gap in re.split(DIGIT, said) if re.search(r"\w", gap)]
        spoken = 1 <= len(gaps) <= 4 and all(_filler().match(gap) for gap in gaps)
        type_ = _type_of(re.sub(r"[^0-9]", "", said.translate(TO_DIGIT))) if spoken else None
        if type_ and _TOLD.search(text, max(0, match.start() - 24), match.start()):
            yield Mask(type_, *match.span())


def _type_of(digits: str) -> MaskType | None:
    if len(digits) == 11 and is_mobile(digits):
        return "mobile"
    if len(digits) == 18 and is_id(digits):
        return "id_card"
    return "bank_card" if len(digits) in (16, 19) and issued(digits) and luhn(digits) else None
