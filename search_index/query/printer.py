"""A query as canonical text: parsing it gives the same tree, printing that the same text."""

from __future__ import annotations

import re

from core.text import HAN
from search_index.query.ast import All, And, Literal, Near, Not, Or, Prefix, Query, Range, Recent, Term
from search_index.query.atoms import WORD
from search_index.query.dates import recent_name
from search_index.query.fields import BY_ID, value_name

_PLAIN = re.compile(f"[{WORD}{HAN}](?:[{WORD}{HAN}.+@#%_/-]*[{WORD}{HAN}+#%])?")
_RESERVED = {"且", "或", "非", "AND", "OR", "NOT"}


def printed(query: Query) -> str:
    """The canonical text of a query, in Chinese field names and values."""
    if isinstance(query, And):
        return " ".join(_inside(part, Or) for part in query.parts)
    if isinstance(query, Or):
        return " 或 ".join(_inside(part, And) for part in query.parts)
    if isinstance(query, Not):
        return "-" + _inside(query.part, And, Or)
    return _leaf(query)


def _inside(query: Query, *bracketed: type) -> str:
    text = printed(query)
    return f"({text})" if isinstance(query, bracketed) else text


def _leaf(query: Query) -> str:
    if isinstance(query, All):
        return "*"
    if isinstance(query, Literal):
        return _field(query.field) + _text(query.text)
    if isinstance(query, Prefix):
        return f"{_field(query.field)}{query.text}*"
    if isinstance(query, Near):
        return f"{_field(query.field)}{_quoted(' '.join(query.texts))}~{query.distance}"
    if isinstance(query, Term):
        return _field(query.field) + _text(value_name(query.field, query.value))
    if isinstance(query, Recent):
        return _field("date") + recent_name(query)
    assert isinstance(query, Range)
    return _field(query.field) + _range(query)


def _range(node: Range) -> str:
    if node.low is not None and node.low == node.high:
        return node.low
    if node.low is None:
        return f"{'<' if node.high_excluded else '<='}{node.high}"
    if node.high is None:
        return f"{'>' if node.low_excluded else '>='}{node.low}"
    return f"[{node.low} TO {node.high}]"


def _field(field: str | None) -> str:
    return f"{BY_ID[field].chinese}:" if field else ""


def _text(text: str) -> str:
    return text if _PLAIN.fullmatch(text) and text not in _RESERVED else _quoted(text)


def _quoted(text: str) -> str:
    return f"“{text}”" if '"' in text else f'"{text}"'
