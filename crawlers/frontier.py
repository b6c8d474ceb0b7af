"""The order in which one source's pages are fetched in a round, and when there is nothing more to fetch."""

from __future__ import annotations

import asyncio
import heapq

from core.values import Page

FIRST, NEW, FOLLOW, OPEN, AGAIN = range(5)
"""Order of fetching: entries, what lists gave, further list pages, what earlier rounds left open, rechecks."""


class Frontier:
    """
    Gives out pages one at a time: the next only when the last has landed, so nothing is fetched after a wall.

    `budget` is how many more pages the round may take. `cut_short` says that pages were left when it ran out.
    """

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self.cut_short = False
        self._stopped = False
        self._out = False
        self._pages: list[tuple[int, int, Page]] = []
        self._count = 0
        self._seen: set[str] = set()
        self._moved = asyncio.Event()

    def first_time(self, key: str) -> bool:
        """True once for each key in a round."""
        if key in self._seen:
            return False
        self._seen.add(key)
        return True

    def push(self, page: Page, order: int) -> None:
        """Queue a page."""
        self._count += 1
        heapq.heappush(self._pages, (order, self._count, page))
        self._moved.set()

    def landed(self) -> None:
        """The page that was given out is dealt with."""
        self._out = False
        self._moved.set()

    def stop(self) -> None:
        """Give out nothing more; what is queued stays open in the store."""
        self._stopped = True
        self._moved.set()

    async def next(self) -> Page | None:
        """The next page, counted against the budget; None when the round is over."""
        while self._out and not self._stopped:
            self._moved.clear()
            await self._moved.wait()
        if self._stopped or not self._pages:
            return None
        if self.budget <= 0:
            self.cut_short = True
            return None
        self.budget -= 1
        self._out = True
        return heapq.heappop(self._pages)[2]
