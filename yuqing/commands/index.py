"""`yuqing index`: how the index stands beside the store, and setting it right. The store itself is never touched."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import click

from core.errors import YuqingError
from core.i18n import _
from core.times import iso, local_iso
from yuqing.cli import Invocation
from yuqing.progress import Counter

REBUILD_WAIT_S = 3600.0  # 200,000 documents take minutes
_AS_JSON = click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 对象"))


@click.group("index", help=_("索引的状况、核对、修补与重建；文档都在库里，索引随时可以重来"))
def command() -> None:
    """The group; each part is a command of its own."""


@command.command("status", help=_("索引有多少文档、落后多少、多大、与库是否一致"))
@_AS_JSON
@click.pass_obj
def status(invocation: Invocation, as_json: bool) -> None:
    """Show how the index stands."""
    with _app(invocation) as app:
        found = status_of(app)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    since = found["behind_since"]
    since = since and (local_iso(datetime.fromisoformat(since), zone=app.radar.zone) or "")[:16].replace("T", " ")
    for line in status_lines(found, since=since):
        click.echo(line)


def status_of(app: Any) -> dict[str, Any]:
    """What `index status --json` prints. Raises IndexUnavailable."""
    from scheduler.index_care import compare, lag_of

    index = app.open_index("read")
    try:
        health = index.health()
        lag = lag_of(app.store, health.applied_seq)
        compared = compare(app.store, index, zone=app.radar.zone, settle_s=0)
    finally:
        index.close()
    return {
        "backend": health.backend,
        "generation": health.generation,
        "documents": health.documents,
        "stored": compared.documents,
        "applied_seq": health.applied_seq,
        "behind": lag.behind,
        "behind_since": iso(lag.since),
        "size_bytes": health.size_bytes,
        "refused": compared.refused,
        "equal": compared.is_equal,
        "differing_days": len(compared.days),
        "notes": list(health.notes),
        "running": app.is_running,
    }


def status_lines(found: dict[str, Any], *, since: str | None) -> list[str]:
    """The status of the index for people."""
    lines = [
        _("索引 {backend}，第 {generation} 代，{size:.1f} MB").format(
            backend=found["backend"], generation=found["generation"], size=found["size_bytes"] / 1e6
        ),
        _("{n} 篇可搜（库中 {stored} 篇），已执行到第 {seq} 条指令").format(
            n=found["documents"], stored=found["stored"], seq=found["applied_seq"]
        ),
        _("落后 {n} 条，自 {since} 起").format(n=found["behind"], since=since) if found["behind"] else _("没有落后"),
        _("与库一致") if found["equal"] else _("有 {n} 天与库不一致").format(n=found["differing_days"]),
    ]
    if not found["equal"]:
        lines.append(_("  补上落后的以后再看；仍不一致就运行 yuqing index repair。"))
    if found["refused"]:
        lines.append(_("{n} 篇被引擎拒收，见 yuqing index refused").format(n=found["refused"]))
    return [*lines, *found["notes"]]


@command.command("verify", help=_("逐日核对索引与库；不一致时列出日期，退出码 1"))
@_AS_JSON
@click.pass_obj
def verify(invocation: Invocation, as_json: bool) -> None:
    """Compare the index with the store."""
    with _app(invocation) as app:
        app.drain_index_if_alone()
        compared = _compared(app)
    if as_json:
        days = [{"day": day.day, "stored": day.stored, "indexed": day.indexed} for day in compared.days]
        shown = {"equal": compared.is_equal, "documents": compared.documents, "days": days}
        click.echo(json.dumps(shown | {"behind": compared.behind, "refused": compared.refused}, ensure_ascii=False))
    else:
        for line in _comparison_lines(compared):
            click.echo(line)
    if not compared.is_equal:
        raise click.exceptions.Exit(1)


def _comparison_lines(compared: Any) -> list[str]:
    line = _("{day}：库中 {stored} 篇，索引中 {indexed} 篇")
    lines = [line.format(day=d.day or "—", stored=d.stored, indexed=d.indexed) for d in compared.days]
    if compared.is_equal:
        lines.append(_("一致：{n} 篇。").format(n=compared.documents))
    elif compared.behind:
        lines.append(_("索引还落后 {n} 条，差别也许只是还没补上；稍后再核对。").format(n=compared.behind))
    else:
        lines.append(_("{n} 天不一致。运行 yuqing index repair 只修补这几天。").format(n=len(compared.days)))
    if compared.refused:
        lines.append(_("{n} 篇被引擎拒收，不算在内，见 yuqing index refused").format(n=compared.refused))
    return lines


@command.command("repair", help=_("只修补与库不一致的那几天"))
@_AS_JSON
@click.pass_obj
def repair(invocation: Invocation, as_json: bool) -> None:
    """Order again what differs, apply it, and compare once more."""
    from scheduler.index_care import order_repair

    with _app(invocation) as app, Counter() as counter:
        app.drain_index_if_alone()
        before = _compared(app)
        index = app.open_index("read")
        try:
            days = [day.day for day in before.days]
            done = order_repair(app.store, index, days, zone=app.radar.zone, now=app.clock())
        finally:
            index.close()
        app.index_up_to_date(counter.add)
        after = _compared(app)
    shown = {"days": days, "ordered": done.ordered, "ahead": done.ahead, "equal": after.is_equal}
    line = _("修补了 {days} 天，{n} 篇。").format(days=len(days), n=done.ordered)
    click.echo(json.dumps(shown, ensure_ascii=False) if as_json else line)
    if done.ahead:
        message = _("{n} 篇在索引里比库里还新（库是从备份恢复的？）。请运行 yuqing index rebuild。")
        raise YuqingError(message.format(n=done.ahead))
    if not after.is_equal:
        raise YuqingError(_("修补后仍有 {n} 天不一致。请运行 yuqing index rebuild。").format(n=len(after.days)))


@command.command("rebuild", help=_("从库里重建索引；建好才切换，搜索不中断"))
@_AS_JSON
@click.pass_obj
def rebuild(invocation: Invocation, as_json: bool) -> None:
    """Build a new generation, here or in the running indexer, and wait for it."""
    from scheduler.index_care import order_rebuild

    with _app(invocation) as app, Counter() as counter:
        order_rebuild(app.store, clock=app.clock)
        if app.is_indexing and not as_json:
            click.echo(_("已交给正在值守的 yuqing run，等它建好……"), err=True)
        app.index_up_to_date(counter.add, wait_s=REBUILD_WAIT_S)
        index = app.open_index("read")
        try:
            health = index.health()
        finally:
            index.close()
    shown = {"generation": health.generation, "documents": health.documents, "applied_seq": health.applied_seq}
    line = _("重建好了：第 {generation} 代，{n} 篇。").format(generation=health.generation, n=health.documents)
    click.echo(json.dumps(shown, ensure_ascii=False) if as_json else line)


@command.command("switch", help=_("改了 index.backend 之后：趁值守的还用着旧索引，先把新索引建好再重启"))
@_AS_JSON
@click.pass_obj
def switch(invocation: Invocation, as_json: bool) -> None:
    """Fill the index that the configuration names now, beside the one in use."""
    with _app(invocation) as app, Counter() as counter:
        count = app.fill_index(counter.add)
        compared = _compared(app, settle_s=0)
    backend = app.radar.index.backend
    shown = {"backend": backend, "documents": count, "equal": compared.is_equal, "behind": compared.behind}
    click.echo(json.dumps(shown, ensure_ascii=False) if as_json else "\n".join(_switch_lines(backend, count, compared)))
    if not compared.is_equal and not compared.behind:
        raise click.exceptions.Exit(1)


def _switch_lines(backend: str, count: int, compared: Any) -> list[str]:
    if not compared.is_equal and not compared.behind:
        line = _("{backend} 的索引建了 {n} 篇，但与库不一致；再运行一次，或换过去以后运行 yuqing index repair：")
        return [line.format(backend=backend, n=count), *_comparison_lines(compared)]
    line = _("{backend} 的索引建好了：{n} 篇。现在重启 yuqing run，它就改用这个索引，并补上其间的变化。")
    return [line.format(backend=backend, n=count)]


@command.command("refused", help=_("列出被引擎拒收的文档和原因；--replay 再试一次"))
@click.option("--replay", is_flag=True, help=_("再交给引擎一次"))
@_AS_JSON
@click.pass_obj
def refused(invocation: Invocation, replay: bool, as_json: bool) -> None:
    """List the dead letters, or order them again first."""
    from scheduler.index_care import replay_refused
    from store import index_refused

    with _app(invocation) as app, Counter() as counter:
        if replay:
            replay_refused(app.store, clock=app.clock)
            app.index_up_to_date(counter.add)
        with app.store.read() as connection:
            rows = index_refused.every(connection)
    for row in rows:
        shown = {"id": row.document, "version": row.version, "reason": row.reason, "at": iso(row.at)}
        click.echo(json.dumps(shown, ensure_ascii=False) if as_json else f"{row.document}  {row.reason}")
    if not rows and not as_json:
        click.echo(_("没有被拒收的文档。"))


def _app(invocation: Invocation) -> Any:
    from yuqing.wiring import App

    return App.open(invocation.load())


def _compared(app: Any, **options: float) -> Any:
    from scheduler.index_care import compare

    index = app.open_index("read")
    try:
        return compare(app.store, index, zone=app.radar.zone, **options)
    finally:
        index.close()
