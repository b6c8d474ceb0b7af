"""What the crawls of one round share, and what they hand to each other: plain values and the few collaborators."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime

from core.ports import Gate
from core.times import Clock
from core.values import Document, Gone, Page
from crawlers.desk import Desk
from crawlers.hosts import Hosts
from crawlers.robots import RobotsKeeper

Progress = Callable[[str, int, int], None]
"""Told (source id, pages fetched, documents found) from time to time."""


class Ending:
    """Whether and why a round ends early: "deadline", "store", "memory" or "signal". The first reason stays."""

    def __init__(self) -> None:
        self.reason: str | None = None
        self._listeners: list[Callable[[str], None]] = []

    def end(self, reason: str) -> None:
        """End the round; safe to call again."""
        if self.reason is None:
            self.reason = reason
            for listener in self._listeners:
                listener(reason)

    def listen(self, listener: Callable[[str], None]) -> None:
        """Be told once, at once if it has ended already."""
        self._listeners.append(listener)
        if self.reason:
            listener(self.reason)


@dataclass(frozen=True)
class Trip:
    """The collaborators of one round. `force` passes over quiet hours, caps and validators, never over manners."""

    desk: Desk
    hosts: Hosts
    robots: RobotsKeeper
    gate: Gate
    clock: Clock
    pool: Executor
    ending: Ending
    names: Sequence[str] = ()
    force: bool = False
    progress: Progress | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page as it came: the final address, the bytes, and what the headers said."""

    url: str
    status: int
    body: bytes
    at: datetime
    encoding: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """
    What a page gave: documents past the gate, further pages, gone-marks, and the page's own next state.

    All of it goes into one commit. `found` are pages that may be known already (then they are left alone),
    `again` are pages to be fetched in this round in any case, `others` are steps of further pages.
    """

    page: Page
    documents: tuple[Document, ...] = ()
    found: tuple[Page, ...] = ()
    again: tuple[Page, ...] = ()
    others: tuple[Page, ...] = ()
    gone: tuple[Gone, ...] = ()


@dataclass
class Tally:
    """
    Counts of one source in one round: requests sent, pages answered, and what came of them.

    `opened` counts pages of documents that came whole, `texts` what was read from them and from lists, changed
    or not: their ratio falls when a site changes its markup.
    """

    requests: int = 0
    pages: int = 0
    not_modified: int = 0
    documents: int = 0
    opened: int = 0
    texts: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """What `RoundReport.counts` holds."""
        return {"requests": self.requests, "opened": self.opened, "texts": self.texts}

    def note(self, text: str) -> None:
        """Keep a line for people, once."""
        if text not in self.notes:
            self.notes.append(text)
