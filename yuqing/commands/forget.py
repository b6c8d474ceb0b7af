"""`yuqing forget KEY|PSEUDONYM`: delete on request, from store, index and messages, and keep it away."""

from __future__ import annotations

import click

from core.i18n import _
from yuqing.cli import Invocation


@click.command("forget", help=_("按请求删除一篇文档（编号、键或网址），或某人（u- 开头的化名）的全部内容"))
@click.argument("what")
@click.option("--dry-run", is_flag=True, help=_("只说会删除几篇"))
@click.pass_obj
def command(invocation: Invocation, what: str, dry_run: bool) -> None:
    """Forget a document or a person."""
    from scheduler.care import forget, meant
    from yuqing.wiring import App

    with App.open(invocation.load()) as app:
        if dry_run:
            with app.store.read() as connection:
                _kind, ids = meant(app.radar, connection, what)
            click.echo(_("会删除 {n} 篇。").format(n=len(ids)))
            return
        removed = forget(app.radar, app.store, what, clock=app.clock)
        app.drain(send=False)
    click.echo(_("已删除 {n} 篇，今后也不再收录。").format(n=removed))
    click.echo(_("旧备份里若还有，恢复时会再次删除。"))
