"""`yuqing replay`: what a changed watch would add and drop over the stored documents. Nothing is written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click

from core.display import heading
from core.i18n import _
from core.values import Document, Finding, Watch
from store import documents
from store.documents import Stored
from yuqing.cli import Invocation
from yuqing.config import load_watch
from yuqing.progress import Counter
from yuqing.wiring import App

BATCH = 200


@click.command("replay", help=_("用改过的监测方案重读库中文档：会多出哪些、少掉哪些。什么也不写"))
@click.option("--watch", "watch_file", type=click.Path(path_type=Path), help=_("改过的监测方案；默认用配置里的"))
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, help=_("每类至多列几篇"))
@click.option("--json", "as_json", is_flag=True, help=_("每篇一行 JSON"))
@click.pass_obj
def command(invocation: Invocation, watch_file: Path | None, limit: int, as_json: bool) -> None:
    """Compare the stored findings with those under another watch."""
    config = invocation.load()
    watch = load_watch(watch_file) if watch_file else config.watch
    added: list[tuple[Stored, list[str]]] = []
    dropped: list[tuple[Stored, list[str]]] = []
    total = 0
    with App.open(config) as app, Counter() as counter:
        for stored, finding in findings_anew(app, watch):
            total += 1
            counter.add("analyse")
            before, after = set(stored.finding.about), set(finding.about)
            if after - before:
                added.append((stored, sorted(after - before)))
            if before - after:
                dropped.append((stored, sorted(before - after)))
    for change, sign, rows in (("added", "+", added), ("dropped", "-", dropped)):
        for stored, names in rows[:limit]:
            line = {"change": change, "id": stored.id, "companies": names, "title": stored.title, "url": stored.url}
            shown = f"{sign} {'、'.join(names)}  {heading(stored.title, stored.body)}  {stored.id}"
            click.echo(json.dumps(line, ensure_ascii=False) if as_json else shown)
    if not as_json:
        text = _("重读 {n} 篇：多出 {added} 篇，少掉 {dropped} 篇。")
        click.echo(text.format(n=total, added=len(added), dropped=len(dropped)))


def findings_anew(app: App, watch: Watch) -> Iterator[tuple[Stored, Finding]]:
    """Every stored document with its finding under this watch."""
    from analysis.analyse import Analyser

    analyser = Analyser(watch, zone=app.radar.zone)
    with app.store.read() as connection:
        ids = [identity for identity, _version in documents.every_id(connection)]
    for start in range(0, len(ids), BATCH):
        with app.store.read() as connection:
            found = documents.load(connection, ids[start : start + BATCH])
        for stored in found.values():
            yield stored, analyser.analyse(document_of(stored))


def document_of(stored: Stored) -> Document:
    """The stored text as a document, as it passed the gate."""
    return Document(
        source=stored.source,
        kind=stored.kind,  # type: ignore[arg-type]
        key=stored.key,
        title=stored.title,
        body=stored.body,
        fetched_at=stored.first_seen,
        url=stored.url,
        author=stored.author,
        outlet=stored.outlet,
        published_at=stored.published_at,
    )
