"""One public page on request: the same door, robots.txt and gate as a round, but nothing is stored here."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from core.errors import YuqingError
from core.i18n import _
from core.ports import Gate
from core.times import Clock
from core.values import CrawlBatch, Document, PageRole, RoundReport, Source
from crawlers.canonical import document_key
from crawlers.forgetful import ForgetfulStore
from crawlers.round import run_sources
from crawlers.spiders.articles import ListingSpider
from crawlers.spiders.forum import ForumSpider

DEADLINE_S = 90.0


class NotReadable(YuqingError):
    """The page was not read; the text says what was seen."""


def fetch_one(url: str, *, source: Source, gate: Gate, clock: Clock, contact: str) -> list[Document]:
    """
    The documents of one page: an article, or all posts on a thread's page. Past the gate, not stored.

    `source` says who owns it and how it may be reached (`allow_private`, `encoding`, `platform`). Follows
    no link. Raises NotReadable when robots.txt, the address guard or the site says no, or nothing is there.
    """
    wanted = replace(source, url=url, max_pages=1, daily_pages=None, quiet_hours=None)
    if document_key(url, source=source).startswith("discuz:"):
        wanted = replace(wanted, channel="forum", platform="discuz")
    kept = _Kept()
    spider = OneThread if wanted.channel == "forum" else OneArticle
    reports = asyncio.run(
        run_sources(
            [wanted],
            store=kept,
            gate=gate,
            clock=clock,
            contact=contact,
            deadline_s=DEADLINE_S,
            round_id="one",
            spiders={wanted.channel: spider},
        )
    )
    if not kept.documents:
        raise NotReadable(_refusal(url, reports[0]))
    return kept.documents


def _refusal(url: str, report: RoundReport) -> str:
    if report.notes:
        return "；".join(report.notes)
    seen = "、".join(report.errors) or _("页面上没有正文")
    return _("没有读到内容（{seen}）：{url}").format(seen=seen, url=url)


class OneArticle(ListingSpider):
    """Takes the entry for an article."""

    name = "one-article"
    entry_role: ClassVar[PageRole] = "article"


class OneThread(ForumSpider):
    """Takes the entry for a thread."""

    name = "one-thread"
    entry_role: ClassVar[PageRole] = "thread"


class _Kept(ForgetfulStore):
    """A `CrawlStore` that keeps documents in memory and knows nothing from before."""

    def __init__(self) -> None:
        self.documents: list[Document] = []
        self._hosts: dict[str, Mapping[str, object]] = {}

    def commit(self, batch: CrawlBatch) -> None:
        self.documents.extend(batch.documents)

    def host_memory(self, host: str) -> Mapping[str, object]:
        return self._hosts.get(host, {})

    def remember_host(self, host: str, memory: Mapping[str, object]) -> None:
        self._hosts[host] = memory
