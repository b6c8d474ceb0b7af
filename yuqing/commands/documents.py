"""`yuqing documents`: what the store holds, as JSON lines; texts masked, authors as pseudonyms."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from core.errors import UsageError
from core.i18n import _
from core.times import iso, parse_instant
from yuqing.cli import Invocation
from yuqing.wiring import App

if TYPE_CHECKING:
    from store.engine import Connection


@click.command("documents", help=_("以 JSON 行列出库中文档"))
@click.option("--source", metavar="ID", help=_("只列这个来源"))
@click.option("--since", metavar="ISO", help=_("只列此刻以后见过的，如 2026-11-20T08:00"))
@click.option("--all-revisions", is_flag=True, help=_("每个版本一行"))
@click.pass_obj
def command(invocation: Invocation, source: str | None, since: str | None, all_revisions: bool) -> None:
    """Print the documents."""
    from store import documents

    with App.open(invocation.load()) as app:
        try:
            moment = parse_instant(since, zone=app.radar.zone) if since else None
        except ValueError:
            raise UsageError(
                _("--since “{seen}”不是时间；请写 2026-11-20 或 2026-11-20T08:00。").format(seen=since)
            ) from None
        with app.store.read() as connection:
            _check_source(connection, app, source)
            for row in documents.rows_of(connection, source=source, since=moment, all_revisions=all_revisions):
                click.echo(json.dumps({name: _plain(value) for name, value in row.items()}, ensure_ascii=False))


def _check_source(connection: Connection, app: App, source: str | None) -> None:
    """Raises UsageError for a source that is neither configured nor has ever brought a document."""
    from store import care

    if source is None or app.radar.source(source):
        return
    held = care.sources_held(connection)
    if source not in held:
        known = dict.fromkeys([one.id for one in app.radar.sources] + held)
        raise UsageError(_("没有来源 {id}。有：{known}。").format(id=source, known="、".join(known) or _("（无）")))


def _plain(value: Any) -> Any:
    return iso(value) if isinstance(value, datetime) else value
