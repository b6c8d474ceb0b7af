"""
What a crawl owes to a host: one request at a time, pauses between them, rest when it fails or asks for it.

Shared by all sources of a round, so two sources on one host never meet there.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from core.times import UTC, Clock, iso
from core.values import Source
from crawlers.desk import Desk
from crawlers.guard import literal_address, refuse_address
from crawlers.refusals import HostResting, Stopping

DEFAULT_DELAY_S = 2.0  # research on what sites ask for in Crawl-delay: 1 to 10 s; 2 s disturbs nobody
LEAST_DELAY_S = 0.5  # what a configuration may go down to, outside loopback
JITTER_SHARE = 0.5  # pauses vary upwards only, so the declared rate is never passed
FAILURES_TO_REST = 3
REST = timedelta(hours=1)
LONGEST_REST = timedelta(hours=24)
LAST_CHANCE_S = 5.0  # for what is being fetched when the round ends
REST_WHEN_TOO_MANY = timedelta(minutes=10)  # 429 or 503 without Retry-After


def host_of(url: str) -> str:
    """The host as manners count it: the name, with the port when it is not the scheme's own."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".").lower()
    return host if parts.port in (None, 80, 443) else f"{host}:{parts.port}"


def is_loopback(url: str) -> bool:
    """True for an address that spells loopback; a name is loopback only when it is localhost."""
    host = urlsplit(url).hostname or ""
    address = literal_address(host)
    return refuse_address(address) == "loopback" if address else host.rstrip(".").lower() == "localhost"


def delay_for(source: Source | None, url: str) -> float:
    """Seconds between two requests to this host, before Crawl-delay. 0 is possible on loopback only."""
    delay = DEFAULT_DELAY_S if source is None or source.delay_s is None else source.delay_s
    return delay if is_loopback(url) else max(delay, LEAST_DELAY_S)


def retry_after(text: str | None, *, now: datetime) -> timedelta | None:
    """The pause that a Retry-After header asks for, seconds or a date; None when it says nothing readable."""
    if not text:
        return None
    if text.strip().isdecimal():
        return min(timedelta(seconds=int(text.strip()[:9])), LONGEST_REST)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(moment - now, timedelta(0)), LONGEST_REST)


@dataclass
class _Host:
    memory: dict[str, Any]
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0  # the loop's clock
    crawl_delay_s: float = 0.0
    requests: int = 0


class Hosts:
    """Turns, pauses and rests by host, with what the store remembers of each."""

    def __init__(self, desk: Desk, *, clock: Clock) -> None:
        self._desk = desk
        self._clock = clock
        self._hosts: dict[str, _Host] = {}
        self._loading = asyncio.Lock()
        self._stop = asyncio.Event()
        self._fetches: set[asyncio.Timeout] = set()

    def stop(self) -> None:
        """Nobody gets a turn from now on: who waits is sent away with `Stopping`, who fetches has seconds left."""
        self._stop.set()
        for fetch in self._fetches:
            fetch.reschedule(asyncio.get_running_loop().time() + LAST_CHANCE_S)

    async def _host(self, host: str) -> _Host:
        if host not in self._hosts:
            async with self._loading:
                if host not in self._hosts:
                    self._hosts[host] = _Host(dict(await self._desk.host_memory(host)))
        return self._hosts[host]

    async def memory(self, host: str) -> Mapping[str, Any]:
        """What is remembered of a host."""
        return (await self._host(host)).memory

    async def remember(self, host: str, **facts: Any) -> None:
        """Remember facts (JSON values) of a host across rounds."""
        state = await self._host(host)
        state.memory.update(facts)
        await self._desk.remember_host(host, dict(state.memory))

    async def obey_crawl_delay(self, host: str, seconds: float) -> None:
        """Pause at least this long between requests from now on."""
        (await self._host(host)).crawl_delay_s = seconds

    async def resting_until(self, host: str) -> datetime | None:
        """Until when the host is to be left alone; None when it may be asked."""
        until = (await self._host(host)).memory.get("rest_until")
        moment = datetime.fromisoformat(str(until)) if until else None
        return moment if moment and moment > self._clock() else None

    @asynccontextmanager
    async def turn(self, host: str, delay_s: float) -> AsyncIterator[None]:
        """Wait until it is our turn at the host, and hold it. Raises Stopping or HostResting."""
        state = await self._host(host)
        async with state.lock:
            if until := await self.resting_until(host):
                raise HostResting(f"until {iso(until)}")
            await self._pause(state, max(delay_s, state.crawl_delay_s))
            state.requests += 1
            try:
                async with self._until_stopped():
                    yield
            finally:
                state.free_at = asyncio.get_running_loop().time()

    @asynccontextmanager
    async def _until_stopped(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(None) as fetch:
                self._fetches.add(fetch)
                try:
                    yield
                finally:
                    self._fetches.discard(fetch)
        except TimeoutError as error:
            raise Stopping("round ends") from error

    async def _pause(self, state: _Host, delay_s: float) -> None:
        wait = 0.0
        if state.requests and delay_s:
            jittered = delay_s * (1 + random.uniform(0, JITTER_SHARE))
            wait = state.free_at + jittered - asyncio.get_running_loop().time()
        if wait > 0 and not self._stop.is_set():
            try:
                await asyncio.wait_for(self._stop.wait(), wait)
            except TimeoutError:
                return
        if self._stop.is_set():
            raise Stopping("round ends")

    async def went_well(self, host: str) -> None:
        """A request was answered: failures in a row are forgotten."""
        state = await self._host(host)
        if state.memory.pop("failures", None):
            await self._desk.remember_host(host, dict(state.memory))

    async def failed(self, host: str) -> None:
        """A request was not answered or with 5xx; the third in a row closes the host for an hour."""
        state = await self._host(host)
        failures = int(state.memory.get("failures", 0)) + 1
        if failures >= FAILURES_TO_REST:
            await self.rest(host, REST)
        else:
            await self.remember(host, failures=failures)

    async def asked_to_wait(self, host: str, retry_after_header: bytes | None) -> None:
        """The host answered 429 or 503: leave it alone as long as it says."""
        text = retry_after_header.decode("latin-1") if retry_after_header else None
        pause = retry_after(text, now=self._clock())
        await self.rest(host, REST_WHEN_TOO_MANY if pause is None else pause)

    async def rest(self, host: str, pause: timedelta) -> None:
        """Leave the host alone for a while."""
        await self.remember(host, rest_until=iso(self._clock() + pause), failures=0)
