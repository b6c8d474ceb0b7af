"""The reference `CrawlStore`: everything in dictionaries, with a switch that makes it unavailable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from core.errors import Unavailable
from core.values import CrawlBatch, Document, Gone, Page, PageRole, RoundReport


class MemoryStore:
    """
    Keeps what a crawl hands over.

    `documents` holds the newest version by key, `arrivals` every document ever committed, `batches` each
    commit. `fail_after` commits the store becomes unavailable.
    """

    def __init__(self, *, fail_after: int | None = None) -> None:
        self.documents: dict[str, Document] = {}
        self.arrivals: list[Document] = []
        self.batches: list[CrawlBatch] = []
        self.frontier: dict[tuple[str, str], Page] = {}
        self.gone: dict[str, Gone] = {}
        self.reports: list[RoundReport] = []
        self.rounds: dict[str, str] = {}
        self.hosts: dict[str, Mapping[str, object]] = {}
        self.fail_after = fail_after

    def commit(self, batch: CrawlBatch) -> None:
        if self.fail_after is not None and len(self.batches) >= self.fail_after:
            raise Unavailable("the store is closed")
        self.batches.append(batch)
        self.arrivals.extend(batch.documents)
        self.documents.update({d.key: d for d in batch.documents})
        self.frontier.update({(p.source, p.key): p for p in batch.pages})
        self.gone.update({g.key: g for g in batch.gone})

    def pages(self, source: str, keys: Sequence[str]) -> Mapping[str, Page]:
        return {key: self.frontier[source, key] for key in keys if (source, key) in self.frontier}

    def open_pages(self, source: str, *, roles: Iterable[PageRole] = ()) -> list[Page]:
        wanted = set(roles)
        found = [p for p in self._of(source) if p.state == "pending" and (not wanted or p.role in wanted)]
        return sorted(found, key=lambda p: (p.discovered_at is not None, p.discovered_at))

    def due_pages(self, source: str, *, at: datetime, limit: int) -> list[Page]:
        due = [(p.next_at, p.key, p) for p in self._of(source) if p.state == "done" and p.next_at and p.next_at <= at]
        return [page for _, _, page in sorted(due, key=lambda row: row[:2])][:limit]

    def _of(self, source: str) -> list[Page]:
        return [page for (owner, _), page in self.frontier.items() if owner == source]

    def round_of(self, source: str) -> str | None:
        return self.rounds.get(source)

    def begin_round(self, source: str, round: str) -> None:
        self.rounds[source] = round

    def end_round(self, report: RoundReport) -> None:
        self.rounds.pop(report.source, None)
        self.reports.append(report)

    def host_memory(self, host: str) -> Mapping[str, object]:
        return self.hosts.get(host, {})

    def remember_host(self, host: str, memory: Mapping[str, object]) -> None:
        self.hosts[host] = dict(memory)
