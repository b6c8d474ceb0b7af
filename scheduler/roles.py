"""The processes of a running radar: each is a loop around one step that is safe to repeat and to kill."""

from __future__ import annotations

import gc
import logging
import os
import signal
import threading
from collections.abc import Callable
from types import FrameType

from core.errors import Unavailable
from core.times import Clock
from scheduler.indexer import Indexer, writing_index
from scheduler.locks import lock
from scheduler.logs import log_to
from scheduler.radar import Radar
from scheduler.sender import Sender
from scheduler.worker import Worker
from store.engine import Store, open_store

log = logging.getLogger(__name__)
ROLES = ("clock", "worker", "indexer", "sender")
IDLE_S = 0.2  # how long a new row waits at most; the query that looks costs 0.1 ms
PAUSE_S = 5.0  # after something outside failed
Step = Callable[[], object]


def run_role(role: str, radar: Radar, clock: Clock, *, parent: int) -> None:
    """
    Run one role until SIGTERM, SIGINT or the end of the process that started it. Raises Held when it runs already.

    `parent` is told by the starter: one that died before we looked would never be missed.
    """
    log_to(radar.data_dir, role)
    stop = stop_event(parent=parent)
    store = open_store(radar.store_url)
    with lock(radar.data_dir, role):
        log.info("started role=%s", role)
        _BODIES[role](radar, store, clock, stop)
        log.info("stopped role=%s", role)
    store.close()


def stop_event(*, parent: int | None = None) -> threading.Event:
    """An event that is set by SIGTERM, SIGINT, or when the process `parent` is not our parent any more."""
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    if parent is not None:
        threading.Thread(target=_watch_parent, args=(parent, stop), daemon=True).start()
    return stop


def _watch_parent(parent: int, stop: threading.Event) -> None:
    while os.getppid() == parent:
        if stop.wait(1.0):
            return
    log.warning("the supervisor is gone, stopping")
    stop.set()


def loop(step: Step, stop: threading.Event) -> None:
    """Step until told to stop: at once again while there is work, after a pause when something outside failed."""
    while not stop.is_set():
        try:
            busy = step()
        except Unavailable as error:
            log.error("paused reason=%s", error)
            stop.wait(PAUSE_S)
            continue
        if not busy:
            stop.wait(IDLE_S)


def _worker(radar: Radar, store: Store, clock: Clock, stop: threading.Event) -> None:
    worker = Worker(radar, store, clock)
    gc.freeze()  # dictionaries and models stay: looking through them for garbage costs 0.5 ms a document
    loop(worker.step, stop)


def _indexer(radar: Radar, store: Store, clock: Clock, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            with writing_index(radar.index, data_dir=radar.data_dir, zone=radar.zone) as index:
                _step_until_broken(Indexer(radar, store, index, clock), stop)
        except Unavailable as error:
            log.error("index unavailable reason=%s", error)
            stop.wait(PAUSE_S)


def _step_until_broken(indexer: Indexer, stop: threading.Event) -> None:
    """An index whose folder was taken away is opened again from the start."""
    while not stop.is_set():
        try:
            busy = indexer.step()
        except Unavailable as error:
            log.error("index unavailable reason=%s", error)
            stop.wait(PAUSE_S)
            return
        if not busy:
            stop.wait(IDLE_S)


def _sender(radar: Radar, store: Store, clock: Clock, stop: threading.Event) -> None:
    if radar.mail is None:
        log.warning("no mail server is configured: messages wait in the outbox")
        stop.wait()
        return
    sender = Sender(store, radar.mail, clock)
    sender.recover()
    loop(sender.step, stop)


def _clock(radar: Radar, store: Store, clock: Clock, stop: threading.Event) -> None:
    from scheduler.clock import run_clock

    run_clock(radar, store, clock, stop)


_BODIES: dict[str, Callable[[Radar, Store, Clock, threading.Event], None]] = {
    "clock": _clock,
    "worker": _worker,
    "indexer": _indexer,
    "sender": _sender,
}
