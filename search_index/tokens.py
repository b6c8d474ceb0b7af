"""
Text as tokens separated by blanks, such that a phrase of tokens is exactly a literal of the query language.

Every atom leaves its mark, so contiguity of tokens is contiguity of characters: a Latin/digit run is one token, a
sign or a blank is one token, a Han run XYZ is X XY YZ Z (closed at both ends, so that Han next to something else
can be asked for too). Pure.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from hashlib import blake2b
from itertools import pairwise

from core.text import HAN, fold, is_han
from search_index.query.atoms import WORD, is_run

LONGEST_RUN = 100
"""Longer Latin/digit runs become their beginning and a hash: Elasticsearch cuts tokens at 255 characters."""

_UNIT = re.compile(f"[{HAN}]+|[{WORD}]+|.", re.DOTALL)


def tokens(text: str) -> str:
    """The tokens of a document's text (folded here), separated by single blanks."""
    return " ".join(token for unit in _UNIT.findall(fold(text)) for token in _unit_tokens(unit, True, True))


def phrase(literal: str) -> list[str]:
    """
    The tokens of a folded literal, to be found one after the other.

    Empty for a single Han character alone: it is the beginning of a token, so ask for that prefix.
    """
    units = _UNIT.findall(literal)
    last = len(units) - 1
    return [token for at, unit in enumerate(units) for token in _unit_tokens(unit, at > 0, at < last)]


def _unit_tokens(unit: str, opened: bool, closed: bool) -> list[str]:
    """The tokens of a unit; a Han run at the edge of a literal has no mark on its open side."""
    if is_han(unit[0]):
        pairs = [first + second for first, second in pairwise(unit)]
        return [unit[0]] * opened + pairs + [unit[-1]] * closed
    if len(unit) > 1 or is_run(unit):
        return [unit if len(unit) <= LONGEST_RUN else f"{unit[:LONGEST_RUN]}_{_short_hash(unit)}"]
    return [_sign(unit)]


@cache
def _sign(character: str) -> str:
    """A sign as itself; what cannot stand in a token (blanks, controls, lone surrogates) by its code point."""
    unseen = character.isspace() or unicodedata.category(character) in ("Cc", "Cs", "Zs", "Zl", "Zp")
    return f"_{ord(character):x}" if unseen else character


def _short_hash(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
