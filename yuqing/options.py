"""Values of options that several commands take."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from core.errors import UsageError
from core.i18n import _
from core.times import parse_instant


def instant(option: str, text: str) -> datetime:
    """The instant that was given to an option. Raises UsageError naming the option."""
    try:
        return parse_instant(text)
    except (ValueError, OverflowError):
        message = _("{option} 写的是“{seen}”，不是 ISO 8601 时间；请写 2026-11-20T08:00:00+08:00 这样的。")
        raise UsageError(message.format(option=option, seen=text)) from None


def query_text(parts: Sequence[str]) -> str:
    """The query that was given in one or several parts. Raises UsageError for a misspelt option among them."""
    for part in parts:
        if re.match(r"--[a-z]", part):
            raise UsageError(_("没有 {name} 这个选项。").format(name=part))
    return " ".join(parts)
