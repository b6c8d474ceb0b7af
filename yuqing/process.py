"""
The entry of the radar's own child processes: `python -m yuqing.process CONFIG role NAME`, `… crawl --round R ID…`,
`… work`.

Not for people: `yuqing run`, `yuqing crawl` and whatever brings documents start these.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.errors import YuqingError
from core.i18n import set_language
from core.serial import dumps
from yuqing.config import Config, load_config
from yuqing.wiring import radar_of, system_clock


def main(arguments: list[str] | None = None) -> int:
    """Run one child process; the exit code."""
    parser = argparse.ArgumentParser("yuqing.process")
    parser.add_argument("config", type=Path)
    parser.add_argument("--parent", type=int, default=os.getppid(), help="pid of the starter; we end when it is gone")
    kinds = parser.add_subparsers(dest="what", required=True)
    role = kinds.add_parser("role")
    role.add_argument("name")
    crawl = kinds.add_parser("crawl")
    crawl.add_argument("--round", required=True)
    crawl.add_argument("--force", action="store_true")
    crawl.add_argument("sources", nargs="*")
    kinds.add_parser("work")
    asked = parser.parse_args(arguments)
    try:
        return {"role": _role, "crawl": _crawl, "work": _work}[asked.what](asked)
    except YuqingError as error:
        print(error, file=sys.stderr)
        return error.exit_code


def _configured(path: Path) -> Config:
    """The configuration, its language in force: a child writes mails as its parent speaks."""
    config = load_config(path)
    set_language(os.environ.get("YUQING_LANG", config.language))
    return config


def _role(asked: argparse.Namespace) -> int:
    from scheduler.roles import run_role

    run_role(asked.name, radar_of(_configured(asked.config)), system_clock, parent=asked.parent)
    return 0


def _crawl(asked: argparse.Namespace) -> int:
    from scheduler.crawl import crawl_here
    from scheduler.logs import log_to
    from store.engine import open_store

    _end_with(asked.parent)
    radar = radar_of(_configured(asked.config))
    log_to(radar.data_dir, "crawl")
    store = open_store(radar.store_url)
    sources = [source for source in radar.sources if source.id in asked.sources]
    crawl_here(
        radar,
        store,
        sources,
        round=asked.round,
        force=asked.force,
        clock=system_clock,
        wait_s=radar.crawl_deadline_s,
    )
    store.close()
    return 0


def _work(asked: argparse.Namespace) -> int:
    """Analyse what waits; the caller holds the worker's lock. One JSON line a batch, the sum at the end."""
    from scheduler.logs import log_to
    from scheduler.worker import Worker
    from store.engine import open_store

    def tell(event: Mapping[str, Any]) -> None:
        print(dumps(event), flush=True)

    _end_with(asked.parent)
    radar = radar_of(_configured(asked.config))
    log_to(radar.data_dir, "worker")
    store = open_store(radar.store_url)
    worker = Worker(radar, store, system_clock)
    done = worker.drain(lambda count: tell({"analysed": count}))
    store.close()
    tell({"ingested": done})
    return 0


def _end_with(parent: int) -> None:
    """A crawl whose starter was killed ends itself cleanly; its round is gone on with later."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1.0)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())
