"""Values of 时间 and 热度 as they are typed: a value, a comparison, a range, a moving span."""

from __future__ import annotations

import re

from core.i18n import _
from search_index.query.ast import Leaf, Range
from search_index.query.dates import canonical_date, recent_of
from search_index.query.fields import Field
from search_index.query.lexer import Token

_COMPARISON = re.compile(r"(>=|<=|>|<)(.*)", re.DOTALL)
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,6})?", re.ASCII)


def between(field: Field, low: str, high: str) -> Range:
    """Both ends included. Raises ValueError for ends that are not of the field's kind or stand the wrong way round."""
    low, high = _canonical(field, low), _canonical(field, high)
    if (float(low) > float(high)) if field.kind == "number" else (low[:7] > high[:7] or (low > high and len(high) > 7)):
        raise ValueError(low)
    return Range(field.id, low, high)  # type: ignore[arg-type]


def compared(field: Field, text: str) -> Leaf:
    """A value, a comparison or a moving span. Raises ValueError."""
    if field.kind == "date" and (recent := recent_of(text)):
        return recent
    match = _COMPARISON.fullmatch(text)
    if not match:
        value = _canonical(field, text)
        return Range(field.id, value, value)  # type: ignore[arg-type]
    value = _canonical(field, match[2].strip())
    if match[1][0] == ">":
        return Range(field.id, low=value, low_excluded=match[1] == ">")  # type: ignore[arg-type]
    return Range(field.id, high=value, high_excluded=match[1] == "<")  # type: ignore[arg-type]


def _canonical(field: Field, text: str) -> str:
    if field.kind == "date":
        return canonical_date(text)
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    number = f"{float(text):.6f}".rstrip("0").rstrip(".")
    return "0" if number == "-0" else number


def advice_on(field: Field, text: str, token: Token) -> str:
    """What is wrong with a date or a number, and what to write."""
    written = f"[{text} TO {token.high}]" if token.kind == "range" else text
    if written.startswith("[") and token.kind != "range":
        return _("区间没有写全，请写成 {example}").format(example=_span_example(field))
    if field.kind == "number":
        message = _("“{value}”不是数，请写成 热度:100、热度:>=100 或 热度:[10 TO 100]（小数在前）")
    else:
        message = _(
            "“{value}”不是能用的日期，请写成 时间:2026-11-20、时间:2026-11、时间:>=2026-11-20、"
            "时间:[2026-11-01 TO 2026-11-20]（早的在前）或 今天、昨天、本周、本月、近7天、近24小时"
        )
    return message.format(value=written)


def _span_example(field: Field) -> str:
    return "热度:[10 TO 100]" if field.kind == "number" else "时间:[2026-11-01 TO 2026-11-20]"
