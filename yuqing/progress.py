"""How far a long command is: one line that moves on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TextIO

from core.i18n import _

TERMINAL_S = 0.1
PLAIN_S = 5.0


class Counter:
    """
    Counts by stage on standard error. `with Counter() as counter: counter.add("crawl", 1)`.

    Nothing is printed for work that ends within the first interval of a plain stream.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._terminal = self._stream.isatty()
        self._counts: dict[str, int] = {}
        self._shown_at = time.monotonic()
        self._width = 0

    def __enter__(self) -> Counter:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._terminal and self._width:
            self._stream.write("\r" + " " * self._width + "\r")
            self._stream.flush()

    def add(self, stage: str, count: int = 1) -> None:
        """Count on, and show it when the last time is long enough ago."""
        self._counts[stage] = self._counts.get(stage, 0) + count
        now = time.monotonic()
        if now - self._shown_at >= (TERMINAL_S if self._terminal else PLAIN_S):
            self._shown_at = now
            self._show()

    def _show(self) -> None:
        words = {
            "crawl": _("抓取"),
            "import": _("导入"),
            "analyse": _("研判"),
            "index": _("索引"),
            "send": _("发送"),
            "export": _("导出"),
        }
        line = "  ".join(f"{words.get(stage, stage)} {count}" for stage, count in self._counts.items())
        if self._terminal:
            self._stream.write("\r" + line.ljust(self._width))
            self._width = max(self._width, len(line) * 2)
        else:
            self._stream.write(line + "\n")
        self._stream.flush()
