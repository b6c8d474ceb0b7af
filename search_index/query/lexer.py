"""Query text to tokens with positions. Width is folded first, one character to one, so positions hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

TokenKind = Literal["word", "quoted", "range", "field", "and", "or", "not", "(", ")", "end"]

_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_CLOSING = {'"': '"', "“": "”", "”": "“”"}
_OPERATORS: dict[str, TokenKind] = {
    "AND": "and", "且": "and", "&": "and", "OR": "or", "或": "or", "NOT": "not", "非": "not",
}  # fmt: skip
_WORD = re.compile(r'[^\s()"“”|]+')
_RANGE = re.compile(r'\[\s*([^\s\[\]()"“”]+)\s+TO\s+([^\s\[\]()"“”]+)\s*\]')
_NEAR = re.compile(r"~(\d*)", re.ASCII)
FARTHEST = 99_999
"""The largest distance of a Near; whoever writes more means anywhere in the field."""


@dataclass(frozen=True, slots=True)
class Token:
    """
    One token. `text` is the word, the quoted text, the field's name; `high` the far end of a range.

    `distance` is the number after a quote's ~ (-1 when it is missing, FARTHEST + 1 for all that are larger); `closed`
    is False for a quote that never ends.
    `tight` says that the token before ends where this one begins.
    """

    kind: TokenKind
    start: int
    text: str = ""
    high: str = ""
    distance: int | None = None
    closed: bool = True
    tight: bool = False


def tokens(text: str) -> list[Token]:
    """The tokens of a query, an "end" token last. Never raises."""
    text = text.translate(_WIDTH)
    found: list[Token] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        after_field = bool(found) and found[-1].kind == "field" and text[at - 1] == ":"
        token, at = _next(text, at, after_field)
        found.append(token)
    return [*found, Token("end", len(text))]


def _next(text: str, at: int, after_field: bool) -> tuple[Token, int]:
    character = text[at]
    if character in "()":
        return Token("(" if character == "(" else ")", at), at + 1
    if character in _CLOSING:
        return _quoted(text, at)
    if character == "|":
        return Token("or", at, "|"), at + 1
    if span := _RANGE.match(text, at):
        return Token("range", at, span[1], high=span[2]), span.end()
    if character == "-" and not after_field:
        return Token("not", at, "-"), at + 1
    return _word(text, at, after_field)


def _quoted(text: str, at: int) -> tuple[Token, int]:
    closing = _CLOSING[text[at]]
    end = min((found for mark in closing if (found := text.find(mark, at + 1)) >= 0), default=-1)
    if end < 0:
        return Token("quoted", at, text[at + 1 :], closed=False), len(text)
    near = _NEAR.match(text, end + 1)
    distance = _distance(near[1]) if near else None
    return Token("quoted", at, text[at + 1 : end], distance=distance), near.end() if near else end + 1


def _distance(digits: str) -> int:
    significant = digits.lstrip("0")[: len(str(FARTHEST)) + 1]  # int() of thousands of digits would raise
    return min(int(significant or 0), FARTHEST + 1) if digits else -1


def _word(text: str, at: int, after_field: bool) -> tuple[Token, int]:
    match = _WORD.match(text, at)
    assert match  # blanks, parentheses, quotes and | were taken before
    word, end = match[0], match.end()
    if after_field:
        return Token("word", at, word, tight=True), end
    if word in _OPERATORS:
        return Token(_OPERATORS[word], at, word), end
    if word[0] == "&" and text[at - 1 : at] == ")":
        return Token("and", at, "&"), at + 1
    if word[-1] == "&" and text[end : end + 1] == "(":
        word, end = word[:-1], end - 1
    if name := _field_name(word, text[at + len(word.split(":")[0]) + 1 :][:2]):
        return Token("field", at, name), at + len(name) + 1
    return Token("word", at, word), end


def _field_name(word: str, after_colon: str) -> str | None:
    """What stands before the first colon, unless it is empty, a number (10:30) or the scheme of an address."""
    name, colon, _ = word.partition(":")
    return name if colon and name and not name.isdecimal() and after_colon != "//" else None
