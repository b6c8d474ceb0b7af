"""A `CrawlStore` for a crawl that keeps nothing: no page was ever seen, no round stands open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.values import Page, RoundReport


class ForgetfulStore:
    """What single looks share; what becomes of batches and hosts is theirs to say."""

    def pages(self, source: str, keys: Sequence[str]) -> Mapping[str, Page]:
        """None is known."""
        return {}

    def open_pages(self, source: str, *, roles: object = ()) -> list[Page]:
        """None waits."""
        return []

    def due_pages(self, source: str, *, at: object, limit: int) -> list[Page]:
        """None is due."""
        return []

    def round_of(self, source: str) -> str | None:
        """No round stands open."""
        return None

    def begin_round(self, source: str, round: str) -> None:
        """Not remembered."""

    def end_round(self, report: RoundReport) -> None:
        """Not remembered."""
