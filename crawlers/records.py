"""
A record in a file becomes a Document: complaints, customer voice, and public posts exported elsewhere.

CSV, Excel (.xlsx) and JSON lines. A bad row is named with its line and reason and costs only itself.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from datetime import time as clock_time
from pathlib import Path
from typing import Any

from core.errors import UsageError
from core.i18n import _
from core.times import SHANGHAI
from core.values import Document, Kind, Precision, Source
from crawlers.canonical import document_key
from crawlers.dates import parse_date
from crawlers.encoding import decode

FIELDS = ("id", "title", "body", "published_at", "author", "customer", "outlet", "url", "topic")
COMMON_NAMES: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "工单号", "编号", "记录号", "投诉编号", "序号"),
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


@dataclass(frozen=True, slots=True)
class Row:
    """One row as read: its line (of the file for text, of the sheet for Excel), and its cells, or what is wrong."""

    line: int
    cells: Mapping[str, Any]
    problem: str | None = None


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
    rows = _rows(path)
    columns: Mapping[str, str] | None = None
    for row in rows:
        if row.problem:
            yield BadRow(row.line, row.problem)
            continue
        if columns is None or path.suffix.lower() in _JSON:
            columns = _columns(path, row.cells, mapping)
        yield _document(row, columns, source=source, kind=kind, fetched_at=fetched_at)


_JSON = (".jsonl", ".ndjson", ".json")


def _rows(path: Path) -> Iterator[Row]:
    suffix = path.suffix.lower()
    if suffix in (".xlsx", ".xlsm"):
        return _excel_rows(path)
    if suffix in _JSON:
        return _json_rows(_text(path))
    if suffix in (".csv", ".tsv", ".txt"):
        return _csv_rows(_text(path), delimiter="\t" if suffix == ".tsv" else None)
    message = _("{path}：不认识的文件类型。请用 .csv、.tsv、.xlsx 或 .jsonl。")
    raise UsageError(message.format(path=path))


def _text(path: Path) -> str:
    try:
        text, _encoding = decode(path.read_bytes())
    except OSError as error:
        raise UsageError(_("读不了文件 {path}：{seen}。").format(path=path, seen=error.strerror)) from error
    return text


def _csv_rows(text: str, *, delimiter: str | None) -> Iterator[Row]:
    csv.field_size_limit(20_000_000)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter or _delimiter(text))
    header: list[str] | None = None
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(line, {}, _("这一行不是有效的 CSV（{seen}）").format(seen=error))
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if header is None:
            header = [cell.strip().lstrip("\ufeff") for cell in cells]
        elif len(cells) > len(header):
            yield Row(line, {}, _("有 {n} 列，表头只有 {h} 列").format(n=len(cells), h=len(header)))
        else:
            yield Row(line, dict(zip(header, cells, strict=False)))


def _delimiter(text: str) -> str:
    head = text.split("\n", 1)[0]
    return max(",;\t", key=head.count)


def _json_rows(text: str) -> Iterator[Row]:
    for line, raw in enumerate(text.split("\n"), start=1):
        if not raw.strip():
            continue
        try:
            value = json.loads(raw)
        except ValueError as error:
            yield Row(line, {}, _("不是有效的 JSON（{seen}）").format(seen=error))
            continue
        if isinstance(value, dict):
            yield Row(line, value)
        else:
            yield Row(line, {}, _("应是一个 JSON 对象"))


def _excel_rows(path: Path) -> Iterator[Row]:
    from openpyxl import load_workbook

    try:
        sheet = load_workbook(path, read_only=True, data_only=True).worksheets[0]
    except Exception as error:  # openpyxl raises whatever a broken zip or XML gives
        message = _("读不了 Excel 文件 {path}：{seen}。请另存为 .xlsx 再试。")
        raise UsageError(message.format(path=path, seen=error)) from error
    header: list[str] | None = None
    for line, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        if all(cell is None for cell in cells):
            continue
        if header is None:
            header = [str(cell or "").strip() for cell in cells]
            continue
        yield Row(line, dict(zip(header, cells, strict=False)))


def _columns(path: Path, cells: Mapping[str, Any], mapping: Mapping[str, str]) -> Mapping[str, str]:
    """Field -> column for this file. Raises UsageError naming every column that is missing."""
    unknown = [field for field in mapping if field not in FIELDS]
    if unknown:
        message = _("不认识的字段 {fields}；可用的字段：{known}。")
        raise UsageError(message.format(fields="、".join(unknown), known="、".join(FIELDS)))
    by_name = {column.strip().casefold(): column for column in cells}
    found = {f: by_name[n] for f, names in reversed(COMMON_NAMES.items()) for n in reversed(names) if n in by_name}
    found |= mapping
    absent = [column for column in mapping.values() if column not in cells]
    if path.suffix.lower() in _JSON:
        return found
    if "body" not in found:
        absent.append("body（内容）")
    if absent:
        message = _("{path}：没有列 {absent}；文件里的列：{columns}。请用 --map 字段=列名 指明。")
        raise UsageError(message.format(path=path, absent="、".join(absent), columns="、".join(cells)))
    return found


def _document(
    row: Row, columns: Mapping[str, str], *, source: Source, kind: Kind, fetched_at: datetime
) -> Document | BadRow:
    cell = {field: _cell(row.cells.get(column)) for field, column in columns.items()}
    body, url, identity = cell.get("body"), cell.get("url"), cell.get("id")
    if not body:
        return BadRow(row.line, _("没有正文"))
    if url and not url.startswith(("http://", "https://")):
        return BadRow(row.line, _("网址 {url} 不是 http 或 https 地址").format(url=url[:80]))
    if not (url or identity):
        return BadRow(row.line, _("既没有记录编号也没有网址，无法避免重复"))
    published_at, precision = _time(row.cells.get(columns.get("published_at", "")), fetched_at)
    if cell.get("published_at") and published_at is None:
        return BadRow(row.line, _("看不懂的时间 {seen}").format(seen=(cell["published_at"] or "")[:40]))
    return Document(
        source=source.id,
        kind=kind,
        key=document_key(url, source=source) if url else f"record:{source.id}:{identity}",
        title=cell.get("title"),
        body=body,
        fetched_at=fetched_at,
        url=url,
        author=cell.get("author"),
        outlet=cell.get("outlet") or source.outlet,
        published_at=published_at,
        precision=precision,
        customer=cell.get("customer"),
        given={"topic": cell["topic"]} if cell.get("topic") else {},
    )


def _cell(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # Excel keeps order numbers as floats
    return str(value).strip() or None


def _time(value: Any, fetched_at: datetime) -> tuple[datetime | None, Precision]:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=SHANGHAI)).astimezone(UTC), "second"
    if isinstance(value, date):
        return datetime.combine(value, clock_time.min, SHANGHAI).astimezone(UTC), "day"
    text = _cell(value)
    return parse_date(text, fetched_at=fetched_at) if text else (None, "none")
