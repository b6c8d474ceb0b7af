"""
The rows of a file of records, as read: CSV, Excel (.xlsx) and JSON lines, in the encodings that exports come in.

What cannot be read costs one row, named with its line; the rows around it are read as if it were not there.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from core.errors import UsageError
from core.i18n import _
from crawlers.encoding import decode, is_text

JSON = (".jsonl", ".ndjson", ".json")
EXCEL = (".xlsx", ".xlsm")
TEXT = (".csv", ".tsv", ".txt")
_HALF = re.compile("[\ud800-\udfff]")  # a byte that is not UTF-8, kept by "surrogateescape"; half a \u escape
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)  # what Excel writes and reads to name the delimiter
_CELL_LIMIT = 2**31 - 1  # the reader's own limit is no judge of a text's length: `records` says what is too long


@dataclass(frozen=True, slots=True)
class Row:
    """One row as read: its line (of the file for text, of the sheet for Excel), and its cells, or what is wrong."""

    line: int
    cells: Mapping[str, Any] = field(default_factory=dict)
    problem: str | None = None


def rows_of(path: Path) -> Iterator[Row]:
    """The rows of a file in its order. Raises UsageError for a file that cannot be read at all."""
    suffix = path.suffix.lower()
    if suffix in EXCEL:
        return _excel_rows(path)
    if suffix in JSON:
        return _json_rows(_text(path))
    if suffix in TEXT:
        return _csv_rows(_text(path), delimiter="\t" if suffix == ".tsv" else None)
    message = _("{path}：不认识的文件类型。请用 .csv、.tsv、.xlsx 或 .jsonl。")
    raise UsageError(message.format(path=path))


# ---------------------------------------------------------------- bytes


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(_("读不了文件 {path}：{seen}。").format(path=path, seen=error.strerror)) from error
    text = raw.decode("utf-8-sig", "surrogateescape") if _is_broken_utf8(raw) else decode(raw)[0]
    if not text.strip():
        raise UsageError(_("文件 {path} 是空的。").format(path=path))
    if not is_text(text):
        raise UsageError(_("{path} 不是文本文件。请导出成 CSV（UTF-8）、.xlsx 或 .jsonl。").format(path=path))
    return text


def _is_broken_utf8(raw: bytes) -> bool:
    """True for UTF-8 with a few bad lines: another encoding would make rubbish of all the good ones."""
    foreign = [line for line in raw.split(b"\n") if not line.isascii()]
    good = sum(_is_utf8(line) for line in foreign)
    return len(foreign) > good >= len(foreign) / 2


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


# ---------------------------------------------------------------- CSV


def _csv_rows(text: str, *, delimiter: str | None) -> Iterator[Row]:
    if named := _SEPARATOR_LINE.match(text):
        delimiter = named[1]
    lines = list(io.StringIO(text, newline=""))
    header: list[str] | None = None
    for line, cells, problem in _csv_records(lines, delimiter or _delimiter(lines[0]), start=1 if named else 0):
        if header is None and problem is None:
            header = [cell.strip().lstrip("\ufeff") for cell in cells]
        elif problem or header is None:
            yield Row(line, problem=problem)
        elif len(cells) > len(header):
            yield Row(line, problem=_("有 {n} 列，表头只有 {h} 列").format(n=len(cells), h=len(header)))
        elif any(_HALF.search(cell) for cell in cells):
            yield Row(line, problem=_("有读不出的字节（不是 UTF-8）"))
        else:
            yield Row(line, dict(zip(header, cells, strict=False)))


def _csv_records(lines: Sequence[str], delimiter: str, *, start: int) -> Iterator[tuple[int, list[str], str | None]]:
    """
    (line, cells, problem) of each record that is not blank.

    A quote that is never closed swallows the lines behind it. It shows by the end of the file, or by a record
    over several lines that is no strict CSV or has another number of cells than the header: then only its own
    line is bad, and the lines behind it are read anew.
    """
    csv.field_size_limit(_CELL_LIMIT)
    reader = csv.reader(islice(lines, start, None), delimiter=delimiter)
    width, doubtful_until = 0, 0
    while True:
        first = start + reader.line_num
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield first + 1, [], _("这一行不是有效的 CSV（{seen}）").format(seen=error)
            continue
        after = start + reader.line_num
        if not any(cell.strip() for cell in cells):
            continue
        width = width or len(cells)
        if _has_stray_quote(lines[first:after], delimiter, is_whole=len(cells) == width, at_end=after == len(lines)):
            yield first + 1, [], _("引号没有配对")
            start, doubtful_until = first + 1, max(doubtful_until, after)
            reader = csv.reader(islice(lines, start, None), delimiter=delimiter)
        elif first < doubtful_until and len(cells) != width:
            yield first + 1, [], _("有 {n} 列，表头有 {h} 列").format(n=len(cells), h=width)
        else:
            yield first + 1, cells, None


def _has_stray_quote(record: Sequence[str], delimiter: str, *, is_whole: bool, at_end: bool) -> bool:
    """True for a record that a quote holds together which its writer did not mean so."""
    if at_end:  # is the quote still open? Then it would take a further line in
        reader = csv.reader([*record, "\n"], delimiter=delimiter)
        next(reader)
        if reader.line_num > len(record):
            return True
    if len(record) == 1:
        return False
    try:
        next(csv.reader(record, delimiter=delimiter, strict=True))
    except csv.Error:
        return True
    return not is_whole


def _delimiter(head: str) -> str:
    return max(",;\t", key=head.count)


# ---------------------------------------------------------------- JSON


def _json_rows(text: str) -> Iterator[Row]:
    if text.lstrip().startswith("["):
        yield from _json_list(text)
        return
    for line, raw in enumerate(text.split("\n"), start=1):
        if not raw.strip():
            continue
        if _HALF.search(raw):
            yield Row(line, problem=_("有读不出的字节（不是 UTF-8）"))
            continue
        try:
            yield _json_row(line, json.loads(raw))
        except (ValueError, RecursionError) as error:
            yield Row(line, problem=_("不是有效的 JSON（{seen}）").format(seen=str(error)[:80]))


def _json_list(text: str) -> Iterator[Row]:
    """A whole file that is one list; "line" is then the place in the list."""
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        message = _("不是有效的 JSON（{seen}）").format(seen=str(error)[:80])
        raise UsageError(_("{message}。请改成 JSON 行：每行一个对象。").format(message=message)) from error
    for place, value in enumerate(values, start=1):
        yield _json_row(place, value)


def _json_row(line: int, value: Any) -> Row:
    if isinstance(value, dict):
        return Row(line, {str(name): _whole(item) for name, item in value.items()})
    return Row(line, problem=_("应是一个 JSON 对象"))


def _whole(value: Any) -> Any:
    """Half of a character has no UTF-8 form."""
    return _HALF.sub("\ufffd", value) if isinstance(value, str) else value


# ---------------------------------------------------------------- Excel


def _excel_rows(path: Path) -> Iterator[Row]:
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True, data_only=True)
        sheet = book.worksheets[0]
    except Exception as error:  # openpyxl raises whatever a broken zip or XML gives
        message = _("读不了 Excel 文件 {path}：{seen}。请另存为 .xlsx 再试。")
        raise UsageError(message.format(path=path, seen=str(error)[:200])) from error
    header: list[str] | None = None
    line = 0
    try:
        for line, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            if all(cell is None for cell in cells):
                continue
            if header is None:
                header = [str(cell if cell is not None else "").strip() for cell in cells]
                continue
            yield Row(line, dict(zip(header, cells, strict=False)))
    except Exception as error:  # the XML of a sheet is read as we go
        yield Row(line + 1, problem=_("工作表从这一行起读不出（{seen}）").format(seen=type(error).__name__))
    finally:
        book.close()
