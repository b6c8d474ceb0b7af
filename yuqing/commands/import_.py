"""`yuqing import`: complaints, customer voice, and public posts exported elsewhere."""

from __future__ import annotations

from pathlib import Path

import click

from core.errors import PartialError, UsageError
from core.i18n import _
from core.values import CHINESE, Kind
from yuqing.cli import Invocation
from yuqing.commands.crawl import tell_backfill
from yuqing.progress import Counter


@click.command("import", help=_("导入 CSV、Excel 或 JSON 行：投诉、客户声音，或从别处导出的公开帖文"))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--source", metavar="ID", help=_("记在哪个来源名下；它的 fields 就是列的对应"))
@click.option("--kind", metavar="KIND", help=_("新闻、帖子、投诉或客户声音；默认按来源，否则是投诉"))
@click.option("--map", "pairs", multiple=True, metavar="FIELD=COLUMN", help=_("字段=列名，如 --map body=内容"))
@click.pass_obj
def command(invocation: Invocation, file: Path, source: str | None, kind: str | None, pairs: tuple[str, ...]) -> None:
    """Import a file, then analyse and index what it brought."""
    mapping = dict(_pair(pair) for pair in pairs)
    named = _kind(kind)

    from scheduler.imports import bad_row_line
    from yuqing.wiring import App

    with App.open(invocation.load()) as app, Counter() as counter:
        done = app.import_file(
            file, source=source, kind=named, mapping=mapping, progress=lambda n: counter.add("import", n)
        )
        for bad in done.bad:
            click.echo(bad_row_line(file, bad), err=True)
        drained = app.drain(progress=counter.add)
    click.echo(
        _("读到 {rows} 条：新增 {new}，更新 {revised}，其余已有；{bad} 行没有导入。").format(
            rows=done.rows, new=drained.new, revised=drained.revised, bad=len(done.bad)
        )
    )
    tell_backfill(drained.backfill)
    if done.bad:
        raise PartialError(_("改好上面列出的行，再导入同一个文件即可：已有的不会重复。"))


def _pair(pair: str) -> tuple[str, str]:
    field, equals, column = pair.partition("=")
    if not (field.strip() and equals and column.strip()):
        raise UsageError(_("--map “{seen}”不对；请写 字段=列名，如 body=内容。").format(seen=pair))
    return field.strip(), column.strip()


def _kind(text: str | None) -> Kind | None:
    if text is None:
        return None
    for identity, chinese in CHINESE["kind"].items():
        if text in (identity, chinese):
            return identity  # type: ignore[return-value]
    raise UsageError(
        _("--kind “{seen}”不对；请写 {known}。").format(seen=text, known="、".join(CHINESE["kind"].values()))
    )
