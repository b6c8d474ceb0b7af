"""
Hide personal data in Chinese text. Pure; the same text gives the same masks; linear time.

What is hidden and what is left alone: docs of the filters, and tests/cases/masking.jsonl. The words that the
rules look at stand in analysis/data/masking.toml.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from analysis.masking.digits import numbers
from analysis.masking.emails import emails
from analysis.masking.handles import qqs, wechats
from analysis.masking.homes import addresses
from analysis.masking.papers import papers, plates
from analysis.masking.people import names
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
    lines = frozenset(re.sub(r"\D", "", line) for line in hotlines)
    known = tuple(fold(person) for person in persons if person)
    folded = fold(text)
    masks: list[Mask] = []
    while True:  # hiding one thing can bring out another; each round hides more, and the second finds nothing as a rule
        fresh = _one_look(folded, lines, known)
        if not fresh:
            return tuple(sorted(masks, key=lambda m: m.start))
        masks += fresh
        folded = masked(folded, fresh)


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
