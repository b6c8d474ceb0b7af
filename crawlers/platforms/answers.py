"""What the readers of JSON forums share: values out of an answer that may hold anything. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from html import unescape
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit, urlunsplit

from core.times import parse_instant
from crawlers.extract.dom import parse, squeezed, text_of


def json_of(text: str) -> Any:
    """The value of a JSON text; None for anything else."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def dicts(value: Any) -> Iterator[dict[str, Any]]:
    """The objects of a list; nothing for anything else."""
    return (each for each in value if isinstance(each, dict)) if isinstance(value, list) else iter(())


def below(value: Any, *steps: str) -> Any:
    """What stands under these names, one in the other; None where it leads nowhere."""
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def count_of(value: Any) -> int | None:
    """A whole number from 0 on; None for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def name_of(value: Any) -> str | None:
    """A name or title in one line; None for none and for a word to be translated ("[[global:guest]]")."""
    text = squeezed(unescape(value)) if isinstance(value, str) else ""
    return text if text and not text.startswith("[[global:") else None


def moment_of(value: Any) -> datetime | None:
    """An instant from ISO 8601 text or from milliseconds since 1970; None for anything else."""
    try:
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0:
            return datetime.fromtimestamp(value / 1000, UTC)
        return parse_instant(value, zone=UTC) if isinstance(value, str) else None  # type: ignore[arg-type]
    except (ValueError, OverflowError, OSError):
        return None


def body_of(html: Any, *, quotes: Callable[[Any], bool] | None = None) -> str:
    """The text of a post's HTML without the quotes of others; "" for none."""
    return text_of(parse(html), skip=quotes).strip() if isinstance(html, str) and html.strip() else ""


def parameter(url: str, name: str, default: int) -> int:
    """A whole number in an address's query."""
    given = parse_qs(urlsplit(url).query).get(name, [""])[0]
    return int(given) if given.isdecimal() else default


def with_parameters(url: str, **changes: str | int) -> str:
    """The address with these parameters in its query, others left as they are."""
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name not in changes]
    query = urlencode([*kept, *((name, str(value)) for name, value in changes.items())])
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def cut(url: str, *marks: str) -> tuple[str, str]:
    """An address without query, parted before the first of these marks in its path: ("https://f.example", "/c/5")."""
    parts = urlsplit(url)
    at = min((place for mark in marks if (place := f"{parts.path}/".find(mark)) >= 0), default=len(parts.path))
    base = urlunsplit((parts.scheme, parts.netloc, parts.path[:at].rstrip("/"), "", ""))
    return base, parts.path[at:].rstrip("/")
