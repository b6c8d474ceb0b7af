"""Careful looks into plain values as they were written: what is not of the kind asked for is absent."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from yuqing.configuration.lines import Loc

Found = Iterator[tuple[Loc, str]]
"""Mistakes with the place where they stand."""


def mapping_at(value: Any, key: str) -> Mapping[str, Any]:
    inner = value.get(key) if isinstance(value, Mapping) else None
    return inner if isinstance(inner, Mapping) else {}


def text_at(value: Mapping[str, Any], key: str) -> str:
    inner = value.get(key)
    return inner if isinstance(inner, str) else ""


def is_on(value: Mapping[str, Any], key: str) -> bool:
    """True when the text at the key means yes."""
    return text_at(value, key).lower() in ("true", "yes", "on", "1")


def items_at(value: Any, loc: Loc) -> Iterator[tuple[Loc, Mapping[str, Any]]]:
    items = value.get(loc[-1]) if isinstance(value, Mapping) else None
    for index, item in enumerate(items if isinstance(items, list) else []):
        if isinstance(item, Mapping):
            yield (*loc, index), item


def texts_at(value: Mapping[str, Any], key: str) -> list[str]:
    inner = value.get(key)
    return [each for each in (inner if isinstance(inner, list) else [inner]) if isinstance(each, str)]


def number_at(source: Mapping[str, Any], key: str) -> float | None:
    try:
        return float(source[key])
    except (KeyError, TypeError, ValueError):
        return None


def reach_of(url: str) -> str:
    """Where an address written in the file leads: "loopback", "private" or "public". Names are not resolved."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return "public"
    if host == "localhost" or host.endswith(".localhost"):
        return "loopback"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "public"
    return "loopback" if address.is_loopback else "public" if address.is_global else "private"
