"""A match set as a file: JSON lines for programs, CSV for people with a spreadsheet. Only masked texts come here."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

from core.errors import UsageError, YuqingError
from core.i18n import _
from core.values import CHINESE

Row = Mapping[str, Any]
Write = Callable[[TextIO, Iterable[Row]], int]
_COLUMNS = (
    "id", "rev", "published_at", "title", "body", "outlet", "source", "author", "companies", "sentiment", "topics",
    "story", "story_size", "level", "status", "url",
)  # fmt: skip
_FORMULA = tuple("=+-@\t\r\n＝＋－＠|%")
"""A cell that begins so is a formula or a command to some spreadsheet; an apostrophe makes it text."""
_NAMES = {"sentiment": "label", "topics": "topic", "level": "level", "status": "status"}


def write_export(path: Path, rows: Iterable[Row]) -> int:
    """
    Write rows to a new file, readable by its owner alone, of the kind its name says; returns how many.

    The file appears when it is complete. Raises UsageError for another kind of name or a file that is there.
    """
    write = _KINDS.get(path.suffix.lower())
    if write is None:
        raise UsageError(_("导出文件 {path} 应以 .jsonl 或 .csv 结尾。").format(path=path))
    if path.exists():
        raise UsageError(_("文件 {path} 已存在，不覆盖。请换一个名字。").format(path=path))
    part = path.with_name(f"{path.name}.part")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            count = write(file, rows)
        os.replace(part, path)
    except OSError as error:
        message = _("写不了 {path}：{seen}。请检查路径、权限和磁盘空间。")
        raise YuqingError(message.format(path=path, seen=error.strerror)) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return count


def _json_lines(file: TextIO, rows: Iterable[Row]) -> int:
    count = 0
    for row in rows:
        file.write(json.dumps({name: row.get(name) for name in _COLUMNS}, ensure_ascii=False) + "\n")
        count += 1
    return count


def _csv(file: TextIO, rows: Iterable[Row]) -> int:
    file.write("\ufeff")  # without it Excel takes the file for the local code page
    writer = csv.writer(file)
    writer.writerow([headings()[name] for name in _COLUMNS])
    count = 0
    for row in rows:
        writer.writerow([cell(name, row.get(name)) for name in _COLUMNS])
        count += 1
    return count


def cell(column: str, value: Any) -> str:
    """A value as a cell: names instead of ids, lists joined, nothing that a spreadsheet would execute."""
    if value is None:
        return ""
    values = value if isinstance(value, (list, tuple)) else [value]
    names = CHINESE.get(_NAMES.get(column, ""), {})
    text = "、".join(_(names[one]) if one in names else str(one) for one in values)
    return f"'{text}" if text.startswith(_FORMULA) else text


def headings() -> dict[str, str]:
    """Column -> its heading, in the language in force."""
    return {
        "id": _("编号"),
        "rev": _("版本"),
        "published_at": _("发布时间"),
        "title": _("标题"),
        "body": _("正文"),
        "outlet": _("媒体"),
        "source": _("来源"),
        "author": _("作者（化名）"),
        "companies": _("公司"),
        "sentiment": _("情感"),
        "topics": _("话题"),
        "story": _("稿件族"),
        "story_size": _("同稿篇数"),
        "level": _("等级"),
        "status": _("状态"),
        "url": _("网址"),
    }


_KINDS: dict[str, Write] = {".jsonl": _json_lines, ".csv": _csv}
