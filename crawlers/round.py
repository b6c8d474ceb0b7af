"""
One round: all sources that are due, crawled side by side in this process, and a report of each.

Meant to be called in a child process: it owns the event loop, and a memory limit or a hang ends the child alone.
"""

from __future__ import annotations

import asyncio
import logging
import resource
import signal
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version

from scrapy.crawler import AsyncCrawlerRunner, Crawler
from scrapy.settings import Settings

from core.errors import ConfigError, Unavailable
from core.i18n import _
from core.ports import CrawlStore, Gate
from core.times import Clock, day_of
from core.values import RoundReport, Source
from crawlers.desk import Desk
from crawlers.hosts import Hosts, host_of
from crawlers.refusals import where
from crawlers.robots import AGENT, RobotsKeeper
from crawlers.schedule import is_quiet
from crawlers.spiders.articles import FeedSpider, ListingSpider
from crawlers.spiders.base import SourceSpider
from crawlers.spiders.forum import ForumSpider
from crawlers.spiders.tables import ApiSpider, SearchSpider
from crawlers.trip import Ending, Progress, Tally, Trip

log = logging.getLogger(__name__)

READERS = 2  # threads that parse and mask


def run_round(
    sources: Sequence[Source],
    *,
    store: CrawlStore,
    gate: Gate,
    clock: Clock,
    contact: str,
    deadline_s: float,
    round_id: str,
    force: bool = False,
    names: Sequence[str] = (),
    progress: Progress | None = None,
) -> list[RoundReport]:
    """
    Crawl these sources once, at the same time, and report on each in the order given.

    A round of a source that was cut off is taken up where it stopped. Documents reach the store only
    through `gate`. After `deadline_s` seconds nothing more is fetched. `force` passes over quiet hours,
    daily caps and validators; robots.txt, pauses and the address guard always hold. `names` fill `{name}`
    of search sources. SIGTERM and SIGINT end the round as the deadline does.

    Raises Unavailable when the store cannot even begin; a store that fails later ends the round, and the
    reports say so (`finished` is False).
    """
    return asyncio.run(
        run_sources(
            sources,
            store=store,
            gate=gate,
            clock=clock,
            contact=contact,
            deadline_s=deadline_s,
            round_id=round_id,
            force=force,
            names=names,
            progress=progress,
        )
    )


async def run_sources(
    sources: Sequence[Source],
    *,
    store: CrawlStore,
    gate: Gate,
    clock: Clock,
    contact: str,
    deadline_s: float,
    round_id: str,
    force: bool = False,
    names: Sequence[str] = (),
    progress: Progress | None = None,
    spiders: Mapping[str, type[SourceSpider]] | None = None,
) -> list[RoundReport]:
    """As `run_round`, inside an event loop; `spiders` by channel stand in for the usual ones."""
    ending = Ending()
    desk = Desk(store, on_broken=lambda _error: ending.end("store"))
    hosts = Hosts(desk, clock=clock)
    robots = RobotsKeeper(hosts, clock=clock)
    pool = ThreadPoolExecutor(max_workers=READERS, thread_name_prefix="crawl-read")
    trip = Trip(desk, hosts, robots, gate, clock, pool, ending, tuple(names), force, progress)
    ending.listen(lambda _reason: hosts.stop())
    loop = asyncio.get_running_loop()
    timer = loop.call_later(deadline_s, ending.end, "deadline")
    _end_on_signals(loop, ending)
    logging.getLogger("scrapy").setLevel(logging.WARNING)  # its notes on every crawl say nothing that a report lacks
    runner = AsyncCrawlerRunner(project_settings(contact))
    try:
        chosen = [spider_for(source, spiders or SPIDERS) for source in sources]
        rounds = [await desk.begin(source.id, round_id) for source in sources]
        crawls = [
            crawl(source, runner, trip, id, spider) for source, id, spider in zip(sources, rounds, chosen, strict=True)
        ]
        return list(await asyncio.gather(*crawls))
    finally:
        timer.cancel()
        pool.shutdown(wait=False, cancel_futures=True)
        desk.close()


async def crawl(
    source: Source, runner: AsyncCrawlerRunner, trip: Trip, round_id: str, spider: type[SourceSpider]
) -> RoundReport:
    """Crawl one source to its end and tell the store how it went."""
    started, tally = trip.clock(), Tally()
    today = day_of(started).isoformat()
    try:
        spent = await _spent(trip, source, today)
        budget = _budget(source, spent=spent, force=trip.force)
        if reason := _not_now(source, budget, now=started, force=trip.force):
            tally.note(reason)
        else:
            crawler = Crawler(spider, runner.settings)
            task = runner.crawl(crawler, source=source, trip=trip, round_id=round_id, budget=budget, tally=tally)
            await task
            if crawler.stats and crawler.stats.get_value("finish_reason") == "memusage_exceeded":
                trip.ending.end("memory")
            await _spend(trip, source, today, spent + tally.requests)
    except Exception as error:
        log.error("crawl ended with an error source=%s error=%s at=%s", source.id, *where(error))
        tally.errors["crash" if not trip.desk.broken else "store"] += 1
        if not trip.desk.broken:
            tally.note(_("爬取中断（{kind}），详见日志").format(kind=type(error).__name__))
    return await _report(source, trip, round_id, started=started, tally=tally)


async def _report(source: Source, trip: Trip, round_id: str, *, started: datetime, tally: Tally) -> RoundReport:
    reason = trip.ending.reason
    if reason:
        tally.note(STOPS[reason]())
    report = RoundReport(
        source=source.id,
        round=round_id,
        started_at=started,
        finished_at=trip.clock(),
        pages=tally.pages,
        documents=trip.desk.committed[source.id],
        not_modified=tally.not_modified,
        errors=dict(tally.errors),
        notes=tuple(tally.notes),
        finished=reason is None and "crash" not in tally.errors,
        counts=tally.counts,
    )
    if trip.desk.broken is None:
        try:
            await trip.desk.end(report)
        except Unavailable:
            log.error("round report was not stored source=%s", source.id)
    return report


STOPS = {
    "deadline": lambda: _("到达本轮时限，已停止；未取的页面下一轮继续"),
    "store": lambda: _("存储不可用，已停止爬取；未保存的页面下一轮重取"),
    "memory": lambda: _("内存用量到顶，已停止；未取的页面下一轮继续"),
    "signal": lambda: _("收到停止信号，已停止；未取的页面下一轮继续"),
}


SPIDERS: dict[str, type[SourceSpider]] = {
    spider.name: spider for spider in (FeedSpider, ListingSpider, ForumSpider, ApiSpider, SearchSpider)
}


def spider_for(source: Source, spiders: Mapping[str, type[SourceSpider]]) -> type[SourceSpider]:
    """The spider of a source's channel. Raises ConfigError for a channel that is not crawled."""
    if source.channel not in spiders:
        raise ConfigError(_("来源 {id}：渠道 {channel} 不需要爬取").format(id=source.id, channel=source.channel))
    return spiders[source.channel]


def _not_now(source: Source, budget: int, *, now: datetime, force: bool) -> str | None:
    if source.render:
        return _("render: true 要用浏览器，这个版本还不会，没有访问。请改用该网站的订阅源、接口或站点地图")
    if not force and is_quiet(source.quiet_hours, now=now):
        return _("安静时段 {hours}，本轮不访问").format(hours=source.quiet_hours)
    return _("今日页数已用完，本轮不访问") if budget <= 0 else None


def _budget(source: Source, *, spent: int, force: bool) -> int:
    if force or source.daily_pages is None:
        return source.max_pages
    return min(source.max_pages, source.daily_pages - spent)


async def _spent(trip: Trip, source: Source, today: str) -> int:
    """Pages already asked for today."""
    kept = (await trip.hosts.memory(host_of(source.url or ""))).get("spent", {}).get(source.id)
    return int(kept[1]) if kept and kept[0] == today else 0


async def _spend(trip: Trip, source: Source, today: str, pages: int) -> None:
    host = host_of(source.url or "")
    kept = dict((await trip.hosts.memory(host)).get("spent", {}))
    await trip.hosts.remember(host, spent={**kept, source.id: [today, pages]})


def _end_on_signals(loop: asyncio.AbstractEventLoop, ending: Ending) -> None:
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            with suppress(NotImplementedError):
                loop.add_signal_handler(number, ending.end, "signal")


def project_settings(contact: str) -> Settings:
    """The project's pinned settings with the User-Agent that says who we are and where to complain."""
    settings = Settings()
    settings.setmodule("crawlers.settings", priority="project")
    settings.set("USER_AGENT", user_agent(contact), priority="cmdline")
    settings.set("MEMUSAGE_LIMIT_MB", settings.getint("MEMUSAGE_LIMIT_MB") + peak_mb(), priority="cmdline")
    return settings


def peak_mb() -> int:
    """
    The most memory this process has had, in MB. What a crawl may use counts from there: Linux hands the peak
    down through fork and exec, so the child of a large process would be over any fixed limit at its start.
    """
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def user_agent(contact: str) -> str:
    """ "YuqingRadar/0.1.0 (+https://xinghe.example/radar)"."""
    try:
        number = version("yuqing-radar")
    except PackageNotFoundError:
        number = "dev"
    plain = "".join(c for c in contact if c.isascii() and c.isprintable())
    return f"{AGENT}/{number} (+{plain})" if plain else f"{AGENT}/{number}"
