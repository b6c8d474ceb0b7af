"""The closed set of fields, and how a value of each is written, normalised and printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from core.text import fold
from core.values import CHINESE

FieldKind = Literal["text", "closed", "open", "date", "number"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its id, its Chinese name, what its values are, and the names of a known set of values."""

    id: str
    chinese: str
    kind: FieldKind
    names: Mapping[str, str] | None = None


FIELDS = (
    Field("title", "标题", "text"),
    Field("body", "正文", "text"),
    Field("url", "网址", "text"),
    Field("sentiment", "情感", "closed", CHINESE["label"]),
    Field("topic", "话题", "open", CHINESE["topic"]),
    Field("source", "来源", "open"),
    Field("outlet", "媒体", "open"),
    Field("company", "公司", "open"),
    Field("author", "作者", "open"),
    Field("status", "状态", "closed", CHINESE["status"]),
    Field("level", "等级", "closed", CHINESE["level"]),
    Field("kind", "类型", "closed", CHINESE["kind"]),
    Field("date", "时间", "date"),
    Field("heat", "热度", "number"),
)
BY_ID = {field.id: field for field in FIELDS}
_BY_NAME = {fold(name): field for field in FIELDS for name in (field.id, field.chinese)}


def field_named(name: str) -> Field | None:
    """The field with this Chinese or English name, in any case, width or script; else None."""
    return _BY_NAME.get(fold(name))


@cache
def _ids(field_id: str) -> dict[str, str]:
    names = BY_ID[field_id].names or {}
    return {fold(spelling): id for id, name in names.items() for spelling in (id, name)}


@lru_cache(maxsize=1024)  # most values are of few: sources, topics, companies
def normal_value(field_id: str, value: str) -> str:
    """The id of a known value, else the folded value."""
    folded = fold(value).strip()
    return _ids(field_id).get(folded, folded)


def is_value(field_id: str, value: str) -> bool:
    """False for a value outside a closed set."""
    return BY_ID[field_id].kind != "closed" or fold(value).strip() in _ids(field_id)


def value_name(field_id: str, value: str) -> str:
    """The Chinese name of a known value, else the value."""
    return (BY_ID[field_id].names or {}).get(value, value)


def known_names(field_id: str) -> str:
    """The names of a closed set as a person reads them."""
    return "、".join((BY_ID[field_id].names or {}).values())


def all_field_names() -> str:
    """The Chinese names of all fields as a person reads them."""
    return "、".join(field.chinese for field in FIELDS)
