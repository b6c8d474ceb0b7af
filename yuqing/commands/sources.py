"""`yuqing sources`: every source, how it fares, and why."""

from __future__ import annotations

import json
import unicodedata
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from core.i18n import _
from core.times import iso, local_iso
from yuqing.cli import Invocation
from yuqing.wiring import App


@click.command("sources", help=_("列出来源和它们的健康状况"))
@click.option("--json", "as_json", is_flag=True, help=_("每个来源一行 JSON"))
@click.pass_obj
def command(invocation: Invocation, as_json: bool) -> None:
    """Show the sources as a table."""
    with App.open(invocation.load()) as app:
        rows = health_rows(app)
    for line in (
        (json.dumps(row, ensure_ascii=False) for row in rows) if as_json else health_lines(rows, zone=app.radar.zone)
    ):
        click.echo(line)


def health_rows(app: App) -> list[dict[str, Any]]:
    """Each source's state, last round and reason, in plain JSON values."""
    from core.times import day_bounds, day_of
    from scheduler.brief import sources_judged
    from store import documents

    now = app.clock()
    start, end = day_bounds(day_of(now, zone=app.radar.zone), zone=app.radar.zone)
    with app.store.read() as connection:
        todays = list(documents.seen_between(connection, start, end))
        judged = sources_judged(connection, app.radar, todays, now=now)
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
            "pages": figures.pages,
            "documents": figures.documents,
            "errors_by_kind": dict(figures.errors),
            "lag_p50_s": figures.lag_p50_s,
            "lag_p95_s": figures.lag_p95_s,
            "longest_gap_s": figures.longest_gap.total_seconds() if figures.longest_gap else None,
            "gap_s": figures.gap_s,
            "declared_gap_s": figures.declared_gap_s,
        }
        for one, figures in judged
    ]


def health_lines(rows: list[dict[str, Any]], *, zone: ZoneInfo) -> list[str]:
    """The table for people, times in the zone."""
    states = {"ok": _("正常"), "silent": _("沉默"), "broken": _("故障"), "never": _("未抓过")}
    head = (_("来源"), _("状态"), _("今日新增"), _("上一轮"), _("页/篇"), _("发现延迟"), _("请求间隔"))
    table = [(*head, _("说明"))]
    for row in rows:
        ended = row["last_round"] and local_iso(datetime.fromisoformat(row["last_round"]), zone=zone)
        last = (ended or "—")[:16].replace("T", " ")
        table.append(
            (
                f"{row['name']}（{row['id']}）",
                states[row["state"]],
                str(row["documents_today"]),
                last,
                f"{row['pages']}/{row['documents']}",
                _pair(span_of(row["lag_p50_s"]), span_of(row["lag_p95_s"])),
                _pair(span_of(row["gap_s"]), span_of(row["declared_gap_s"])),
                row["reason"] or "",
            )
        )
    widths = [max(_width(line[column]) for line in table) for column in range(len(head))]
    lines = [
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(line[:-1], widths, strict=True))
        + (f"  {line[-1]}" if line[-1] else "")
        for line in table
    ]
    note = _("页/篇：上一轮读的页和新收的文档。发现延迟：七天内从发布到发现，中位数/95%。请求间隔：实测最短平均/声明。")
    return [*lines, note] if rows else lines


def span_of(seconds: float | None) -> str:
    """A span for people: "2.0s", "14m", "3h"; "—" for none."""
    if seconds is None:
        return "—"
    if seconds < 60:
        return f"{seconds:.1f}s"
    return f"{seconds / 60:.0f}m" if seconds < 3600 * 2 else f"{seconds / 3600:.0f}h"


def _pair(one: str, other: str) -> str:
    return "—" if one == other == "—" else f"{one}/{other}"


def _width(text: str) -> int:
    """Columns on a terminal: a Han character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
