"""Digits of other scripts, and letters that stand for digits. Knows characters only, nothing of numbers."""

from __future__ import annotations

import re

_BY_VALUE = ["零〇洞⓪○◯⓿", "一幺壹", "二贰两", "三叁参", "四肆", "五伍", "六陆", "七柒拐", "八捌", "九玖勾"]
_ONE_TO_NINE = (0x2460, 0x2474, 0x2488, 0x2776, 0x2780, 0x278A)  # circled, in brackets, with a stop, black circles
TO_DIGIT = {ord(c): str(digit) for digit, chars in enumerate(_BY_VALUE) for c in chars}
TO_DIGIT |= {first + n: str(n + 1) for first in _ONE_TO_NINE for n in range(9)}
for _row in ("⁰¹²³⁴⁵⁶⁷⁸⁹", "₀₁₂₃₄₅₆₇₈₉", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹"):
    TO_DIGIT |= {ord(c): str(digit) for digit, c in enumerate(_row)}
_MATHEMATICAL = range(0x1D7CE, 0x1D800)
TO_DIGIT |= {code: str(n % 10) for n, code in enumerate(_MATHEMATICAL)}
# One range for the mathematical ones: a class with fifty single characters beyond the BMP is ten times as slow.
OTHER = "".join(chr(code) for code in TO_DIGIT if code not in _MATHEMATICAL) + "\U0001d7ce-\U0001d7ff"
"""The body of a regex class of digits that are not 0 to 9."""
DIGIT = f"[0-9{OTHER}]"
KEYCAP = "\ufe0f\u20e3"

_LETTER_NEAR = re.compile(r"[0-9](?:[ \-.]?[oil]|(?<=[il].)[0-9]{3})")
_LETTERED = re.compile(rf"(?<![a-z0-9@._])[0-9oil{OTHER}](?:[ \-.·_/]{{0,2}}[0-9oil{OTHER}]){{9,24}}x?(?![a-z0-9])")
_LETTER_VALUES = str.maketrans("oil", "011")


def without_letters(folded: str) -> str:
    """The text with o, i and l inside long numbers replaced by 0 and 1: 138oooo5678. The length stays."""
    if not _LETTER_NEAR.search(folded):
        return folded
    return _LETTERED.sub(_in_digits, folded)


def _in_digits(match: re.Match[str]) -> str:
    digits = len(re.findall(DIGIT, match[0]))
    letters = sum(c in "oil" for c in match[0])
    return match[0].translate(_LETTER_VALUES) if digits >= 5 and letters else match[0]
