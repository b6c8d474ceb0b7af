"""`yuqing run`: keeps one process per role alive, and ends them all cleanly."""

from __future__ import annotations

import logging
import os
import subprocess
import time
from collections.abc import Callable

from scheduler.locks import lock
from scheduler.logs import log_to
from scheduler.radar import Radar
from scheduler.roles import ROLES, stop_event

log = logging.getLogger(__name__)
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0
STEADY_S = 30.0  # a process that lived this long was well
STOP_S = 20.0
Echo = Callable[[str], None]


def restart_pause_s(failures: int) -> float:
    """How long to wait before the next start after this many quick deaths in a row."""
    return min(FIRST_PAUSE_S * 2 ** max(0, failures - 1), LONGEST_PAUSE_S)


class Child:
    """One role's process, started again when it dies."""

    def __init__(self, role: str, command: list[str]) -> None:
        self.role = role
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._failures = 0
        self._not_before = 0.0

    def tend(self) -> str | None:
        """Start the process when it is not there. Returns what happened, for people; None when all is well."""
        now = time.monotonic()
        if self._process is None:
            if now >= self._not_before:
                self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, start_new_session=True)
                self._started = now
            return None
        status = self._process.poll()
        if status is None:
            return None
        self._failures = 0 if now - self._started > STEADY_S else self._failures + 1
        self._not_before = now + restart_pause_s(self._failures)
        self._process = None
        return f"role={self.role} ended status={status}, started again in {restart_pause_s(self._failures):.0f} s"

    def ask_to_stop(self) -> None:
        """SIGTERM, if it runs."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def wait(self, until: float) -> None:
        """Wait for its end until a monotonic time, then kill it."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.error("role=%s did not stop, killed", self.role)
            self._process.kill()
            self._process.wait()


def supervise(radar: Radar, *, echo: Echo, started: Callable[[], None] = lambda: None) -> None:
    """
    Run all roles until SIGTERM or SIGINT. Raises Held when this data folder has a supervisor already.

    `started` is called once the data folder is ours.
    """
    log_to(radar.data_dir, "run")
    with lock(radar.data_dir, "run", what="yuqing run"):
        started()
        stop = stop_event()  # outlives the shell that started it
        children = [Child(role, [*radar.child, "--parent", str(os.getpid()), "role", role]) for role in ROLES]
        log.info("supervisor started")
        while not stop.is_set():
            for child in children:
                if happened := child.tend():
                    log.warning("%s", happened)
                    echo(happened)
            stop.wait(0.5)
        for child in children:
            child.ask_to_stop()
        until = time.monotonic() + STOP_S
        for child in children:
            child.wait(until)
        log.info("supervisor stopped")
