"""`yuqing restore FILE`: a backup in the place of the store; what was forgotten since stays forgotten."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from core.i18n import _
from yuqing.cli import Invocation


@click.command("restore", help=_("用备份替换现有数据；现有的放在旁边。先停下 yuqing run。"))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def command(invocation: Invocation, file: Path) -> None:
    """Restore, forget again, drop the index (it is rebuilt)."""
    from scheduler.care import restore
    from yuqing.wiring import App

    with App.open(invocation.load()) as app:
        aside, forgotten = restore(app.radar, file, clock=app.clock)
        shutil.rmtree(app.radar.data_dir / "index", ignore_errors=True)
        drained = app.drain(send=False)
    click.echo(_("已从 {path} 恢复，索引重建 {n} 篇。").format(path=file, n=drained.indexed))
    if aside:
        click.echo(_("原来的数据在 {path}，确认无误后请删除。").format(path=aside))
    if forgotten:
        click.echo(_("备份之后按请求删除过的 {n} 篇已再次删除。").format(n=forgotten))
