"""
A record of a file becomes a Document: complaints, customer voice, and public posts exported elsewhere.

A bad row is named with its line and reason and costs only itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import Any

from core.display import one_line, web_link
from core.errors import UsageError
from core.i18n import _
from core.times import SHANGHAI
from core.values import Document, Kind, Precision, Source
from crawlers.canonical import document_key
from crawlers.dates import parse_date
from crawlers.record_rows import EXCEL, JSON, Row, rows_of

FIELDS = ("id", "title", "body", "published_at", "author", "customer", "outlet", "url", "topic")
COMMON_NAMES: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "工单号", "编号", "记录号", "投诉编号"),  # no 序号: it counts the rows of one export
    "title": ("title", "标题", "主题"),
    "body": ("body", "text", "content", "内容", "正文", "投诉内容", "反馈内容", "描述"),
    "published_at": ("published_at", "date", "time", "受理时间", "发布时间", "时间", "日期", "投诉时间", "提交时间"),
    "author": ("author", "作者", "用户名", "昵称", "发布者"),
    "customer": ("customer", "客户编号", "客户", "客户号", "会员号"),
    "outlet": ("outlet", "媒体", "来源", "平台"),
    "url": ("url", "链接", "网址", "原文链接"),
    "topic": ("topic", "类别", "话题", "分类", "投诉类型"),
}
"""Column names that are understood without a mapping, in both languages; case does not matter."""
LONGEST_BODY = 1_000_000
"""Characters. Longer than any complaint or article: such a "text" is a file that lost its line breaks or quotes."""
EXACT_DIGITS = 15
_YEARS = timedelta(days=3650)  # a time that can be read from there on lies in the future
"""A number in Excel keeps this many digits; what stands behind them was lost before we saw it."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was left out, and why."""

    line: int
    reason: str


def read_records(
    path: Path, *, source: Source, mapping: Mapping[str, str], kind: Kind, fetched_at: datetime
) -> Iterator[Document | BadRow]:
    """
    The documents of a file, in its order. `mapping` is field -> column; common names need none.

    Not past the gate yet. Raises UsageError for a file that cannot be read at all or lacks the columns.
    """
    unknown = [field for field in mapping if field not in FIELDS]
    if unknown:
        message = _("不认识的字段 {fields}；可用的字段：{known}。")
        raise UsageError(message.format(fields="、".join(unknown), known="、".join(FIELDS)))
    suffix = path.suffix.lower()
    columns: Mapping[str, str] | None = None
    for row in rows_of(path):
        if row.problem:
            yield BadRow(row.line, row.problem)
            continue
        if columns is None or suffix in JSON:
            columns = _columns(path, row.cells, mapping)
        try:
            if suffix in EXCEL:
                _check_number(row.cells.get(columns.get("id", "")))
            yield _document(row, columns, source=source, kind=kind, fetched_at=fetched_at)
        except _Unusable as error:
            yield BadRow(row.line, str(error))


class _Unusable(Exception):
    """A row that cannot become a document; the text says why."""


def _columns(path: Path, cells: Mapping[str, Any], mapping: Mapping[str, str]) -> Mapping[str, str]:
    """Field -> column for this file. Raises UsageError naming every column that is missing."""
    by_name = {column.strip().casefold(): column for column in cells}
    found = {
        field: by_name[name] for field, names in COMMON_NAMES.items() for name in reversed(names) if name in by_name
    }
    found |= mapping
    absent = [column for column in mapping.values() if column not in cells]
    if path.suffix.lower() in JSON:
        return found
    if "body" not in found:
        absent.append("body（内容）")
    if absent:
        message = _("{path}：没有列 {absent}；文件里的列：{columns}。请用 --map 字段=列名 指明。")
        seen = one_line("、".join(cells), 200)
        raise UsageError(message.format(path=path, absent="、".join(absent), columns=seen))
    return found


def _document(row: Row, columns: Mapping[str, str], *, source: Source, kind: Kind, fetched_at: datetime) -> Document:
    """The row as a document. Raises _Unusable."""
    cell = {field: _cell(column, row.cells.get(column)) for field, column in columns.items()}
    body, url, identity = cell.get("body"), cell.get("url"), cell.get("id")
    if not body:
        raise _Unusable(_("没有正文"))
    if len(body) > LONGEST_BODY:
        raise _Unusable(_("正文有 {n} 字，超过上限 {limit} 字").format(n=len(body), limit=LONGEST_BODY))
    if not (url or identity):
        raise _Unusable(_("既没有记录编号也没有网址，无法避免重复"))
    published_at, precision = _time(row.cells.get(columns.get("published_at", "")), fetched_at)
    if cell.get("published_at") and published_at is None:
        later, _precision = _time(row.cells.get(columns.get("published_at", "")), fetched_at + _YEARS)
        said = _("时间 {seen} 在将来；请更正，或把这一格留空") if later else _("看不懂的时间 {seen}")
        raise _Unusable(said.format(seen=one_line(cell.get("published_at"), 40)))
    return Document(
        source=source.id,
        kind=kind,
        key=_key_of(url, source) if url else f"record:{source.id}:{identity}",
        title=cell.get("title"),
        body=body,
        fetched_at=fetched_at,
        url=url,
        author=cell.get("author"),
        outlet=cell.get("outlet") or source.outlet,
        published_at=published_at,
        precision=precision,
        customer=cell.get("customer"),
        given={"topic": topic} if (topic := cell.get("topic")) else {},
    )


def _key_of(url: str, source: Source) -> str:
    """The key that a crawl of this address would give. Raises _Unusable for what is no public address."""
    if web_link(url) is None:
        raise _Unusable(_("网址 {url} 不是 http 或 https 地址").format(url=one_line(url, 80)))
    return document_key(url, source=source)


def _cell(column: str, value: Any) -> str | None:
    """The text of a cell; None when it is empty. Raises _Unusable for lists and the like."""
    if value is None:
        return None
    if isinstance(value, (list, dict, bool)):
        raise _Unusable(_("{column} 应是文字或数字").format(column=one_line(column, 40)))
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # Excel keeps order numbers as floats
    return _CONTROL.sub("", str(value)).strip() or None


def _check_number(value: Any) -> None:
    if isinstance(value, (int, float)) and abs(value) >= 10**EXACT_DIGITS:
        raise _Unusable(_("编号超过 {n} 位，Excel 已丢掉末尾几位；请把这一列存成文本").format(n=EXACT_DIGITS))


def _time(value: Any, fetched_at: datetime) -> tuple[datetime | None, Precision]:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=SHANGHAI)).astimezone(UTC), "second"
    if isinstance(value, date):
        return datetime.combine(value, clock_time.min, SHANGHAI).astimezone(UTC), "day"
    text = _cell("", value)
    return parse_date(text, fetched_at=fetched_at) if text else (None, "none")
