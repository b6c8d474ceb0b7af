"""Frozen values to JSON and back. Times are ISO 8601 UTC, days "2026-11-20"."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache, partial
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from core.times import iso

T = TypeVar("T")


def plain(value: Any) -> Any:
    """A dataclass value as dicts, lists and scalars that JSON can hold."""
    kind: Any = type(value)
    if kind in _AS_IT_IS:
        return value
    if names := _field_names(kind):
        return {name: plain(getattr(value, name)) for name in names}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value


_AS_IT_IS = frozenset((str, int, float, bool, type(None)))


@cache
def _field_names(kind: Any) -> tuple[str, ...]:
    return tuple(f.name for f in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else ()


def dumps(value: Any) -> str:
    """One line of JSON, Chinese left readable."""
    return json.dumps(plain(value), ensure_ascii=False, separators=(",", ":"))


def loads(kind: type[T], text: str) -> T:
    """The value of a dataclass `kind` written by `dumps`. Keys it does not know are ignored."""
    return build(kind, json.loads(text))


def build(kind: Any, raw: Any) -> Any:
    """A value of the annotated type from plain JSON values."""
    made = _builder(kind)
    return raw if raw is None or made is None else made(raw)


Builder = Callable[[Any], Any]


@cache
def _builder(kind: Any) -> Builder | None:
    """What makes a value of this type from a JSON value that is not null; None where that is the value already."""
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return _builder(next(k for k in get_args(kind) if k is not type(None)))
    if origin is tuple:
        return partial(_tuple_of, get_args(kind)[0])
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return partial(_mapping_to, get_args(kind)[1])
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return partial(_dataclass, kind)
    return _OF_TEXT.get(kind)


_OF_TEXT: dict[Any, Builder] = {
    datetime: lambda raw: datetime.fromisoformat(raw).astimezone(UTC),
    date: date.fromisoformat,
    timedelta: lambda raw: timedelta(seconds=raw),
}


def _tuple_of(item: Any, raw: Any) -> tuple[Any, ...]:
    made = _builder(item)
    return tuple(raw) if made is None else tuple(one if one is None else made(one) for one in raw)


def _mapping_to(item: Any, raw: Any) -> dict[str, Any]:
    return {key: build(item, value) for key, value in raw.items()}


def _dataclass(kind: type, raw: Any) -> Any:
    builders = _field_builders(kind)
    values = {}
    for name, value in raw.items():
        if name in builders:
            made = builders[name]
            values[name] = value if value is None or made is None else made(value)
    return kind(**values)


@cache
def _field_builders(kind: type) -> dict[str, Builder | None]:
    return {name: _builder(hint) for name, hint in get_type_hints(kind).items()}
