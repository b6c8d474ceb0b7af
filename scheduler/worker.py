"""The worker: takes arrivals from the inbox, has them analysed, writes them down. One per data folder."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable

from core.times import Clock
from scheduler.ingest import Ingest, Ingested, analysed, counts_line
from scheduler.radar import Radar
from store import inbox
from store.engine import Store

log = logging.getLogger(__name__)
BATCH = 200  # a transaction of 200 documents holds the writer for well under a second
Progress = Callable[[int], None]


class Worker:
    """Analyses and ingests until the inbox is empty. Loading the analyser takes seconds and happens once."""

    def __init__(self, radar: Radar, store: Store, clock: Clock) -> None:
        from analysis.analyse import Analyser
        from analysis.topics import TopicRules

        topics = TopicRules.load(radar.topic_files) if radar.topic_files else None
        self._analyser = Analyser(radar.watch, zone=radar.zone, topics=topics, model=radar.sentiment_model)
        gc.collect()  # the dictionary that only checked the segmenter: 70 MB in a cycle
        self._ingest = Ingest(radar, store)
        self._store = store
        self._clock = clock
        with store.write() as connection:
            if count := inbox.try_again(connection):
                log.info("trying again what was set aside documents=%d", count)

    def step(self) -> Ingested | None:
        """One batch; None when nothing waits. Raises Unavailable when the store cannot be written."""
        with self._store.read() as connection:
            arrivals = inbox.waiting(connection, limit=BATCH)
        if not arrivals:
            return None
        good, bad = analysed(arrivals, self._analyser.analyse)
        if bad:
            with self._store.write() as connection:
                for arrival, reason in bad:
                    inbox.set_aside(connection, arrival.seq, reason)
        done = self._ingest.write(good, now=self._clock())
        log.info("ingested %s", counts_line(done))
        return done

    def drain(self, progress: Progress = lambda done: None) -> Ingested:
        """Batch after batch until nothing waits; the sum of what was done."""
        total = Ingested()
        while done := self.step():
            for name in ("new", "revised", "seen_again", "gone", "alerts", "backfill"):
                setattr(total, name, getattr(total, name) + getattr(done, name))
            progress(done.new + done.revised + done.seen_again + done.gone)
        return total
