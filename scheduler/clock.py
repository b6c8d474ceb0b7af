"""APScheduler wakes us, and nothing more: its jobs live in memory, what is due is decided from rows."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler

from core.errors import YuqingError
from core.i18n import _
from core.times import Clock, day_of
from core.values import RoundReport, Source
from scheduler import brief
from scheduler.crawl import CrawlChild
from scheduler.due import DueBrief, due_briefs, due_sources, is_open
from scheduler.imports import import_folder
from scheduler.ingest import get_known
from scheduler.pace import ROUNDS_WEIGHED, interval_of
from scheduler.radar import Radar
from store import slots
from store.alerts import listening_since
from store.crawl import last_rounds, recent_rounds
from store.engine import Store

log = logging.getLogger(__name__)
CRAWL_TICK_S = 5
BRIEF_TICK_S = 10
IMPORT_TICK_S = 15
RESUME_PAUSE = timedelta(minutes=1)  # a source that kills its child must not spin


class Jobs:
    """What the clock's ticks do. Each may be run at any time, by hand too: rows say what is left to do."""

    def __init__(self, radar: Radar, store: Store, clock: Clock) -> None:
        self._radar = radar
        self._store = store
        self._clock = clock
        self._child = CrawlChild(radar, clock)
        self._tried: dict[str, datetime] = {}

    def crawl(self) -> None:
        """Crawl all due sources in one child."""
        now = self._clock()
        with self._store.read() as connection:
            last = last_rounds(connection)
            intervals = {
                source.id: interval_of(source, recent_rounds(connection, source.id, limit=ROUNDS_WEIGHED))
                for source in self._radar.sources
                if source.every_max
            }
        due = due_sources(self._radar.sources, last, now, intervals=intervals, zone=self._radar.zone)
        due = [source for source in due if not self._just_failed(source, last.get(source.id), now)]
        due = [source for source in due if self._claim(f"crawl:{source.id}", now)]
        if not due:
            return
        self._tried |= dict.fromkeys((source.id for source in due), now)
        for report in self._child.run(due):
            log.info("crawled source=%s pages=%d documents=%d", report.source, report.pages, report.documents)

    def imports(self) -> None:
        """Import new files of every source that has a folder."""
        for source in self._radar.sources:
            if source.channel == "import" and source.folder:
                import_folder(self._radar, self._store, source, base=self._radar.base_dir, clock=self._clock)

    def briefs(self) -> None:
        """Make and post every brief that is due."""
        plan = self._radar.brief
        if plan is None:
            return
        now = self._clock()
        since, have = self._listening_since(now), self._have(now)
        for due in due_briefs(plan, now=now, zone=self._radar.zone, since=since, have=have):
            message = brief.publish(
                self._radar, self._store, due.day, to=plan.to, now=self._clock(), late=late_reason(due)
            )
            log.info("brief posted key=%s", message.key)

    def stop(self) -> None:
        """End a crawl that is under way."""
        self._child.stop()

    def _just_failed(self, source: Source, last: RoundReport | None, now: datetime) -> bool:
        """True for a source whose round we started a moment ago and which did not come to its end."""
        started = self._tried.get(source.id)
        unended = last is None or is_open(last)
        return unended and started is not None and abs(now - started) < min(RESUME_PAUSE, source.every)

    def _claim(self, job: str, now: datetime) -> bool:
        owner = f"{socket.gethostname()}:{os.getpid()}"
        with self._store.write() as connection:
            return slots.claim(connection, job, now.strftime("%Y-%m-%dT%H:%M:%SZ"), owner=owner, now=now)

    def _listening_since(self, now: datetime) -> date:
        with self._store.write() as connection:
            get_known(connection, self._radar, now)
            since = listening_since(connection) or now
        return day_of(since, zone=self._radar.zone)

    def _have(self, now: datetime) -> set[date]:
        today = day_of(now, zone=self._radar.zone)
        days = [today - timedelta(days=back) for back in range(12)]
        with self._store.read() as connection:
            return {day for day in days if slots.brief_of(connection, self._radar.company, day)}


def late_reason(due: DueBrief) -> str | None:
    """Why a brief comes late, for its readers."""
    if due.late_by is None:
        return None
    hours, minutes = divmod(int(due.late_by.total_seconds()) // 60, 60)
    return _("舆情雷达在预定时间没有运行，晚了 {h} 小时 {m} 分").format(h=hours, m=minutes)


def _told(job: Callable[[], None]) -> Callable[[], None]:
    """The job with what went wrong in the log: it is tried again at its next tick."""

    def tick() -> None:
        try:
            job()
        except YuqingError as error:
            log.error("%s put off reason=%s", job.__name__, error)
        except Exception:
            log.exception("%s failed", job.__name__)

    return tick


def run_clock(radar: Radar, store: Store, clock: Clock, stop: threading.Event) -> None:
    """Wake the jobs until told to stop. One at a time of each job; a wake-up that was missed is simply the next one."""
    jobs = Jobs(radar, store, clock)
    scheduler = BackgroundScheduler(
        timezone=radar.zone,
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},  # the default, 1 s, drops runs
    )
    for job, seconds in ((jobs.crawl, CRAWL_TICK_S), (jobs.briefs, BRIEF_TICK_S), (jobs.imports, IMPORT_TICK_S)):
        first = datetime.now(radar.zone) + timedelta(seconds=0.5)
        scheduler.add_job(_told(job), "interval", seconds=seconds, id=job.__name__, next_run_time=first)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    scheduler.start()
    stop.wait()
    jobs.stop()
    scheduler.shutdown(wait=True)
