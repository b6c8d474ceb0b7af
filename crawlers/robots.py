"""
robots.txt as RFC 9309 means it, and a little stricter.

| answer | means |
| 2xx | its rules |
| 401, 403, 429 | no (ours: who locks the door means it) |
| other 4xx | everything is allowed |
| 5xx, other | no |
| no answer, too many redirects | no |
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler

from core.identity import raw_hash
from core.times import Clock, iso
from crawlers.guard import refuse_url
from crawlers.hosts import Hosts, host_of
from crawlers.refusals import AddressRefused, HostResting, RobotsRefused, Stopping, kind_of

AGENT = "YuqingRadar"
KEEP_RULES = timedelta(hours=24)  # RFC 9309 2.4
KEEP_FAILURE = timedelta(hours=1)  # a site that was down may be asked again sooner
MOST_BYTES = 512 * 1024  # RFC 9309 2.5 asks for at least 500 KiB
LONGEST_CRAWL_DELAY_S = 3600.0


@dataclass(frozen=True, slots=True)
class Robots:
    """
    What one origin answered: rules as `text`, or `refusal` such as "http 503" or "timeout" when nothing is
    allowed; both None when everything is.
    """

    text: str | None
    refusal: str | None

    def allows(self, url: str) -> bool:
        """True when the rules let us fetch this address."""
        if self.refusal:
            return False
        return self.text is None or bool(_parsed(self.text).can_fetch(url, AGENT))

    @property
    def crawl_delay_s(self) -> float:
        """The pause that the rules ask for; 0 when they ask for none."""
        delay = _parsed(self.text).crawl_delay(AGENT) if self.text else None
        return min(float(delay or 0), LONGEST_CRAWL_DELAY_S)


@lru_cache(maxsize=256)
def _parsed(text: str) -> Protego:
    return Protego.parse(text)


def robots_of(status: int, body: bytes = b"") -> Robots:
    """What an answer means."""
    if 200 <= status < 300:
        return Robots(body[:MOST_BYTES].decode("utf-8-sig", "replace"), None)
    if 400 <= status < 500 and status not in (401, 403, 429):
        return Robots(None, None)
    return Robots(None, f"http {status}")


Fetch = Callable[[str], Awaitable[tuple[int, bytes]]]
"""Asks for one address: status and body. Raises when no answer came."""


class RobotsKeeper:
    """The answers of all origins of a round, asked once and remembered in the store for a day."""

    def __init__(self, hosts: Hosts, *, clock: Clock) -> None:
        self._hosts = hosts
        self._clock = clock
        self._known: dict[str, Robots] = {}
        self._asking: dict[str, asyncio.Lock] = {}

    async def robots(self, origin: str, fetch: Fetch) -> Robots:
        """What this origin ("https://news.example") said, from memory or by `fetch`."""
        async with self._asking.setdefault(origin, asyncio.Lock()):
            if origin not in self._known:
                robots = await self._remembered(origin) or await self._ask(origin, fetch)
                self._known[origin] = robots
                await self._hosts.obey_crawl_delay(host_of(origin), robots.crawl_delay_s)
        return self._known[origin]

    async def _remembered(self, origin: str) -> Robots | None:
        kept = (await self._hosts.memory(host_of(origin))).get("robots", {}).get(origin)
        if not kept:
            return None
        robots = Robots(kept["text"], kept["refusal"])
        age = self._clock() - datetime.fromisoformat(kept["at"])
        return robots if timedelta(0) <= age < (KEEP_FAILURE if robots.refusal else KEEP_RULES) else None

    async def _ask(self, origin: str, fetch: Fetch) -> Robots:
        host, status, body = host_of(origin), None, b""
        try:
            status, body = await fetch(f"{origin}/robots.txt")
            robots = robots_of(status, body)
        except (AddressRefused, HostResting, Stopping):
            raise  # says nothing about robots.txt
        except Exception as error:
            robots = Robots(None, kind_of(error))
        if status is None or status >= 500:
            await self._hosts.failed(host)
        answer = {"at": iso(self._clock()), "status": status, "hash": raw_hash(body)}
        kept = dict((await self._hosts.memory(host)).get("robots", {}))
        kept[origin] = {**answer, "text": robots.text, "refusal": robots.refusal}
        await self._hosts.remember(host, robots=kept)
        return robots


class RobotsMiddleware:
    """Asks each origin's robots.txt before the first page of it, once a day, and obeys."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        """Scrapy's constructor."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let the request pass, or raise RobotsRefused, AddressRefused, HostResting or Stopping."""
        spider: Any = self._crawler.spider
        keeper: RobotsKeeper | None = getattr(spider, "robots", None)
        if keeper is None or request.meta.get("robots"):
            return
        reason = refuse_url(request.url, allow_private=spider.source.allow_private)
        if reason:
            raise AddressRefused(reason)
        robots = await keeper.robots(_origin(request.url), self._fetch)
        if not robots.allows(request.url):
            raise RobotsRefused(robots.refusal or "disallowed", passing=robots.refusal is not None)

    async def _fetch(self, url: str) -> tuple[int, bytes]:
        response = await self._crawler.engine.download_async(Request(url, meta={"robots": True}))
        return response.status, response.body


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
