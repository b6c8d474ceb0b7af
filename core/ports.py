"""
The few Protocols through which one package hands work to another.

Every implementation keeps what the docstrings promise; the stored one lives in `store`, an in-memory
one for tests beside its contract tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from core.values import CrawlBatch, Document, Page, PageRole, RoundReport, StoryMember

Span = tuple[datetime, datetime]

Gate = Callable[[Document], Document]
"""Masks texts and turns persons into pseudonyms. The only way into the inbox. Pure."""


class CrawlStore(Protocol):
    """
    What a crawl knows and what it hands over. Used from one thread at a time.

    Raises `core.errors.Unavailable` when the store cannot be written; the crawl then stops fetching.
    """

    def commit(self, batch: CrawlBatch) -> None:
        """
        Put documents into the inbox and write the frontier steps, in one transaction.

        Durable on return. A page is replaced by (source, key). A kill before the return leaves
        nothing of the batch, so a page is fetched again but a document is never half there.
        """

    def pages(self, source: str, keys: Sequence[str]) -> Mapping[str, Page]:
        """The known pages among these keys, by key."""

    def open_pages(self, source: str, *, roles: Iterable[PageRole] = ()) -> list[Page]:
        """Pages discovered but not yet fetched (state pending), oldest discovery first."""

    def due_pages(self, source: str, *, at: datetime, limit: int) -> list[Page]:
        """Pages in state done whose `next_at` is not later than `at`, the most overdue first, at most `limit`."""

    def round_of(self, source: str) -> str | None:
        """The id of a round of this source that began and never finished, to be resumed; else None."""

    def begin_round(self, source: str, round: str) -> None:
        """Record that a round of this source has begun."""

    def end_round(self, report: RoundReport) -> None:
        """Record how a round of one source ended."""

    def host_memory(self, host: str) -> Mapping[str, object]:
        """What was last remembered of a host (robots.txt answer, breaker); empty when nothing."""

    def remember_host(self, host: str, memory: Mapping[str, object]) -> None:
        """Remember something of a host across rounds; JSON values only."""


class StoryMemory(Protocol):
    """Where stories are remembered: a dictionary for the filter, the store for the worker."""

    def candidates(
        self, bands: Sequence[int], *, events: Sequence[int] = (), within: Span | None = None
    ) -> Iterable[StoryMember]:
        """
        The members to compare a text with, each once, in the order of `core.stories.by_closeness`.

        `bands` are keys of the wording, `events` keys of a name with a figure: who shares only these must count as
        published (else seen) `within` both ends. A key finds no more than `KEPT_PER_KEY` members, those added last.
        """

    def add(self, member: StoryMember, keys: Sequence[int]) -> None:
        """Remember a member under its keys of both sorts; the same document again replaces it."""
