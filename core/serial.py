"""Frozen values to JSON and back. Times are ISO 8601 UTC, days "2026-11-20"."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from core.times import iso

T = TypeVar("T")


def plain(value: Any) -> Any:
    """A dataclass value as dicts, lists and scalars that JSON can hold."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value


def dumps(value: Any) -> str:
    """One line of JSON, Chinese left readable."""
    return json.dumps(plain(value), ensure_ascii=False, separators=(",", ":"))


def loads(kind: type[T], text: str) -> T:
    """The value of a dataclass `kind` written by `dumps`. Keys it does not know are ignored."""
    return build(kind, json.loads(text))


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def build(kind: Any, raw: Any) -> Any:
    """A value of the annotated type from plain JSON values."""
    if raw is None:
        return None
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return build(next(k for k in get_args(kind) if k is not type(None)), raw)
    if origin is tuple:
        return tuple(build(get_args(kind)[0], item) for item in raw)
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return {key: build(get_args(kind)[1], item) for key, item in raw.items()}
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        hints = _hints(kind)
        return kind(**{name: build(hints[name], item) for name, item in raw.items() if name in hints})
    if kind is datetime:
        return datetime.fromisoformat(raw).astimezone(UTC)
    if kind is date:
        return date.fromisoformat(raw)
    if kind is timedelta:
        return timedelta(seconds=raw)
    return raw
