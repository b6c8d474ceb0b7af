"""`yuqing status`: what waits, what lags, what was sent, and what a person must look at."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import click

from core.errors import Unavailable
from core.i18n import _
from core.times import iso, local_iso
from yuqing.cli import Invocation
from yuqing.commands.brief import state_name
from yuqing.commands.sources import health_lines, health_rows
from yuqing.wiring import App


@click.command("status", help=_("现在怎么样：积压、延迟、来源健康、上一份日报、结果不明的邮件"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 对象"))
@click.pass_obj
def command(invocation: Invocation, as_json: bool) -> None:
    """Show how the radar fares."""
    with App.open(invocation.load()) as app:
        status = status_of(app)
    if as_json:
        click.echo(json.dumps(status, ensure_ascii=False))
        return
    for line in status_lines(status, app):
        click.echo(line)


def status_of(app: App) -> dict[str, Any]:
    """Everything that `status` shows, in plain JSON values."""
    from store import documents, inbox, index_outbox, index_refused, messages, slots

    applied, trouble = _applied(app)
    with app.store.read() as connection:
        waiting, oldest, aside = inbox.backlog(connection)
        behind, behind_since = index_outbox.lag(connection, applied or 0)
        refused = index_refused.count(connection)
        brief = slots.last_brief(connection, app.radar.company)
        unknown = messages.in_states(connection, "unknown", "failed")
        pending = messages.counts(connection)
        alerts = messages.recent(connection, "alert", limit=3)
        count = documents.count(connection)
    return {
        "company": app.radar.company,
        "running": app.is_running,
        "documents": count,
        "waiting": waiting,
        "waiting_since": iso(oldest),
        "set_aside": aside,
        "index": {
            "ok": applied is not None,
            "trouble": trouble,
            "behind": behind,
            "behind_since": iso(behind_since),
            "refused": refused,
        },
        "messages": pending,
        "unknown": [
            {
                "id": delivery.id,
                "recipient": delivery.recipient,
                "subject": delivery.message.subject,
                "state": delivery.state,
                "since": iso(delivery.changed_at),
                "answer": delivery.answer,
            }
            for delivery in unknown
        ],
        "last_brief": {"day": brief["day"], "created_at": iso(brief["created_at"])} if brief else None,
        "last_alerts": [message.subject for message in alerts],
        "sources": health_rows(app),
    }


def _applied(app: App) -> tuple[int | None, str | None]:
    """How far the index is, and what is wrong; (None, why) when it does not answer."""
    try:
        index = app.open_index("read")
    except Unavailable as error:
        return None, str(error)
    try:
        return index.applied_seq(), None
    except Unavailable as error:
        return None, str(error)
    finally:
        index.close()


def _index_lines(index: dict[str, Any], since: str) -> list[str]:
    lines = [_("索引落后 {n} 条").format(n=index["behind"])]
    if not index["ok"]:
        waiting = _("索引不可用，{n} 条在等它（最早 {since}），恢复后自动补上：{why}")
        lines = [waiting.format(n=index["behind"], since=since, why=index["trouble"])]
    if index["refused"]:
        lines.append(_("{n} 篇被引擎拒收，见 yuqing index refused").format(n=index["refused"]))
    return lines


def status_lines(status: dict[str, Any], app: App) -> list[str]:
    """The status for people."""

    def when(text: str | None) -> str:
        return (
            (local_iso(datetime.fromisoformat(text), zone=app.radar.zone) or "")[:16].replace("T", " ") if text else "—"
        )

    index = status["index"]
    lines = [
        _("{company} · {state} · 库中 {n} 篇").format(
            company=status["company"], state=_("值守中") if status["running"] else _("未运行"), n=status["documents"]
        ),
        _("待研判 {n} 篇（最早 {since}），搁置 {aside} 篇").format(
            n=status["waiting"], since=when(status["waiting_since"]), aside=status["set_aside"]
        ),
        *_index_lines(index, when(index["behind_since"])),
        _("上一份日报 {day}").format(day=status["last_brief"]["day"]) if status["last_brief"] else _("还没有发过日报"),
    ]
    counts = "，".join(f"{state_name(state)} {count}" for state, count in sorted(status["messages"].items()))
    lines.append(_("邮件：{counts}").format(counts=counts or _("没有")))
    for message in status["unknown"]:
        line = _("  需要人看：{state} {since} → {recipient}：{subject}（{answer}）")
        lines.append(
            line.format(
                state=state_name(message["state"]),
                since=when(message["since"]),
                recipient=message["recipient"],
                subject=message["subject"],
                answer=message["answer"] or "—",
            )
        )
    return [*lines, "", *health_lines(status["sources"], zone=app.radar.zone)]
