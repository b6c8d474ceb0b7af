"""What looks like the name of a person. Knows names only, nothing of the text around them."""

from __future__ import annotations

import re
from functools import cache

from analysis.masking.words import any_of, lists

FOREIGN_SOUND = "[ 都]"  # 都 is a sound in 阿布都, a word elsewhere


@cache
def surname() -> str:
    """A pattern for any surname."""
    words = lists("names")
    return f"(?:{any_of(words['compound'])}|[{words['surnames']}{words['word_surnames']}])"


def is_surname(text: str, *, wordy: bool) -> bool:
    """True when the text begins with a surname; `wordy`: one that is a word too (方, 高) will do."""
    words = lists("names")
    one = words["surnames"] + (words["word_surnames"] if wordy else "")
    return text[:2] in words["compound"] or (text[:1] != "" and text[0] in one)


def may_be_name(text: str, *, sure: bool = False) -> bool:
    """True when nothing in the text speaks against a name; `sure` when it stands alone after a strong cue."""
    words = lists("names")
    given = text[2:] if text[:2] in words["compound"] else text[1:]
    never = words["never"] if sure else words["never"] + words["rarely"]
    if not given or any(c in never for c in given):
        return False
    return not _not_name().search(text)


@cache
def _not_name() -> re.Pattern[str]:
    words = lists("names")
    alike, exact = any_of(words["words_alike"]), any_of(words["words_exact"])
    return re.compile(rf"{any_of(words['not_names'])}|\A{alike}|\A{exact}\Z")


@cache
def _given() -> tuple[frozenset[str], frozenset[str]]:
    words = lists("names")
    return frozenset(words["given"]), frozenset(words["given"] + words["given_too"])


@cache
def _first() -> frozenset[str]:
    words = lists("names")
    singles = words["surnames"] + words["word_surnames"] + words["rare_surnames"]
    return frozenset([*singles, *(word[0] for word in words["compound"])])


def is_likely_name(text: str, *, alone: bool = False) -> bool:
    """
    True when the text is a surname with one or two characters that parents choose.

    A character that is an everyday word too (国, 明) is enough only beside a surname that is none, or beside
    a typical one: 王建国, 高晓明, not 高明 and not 金国. `alone`: it fills a field or ends a sentence, so 金国华,
    王明 and 王蓝缺 will do as well.
    """
    if text[:1] not in _first():
        return False
    words = lists("names")
    compound = text[:2] in words["compound"]
    given = text[2:] if compound else text[1:]
    typical, possible = _given()
    known = is_surname(text, wordy=True)
    if given in words["titles"]:
        return False
    if not 1 <= len(given) <= 2 or not (known or text[0] in words["rare_surnames"]) or _not_name().search(text):
        return False
    if known and all(c in "某x" for c in given):
        return True
    plain = text[0] in words["surnames"]
    if not all(c in possible for c in given):
        return alone and plain and could_be_name(text)
    if len(given) == 1 and not compound:
        return known and (given in typical or (alone and plain))
    return compound or plain or any(c in typical for c in given) or (alone and known)


def could_be_name(text: str) -> bool:
    """True for a surname with anything behind it of which one character at least is chosen by parents."""
    given, (_, possible) = text[1:], _given()
    some = any(c in possible for c in given) and not any(c in _unlikely() for c in given)
    return some and is_surname(text, wordy=True) and not _not_name().search(text)


@cache
def _unlikely() -> frozenset[str]:
    words = lists("names")
    return frozenset(words["never"] + words["rarely"] + words["never_in_field"])


def likely_name_length(text: str, *, alone: bool = False) -> int:
    """How many characters of the beginning are a likely name; 0 when none are."""
    longest = 4 if text[:2] in lists("names")["compound"] else 3
    sizes = range(longest, 1, -1)
    return next((n for n in sizes if len(text) >= n and is_likely_name(text[:n], alone=alone and len(text) == n)), 0)
