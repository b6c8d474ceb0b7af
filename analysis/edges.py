"""Whether the words of a sentence cross an edge of a name: 边远|山通信, 转晴|川内. The dictionary is passed in."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, log

from core.text import is_han

_LONGEST = 4
_TOTAL = log(60_101_967)  # words counted in jieba's dictionary


def crossing(folded: str, start: int, end: int, weight: Callable[[str], int], *, name_weight: int = 0) -> float:
    """
    How much likelier, in nats, the dictionary finds the best reading in which a word crosses an edge
    of [start, end) than the best one that keeps both edges; -inf when no word crosses.
    `name_weight` is the count of the name itself where it has none, nor a word inside it: 抖音 is more than 抖 and 音.
    """
    first, last = _stretch(folded, start, end)
    text, start, end = folded[first:last], start - first, end - first
    if not _crosses_anywhere(text, start, end, weight):
        return -inf
    coined = name_weight and not _has_word(text[start:end], weight)
    kept, crossed = [0.0] + [-inf] * len(text), [-inf] * (len(text) + 1)
    for right in range(1, len(text) + 1):
        for left in range(max(0, right - _LONGEST), right):
            known = weight(text[left:right]) or (right - left == 1)
            if (left, right) == (start, end) and coined:
                known = max(known, name_weight)
            if not known:
                continue
            cost = log(known) - _TOTAL
            if _crosses(left, right, start, end):
                crossed[right] = max(crossed[right], max(kept[left], crossed[left]) + cost)
            else:
                kept[right] = max(kept[right], kept[left] + cost)
                crossed[right] = max(crossed[right], crossed[left] + cost)
    return crossed[-1] - kept[-1]


def _stretch(folded: str, start: int, end: int) -> tuple[int, int]:
    """The run of Han characters around the name, a few to each side."""
    first, last = start, end
    while first and start - first < _LONGEST and is_han(folded[first - 1]):
        first -= 1
    while last < len(folded) and last - end < _LONGEST and is_han(folded[last]):
        last += 1
    return first, last


def _crosses(left: int, right: int, start: int, end: int) -> bool:
    return left < start < right or left < end < right


def _has_word(name: str, weight: Callable[[str], int]) -> bool:
    length = len(name)
    return any(weight(name[a:b]) for a in range(length) for b in range(a + 2, length + 1))


def _crosses_anywhere(text: str, start: int, end: int, weight: Callable[[str], int]) -> bool:
    """The cheap question first: most names stand among words that leave them whole."""
    for edge in (start, end):
        for left in range(max(0, edge - _LONGEST + 1), edge):
            for right in range(edge + 1, min(len(text), left + _LONGEST) + 1):
                if weight(text[left:right]):
                    return True
    return False
