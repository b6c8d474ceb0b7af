"""Whether some texts stand near each other, in any order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from heapq import heappop, heappush

from search_index.query.ast import All, And, Near, Not, Or, Query, both

Span = tuple[int, int]
EVERYTHING = All()

Nearby = Callable[[Near, Query], Iterable[str]]
"""
The ids of the documents that hold a Near, among those that match the second query.

Positions of tokens do not count characters, so texts are looked at; the second query keeps them few.
"""


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


def beside_near(parts: Sequence[Query]) -> Query:
    """What the parts of an And ask for besides anything near: what keeps the texts to look at few."""
    return both([part for part in parts if not isinstance(part, Not) and not _asks_near(part)])


def _asks_near(query: Query) -> bool:
    if isinstance(query, (And, Or)):
        return any(_asks_near(part) for part in query.parts)
    return isinstance(query, Near) or (isinstance(query, Not) and _asks_near(query.part))
