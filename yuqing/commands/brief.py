"""`yuqing brief preview|send`: the brief of a day, to look at or to send."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import click

from core.errors import PartialError, UsageError
from core.i18n import _
from core.times import day_of, local_iso
from yuqing.cli import Invocation
from yuqing.wiring import App

_MAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")  # the rest is the server's to judge


@click.group("brief", help=_("预览或发送日报"))
def command() -> None:
    """The daily brief."""


def _day(app: App, text: str | None) -> date:
    """The day that is asked for, yesterday by default. Raises UsageError for what is no day that we listened on."""
    from store.alerts import listening_since

    wanted = _day_meant(app, text)
    with app.store.read() as connection:
        since = listening_since(connection) or app.clock()
    first, today = (day_of(moment, zone=app.radar.zone) for moment in (since, app.clock()))
    if wanted > today:
        raise UsageError(_("{day} 还没有到。").format(day=wanted))
    if wanted < first:
        message = _("雷达 {first} 才开始听，{day} 没有日报。用 --date 指明别的一天，如今天。")
        raise UsageError(message.format(first=first, day=wanted))
    return wanted


def _day_meant(app: App, text: str | None) -> date:
    today = day_of(app.clock(), zone=app.radar.zone)
    words = {None: today - timedelta(days=1), "yesterday": today - timedelta(days=1), "today": today}
    words |= {"昨天": today - timedelta(days=1), "今天": today}
    if text in words:
        return words[text]
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise UsageError(_("“{seen}”不是日期；请写 2026-11-20、今天或昨天。").format(seen=text)) from None


@command.command("preview", help=_("生成日报文件，不发送、不记录"))
@click.option("--date", "day", metavar="YYYY-MM-DD", help=_("哪一天；默认昨天"))
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help=_("写到这个 HTML 文件"))
@click.option("--text", is_flag=True, help=_("在终端显示文本版"))
@click.pass_obj
def preview(invocation: Invocation, day: str | None, html: Path | None, text: bool) -> None:
    """Write the brief of a day to a file, or show its text."""
    with App.open(invocation.load()) as app:
        wanted = _day(app, day)
        message = app.preview_brief(wanted)
        target = html or app.radar.data_dir / "preview" / f"brief-{wanted}.html"
    if text:
        click.echo(f"{message.subject}\n\n{message.text}")
        if html is None:
            return
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(message.html or message.text, encoding="utf-8")
    except OSError as error:
        raise UsageError(_("写不了 {path}：{seen}。").format(path=target, seen=error.strerror)) from error
    click.echo(_("{subject}\n已写到 {path}").format(subject=message.subject, path=target))


def _addresses(_context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    for address in given:
        if not _MAIL.fullmatch(address):
            raise UsageError(_("“{seen}”不是邮件地址；请写 pr@xinghe.example 这样的。").format(seen=address))
    return given


@command.command("send", help=_("发送某天的日报；每人每天只有一份"))
@click.option("--date", "day", metavar="YYYY-MM-DD", help=_("哪一天；默认昨天"))
@click.option(
    "--to", multiple=True, metavar="ADDRESS", callback=_addresses, help=_("只发给这些人；默认是配置里的 brief.to")
)
@click.option("--dry-run", is_flag=True, help=_("只说会发什么、发给谁，不发送、不记录"))
@click.pass_obj
def send(invocation: Invocation, day: str | None, to: tuple[str, ...], dry_run: bool) -> None:
    """Put the brief of a day into the outbox and send it."""
    from store import messages

    with App.open(invocation.load()) as app:
        wanted = _day(app, day)
        if dry_run:
            recipients = to or (app.radar.brief.to if app.radar.brief else ())
            message = app.preview_brief(wanted, to=recipients)
            click.echo(_("（演练，不发送）{subject}").format(subject=message.subject))
            for recipient in recipients or (_("没有收件人：请写 brief.to 或用 --to"),):
                click.echo(f"  → {recipient}")
            return
        began = app.clock()
        message = app.publish_brief(wanted, to=to)
        app.drain()
        with app.store.read() as connection:
            deliveries = messages.of_message(connection, message.key)
    click.echo(message.subject)
    for delivery in deliveries:
        state = state_name(delivery.state)
        if delivery.state == "sent" and delivery.changed_at < began:
            at = (local_iso(delivery.changed_at, zone=app.radar.zone) or "")[:16].replace("T", " ")
            state = _("已于 {at} 发过，没有再发").format(at=at)
        click.echo(f"  {delivery.recipient}  {state}  {delivery.answer or ''}".rstrip())
    states = {delivery.state for delivery in deliveries if not to or delivery.recipient in to}
    if "pending" in states:
        raise PartialError(_("没发出的留在发件箱，不会丢：yuqing run 会接着发，也可以稍后再运行同一条命令。"))
    if states - {"sent"}:
        raise PartialError(_("有的没有送到，原因见上；改好收件人后用 --to 补发。"))


def state_name(state: str) -> str:
    """A delivery's state in words."""
    return {
        "pending": _("待发"),
        "claimed": _("正在连接"),
        "sending": _("正在发送"),
        "sent": _("已发出"),
        "failed": _("被拒收"),
        "unknown": _("结果不明"),
    }[state]
