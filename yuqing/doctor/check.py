"""One check and how it is shown: what was looked at, what was seen, what to do."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warn", "fail"]
_MARKS: dict[State, str] = {"ok": "✓", "warn": "!", "fail": "✗"}


@dataclass(frozen=True, slots=True)
class Check:
    """`advice` says what to do; it is empty when all is well."""

    name: str
    state: State
    seen: str
    advice: str = ""


def table(checks: Iterable[Check]) -> str:
    """The checks as lines: mark, name, what was seen; the advice below it."""
    rows = list(checks)
    width = max((_columns(row.name) for row in rows), default=0)
    return "\n".join(line for row in rows for line in _lines(row, width))


def _lines(row: Check, width: int) -> list[str]:
    lead = f"{_MARKS[row.state]} {row.name}{' ' * (width - _columns(row.name))}  "
    indent = " " * (width + 4)
    seen = row.seen.splitlines() or [""]
    lines = [lead + seen[0], *(indent + line for line in seen[1:])]
    return [*lines, f"{indent}→ {row.advice}"] if row.advice else lines


def _columns(text: str) -> int:
    """How many columns of a terminal the text takes: a Han character takes two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
