"""
Text as tokens separated by blanks, such that a phrase of tokens is exactly a literal of the query language.

Every atom leaves its mark, so contiguity of tokens is contiguity of characters: a Latin/digit run is one token, a
sign or a blank is one token, a Han run XYZ is X XY YZ Z (closed at both ends, so that Han next to something else
can be asked for too). Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from hashlib import blake2b
from operator import add as concat

from core.text import HAN, fold, is_han
from search_index.query.atoms import WORD

LONGEST_RUN = 100
"""Longer Latin/digit runs become their beginning and a hash: Elasticsearch cuts tokens at 255 characters."""

LONGEST_VALUE = 1_000
"""Longer values likewise: engines refuse terms of more than 32 KB."""

_UNIT = re.compile(f"([{HAN}]+)|([{WORD}]+)|(.)", re.DOTALL)


def tokens(text: str) -> str:
    """The tokens of a document's text, separated by single blanks."""
    return tokens_of_folded(fold(text))


def tokens_of_folded(folded: str) -> str:
    """
    The same for a text that is folded already.

    X XY YZ Z is X X, Y Y and Z Z written one after the other, so every character between two Latin/digit runs has
    its piece, whatever stands next to it.
    """
    parts = _RUNS.split(folded)  # runs at the odd places
    parts[::2] = [part.translate(_PIECES) for part in parts[::2]]
    parts[1::2] = map(_run, parts[1::2])
    return " ".join(parts).replace("  ", " ").strip(" ")


class _Pieces(dict[int, str]):
    """What a code point that is in no Latin/digit run puts among the tokens, filled as characters are met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        piece = self[code] = f"{character} {character}" if is_han(character) else f" {_sign(character)} "
        return piece


_PIECES = _Pieces()
_RUNS = re.compile(f"([{WORD}]+)")


def phrase(literal: str) -> list[str]:
    """
    The tokens of a folded literal, to be found one after the other.

    A Han run at the edge of the literal has no mark on its open side. Empty for a single Han character alone:
    it is the beginning of a token, so ask for that prefix.
    """
    units = _UNIT.findall(literal)
    last = len(units) - 1
    found: list[str] = []
    for at, (han, run, sign) in enumerate(units):
        if not han:
            found.append(_run(run) if run else _sign(sign))
            continue
        found += [han[0]] * (at > 0) + list(map(concat, han, han[1:])) + [han[-1]] * (at < last)
    return found


def sparse(words: Sequence[str]) -> list[str | tuple[int, str]]:
    """
    The tokens of a phrase that say all of it, with their places: of neighbouring pairs of Han every second.

    Between XY and ZW two places on there can only be YZ: after XY comes Y? or, where the run ends, Y and then no Han.
    """
    kept: list[str | tuple[int, str]] = []
    skipped = True
    for place, word in enumerate(words):
        inside = all(len(w) == 2 and is_han(w[0]) for w in words[place - 1 : place + 2]) and 0 < place < len(words) - 1
        skipped = inside and not skipped
        if not skipped:
            kept.append((place, word))
    return kept


def _run(run: str) -> str:
    return run if len(run) <= LONGEST_RUN else f"{run[:LONGEST_RUN]}_{_short_hash(run)}"


@lru_cache(maxsize=1024)  # most values are of few: sources, topics, companies
def whole_value(value: str) -> str:
    """A value of a field as one term: what cannot be written is replaced, what is too long for an engine is cut."""
    plain = value.encode("utf-8", "replace").decode()
    return plain if len(plain) <= LONGEST_VALUE else f"{plain[:LONGEST_VALUE]}_{_short_hash(value)}"


@cache
def _sign(character: str) -> str:
    """A sign as itself; what cannot stand in a token (blanks, controls, lone surrogates) by its code point."""
    unseen = character.isspace() or unicodedata.category(character) in ("Cc", "Cs", "Zs", "Zl", "Zp")
    return f"_{ord(character):x}" if unseen else character


def _short_hash(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
