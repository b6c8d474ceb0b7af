"""
How two signatures differ: what share of the shorter is in the longer, and whether another name or number stands in it.

A reprint may lose, gain and polish; a template filled for another company keeps everything and swaps the name.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from analysis.stories.sketch import NUMERALS, Sketch, as_bytes
from analysis.stories.words import limits, names, own_lines, swaps

_SURE = 12  # characters in a row that no two passages share by chance
_NEAR = 6
_FAR = 60
_MOST = 80  # differing spans; beyond, the texts are told by their share alone
_DATELINE = re.compile(r".{0,24}?(?:\d日|网|报|社)(?:讯|电|报道|消息)(?:.{0,2}记者.{0,6}?(?=从|获悉|报道))?")
_SUBJECT = 30  # characters of the beginning that say whom a text is about


class Difference(NamedTuple):
    """old[a:b] stands where new[c:d] stands; one of them may be empty."""

    a: int
    b: int
    c: int
    d: int


def share(one: Sketch, other: Sketch) -> float:
    """The share of the shorter text's shingles that the longer has, from the sampled hashes; 0 without samples."""
    short, long = (one, other) if one.size <= other.size else (other, one)
    if not short.bottom or not long.bottom:
        return 0.0
    if long.size > len(long.bottom):  # beyond its largest sample nothing is known of the longer
        asked = bisect_right(short.bottom, long.bottom[-1])
    else:
        asked = len(short.bottom)
    return len(short.sampled & long.sampled) / asked if asked else 0.0


def differences(old: bytes, new: bytes) -> Iterator[Difference]:
    """The differing spans in order: greedy from anchor to anchor, so that a dropped passage stays one span."""
    found = i = j = 0
    while found < _MOST:
        step = _common(old, new, i, j)
        i, j = i + step, j + step
        if i >= len(old) and j >= len(new):
            break
        b, d = _anchor(old, new, i, j)
        for span in _fine(old, new, Difference(i, b, j, d)):
            found += 1
            yield span
        i, j = b, d


def _fine(old: bytes, new: bytes, span: Difference) -> Iterator[Difference]:
    """A short span cut where both sides share two characters in a row: 说而没说 / 指出而没指出 is two swaps."""
    a, b, c, d = span
    if min(b - a, d - c) > 2 and max(b - a, d - c) <= _FAR:
        for at in range(c, d - 1):
            same = old.find(new[at : at + 2], a, b)
            if same >= 0:
                step = _common(old[:b], new[:d], same, at)
                yield from _fine(old, new, Difference(a, same, c, at))
                yield from _fine(old, new, Difference(same + step, b, at + step, d))
                return
    if b > a or d > c:
        yield span


def _common(old: bytes, new: bytes, i: int, j: int) -> int:
    start, step = i, 256
    while step:
        while old[i : i + step] == new[j : j + step] and i + step <= len(old) and j + step <= len(new):
            i, j = i + step, j + step
        step //= 2
    return i - start


def _anchor(old: bytes, new: bytes, i: int, j: int) -> tuple[int, int]:
    """Where both go on together: after a pure cut or addition when there is one, else the nearest common run."""
    dropped = old.find(new[j : j + _SURE], i) if j + _SURE <= len(new) else -1
    added = new.find(old[i : i + _SURE], j) if i + _SURE <= len(old) else -1
    if dropped >= 0 and (added < 0 or dropped - i <= added - j):
        return dropped, j
    if added >= 0:
        return i, added
    best: tuple[int, int, int] | None = None
    for step in range(min(_FAR, len(new) - j - _NEAR + 1)):
        if best and step >= best[0]:
            break
        at = old.find(new[j + step : j + step + _NEAR], i, i + _FAR + _NEAR)
        if at >= 0 and (best is None or at - i + step < best[0]):
            best = (at - i + step, at, j + step)
    if best:
        return best[1], best[2]
    for step in range(_FAR, len(new) - j - _SURE + 1, 4):
        at = old.find(new[j + step : j + step + _SURE], i)
        if at >= 0:
            return at, j + step
    return len(old), len(new)


def conflict(old: Sketch, new: Sketch, clean: str) -> bool:
    """True when another number or name stands in the same place; `clean` is the normalised text of `new`."""
    pairs = Counter[tuple[bytes, bytes]]()
    dateline = _DATELINE.match(clean)
    begins = dateline.end() if dateline else 0
    for span in differences(old.line, new.line):
        if span.c < begins or _own_line(clean, span):
            continue
        if _other_number(old.line, new.line, span):
            return True
        if not _swapped(span, clean):
            continue
        pair = (old.line[span.a : span.b], new.line[span.c : span.d])
        if pair[0] in _swap_bytes() and clean[span.c : span.d] in swaps():
            continue
        pairs[pair] += 1
        if pairs[pair] > 1 or span.c < _SUBJECT or _in_name(clean, span):
            return True
    return False


def _swapped(span: Difference, clean: str) -> bool:
    sizes = (span.b - span.a, span.d - span.c)
    if sizes == (1, 1):  # a slip of the pen, or 工商银行 for 招商银行
        return clean.startswith(names(), span.d) or clean.startswith(names(), span.d + 1)
    return min(sizes) >= 2 and max(sizes) <= limits()["small_span"]


@cache
def _swap_bytes() -> frozenset[bytes]:
    return frozenset(as_bytes(word) for word in swaps())


@cache
def _number_bytes() -> frozenset[int]:
    return frozenset(range(10)) | frozenset(as_bytes(NUMERALS))


def _other_number(old: bytes, new: bytes, span: Difference) -> bool:
    """True when both sides hold digits and not the same ones."""
    known, (a, b, c, d) = _number_bytes(), span
    if max(b - a, d - c) > limits()["small_span"] or ((a == b or c == d) and set(old[a:b] + new[c:d]) - known):
        return False  # a cut or an addition of words, or another passage
    while a > 0 and c > 0 and old[a - 1] == new[c - 1] and old[a - 1] in known:  # whole numbers, not their ends
        a, c = a - 1, c - 1
    while b < len(old) and d < len(new) and old[b] == new[d] and old[b] in known:
        b, d = b + 1, d + 1
    sides = [set(_runs(text, known)) for text in (old[a:b], new[c:d])]
    return all(sides) and not (sides[0] <= sides[1] or sides[1] <= sides[0])


def _runs(text: bytes, known: frozenset[int]) -> Iterator[bytes]:
    run = bytearray()
    for byte in text:
        if byte in known:
            run.append(byte)
        elif run:
            yield bytes(run)
            run = bytearray()
    if run:
        yield bytes(run)


def _in_name(clean: str, span: Difference) -> bool:
    after = clean[span.c : span.d + 4]
    return any(end in after for end in names())


def _own_line(clean: str, span: Difference) -> bool:
    """True for what an outlet writes of itself behind its dateline: the reporter, the editor, the source."""
    before, after = own_lines()
    if before.search(clean[max(0, span.c - 6) : span.c]):
        return True
    telegram = span.c < 2 * _SUBJECT and clean[span.d : span.d + 6].startswith(after)
    return telegram and not clean.startswith(names(), span.d)  # 晴川|电器 is none
