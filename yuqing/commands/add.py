"""`yuqing add URL`: one public page, fetched with the same manners and stored through the same gate."""

from __future__ import annotations

import click

from core.display import heading
from core.errors import UsageError
from core.i18n import _
from yuqing.cli import Invocation
from yuqing.progress import Counter


@click.command("add", help=_("抓取并存入一个公开网页（遵守 robots.txt，个人信息照样打码）"))
@click.argument("url")
@click.pass_obj
def command(invocation: Invocation, url: str) -> None:
    """Fetch and store one page."""
    from yuqing.wiring import App

    if not url.startswith(("http://", "https://")):
        raise UsageError(_("写的是“{seen}”，不是网址；请写 https:// 开头的完整地址。").format(seen=url))
    with App.open(invocation.load()) as app, Counter() as counter:
        documents = app.add_url(url)
        drained = app.drain(progress=counter.add)
    for document in documents[:3]:
        click.echo(heading(document.title, document.body))
    click.echo(
        _("读到 {n} 篇：新增 {new}，更新 {revised}。").format(
            n=len(documents), new=drained.new, revised=drained.revised
        )
    )
