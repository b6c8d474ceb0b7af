"""One round in a child process: hard time limit, crash isolation, one round at a time per data folder."""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import IO, Any

from core.errors import Unavailable
from core.i18n import _
from core.serial import build, dumps
from core.times import Clock
from core.values import RoundReport, Source
from scheduler.ingest import get_known
from scheduler.leads import queue_leads
from scheduler.locks import lock
from scheduler.radar import Radar
from store.crawl import StoredCrawl
from store.engine import Store

log = logging.getLogger(__name__)
TERMINATE_S = 15.0  # a spider that is asked to stop commits what it has
Progress = Callable[[Mapping[str, Any]], None]


def round_id(now: datetime) -> str:
    """The name of a round that begins now."""
    return now.strftime("%Y%m%dT%H%M%S.%fZ")


def check_room(radar: Radar) -> None:
    """Raises Unavailable when the disk has less free room than the floor: crawling pauses, nothing is lost."""
    free_mb = shutil.disk_usage(radar.data_dir).free // 10**6
    if free_mb < radar.free_floor_mb:
        message = _("磁盘只剩 {free} MB（低于 free_space_floor: {floor}MB），暂停抓取和导入。腾出空间后自动继续。")
        raise Unavailable(message.format(free=free_mb, floor=radar.free_floor_mb))


class CrawlChild:
    """Starts crawl children for a radar and reads what they report."""

    def __init__(self, radar: Radar, clock: Clock) -> None:
        self._radar = radar
        self._clock = clock
        self._process: subprocess.Popen[str] | None = None

    def run(
        self, sources: Sequence[Source], *, force: bool = False, progress: Progress = lambda _event: None
    ) -> list[RoundReport]:
        """
        Crawl these sources in one child and wait for it.

        Its reports are returned for people; what counts is in the store already. Raises Unavailable when
        there is no room on the disk, or when the child ended without a report for any source.
        """
        check_room(self._radar)
        arguments = [*self._radar.child, "--parent", str(os.getpid()), "crawl", "--round", round_id(self._clock())]
        arguments += ["--force"] if force else []
        self._process = subprocess.Popen(
            [*arguments, *(source.id for source in sources)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
        watchdog = threading.Timer(self._radar.crawl_deadline_s + TERMINATE_S, self.stop)
        watchdog.start()
        try:
            assert self._process.stdout is not None
            reports = _read(self._process.stdout, progress)
            status = self._process.wait()
        finally:
            watchdog.cancel()
            self.stop()
        if not reports and sources:
            raise Unavailable(_("抓取进程结束而没有报告（状态 {status}）。详见 logs/crawl.log。").format(status=status))
        return reports

    def stop(self) -> None:
        """Ask the child to stop, then end it."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(TERMINATE_S)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def _read(stream: IO[str], progress: Progress) -> list[RoundReport]:
    reports = []
    for line in stream:
        with suppress(json.JSONDecodeError):
            event = json.loads(line)
            if "report" in event:
                reports.append(build(RoundReport, event["report"]))
            progress(event)
    return reports


def crawl_here(
    radar: Radar, store: Store, sources: Sequence[Source], *, round: str, force: bool, clock: Clock, wait_s: float
) -> list[RoundReport]:
    """
    The child's own work: crawl in this process, holding the crawl lock; one JSON line an event on standard output.

    A round that was broken off is gone on with under its old name.
    """
    from analysis.gate import gate
    from crawlers.round import run_round

    def tell(event: Mapping[str, Any]) -> None:
        with suppress(BrokenPipeError):  # whoever started us is gone; the store has what counts
            sys.stdout.write(dumps(event) + "\n")
            sys.stdout.flush()

    with lock(radar.data_dir, "crawl", wait_s=wait_s):
        with store.write() as connection:
            get_known(connection, radar, clock())
        queue_leads(radar, store, sources, now=clock())
        reports = run_round(
            sources,
            store=StoredCrawl(store, clock),
            gate=gate(radar.key, hotlines=radar.watch.hotlines, persons=persons(radar)),
            clock=clock,
            contact=radar.contact,
            deadline_s=radar.crawl_deadline_s,
            round_id=round,
            force=force,
            names=[company.name for company in radar.watch.companies],
            progress=lambda source, pages, documents: tell({"source": source, "pages": pages, "documents": documents}),
        )
    for report in reports:
        tell({"report": report})
    return reports


def persons(radar: Radar) -> tuple[str, ...]:
    """The public persons of the watch, whose names are never masked."""
    return tuple(name for company in radar.watch.companies for name in company.aliases.get("person", ()))
