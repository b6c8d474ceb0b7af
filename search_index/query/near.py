"""Whether some texts stand near each other, in any order."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush

Span = tuple[int, int]


def stand_near(places: Sequence[Sequence[Span]], distance: int) -> tuple[Span, ...] | None:
    """
    One place of each text, none overlapping, with at most `distance` characters between neighbours; else None.

    `places[i]` holds every place of text i. Walks the places by their start and remembers, for every set of
    texts already chained, the latest end: a later end is never worse.
    """
    everything = (1 << len(places)) - 1
    events = sorted((start, end, 1 << text) for text, spans in enumerate(places) for start, end in spans)
    ended: list[tuple[int, int, tuple[Span, ...]]] = []  # waiting until their end is passed
    latest: dict[int, tuple[int, tuple[Span, ...]]] = {}
    for start, end, bit in events:
        while ended and ended[0][0] <= start:
            chain_end, texts, chain = heappop(ended)
            latest[texts] = (chain_end, chain)
        chains = [(0, ())] + [(t, c) for t, (e, c) in latest.items() if start - e <= distance and not t & bit]
        for texts, chain in chains:
            grown = (*chain, (start, end))
            if texts | bit == everything:
                return grown
            heappush(ended, (end, texts | bit, grown))
    return None
