"""`yuqing sources`: every source, how it fares, and why."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import click

from core.i18n import _
from core.times import iso
from yuqing.cli import Invocation
from yuqing.wiring import App


@click.command("sources", help=_("列出来源和它们的健康状况"))
@click.option("--json", "as_json", is_flag=True, help=_("每个来源一行 JSON"))
@click.pass_obj
def command(invocation: Invocation, as_json: bool) -> None:
    """Show the sources as a table."""
    with App.open(invocation.load()) as app:
        rows = health_rows(app)
    for line in (json.dumps(row, ensure_ascii=False) for row in rows) if as_json else health_lines(rows):
        click.echo(line)


def health_rows(app: App) -> list[dict[str, Any]]:
    """Each source's state, last round and reason, in plain JSON values."""
    from core.times import day_bounds, day_of
    from scheduler.brief import source_health
    from store import documents

    now = app.clock()
    start, end = day_bounds(day_of(now, zone=app.radar.zone), zone=app.radar.zone)
    with app.store.read() as connection:
        todays = list(documents.seen_between(connection, start, end))
        health = source_health(connection, app.radar, todays, now=now)
    return [
        {
            "id": one.source,
            "name": one.name,
            "state": one.state,
            "last_round": iso(one.last_round),
            "last_document": iso(one.last_document),
            "documents_today": one.documents,
            "errors": one.errors,
            "reason": one.reason,
        }
        for one in health
    ]


def health_lines(rows: list[dict[str, Any]]) -> list[str]:
    """The table for people."""
    states = {"ok": _("正常"), "silent": _("沉默"), "broken": _("故障"), "never": _("未抓过")}
    table = [(_("来源"), _("状态"), _("今日新增"), _("上一轮"), _("说明"))]
    for row in rows:
        last = (row["last_round"] or "—")[:16].replace("T", " ")
        table.append(
            (
                f"{row['name']}（{row['id']}）",
                states[row["state"]],
                str(row["documents_today"]),
                last,
                row["reason"] or "",
            )
        )
    widths = [max(_width(line[column]) for line in table) for column in range(4)]
    return [
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(line[:4], widths, strict=True))
        + (f"  {line[4]}" if line[4] else "")
        for line in table
    ]


def _width(text: str) -> int:
    """Columns on a terminal: a Han character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
