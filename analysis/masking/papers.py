"""Papers and number plates: passport, travel permit, the id of Hong Kong, plate."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from analysis.masking.scripts import OTHER, TO_DIGIT
from analysis.masking.words import SPACE, any_of, lists
from core.values import Mask

_NUMBER = re.compile(r"(?<![a-z0-9])(?:[a-z]{1,2}[ \-]?(?:\d{7,10}|\d{4} \d{4}|(?: ?\d){8,9})|\d{8,10})(?![a-z0-9])")
_NEAR = 26  # characters of left context that can hold a cue and its filler
_HONG_KONG = re.compile(r"(?<![a-z0-9])[a-z]{1,2}\d{6} ?\([0-9a]\)")
_CHECK_DIGIT = re.compile(r"\([0-9a]\)")
_TAIWAN = re.compile(r"(?:身份证|证号)[^0-9，。;\n]{0,6}?([a-z][1289]\d{8})(?![a-z0-9])")


@cache
def _paper() -> re.Pattern[str]:
    words = lists("papers")
    filler = rf"(?:{any_of(words['fillers'])}|[\s:,.#(「\"'“”【\[=|/、]){{0,8}}\Z"
    return re.compile(rf"(?:{any_of(words['papers'])}|(?<![a-z])pp(?= ?no)){filler}")


@cache
def _paper_before() -> re.Pattern[str]:
    """The paper is named a little before: a letter in the number makes up for the words between."""
    return re.compile(
        rf"{any_of(lists('papers')['papers'])}[^0-9，。；;!?\n]{{0,9}}\Z|(?:证件|passport)号码?[:是为\s]{{0,3}}\Z"
    )


def _named(folded: str) -> bool:
    return "证件" in folded or "pp" in folded or any(paper in folded for paper in lists("papers")["papers"])


def papers(folded: str) -> Iterator[Mask]:
    """Masks of passports and travel permits, and of ids of Hong Kong and Taiwan."""
    for number in _NUMBER.finditer(folded) if _named(folded) else ():
        left = folded[max(0, number.start() - _NEAR) : number.start()]
        lettered = number[0][0].isalpha() and not re.search(any_of(lists("papers")["things"]) + r"[^，,]{0,5}\Z", left)
        if _paper().search(left) or (lettered and _paper_before().search(left)):
            yield Mask("passport", *number.span())
    for number in _HONG_KONG.finditer(folded) if _CHECK_DIGIT.search(folded) else ():
        yield Mask("id_card", *number.span())
    for number in _TAIWAN.finditer(folded) if "证" in folded else ():
        yield Mask("id_card", *number.span(1))


_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_SIGN = rf"(?:[·•.\-—_/|*]|{SPACE})"
_SERIAL = "[a-hj-np-z0-9]"
_SPECIAL = "挂学警港澳领使试超"
_PLATE = re.compile(
    rf"[{_PROVINCES}]{_SIGN}{{0,2}}[a-hj-z]{_SIGN}{{0,2}}"
    rf"(?:(?=[a-z]{{0,4}}\d)(?:{_SERIAL}{{5,6}}|{_SERIAL}{{4}}[{_SPECIAL}])"
    rf"|{_SERIAL}(?:{_SIGN}?{_SERIAL}){{4,5}}|[{OTHER}]{{5}})(?!{SPACE}?[a-z0-9*]|\.[a-z0-9*])"
)
_SPOKEN_OF = re.compile(r"(?:[牌号码是车辆为的被把开和]|[^\w])[:\s(【「“\"]{0,3}\Z|\A\Z")


def plates(folded: str) -> Iterator[Mask]:
    """Masks of number plates."""
    for plate in _PLATE.finditer(folded):
        if sum(c.isdigit() or ord(c) in TO_DIGIT for c in plate[0]) < 2:
            continue
        # 最新 a12345 is no plate: a gap behind the province asks for a break before it
        if plate[0][1].isalpha() or _SPOKEN_OF.search(folded[max(0, plate.start() - 4) : plate.start()]):
            yield Mask("plate", *plate.span())
