"""`yuqing why`: the mentions, windows, scores, topics and evidence behind a finding, and what came of it."""

from __future__ import annotations

import click

from core.display import heading, one_line
from core.i18n import _
from core.times import local_iso
from core.values import Document
from yuqing.cli import Invocation


@click.command("why", help=_("说明一篇文档为何这样研判。文档可用编号、键或网址指明。"))
@click.argument("document")
@click.pass_obj
def command(invocation: Invocation, document: str) -> None:
    """Explain one document."""
    from analysis.explain import explain
    from scheduler.named import document_named
    from store import alerts, documents, stories, story_edits
    from yuqing.commands.story import edit_line
    from yuqing.wiring import App

    with App.open(invocation.load()) as app, app.store.read() as connection:
        identity = document_named(app.radar, connection, document)
        stored = documents.load(connection, [identity])[identity]
        told = alerts.of_document(connection, identity)
        edits = story_edits.of_document(connection, identity)
        begun = stories.beginnings(connection, [stored.story]).get(stored.story)
    zone = app.radar.zone
    click.echo(f"{stored.id}  {_('第 {rev} 版').format(rev=stored.rev)}  {heading(stored.title, stored.body)}")
    click.echo(_("来源 {source}　媒体 {outlet}　发布 {at}　发现 {seen}").format(
        source=stored.source, outlet=one_line(stored.outlet) or "—",
        at=local_iso(stored.published_at, zone=zone) or "—", seen=local_iso(stored.first_seen, zone=zone),
    ))  # fmt: skip
    if stored.url:
        click.echo(stored.url)
    if stored.gone_at:
        click.echo(_("原网页已不在（{at} 发现）").format(at=local_iso(stored.gone_at, zone=zone)))
    text = Document(
        source=stored.source, kind="news", key=stored.key, title=stored.title, body=stored.body,
        fetched_at=stored.first_seen,
    )  # fmt: skip
    for line in explain(text, stored.finding):
        click.echo(line)
    if begun and begun.size > 1:
        line = _("同稿 {n} 篇，首发 {outlet}（{id}）")
        click.echo(line.format(n=begun.size, outlet=one_line(begun.outlet) or "—", id=begun.document))
    for edit in edits:
        click.echo(edit_line(edit, zone=zone))
    reasons = {"backfill": _("补采，不即时预警"), "reprint": _("同稿已预警"), None: _("已预警")}
    for subscription, reason in told:
        click.echo(_("订阅 {id}：{what}").format(id=subscription, what=reasons.get(reason, reason)))
