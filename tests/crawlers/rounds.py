"""Short ways to crawl a loopback site in a test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from core.ports import Gate
from core.values import Document, RoundReport, Source
from crawlers.round import run_round
from tests.crawlers.memory_store import MemoryStore

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai


def marked(document: Document) -> Document:
    """A gate that leaves a mark: an author past it is told from one that is not."""
    return replace(document, author=f"u-{document.author}" if document.author else None)


def source(url: str, **changes: Any) -> Source:
    """A source on loopback, listing unless said otherwise."""
    given = {"id": "qinglan", "name": "青岚新闻网", "channel": "listing", "delay_s": 0.0, "allow_private": True}
    return Source(**{**given, **changes}, url=url, purpose="舆情监测", basis="公开信息合理范围", retention_days=365)


def go(
    *sources: Source,
    store: MemoryStore,
    at: datetime = NOW,
    round_id: str = "r1",
    gate: Gate = marked,
    deadline_s: float = 60,
    force: bool = False,
    names: Sequence[str] = (),
) -> RoundReport:
    """Run one round and give the report of the first source."""
    reports = run_round(
        sources,
        store=store,
        gate=gate,
        clock=lambda: at,
        contact="https://xinghe.example/radar",
        deadline_s=deadline_s,
        round_id=round_id,
        force=force,
        names=names,
    )
    return reports[0]
