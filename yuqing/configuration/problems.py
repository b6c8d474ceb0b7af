"""pydantic's findings as lines for a person: where, what was seen, the nearest valid key or what to write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from core.i18n import _
from yuqing.configuration.lines import Lines, Loc, Problem


def problems_of(errors: list[ErrorDetails], model: type[BaseModel], lines: Lines) -> Iterator[Problem]:
    """Each error of a validation of `lines.value` by `model`, with its line."""
    for error in errors:
        if error["type"] == "too_short" and len(error["input"]) >= error["ctx"]["min_length"]:
            continue  # what it holds is wrong, and each of that is told of
        loc = within(lines.value, error["loc"])
        yield Problem(lines.line_of(loc), _text(error, model, lines.value))


def within(value: Any, loc: Loc) -> Loc:
    """The part of pydantic's `loc` that exists in the plain value (it adds names of its own kinds)."""
    found: list[str | int] = []
    for part in loc:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            break
        found.append(part)
    return tuple(found)


def place(value: Any, loc: Loc) -> str:
    """A loc as a person reads it: "sources.qinglan.every", items of a list by their id or name, else from 1."""
    parts: list[str] = []
    for part in loc:
        inner = None
        if not isinstance(value, str):
            try:
                inner = value[part]
            except (KeyError, IndexError, TypeError):
                inner = None
        parts.append(_item_name(inner, part) if isinstance(part, int) else part)
        value = inner
    return ".".join(parts)


def _item_name(item: Any, index: int) -> str:
    if isinstance(item, Mapping):
        named = item.get("id") or item.get("name")
        if isinstance(named, str):
            return named
    return str(index + 1)


def _advice() -> dict[str, str]:
    """What to write for a key that is missing."""
    return {
        "purpose": _("写明为何收集，如 purpose: 舆情监测"),
        "basis": _("写明合法依据，如 basis: 公开信息合理范围"),
        "retention_days": _("写明保存多少天，如 retention_days: 365"),
        "company": _("写上公司名，如 company: 星禾科技"),
        "id": _("写一个不重复的代号，如 id: qinglan"),
        "channel": _("写怎么取：feed、listing、forum、api、search 或 import"),
        "companies": _("写上要听的公司，如 companies: [{name: 星禾科技}]"),
        "query": _("写上查询语句，如 query: '话题:信息泄露 情感:负面'"),
        "to": _("写上邮件地址，如 to: [pr@xinghe.example]"),
        "name": _("写上公司名，如 name: 星禾科技"),
    }


def _text(error: ErrorDetails, model: type[BaseModel], value: Any) -> str:
    loc = error["loc"]
    where, key = place(value, loc), str(loc[-1]) if loc else ""
    if error["type"] == "missing":
        parent = place(value, loc[:-1]) or _("文件")
        return _("{parent} 缺少 {key}；请{advice}。").format(parent=parent, key=key, advice=_advice().get(key, key))
    if error["type"] == "extra_forbidden":
        return unknown_key(key, place(value, loc[:-1]), keys_at(model, loc[:-1]))
    if error["type"] == "value_error":
        return f"{where} {error['ctx']['error']}"
    seen = _seen(error["input"])
    if error["type"] == "literal_error":
        return _not_one_of(where, seen, error["ctx"]["expected"])
    return _("{where} 写的是 {seen}，应是{kind}。").format(where=where or _("文件"), seen=seen, kind=_kind(error))


def _seen(value: Any) -> str:
    if value is None:
        return _("空的")
    if isinstance(value, Mapping):
        return _("带键的一组")
    if isinstance(value, (list, tuple)):
        return _("一个列表") if value else _("空列表")
    text = str(value)
    return f"“{text if len(text) <= 60 else text[:60] + '…'}”"


def _not_one_of(where: str, seen: str, expected: str) -> str:
    valid = [word.strip("' ") for word in expected.replace(" or ", ",").split(",") if word.strip()]
    near = get_close_matches(seen.strip("“”").lower(), valid, n=1, cutoff=0.5)
    if near:
        return _("{where} 写的是 {seen}；是不是 {near}？").format(where=where, seen=seen, near=near[0])
    return _("{where} 写的是 {seen}；可以写：{valid}。").format(where=where, seen=seen, valid=_("、").join(valid))


def unknown_key(key: str, parent: str, valid: list[str]) -> str:
    """A key that is not valid at a place, with the nearest that is."""
    name = f"{parent}.{key}" if parent else key
    near = get_close_matches(key, valid, n=1, cutoff=0.6)
    if near:
        return _("没有 {name} 这一项；是不是 {near}？").format(name=name, near=near[0])
    return _("没有 {name} 这一项；这里可以写：{valid}。").format(name=name, valid=_("、").join(valid))


def _kind(error: ErrorDetails) -> str:
    """What the value should have been."""
    ctx = error.get("ctx", {})
    kinds = {
        "int_parsing": _("整数"),
        "int_from_float": _("整数"),
        "int_type": _("整数"),
        "float_parsing": _("数"),
        "float_type": _("数"),
        "finite_number": _("数"),
        "bool_parsing": _(" true 或 false"),
        "bool_type": _(" true 或 false"),
        "string_type": _("一个词或一句话"),
        "tuple_type": _("一个列表，如 [甲, 乙]"),
        "dict_type": _("带键的一组，如 键: 值"),
        "model_type": _("带键的一组，如 键: 值"),
        "too_short": _("至少有一项的列表"),
        "greater_than": _("大于 {limit} 的数").format(limit=ctx.get("gt")),
        "greater_than_equal": _("不小于 {limit} 的数").format(limit=ctx.get("ge")),
        "less_than": _("小于 {limit} 的数").format(limit=ctx.get("lt")),
        "less_than_equal": _("不大于 {limit} 的数").format(limit=ctx.get("le")),
    }
    return kinds.get(error["type"], error["msg"])


def keys_at(model: type[BaseModel], loc: Loc) -> list[str]:
    """The keys that are valid at a place of the file."""
    for part in loc:
        if isinstance(part, int):
            continue
        field = next((f for name, f in model.model_fields.items() if (f.alias or name) == part), None)
        inner = _model_in(field.annotation) if field else None
        if inner is None:
            return []
        model = inner
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for each in get_args(annotation) if (found := _model_in(each))), None)
