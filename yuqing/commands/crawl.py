"""`yuqing crawl`: one round now, then whatever it brought is analysed, indexed and told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from core.errors import PartialError
from core.i18n import _
from yuqing.cli import Invocation
from yuqing.progress import Counter


@click.command("crawl", help=_("立刻抓取一轮，并研判、索引、预警。不给来源时抓取全部。"))
@click.argument("sources", nargs=-1, metavar=_("[来源]…"))
@click.option("--once", is_flag=True, help=_("抓完一轮就结束（默认就是如此）"))
@click.option("--force", is_flag=True, help=_("不管安静时段、每日页数，也不问网页变没变"))
@click.option("--no-send", is_flag=True, help=_("不发送邮件，消息留在发件箱"))
@click.pass_obj
def command(invocation: Invocation, sources: tuple[str, ...], once: bool, force: bool, no_send: bool) -> None:
    """One round of the sources, now."""
    from scheduler.health import is_failed
    from yuqing.wiring import App

    pages: dict[str, int] = {}
    with App.open(invocation.load()) as app, Counter() as counter:
        if not app.sources(sources):
            click.echo(_("没有要抓取的来源。文件夹来源由 yuqing run 收取，单个文件用 yuqing import。"))
        reports = app.crawl_once(sources, force=force, progress=lambda event: _count(counter, pages, event))
        drained = app.drain(send=not no_send, progress=counter.add)
    for report in reports:
        line = _("{source}：{pages} 页，{documents} 篇，{same} 页未变")
        click.echo(
            line.format(source=report.source, pages=report.pages, documents=report.documents, same=report.not_modified)
        )
        for note in report.notes:
            click.echo(f"  {note}")
    click.echo(
        _("新增 {new} 篇，更新 {revised} 篇，触发预警 {alerts} 条，发出 {sent} 封。").format(
            new=drained.new, revised=drained.revised, alerts=drained.alerts, sent=drained.sent
        )
    )
    tell_backfill(drained.backfill)
    failed = [report.source for report in reports if is_failed(report)]
    if failed:
        raise PartialError(_("这些来源没有读到内容：{sources}。原因见上。").format(sources="、".join(failed)))


def tell_backfill(count: int) -> None:
    """Say how many documents alert nobody, and why; nothing where there are none."""
    if count:
        click.echo(_("其中 {n} 篇是补采（来源的首轮，或发现时已超过一天），不即时预警，进日报。").format(n=count))


def _count(counter: Counter, pages: dict[str, int], event: Mapping[str, Any]) -> None:
    """Events tell a source's pages so far; the counter wants what is new."""
    if "pages" in event:
        counter.add("crawl", event["pages"] - pages.get(event["source"], 0))
        pages[event["source"]] = event["pages"]
