"""
A text's signature: enough to find its reprints and to see what differs, without keeping the text itself.

Bytes: header, band keys (signed 64 bit), the smallest shingle hashes (32 bit), hashes of names and numbers, and
the text as one byte a character (digits and Latin letters exactly, the rest by hash).
"""

from __future__ import annotations

import hashlib
import re
import struct
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analysis.stories.words import limits, names, particles
from core.text import HAN, fold

SHINGLE = 5  # characters; unrelated news share under 1 % of these (bench/stories.py)
_ROWS, _BANDS, _LEAD_BANDS = 3, 24, 8
_LEAD = 80  # characters of the beginning that a lead-only reprint keeps
_BOTTOM = 128
_LONGEST = 3000  # characters kept for comparison
NUMERALS = "一二三四五六七八九十百千两零"
_EXACT = "0123456789abcdefghijklmnopqrstuvwxyz" + NUMERALS
_FREE = len(_EXACT)
_HEADER = struct.Struct("<BHHHHIq")
_VERSION = 1
_FIGURE = re.compile(  # a count or an amount, never a date
    r"(?:\d{2,}(?:\.\d+)?|\d(?:\.\d+)?(?=[万亿]))(?:[万亿]|%)?(?![\d月日年时点分号])"
    r"|[一二三四五六七八九十百千两]{2,}余?[万亿元件名户人起](?!月)"
)
_EVENT_LEAD = 300

Words = npt.NDArray[np.uint64]


class Sketch(NamedTuple):
    """
    The signature, read. `bottom` are the smallest distinct shingle hashes in order, `sampled` the same as a set,
    `terms` names and numbers. `bands` are keys of the wording, `events` keys of a name with a figure.
    """

    exact: int
    size: int  # distinct shingles
    bands: tuple[int, ...]
    events: tuple[int, ...]
    bottom: list[int]
    sampled: frozenset[int]
    terms: frozenset[int]
    line: bytes


@cache
def _dropped() -> re.Pattern[str]:
    return re.compile(rf"[^0-9a-z{HAN}%]|[{particles()}]")


class _NormalTable(dict[int, int | None]):
    """Code point -> folded code point, None for what is dropped; filled as characters are met."""

    def __missing__(self, code: int) -> int | None:
        folded = fold(chr(code))
        self[code] = None if _dropped().match(folded) else ord(folded)
        return self[code]


_NORMAL = _NormalTable()


def normal(text: str) -> str:
    """What two prints of one text share: no case, width, punctuation or particles."""
    return text.translate(_NORMAL)


def sketch(text: str, *, title: str = "", clean: str | None = None) -> bytes:
    """
    The signature of a text; the title only adds to the names that tell one happening from another.

    `clean` is `normal(text)` where the caller has it already.
    """
    clean = normal(text) if clean is None else clean
    exact = _hash64(clean)
    bottom = np.empty(0, np.uint32)
    size = 0
    keys: list[int] = [exact] if len(clean) >= limits()["blank"] else []
    if len(clean) >= limits()["short"]:
        shingles = _shingles(clean)
        distinct = _distinct((shingles >> np.uint64(32)).astype(np.uint32))
        size, bottom = len(distinct), distinct[:_BOTTOM]
        keys += _banded(shingles, 0, _BANDS) + _banded(shingles[:_LEAD], _BANDS, _LEAD_BANDS)
    told = _told(title, text)
    terms = _terms(told)
    keys += _event_keys(told)
    line = as_bytes(clean[:_LONGEST])
    numbers = np.array(sorted(terms), np.uint32)
    head = _HEADER.pack(_VERSION, len(keys), len(bottom), len(numbers), len(line), size, exact)
    return head + np.array(keys, np.int64).tobytes() + bottom.tobytes() + numbers.tobytes() + line


@lru_cache(maxsize=512)  # a text is compared with the same few again and again; about 7 MB
def read(raw: bytes) -> Sketch:
    """The parts of a signature made by `sketch`. Raises ValueError for bytes of another making."""
    version, keys, bottom, terms, line, size, exact = _HEADER.unpack_from(raw)
    if version != _VERSION:
        raise ValueError(f"sketch version {version}, expected {_VERSION}")
    at = _HEADER.size
    found: list[int] = np.frombuffer(raw, np.int64, keys, at).tolist()
    bands = (line >= limits()["blank"]) + (_BANDS + _LEAD_BANDS if size else 0)  # how many `sketch` made of the wording
    at += 8 * keys
    low: list[int] = np.frombuffer(raw, np.uint32, bottom, at).tolist()
    at += 4 * bottom
    named = np.frombuffer(raw, np.uint32, terms, at)
    at += 4 * terms
    told, rest = tuple(found[:bands]), tuple(found[bands:])
    return Sketch(exact, size, told, rest, low, frozenset(low), frozenset(named.tolist()), raw[at : at + line])


def band_keys(raw: bytes) -> tuple[int, ...]:
    """All keys under which a signature is found: signed 64-bit integers; texts that share one may be one story."""
    return tuple(dict.fromkeys(read(raw).bands + read(raw).events))


# ---------------------------------------------------------------- hashing

_MIX = (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)  # splitmix64


def _mixed(values: Words) -> Words:
    values = values + np.uint64(_MIX[0])
    values = (values ^ (values >> np.uint64(30))) * np.uint64(_MIX[1])
    values = (values ^ (values >> np.uint64(27))) * np.uint64(_MIX[2])
    return values ^ (values >> np.uint64(31))


def _shingles(clean: str) -> Words:
    codes = np.frombuffer(clean.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    total: Words = np.zeros(len(codes) - SHINGLE + 1, np.uint64)
    for offset in range(SHINGLE):
        total = total * np.uint64(0x1000003D) + codes[offset : offset + len(total)]
    return _mixed(total)


def _distinct(values: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """Each once, in order, from at least one; np.unique takes ten times as long to come to the same."""
    ordered = np.sort(values)
    return ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))]


_AT_ONCE = 4096  # shingles: the table of all permutations of a book would take gigabytes


@cache
def _permutations() -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    count = (_BANDS + _LEAD_BANDS) * _ROWS
    seeds = _mixed(np.arange(1, 2 * count + 1, dtype=np.uint64))
    half = (seeds >> np.uint64(32)).astype(np.uint32)  # half the width, half the time
    return (half[:count] | np.uint32(1))[:, None], half[count:][:, None]


def _banded(shingles: Words, first: int, bands: int) -> list[int]:
    """Band keys over the least values of so many permutations (MinHash with locality-sensitive hashing)."""
    multiply, add = _permutations()
    rows = slice(first * _ROWS, (first + bands) * _ROWS)
    halves = (shingles >> np.uint64(32)).astype(np.uint32)
    least = np.full(bands * _ROWS, np.iinfo(np.uint32).max, np.uint32)
    for start in range(0, len(shingles), _AT_ONCE):
        part = halves[None, start : start + _AT_ONCE]
        permuted = part * multiply[rows]
        permuted += add[rows]
        least = np.minimum(least, permuted.min(axis=1))
    total: Words = np.zeros(bands, np.uint64)
    for row in range(_ROWS):
        total = _mixed(total ^ least[row::_ROWS].astype(np.uint64))
    salt: Words = np.arange(first, first + bands, dtype=np.uint64)
    keys: list[int] = _mixed(total + salt).view(np.int64).tolist()
    return keys


def _hash64(text: str) -> int:
    return int.from_bytes(
        hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big", signed=True
    )


def as_bytes(clean: str) -> bytes:
    """One byte a character: digits 0 to 9, Latin letters, Chinese numerals exactly, everything else by hash above."""
    codes = np.frombuffer(clean.encode("utf-32-le", "surrogatepass"), np.uint32)
    return _bytes_of()[np.minimum(codes, 0xFFFF)].tobytes()


@cache
def _bytes_of() -> npt.NDArray[np.uint8]:
    codes = np.arange(0x10000, dtype=np.uint32)
    table = (_FREE + ((codes * np.uint32(2654435761)) >> np.uint32(9)) % (256 - _FREE)).astype(np.uint8)
    for byte, character in enumerate(_EXACT):
        table[ord(character)] = byte
    return table


# ---------------------------------------------------------------- names and numbers


@cache
def _name() -> re.Pattern[str]:
    ends = "|".join(re.escape(end) for end in names() if len(end) > 1)
    return re.compile(rf"[{HAN}]{{2}}(?:{ends})")


def _told(title: str, text: str) -> tuple[list[str], list[str]]:
    """The names of organisations and the figures of title and lead, in order, each once."""
    lead = fold(f"{title}\n{text[:_EVENT_LEAD]}")
    return tuple(list(dict.fromkeys(m[0] for m in p.finditer(lead))) for p in (_name(), _FIGURE))  # type: ignore[return-value]


def _terms(told: tuple[list[str], list[str]]) -> frozenset[int]:
    return frozenset(_hash64(term) & 0xFFFFFFFF for terms in told for term in terms[:12])


def _event_keys(told: tuple[list[str], list[str]]) -> list[int]:
    """Keys of a name with a figure: either alone is shared by too many."""
    names_, figures = told
    return [_hash64(f"{name} {figure}") for name in names_[:2] for figure in figures[:3]]
