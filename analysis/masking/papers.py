"""Papers and number plates: passport, travel permit, the id of Hong Kong, plate."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from analysis.masking.scripts import DIGIT, OTHER, TO_DIGIT
from analysis.masking.words import SPACE, any_of, lists
from core.values import Mask

_NUMBER = re.compile(
    r"(?<![a-z0-9])(?:[a-z]{1,2}[ \-]?(?:\d{7,10}|\d{4}[ \-]\d{4}|(?: ?\d){8,9})|\d{8,10})(?![a-z0-9])"
)
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
        rf"{any_of(lists('papers')['papers'])}[^0-9，。；;!?\n]{{0,9}}\Z|(?:证件|passport)(?:号码?)?[:是为\s]{{0,3}}\Z"
    )


@cache
def _paper_behind() -> re.Pattern[str]:
    return re.compile(
        rf"[()\s]{{0,2}}(?:[这那][本个]|号|的|本)?[()\s]{{0,2}}{any_of(lists('papers')['papers'])}(?![夹套印机包壳膜])"
    )


# E, G and so on with a letter or none and seven or eight digits, alone in a cell.
_CELL = re.compile(r"(?:(?<=[\t|/,;])|^)[deghkmpst][a-z]?\d{7,8}(?=[\t|/,;\n]|\Z)", re.M)
_SEVEN = re.compile(r"[a-z]\d{7}")
_OF_PERSON = re.compile(
    r"[\t|/,;](?:[男女]|(?:19[3-9]\d|20[01]\d)(?:[\-.][01]?\d[\-.][0-3]?\d|[01]\d[0-3]\d))(?=[\t|/,;\n]|\Z)"
)
_SPOKEN = re.compile(rf"(?<![a-z0-9])[a-z]{{1,2}}(?:[ \-]?{DIGIT}){{7,9}}(?![0-9a-z{OTHER}])")


_SHAPE = re.compile(r"[egdhkmpstc](?:\d{8}|[a-z]\d{7})")


def _in_cells(folded: str) -> Iterator[Mask]:
    """Passports that fill a cell in a line with a sex or a birthday."""
    for cell in _CELL.finditer(folded) if _SEVEN.search(folded) else ():
        low, high = folded.rfind("\n", 0, cell.start()) + 1, folded.find("\n", cell.end())
        low, high = max(low, cell.start() - 60), min(high if high >= 0 else len(folded), cell.end() + 60)
        if _OF_PERSON.search(folded, low, high):
            yield Mask("passport", *cell.span())


def _spoken(folded: str) -> Iterator[Mask]:
    """Passports told in Chinese numerals."""
    for number in _SPOKEN.finditer(folded):
        left = folded[max(0, number.start() - _NEAR) : number.start()]
        if re.search(f"[{OTHER}]", number[0]) and (_paper().search(left) or _paper_before().search(left)):
            yield Mask("passport", *number.span())


def _named(folded: str) -> bool:
    return "证件" in folded or "pp" in folded or any(paper in folded for paper in lists("papers")["papers"])


def papers(folded: str) -> Iterator[Mask]:
    """Masks of passports and travel permits, and of ids of Hong Kong and Taiwan."""
    yield from _in_cells(folded)
    named = _named(folded)
    yield from _spoken(folded) if named else ()
    for number in _NUMBER.finditer(folded) if named else ():
        left = folded[max(0, number.start() - _NEAR) : number.start()]
        lettered = number[0][0].isalpha() and not re.search(any_of(lists("papers")["things"]) + r"[^，,]{0,5}\Z", left)
        chinese = lettered and _SHAPE.fullmatch(number[0]) and any(paper in left for paper in lists("papers")["papers"])
        behind = chinese or (lettered and _paper_behind().match(folded, number.end()))
        if behind or _paper().search(left) or (lettered and _paper_before().search(left)):
            yield Mask("passport", *number.span())
    for number in _HONG_KONG.finditer(folded) if _CHECK_DIGIT.search(folded) else ():
        yield Mask("id_card", *number.span())
    for number in _TAIWAN.finditer(folded) if "证" in folded else ():
        yield Mask("id_card", *number.span(1))


_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_SIGN = rf"(?:[·•.\-—_/|*]|{SPACE})"
_SERIAL = "[a-hj-np-z0-9]"
_SPECIAL = "挂学警港澳领使试超"
# Two stars behind a plate set it in bold type, one hides its last sign.
_PLATE = re.compile(
    rf"[{_PROVINCES}]{_SIGN}{{0,2}}[a-hj-z]{_SIGN}{{0,2}}"
    rf"(?:(?=[a-z]{{0,4}}\d)(?:{_SERIAL}{{5,6}}|{_SERIAL}{{4}}[{_SPECIAL}])"
    rf"|{_SERIAL}(?:{_SIGN}?{_SERIAL}){{4,5}}|[{OTHER}]{{5}})(?!{SPACE}?[a-z0-9]|{SPACE}?\*(?!\*(?!\*))|\.[a-z0-9*])"
)
_MODEL = re.compile(r"(?<=20\d\d)(?:年?款|年?版|年?型|改款)")  # 全新T5 2023款
_SPOKEN_OF = re.compile(r"(?:[牌号码是车辆为的被把开和]|[^\w])[:\s(【「“\"]{0,3}\Z|\A\Z")


_LETTER = "[a-hj-z诶欸必毕比西希迪弟伊衣吉]"  # 京诶: the letter as it is said
_TOLD_PLATE = re.compile(
    rf"[{_PROVINCES}]{_SIGN}{{0,2}}{_LETTER}{_SIGN}{{0,2}}[{_SERIAL[1:-1]}{OTHER}](?:{_SIGN}?[{_SERIAL[1:-1]}{OTHER}]){{4,5}}"
    rf"(?![a-z0-9{OTHER}])"
)
_PLATE_CUE = re.compile(r"(?:[车号绿蓝黄]牌|牌照|车号|牌号)[^0-9。;!?\n]{0,4}\Z|车[:是牌 ]{0,3}\Z")


def _told_plates(folded: str) -> Iterator[Mask]:
    """Plates read out, behind a word for them."""
    for plate in _TOLD_PLATE.finditer(folded) if "牌" in folded or "车" in folded else ():
        digits = sum(c.isdigit() or ord(c) in TO_DIGIT for c in plate[0])
        if digits >= 3 and _PLATE_CUE.search(folded, max(0, plate.start() - 8), plate.start()):
            yield Mask("plate", *plate.span())


def plates(folded: str) -> Iterator[Mask]:
    """Masks of number plates."""
    yield from _told_plates(folded)
    for plate in _PLATE.finditer(folded):
        if sum(c.isdigit() or ord(c) in TO_DIGIT for c in plate[0]) < 2:
            continue
        if _MODEL.match(folded, plate.end()):
            continue
        # 最新 a12345 is no plate: a gap behind the province asks for a break before it
        if plate[0][1].isalpha() or _SPOKEN_OF.search(folded[max(0, plate.start() - 4) : plate.start()]):
            yield Mask("plate", *plate.span())
