"""`yuqing purge`: delete what is past its source's retention."""

from __future__ import annotations

import click

from core.i18n import _
from yuqing.cli import Invocation


@click.command("purge", help=_("删除超过各来源保存期限（retention_days）的文档"))
@click.option("--dry-run", is_flag=True, help=_("只列出会删除什么"))
@click.pass_obj
def command(invocation: Invocation, dry_run: bool) -> None:
    """Delete expired documents from store and index."""
    from scheduler.care import expired, purge
    from yuqing.wiring import App

    with App.open(invocation.load()) as app:
        found = expired(app.radar, app.store, clock=app.clock)
        for one in found:
            click.echo(
                _("{source}：{n} 篇超过 {days} 天").format(source=one.source, n=len(one.ids), days=one.retention_days)
            )
        if not found:
            click.echo(_("没有超过保存期限的文档。"))
        if dry_run or not found:
            return
        removed = purge(app.store, found, clock=app.clock)
        app.drain(send=False)
    click.echo(_("已删除 {n} 篇。").format(n=removed))
