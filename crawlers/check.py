"""
One look at one page before a source is trusted: the same door, robots.txt and pauses as a round; nothing is stored.

Only what is remembered of hosts (robots.txt answers, pauses they asked for) is read and written.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from core.ports import CrawlStore, Gate
from core.times import Clock
from core.values import CrawlBatch, Page, Source
from crawlers.forgetful import ForgetfulStore
from crawlers.hosts import delay_for, host_of
from crawlers.recognise import Recognised, recognised
from crawlers.robots import Robots
from crawlers.round import SPIDERS, run_sources, spider_for
from crawlers.spiders.base import SourceSpider
from crawlers.trip import Fetched, Reading

DEADLINE_S = 90.0


@dataclass(frozen=True, slots=True)
class RobotsSeen:
    """
    The verdict of robots.txt on an address. `status` is what robots.txt was answered with, None for nothing.

    `refusal`: why everything is refused; without it `has_rules` tells rules from a site without robots.txt.
    """

    allowed: bool
    status: int | None
    refusal: str | None
    has_rules: bool
    crawl_delay_s: float


@dataclass(frozen=True, slots=True)
class Check:
    """
    What one look saw. `robots` is None when it never came to asking; `page` when no page could be read.

    `errors` and `notes` are those of a round; `delay_s` is the pause that rounds will keep between requests.
    """

    url: str
    final_url: str | None
    status: int | None
    robots: RobotsSeen | None
    page: Recognised | None
    errors: Mapping[str, int]
    notes: tuple[str, ...]
    delay_s: float
    bytes: int = 0


def check_source(
    source: Source,
    *,
    configured: bool,
    hosts: CrawlStore,
    gate: Gate,
    clock: Clock,
    contact: str,
    names: Sequence[str] = (),
) -> Check:
    """
    Fetch the first page of a source, at most one page and its robots.txt, and say what it is.

    `hosts` remembers hosts and is not used otherwise. `configured` False: the source is only an address, and
    what it is shall be found out. Raises ConfigError for a selector that is none.
    """
    wanted = replace(source, max_pages=1, daily_pages=None, quiet_hours=None)
    kept, seen = _OnlyHosts(hosts), list[Fetched]()
    spider = _looking(spider_for(wanted, SPIDERS), seen)
    (report,) = asyncio.run(
        run_sources(
            [wanted],
            store=kept,
            gate=gate,
            clock=clock,
            contact=contact,
            deadline_s=DEADLINE_S,
            round_id="check",
            names=names,
            spiders={wanted.channel: spider},
        )
    )
    fetched = seen[0] if seen else None
    url = kept.asked or source.url or ""
    robots = _robots(hosts, fetched.url if fetched else url)
    return Check(
        url=url,
        final_url=fetched.url if fetched else None,
        status=fetched.status if fetched else kept.status,
        robots=robots,
        page=recognised(fetched, source=source, gate=gate, configured=configured) if fetched else None,
        errors=report.errors,
        notes=report.notes,
        delay_s=max(delay_for(source, url), robots.crawl_delay_s if robots else 0.0),
        bytes=len(fetched.body) if fetched else 0,
    )


def _looking(channel: type[SourceSpider], seen: list[Fetched]) -> type[SourceSpider]:
    """The channel's spider, except that it keeps the page and follows nothing."""

    class Looking(channel):  # type: ignore[misc, valid-type]
        async def read(self, page: Page, fetched: Fetched) -> Reading | None:
            seen.append(fetched)
            return Reading(self.done(page, fetched))

    return Looking


def _robots(hosts: CrawlStore, url: str) -> RobotsSeen | None:
    parts = urlsplit(url)
    kept: Any = hosts.host_memory(host_of(url)).get("robots", {})
    answer = kept.get(f"{parts.scheme}://{parts.netloc}")
    if answer is None:
        return None
    rules = Robots(answer["text"], answer["refusal"])
    has_rules = bool(rules.text and rules.text.strip())
    return RobotsSeen(rules.allows(url), answer["status"], rules.refusal, has_rules, rules.crawl_delay_s)


class _OnlyHosts(ForgetfulStore):
    """A `CrawlStore` that knows hosts and forgets pages."""

    def __init__(self, hosts: CrawlStore) -> None:
        self._hosts = hosts
        self.asked: str | None = None
        self.status: int | None = None

    def commit(self, batch: CrawlBatch) -> None:
        for page in batch.pages:
            self.asked, self.status = page.url, page.status

    def host_memory(self, host: str) -> Mapping[str, object]:
        return self._hosts.host_memory(host)

    def remember_host(self, host: str, memory: Mapping[str, object]) -> None:
        self._hosts.remember_host(host, memory)
