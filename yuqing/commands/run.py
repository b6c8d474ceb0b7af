"""`yuqing run`: the radar on watch until Ctrl-C or SIGTERM."""

from __future__ import annotations

import click

from core.i18n import _
from yuqing.cli import Invocation


@click.command("run", help=_("开始值守，直到 Ctrl-C 或 SIGTERM。每个数据目录只能有一个。"))
@click.pass_obj
def command(invocation: Invocation) -> None:
    """Supervise scheduler, worker, indexer and sender."""
    config = invocation.load()

    from scheduler.supervisor import supervise
    from store.engine import open_store
    from yuqing.wiring import radar_of

    radar = radar_of(config)
    if radar.topic_files:  # a mistake in them is told here, not by a worker that cannot start
        from analysis.topics import TopicRules

        TopicRules.load(radar.topic_files)
    open_store(radar.store_url).close()  # made and migrated once, before four processes want it
    names = "、".join(source.id for source in radar.sources) or _("（没有来源）")
    text = _("舆情雷达开始值守：{company}；来源 {sources}。Ctrl-C 结束。").format(company=radar.company, sources=names)
    supervise(radar, echo=lambda line: click.echo(line, err=True), started=lambda: click.echo(text))
    click.echo(_("已停止。"))
