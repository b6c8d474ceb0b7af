"""Telephones that are no Chinese mobiles: landlines, and lines abroad."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analysis.masking.cues import cue_before, is_thing
from core.values import Mask

_PICTURE = "\u2600-\u27bf\U0001f300-\U0001faff"
_BLANK = " \u00a0\u200b-\u200d\u2060\ufeff"
_APART = rf"[\-—–.*·•/_)\]】~,|#:;、{_PICTURE}{_BLANK}]"
_BOLD = re.compile(r"\d[,|#:;、]+\d")  # parts an area from its number only behind a cue
_IN = rf"[ \-.*/{_PICTURE}]?"
# 8 digits, or 7 behind an area of four
_SUBSCRIBER = rf"(?=(?:\d{_IN}){{7,8}}(?!\d))(?:\d\d(?: \d\d){{3}}|\d{{3,4}}{_IN}\d{{3,4}})"
# One star hides a digit where one may be missing yet; behind a whole number, or two together, they are no mask.
_STAR = r"(?:(?<!\d{8})(?<!\d{4}[ \-.*/]\d{4})\*)(?!\*)"
_AFTER = rf"(?:(?=-\d{{1,5}}(?:分机|[^0-9\-]|\Z))|(?!{_STAR}|[0-9a-z]|[.\-]\d))"
_CODE = r"(?:10|2[0-57-9]|[3-9](?!00)\d\d)"
_LANDLINE = re.compile(rf"0\)?{_CODE}{_APART}{{1,3}}{_SUBSCRIBER}{_AFTER}")
_BEFORE = re.compile(r"(?:\A|[^0-9.\-])((?:(?:\+|00)?86[ \-]{0,2})?[(\[【]?)\Z")
_NO_ZERO = re.compile(rf"(?<![0-9.\-])(?:\+|00)?86[\- ]{_CODE}[\- ]{_SUBSCRIBER}{_AFTER}")
_PLAIN = re.compile(
    rf"(?:0{_CODE}\d{{8}}|[2-8]\d{{7}}|(?:0\d{{9,11}}|[2-8]\d{{6}}|(?!20[0-3]\d)[2-8]\d{{2,3}}[ \-]\d{{4}})(?!\*))"
    r"(?![0-9a-z%]|[.\-]\d)"
)
_GLUED = re.compile(rf"(?<![0-9.\-])(?:\+|00)86{_CODE}\d{{7,8}}(?![0-9a-z]|\*(?!\*)|[.\-]\d)")  # +8657188…
_ABROAD = re.compile(r"\+ ?(?!86)[1-9]\d{0,2}(?:[ \-()]{0,2}\d){7,11}(?![0-9])")
_TAIWAN = re.compile(r"(?<![0-9\-])09\d\d([\- ]?)\d{3}\1\d{3}(?![0-9\-])")
_BRACKETS = {"(": ")", "[": "]", "【": "】"}


def line(written: str) -> str:
    """The digits of a telephone without country and leading zero: +86 (0571) 8800-0456 and 0571-88000456 are one."""
    digits = re.sub("[^0-9]", "", written)
    country = re.match(r"(?:00)?86(?=0?[1-9]\d{8,10}\Z)", digits)
    return digits[country.end() if country else 0 :].removeprefix("0")


def forms_of(hotline: str) -> tuple[str, ...]:
    """The line as `line` gives it, and as it is met where everybody knows the area."""
    digits = line(hotline)
    local = re.fullmatch(rf"{_CODE}(\d{{7,8}})", digits)
    return (digits, local[1]) if local else (digits,)


def is_area(digits: str) -> bool:
    """True for the code of an area with its zero: 0571."""
    return bool(re.fullmatch("0" + _CODE, digits))


def landlines(text: str, hotlines: frozenset[str]) -> Iterator[Mask]:
    """Masks of landlines written with their area; `hotlines` are digits left alone."""
    for match in _LANDLINE.finditer(text):
        before = _BEFORE.search(text[max(0, match.start() - 10) : match.start()])
        if not before:
            continue
        prefix = before[1]
        if prefix and prefix[-1] in _BRACKETS and _BRACKETS[prefix[-1]] not in match[0]:
            prefix = ""
        if _BOLD.search(match[0]) and not cue_before("landline", text, match.start()):
            continue
        yield from _unless_public(text, match.start() - len(prefix), match.end(), hotlines)
    for pattern in (_NO_ZERO, _GLUED) if "86" in text else ():
        for match in pattern.finditer(text):
            yield from _unless_public(text, match.start(), match.end(), hotlines)


def plain_landline(text: str, start: int, end: int, hotlines: frozenset[str]) -> Iterator[Mask]:
    """A landline in one piece at the beginning of a run of digits: only right after a cue."""
    piece = _PLAIN.match(text, start)
    if piece and piece.end() <= end and cue_before("landline", text, start):
        yield from _unless_public(text, start, piece.end(), hotlines)


def abroad(text: str) -> Iterator[Mask]:
    """Masks of telephones with the code of another country: +852 6000 1234."""
    for match in _ABROAD.finditer(text) if "+" in text else ():
        if not is_thing(text, match.start()):
            yield Mask("mobile", match.start(), match.end())


def taiwan(text: str) -> Iterator[Mask]:
    """Masks of mobiles of Taiwan behind a cue: 手機：0912-000-756."""
    for match in _TAIWAN.finditer(text) if "09" in text else ():
        told = cue_before("phone", text, match.start()) or "台" in text[max(0, match.start() - 12) : match.start()]
        if told and not is_thing(text, match.start()):
            yield Mask("mobile", *match.span())


def _unless_public(text: str, start: int, end: int, hotlines: frozenset[str]) -> Iterator[Mask]:
    if line(text[start:end]) in hotlines or cue_before("public_line", text, start):
        return
    if not is_thing(text, start):
        yield Mask("landline", start, end)
