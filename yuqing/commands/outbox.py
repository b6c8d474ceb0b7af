"""`yuqing outbox`: messages that are not surely delivered, and what a person decides about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import click

from core.errors import UsageError
from core.i18n import _
from core.times import local_iso
from yuqing.cli import Invocation
from yuqing.commands.brief import state_name

if TYPE_CHECKING:
    from store.messages import State
    from yuqing.wiring import App

OPEN: tuple[State, ...] = ("unknown", "failed", "pending", "claimed", "sending")
PAGE = 50


@click.group("outbox", invoke_without_command=True, help=_("还没有确实送达的邮件；结果不明的由人决定重发还是了结"))
@click.option("--all", "everything", is_flag=True, help=_("已送达的也列出"))
@click.option("--limit", type=click.IntRange(1, 1000), default=PAGE, help=_("至多列几封"))
@click.pass_context
def command(ctx: click.Context, everything: bool, limit: int) -> None:
    """List the deliveries that are open, those that need a person first."""
    if ctx.invoked_subcommand is not None:
        return

    from store import messages
    from yuqing.wiring import App

    invocation: Invocation = ctx.obj
    states: tuple[State, ...] = (*OPEN, "sent") if everything else OPEN
    with App.open(invocation.load()) as app:
        with app.store.read() as connection:
            found = [one for state in states for one in messages.in_states(connection, state, limit=limit)]
        for delivery in found[:limit]:
            when = (local_iso(delivery.changed_at, zone=app.radar.zone) or "")[:16].replace("T", " ")
            answer = f"（{delivery.answer}）" if delivery.answer else ""
            subject = delivery.message.subject
            click.echo(f"{delivery.id}  {state_name(delivery.state)}  {when}  {delivery.recipient}  {subject}{answer}")
    if not found:
        click.echo(_("没有未了的邮件。"))


@command.command("resend", help=_("再发一次结果不明或被拒收的邮件，并标明可能重复"))
@click.argument("number", type=int)
@click.pass_obj
def resend(invocation: Invocation, number: int) -> None:
    """Send a delivery once more, marked."""
    from yuqing.wiring import App

    with App.open(invocation.load()) as app:
        state = _move(app, number, "pending")
        app.drain()
    click.echo(_("第 {n} 封原是“{state}”，已再次发送；结果见 yuqing outbox --all。").format(n=number, state=state))


@command.command("settle", help=_("确认收件人已经收到（或不必再发），了结这一封"))
@click.argument("number", type=int)
@click.pass_obj
def settle(invocation: Invocation, number: int) -> None:
    """Close a delivery as sent, on a person's word."""
    from yuqing.wiring import App

    with App.open(invocation.load()) as app:
        state = _move(app, number, "sent")
    click.echo(_("第 {n} 封原是“{state}”，已了结。").format(n=number, state=state))


def _move(app: App, number: int, after: Literal["pending", "sent"]) -> str:
    """Bring a delivery that a person may decide on into another state; its former state in words."""
    from store import messages

    with app.store.write() as connection:
        found = messages.load(connection, [number])
        if not found or found[0].state not in ("unknown", "failed"):
            raise UsageError(_("第 {n} 封不是结果不明或被拒收的邮件；yuqing outbox 列出可以处理的。").format(n=number))
        now = app.clock()
        note = _("由人了结") if after == "sent" else None
        messages.move(
            connection,
            number,
            before=found[0].state,
            after=after,
            now=now,
            next_at=now,
            answer=note,
            repeat=after == "pending",
        )
    return state_name(found[0].state)
