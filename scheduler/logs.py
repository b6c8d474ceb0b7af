"""Log files that rotate: fixed message, then fields. No document's text and no person's data is ever logged."""

from __future__ import annotations

import logging
import os
import re
import sys
import time
from logging.handlers import RotatingFileHandler
from pathlib import Path

FILE_BYTES = 5_000_000
FILES_KEPT = 5
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\x1b]")
MESSAGE_LIMIT = 2000


class OneLine(logging.Formatter):
    """UTC time, level, process, logger and message on one line; control characters shown, not obeyed."""

    converter = staticmethod(time.gmtime)

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line of at most about 2,000 characters."""
        line = super().format(record)
        return _CONTROL.sub(lambda found: repr(found.group())[1:-1], line)[:MESSAGE_LIMIT]


def log_to(data_dir: Path, role: str, *, echo: bool = False) -> None:
    """Send this process's log to `data_dir/logs/ROLE.log`, and to standard error as well with `echo`."""
    root = logging.getLogger()
    root.setLevel(os.environ.get("YUQING_LOG_LEVEL", "INFO").upper())
    formatter = OneLine("%(asctime)sZ %(levelname)s %(process)d %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S")
    folder = data_dir / "logs"
    handlers: list[logging.Handler] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handlers.append(
            RotatingFileHandler(folder / f"{role}.log", maxBytes=FILE_BYTES, backupCount=FILES_KEPT, encoding="utf-8")
        )
    except OSError:
        echo = True  # a full disk must not silence the log
    if echo:
        handlers.append(logging.StreamHandler(sys.stderr))
    for handler in handlers:
        handler.setFormatter(formatter)
    root.handlers = handlers
    logging.raiseExceptions = False
