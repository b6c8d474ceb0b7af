"""
Lines in, lines out: what every filter shares.

A bad line is one message with its number on standard error; the others go on, and the filter ends with 4.
Output keeps the order of the input and is flushed line by line, so that filters can stand in a pipe.
"""

from __future__ import annotations

import json
import os
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO, TypeVar

from core.errors import PartialError, UsageError
from core.i18n import _

A = TypeVar("A")
T = TypeVar("T")

LONGEST_LINE_BYTES = 64 * 2**20
"""A line beyond it is refused before it fills the memory."""

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class BadLine(UsageError):
    """One line of the input cannot be used; the text says why."""


class Filter:
    """Reads lines, counts the bad ones, writes results."""

    def __init__(self, source: BinaryIO, sink: BinaryIO | None = None) -> None:
        """`sink` is standard output when absent."""
        self.bad = 0
        self._source = source
        self._sink = sink or sys.stdout.buffer

    def run(self, work: Callable[[bytes], Iterable[str]]) -> None:
        """Write what `work` makes of each line. Raises PartialError at the end when a line was bad."""
        for number, line in self.lines():
            for text in self.tried(_("第 {n} 行").format(n=number), work, line) or ():
                self.write(text)
        self.finish()

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """The lines that are not blank, without their end, numbered from 1."""
        number = 0
        while line := self._source.readline(LONGEST_LINE_BYTES + 1):
            number += 1
            if len(line) > LONGEST_LINE_BYTES:
                self._skip_rest(line)
                self.complain(_("第 {n} 行").format(n=number), _("超过 {n} MB").format(n=LONGEST_LINE_BYTES // 2**20))
                continue
            line = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
            if line.strip():
                yield number, line.rstrip(b"\r\n")

    def _skip_rest(self, line: bytes) -> None:
        while line and not line.endswith(b"\n"):
            line = self._source.readline(LONGEST_LINE_BYTES)

    def tried(self, what: str, work: Callable[[A], Iterable[T]], given: A) -> list[T] | None:
        """All that `work` makes of what is given; None, and `what` named on standard error, when it cannot."""
        try:
            return list(work(given))
        except UsageError as error:
            self.complain(what, str(error))
        except RecursionError:
            self.complain(what, _("套得太深"))
        except Exception as error:  # one text that we stumble over must not cost the others
            if os.environ.get("YUQING_DEBUG") == "1":
                traceback.print_exc()
            self.complain(what, _("处理不了（{kind}），这是本程序的缺陷").format(kind=type(error).__name__))
        return None

    def complain(self, what: str, why: str) -> None:
        """Name one bad thing on standard error."""
        self.bad += 1
        print(_("{what}：{why}").format(what=what, why=why), file=sys.stderr, flush=True)

    def write(self, text: str) -> None:
        """One line of output, on its way at once."""
        self._sink.write(text.encode("utf-8", "backslashreplace") + b"\n")
        self._sink.flush()

    def finish(self) -> None:
        """Raises PartialError when something was bad."""
        if self.bad:
            raise PartialError(_("{n} 处有误，已跳过；其余都做了。").format(n=self.bad))


def decoded(line: bytes) -> str:
    """The text of a line. Raises BadLine when it is not UTF-8."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadLine(_("第 {n} 个字节起不是 UTF-8").format(n=error.start + 1)) from None


def json_object(line: bytes) -> dict[str, Any]:
    """The JSON object of a line; half characters become U+FFFD. Raises BadLine."""
    text = decoded(line)
    try:
        value = json.loads(text, parse_constant=_no_number)
    except ValueError as error:
        raise BadLine(_("不是 JSON（{seen}）").format(seen=error)) from None
    if not isinstance(value, dict):
        raise BadLine(_('应是一个 JSON 对象，如 {{"id": "d1", "body": "…"}}').format())
    return whole(value) if "\\u" in text else value


def _no_number(name: str) -> float:
    raise ValueError(name)


def whole(value: Any) -> Any:
    """The value with every lone surrogate replaced by U+FFFD: it has no UTF-8 form; lengths stay."""
    if isinstance(value, str):
        return _LONE_SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [whole(item) for item in value]
    if isinstance(value, dict):
        return {whole(key): whole(item) for key, item in value.items()}
    return value
