"""Texts from outside, made safe to show on one line of a mail, a terminal or a page. Pure; escaping is the edge's."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

# Cc: line breaks and terminal escapes; Cf: bidi overrides and zero-width marks, which let a title lie; Zl, Zp: breaks
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_JOINER = "\u200d"  # holds a family emoji together


def one_line(text: str | None, limit: int | None = None) -> str:
    """
    The text on one line: breaks, control and direction characters become blanks, blanks are folded.

    With `limit` the result has at most that many characters, the last an ellipsis when something was cut.
    None gives "".
    """
    seen = "".join(" " if c != _JOINER and unicodedata.category(c) in _UNSEEN else c for c in text or "")
    folded = " ".join(seen.split())
    if limit is None or len(folded) <= limit:
        return folded
    return folded[: limit - 1].rstrip() + "…"


def heading(title: str | None, text: str | None, limit: int = 60) -> str:
    """What a document is called in a list: its title, or else how its text begins. Safe for a terminal."""
    return one_line(title, limit) or one_line(text, limit)


def web_link(url: str | None, *, limit: int = 2000) -> str | None:
    """
    The address when it may stand in a link: http or https, a host, nobody's name in front of it; else None.

    `https://bank.example@evil.example` is refused: it shows one host and opens another.
    """
    if not url or len(url) > limit or re.search(r"[\s\x00-\x1f\x7f\\]", url):
        return None
    try:
        parts = urlsplit(url)
        return url if parts.scheme.lower() in ("http", "https") and parts.hostname and "@" not in parts.netloc else None
    except ValueError:  # a bracket without its partner, a port that is no number
        return None


def local_time(moment: datetime | None, *, zone: ZoneInfo) -> str:
    """An aware instant as people in the zone read it, "2026-11-20 08:30"; None gives ""."""
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M") if moment else ""
