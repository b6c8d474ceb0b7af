"""The patterns of a watch's names: as written, and as people write them to hide them. Says nothing of verdicts."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import combinations, product
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from core.text import HAN, fold, is_han
from core.values import AliasKind, Company

_PRIVATE = 0xE000  # signs for sounds; none is Han, so a text that uses them sounds like no name
Form = Literal["plain", "pinyin", "initials", "masked", "lettered", "homophone"]


@dataclass(frozen=True, slots=True)
class Name:
    """One pattern to look for in folded text: whose name it is, of which kind, in which form."""

    company: str
    kind: AliasKind
    pattern: str
    form: Form = "plain"


@cache
def mention_rules() -> Mapping[str, Any]:
    """The policy of `data/mentions.toml`; its word lists as tuples of folded words."""
    raw = tomllib.loads((files("analysis") / "data" / "mentions.toml").read_text("utf-8"))
    for key in raw["word_lists"]:
        raw[key] = tuple(fold(word) for word in raw[key].split())
    return raw


def aliases_of(company: Company) -> Iterator[tuple[AliasKind, str]]:
    """Every name of a company as listed, with its kind; its own name is a full alias unless it is listed otherwise."""
    if not any(company.name in aliases for aliases in company.aliases.values()):
        yield "full", company.name
    for kind, aliases in company.aliases.items():
        yield from ((kind, alias) for alias in aliases)


def written(alias: str) -> tuple[str, ...]:
    """The folded ways in which a name stands in texts undisguised: 星禾 app is 星禾app too. None for a blank one."""
    folded = fold(alias.strip())
    return tuple(dict.fromkeys(form for form in (folded, folded.replace(" ", "")) if form))


def hiding_phrases(company: Company) -> list[str]:
    """The `exclude` phrases (folded) that contain a name of the company; the others only speak against one nearby."""
    names = [form for _kind, alias in aliases_of(company) for form in written(alias)]
    return [phrase for phrase in map(fold, company.exclude) if any(name in phrase for name in names)]


def names_of(company: Company) -> Iterator[Name]:
    """
    Every pattern of a company.

    Full names and the names of brands also get their disguises: pinyin for some characters, initials,
    one character masked or as its first letter, or with one that sounds alike; the
    latter are as written and to be looked for in `heard` texts.
    """
    for kind, alias in aliases_of(company):
        yield from _forms(company.name, kind, alias)


def _forms(company: str, kind: AliasKind, alias: str) -> Iterator[Name]:
    yield from (Name(company, kind, form) for form in written(alias))
    folded = fold(alias.strip())
    if kind in ("full", "short", "ambiguous", "brand") and 2 <= len(folded) <= 8 and all(map(is_han, folded)):
        yield from (Name(company, kind, pattern, "pinyin") for pattern in _pinyin_mixtures(folded))
        if len(folded) >= 4:
            yield from (Name(company, kind, pattern, "initials") for pattern in _initials(folded))
        yield from (Name(company, kind, pattern, "masked") for pattern in _masked(folded))
        yield from (Name(company, kind, pattern, "lettered") for pattern in _lettered(folded))
        if len(folded) >= mention_rules()["evasion"]["heard_from"]:
            yield Name(company, kind, folded, "homophone")


def heard(folded: str) -> str:
    """The text by ear, character for character: those that sound alike, whatever the tone, become the same sign."""
    codes = np.frombuffer(folded.encode("utf-16-le"), np.uint16)
    return _sounds()[codes].tobytes().decode("utf-16-le")


def is_homophone(name: str, seen: str) -> bool:
    """路鹭银行 for 云鹭银行 is none; 云路银行 is: few of the characters, and only Han, are others that sound alike."""
    others = [one for one, other in zip(seen, name, strict=True) if one != other]
    return 0 < len(others) <= len(name) // mention_rules()["evasion"]["heard_of"] and all(map(is_han, others))


@cache
def _sounds() -> npt.NDArray[np.uint16]:
    """UTF-16 code unit -> its sign, or itself; ten times as fast as `str.translate`."""
    first = {character: syllables[0] for character, syllables in _readings().items()}
    signs = {syllable: _PRIVATE + at for at, syllable in enumerate(sorted(set(first.values())))}
    table = np.arange(1 << 16, dtype=np.uint16)
    for character, syllable in first.items():
        table[ord(character)] = signs[syllable]
    return table


def _pinyin_mixtures(name: str) -> Iterator[str]:
    """The name with one, two or all of its characters in pinyin: xing禾科技, xinghe科技, xinghekeji."""
    readings = [_readings().get(character, ()) for character in name]
    known = [at for at, syllables in enumerate(readings) if syllables]
    for count in {1, min(2, len(name)), len(name)}:
        for chosen in combinations(known, count):
            yield from map("".join, product(*(readings[at] if at in chosen else name[at] for at in range(len(name)))))


def _initials(name: str) -> Iterator[str]:
    """The first letters of the name; of characters with two readings those of both: 出行 is cx as well as ch."""
    letters = [dict.fromkeys(syllable[0] for syllable in _readings().get(character, ())) for character in name]
    yield from map("".join, product(*letters))


def _masked(name: str) -> Iterator[str]:
    """The name with one character hidden, of a short one the first: 某鹭银行, 云鹭*行, 某鹭."""
    for mask in mention_rules()["evasion"]["masks"]:
        for at in range(len(name) if len(name) >= 4 else 1):
            yield name[:at] + mask + name[at + 1 :]


def _lettered(name: str) -> Iterator[str]:
    """A long name with one character as its letter or its initial (z鹭银行, zh鹭银行), or its first two (yl银行)."""
    if len(name) < 4:
        return
    syllables = _syllables(name)
    if all(syllables[:2]):
        yield syllables[0][0] + syllables[1][0] + name[2:]
    for at, syllable in enumerate(syllables):
        initials = {syllable[:1], syllable[:2] if syllable[1:2] == "h" else ""} - {""}
        yield from (name[:at] + initial + name[at + 1 :] for initial in sorted(initials))


def _syllables(name: str) -> list[str]:
    return [sounds[0] if (sounds := _readings().get(character)) else "" for character in name]


@cache
def _readings() -> Mapping[str, tuple[str, ...]]:
    """Character -> its readings without tone: how it sounds, then others that names have."""
    data, found = files("analysis") / "data", dict[str, tuple[str, ...]]()
    for line in (data / "pinyin.txt").read_text("utf-8").splitlines()[1:]:
        syllable, characters = line.split()
        found |= dict.fromkeys(characters, (syllable,))
    for line in (data / "pinyin_names.txt").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            character, *syllables = line.split()
            found[character] = tuple(syllables)
    return found


_TONES = {"a": "āáǎà", "e": "ēéěè", "i": "īíǐì", "o": "ōóǒò", "u": "ūúǔù", "v": "üǖǘǚǜ"}
_TONED = re.compile(f"[{''.join(_TONES.values())}]")
_TONELESS = {ord(toned): vowel for vowel, every in _TONES.items() for toned in every}


def without_tones(folded: str) -> str:
    """The text with pinyin as names are looked for: dàosuì becomes daosui. Character for character."""
    return folded.translate(_TONELESS) if _TONED.search(folded) else folded


_ZERO_WIDTH = "\u00ad\u0300-\u036f\u061c\u115f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff"
_OPENING, _CLOSING = "(\\[【<《「", ")\\]】>》」"


@cache
def disguise() -> re.Pattern[str]:
    """
    What is dropped from a text to see through a hidden name: zero-width characters, separators, pinyin and asides in
    brackets (防删), line breaks amid Han.
    """
    latin = f"a-z{''.join(_TONES.values())}"
    asides = "|".join(map(re.escape, mention_rules()["evasion"]["asides"].split()))
    bracketed = f"[{_OPENING}](?:[{latin}\\s]{{1,16}}| ?(?:{asides}) ?)[{_CLOSING}]"
    around_one = f"[{_OPENING}](?=\\w[{_CLOSING}])|(?<=[(\\[【]\\w)[)\\]】]"
    broken_line = f"(?<=[{HAN}])\\r?\\n(?=[{HAN}])"
    return re.compile(f"[{_signs()}]+|{bracketed}|{around_one}|{broken_line}")


def may_hide_names(folded: str) -> bool:
    """True when a disguise stands between two letters. Each is tried where one can begin: signs are few in a text."""
    begins, amid = _disguise_amid_letters()
    return any(amid.match(folded, sign.start() - 1) for sign in begins.finditer(folded) if sign.start())


@cache
def _disguise_amid_letters() -> tuple[re.Pattern[str], re.Pattern[str]]:
    amid = f"[{HAN}a-z](?:{disguise().pattern})[{HAN}a-z]"
    return re.compile(f"[{_signs()}{_OPENING}{_CLOSING}\r\n]"), re.compile(amid)


def _signs() -> str:
    separators = re.escape(mention_rules()["evasion"]["separators"])
    return f"{_ZERO_WIDTH}{separators}\u2600-\u27bf\U0001f000-\U0001faff"  # and emoji
