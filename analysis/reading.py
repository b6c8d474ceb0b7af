"""A text made ready for the question whether a name in it is meant, and the places of names. Judges nothing."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate

from analysis.names import Name

_ENDS = "。！？!?\n；;，,"


@dataclass(frozen=True, slots=True)
class Place:
    """A name found at [start, end); `hidden` when it shows only after dropping a disguise."""

    start: int
    end: int
    name: Name
    hidden: bool = False


@dataclass(frozen=True)
class Reading:
    """One text made ready for matching: as written, as folded, its words, and what the dictionary knows."""

    text: str
    folded: str
    words: Sequence[str]
    knows: Callable[[str], bool]
    weight: Callable[[str], int] = lambda word: 0
    read: dict[tuple[int, int], float | None] = field(default_factory=dict, compare=False)
    """What the encoder said of places of this text: none is asked about twice."""

    @cached_property
    def starts(self) -> list[int]:
        """The offsets at which words start, and the end of the text."""
        return list(accumulate(map(len, self.words), initial=0))

    def word_at(self, offset: int) -> tuple[int, int]:
        """The span of the word that covers this offset."""
        after = bisect_right(self.starts, offset)
        return self.starts[after - 1], self.starts[min(after, len(self.starts) - 1)]

    def clause_at(self, start: int, end: int) -> tuple[int, int]:
        """The span of the clause around [start, end)."""
        left = max((self.folded.rfind(sign, 0, start) for sign in _ENDS), default=-1) + 1
        rights = [at for sign in _ENDS if (at := self.folded.find(sign, end)) >= 0]
        return left, min(rights, default=len(self.folded))


def word_safe(folded: str, start: int, end: int) -> bool:
    """False when a Latin or digit end of [start, end) goes on outside it: `pingan` is not in `pinganfu`."""
    if start and _latin(folded[start]) and _latin(folded[start - 1]):
        return False
    return not (end < len(folded) and _latin(folded[end - 1]) and _latin(folded[end]))


def _latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
