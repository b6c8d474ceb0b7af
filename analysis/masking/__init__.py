"""
Hide personal data in Chinese text. Pure; the same text gives the same masks; linear time.

What is hidden and what is left alone: docs of the filters, and tests/cases/masking.jsonl. The words that the
rules look at stand in analysis/data/masking.toml.
"""

from __future__ import annotations

from collections.abc import Sequence

from analysis.masking.digits import numbers
from analysis.masking.emails import emails
from analysis.masking.handles import qqs, wechats
from analysis.masking.homes import addresses
from analysis.masking.papers import papers, plates
from analysis.masking.people import names
from analysis.masking.phones import forms_of
from core.text import fold
from core.values import Mask

__all__ = ["find_masks", "masked"]

_RANK = ("email", "wechat", "passport", "id_card", "bank_card", "mobile", "qq", "landline", "plate", "address", "name")
"""Where two readings overlap, the earlier type wins."""


def find_masks(text: str, *, hotlines: Sequence[str] = (), persons: Sequence[str] = ()) -> tuple[Mask, ...]:
    """
    The spans of personal data in the text, in order, never overlapping.

    `hotlines` are phone lines of the company and `persons` public roles of the watch: neither is hidden.
    Looking again at the masked text finds nothing.
    """
    lines = frozenset(form for hotline in hotlines for form in forms_of(fold(hotline)))
    known = tuple(fold(person) for person in persons if person)
    folded = fold(text)
    masks = fresh = _one_look(folded, lines, known)
    while fresh:  # hiding one thing can bring out another beside it; the second look finds nothing as a rule
        folded = masked(folded, fresh)
        fresh = [
            Mask(m.type, low + m.start, low + m.end)
            for low, high in _around(folded, fresh)
            for m in _one_look(folded[low:high], lines, known)
        ]
        masks = [*masks, *fresh]
    return tuple(sorted(masks, key=lambda m: m.start))


_REACH = 250  # no rule looks further, but for the heads of tables


def _around(folded: str, masks: Sequence[Mask]) -> list[tuple[int, int]]:
    """The parts of the text near these masks, apart from each other, cut at the ends of sentences."""
    if len(folded) <= 4 * _REACH:
        return [(0, len(folded))]
    parts: list[tuple[int, int]] = []
    for mask in sorted(masks, key=lambda m: m.start):
        low, high = _cut(folded, mask.start - _REACH, mask.end + _REACH)
        if parts and low <= parts[-1][1]:
            parts[-1] = (parts[-1][0], max(high, parts[-1][1]))
        else:
            parts.append((low, high))
    return parts


def _cut(folded: str, low: int, high: int) -> tuple[int, int]:
    """The same stretch, a little longer, from the end of a sentence to the end of another where there are any."""
    begin = max(folded.rfind(sign, max(0, low - _REACH), max(0, low)) for sign in "\n。")
    ends = [at for at in (folded.find(sign, high, high + _REACH) for sign in "\n。") if at >= 0]
    start = begin + 1 if begin >= 0 else max(0, low)
    return start, min(ends) if ends else min(len(folded), high)


def masked(text: str, masks: Sequence[Mask]) -> str:
    """The text with every masked code point replaced by "*"; the length stays."""
    parts, at = [], 0
    for mask in sorted(masks, key=lambda m: m.start):
        parts += [text[at : mask.start], "*" * (mask.end - mask.start)]
        at = mask.end
    return "".join(parts) + text[at:]


def _one_look(folded: str, hotlines: frozenset[str], persons: tuple[str, ...]) -> list[Mask]:
    of_text = (find(folded) for find in (emails, wechats, qqs, papers, plates))
    sure = _apart([*(m for found in of_text for m in found), *numbers(folded, hotlines)])
    homes = list(addresses(folded, sure))
    found = [*sure, *homes, *names(folded, persons, [*sure, *homes])]
    return [m for m in _apart(found) if "**" not in folded[m.start : m.end]]


def _apart(masks: Sequence[Mask]) -> list[Mask]:
    """Masks that do not overlap, the better type first."""
    kept: list[Mask] = []
    taken: set[int] = set()
    for mask in sorted(masks, key=lambda m: (_RANK.index(m.type), m.start, -m.end)):
        span = range(mask.start, mask.end)
        if taken.isdisjoint(span):
            taken.update(span)
            kept.append(mask)
    return kept
