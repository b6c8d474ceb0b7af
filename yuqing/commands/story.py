"""`yuqing story`: what people decide about stories: merge, split, and taking either back."""

from __future__ import annotations

import getpass
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from core.display import heading, local_time, one_line
from core.errors import UsageError
from core.i18n import _
from yuqing.cli import Invocation

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from scheduler.radar import Radar
    from scheduler.story_edits import Change
    from store.engine import Connection
    from store.story_edits import StoryEdit

    _Decision = Callable[[Radar, Connection], Change]

PAGE = 20
SHOWN = 10  # documents listed of a change
NAME = 40  # characters
_Command = TypeVar("_Command", bound=Callable[..., Any])


@click.group("story", help=_("人对稿件族的改动：合并、拆出、撤销、记录；此后入库的转载跟着走"))
def command() -> None:
    """The group; each part is a command of its own."""


def _options(function: _Command) -> _Command:
    dry_run = click.option("--dry-run", is_flag=True, help=_("只说会怎样改"))
    who = click.option("--who", default=None, help=_("谁作的决定；默认是登录名"))
    return dry_run(who(function))


@command.command("merge", help=_("把几篇文档所在的稿件族合为一族；文档可用编号、键或网址指明"))
@click.argument("documents", nargs=-1, required=True)
@_options
@click.pass_obj
def merge(invocation: Invocation, documents: tuple[str, ...], dry_run: bool, who: str | None) -> None:
    """Make the stories of these documents one."""
    from scheduler.named import document_named
    from scheduler.story_edits import merging

    def decide(radar: Radar, connection: Connection) -> Change:
        return merging(connection, [document_named(radar, connection, one) for one in documents])

    _change(invocation, decide, dry_run=dry_run, who=who)


@command.command("split", help=_("把一篇文档（连同一字不差的）拆出它的稿件族；它再有转载也归它"))
@click.argument("document")
@_options
@click.pass_obj
def split(invocation: Invocation, document: str, dry_run: bool, who: str | None) -> None:
    """Take a document out of its story."""
    from scheduler.named import document_named
    from scheduler.story_edits import splitting

    def decide(radar: Radar, connection: Connection) -> Change:
        return splitting(connection, document_named(radar, connection, document))

    _change(invocation, decide, dry_run=dry_run, who=who)


@command.command("undo", help=_("撤销一次合并或拆出；之后加入的文档归到最像的一族"))
@click.argument("number", type=click.IntRange(1, 2**63 - 1))
@_options
@click.pass_obj
def undo(invocation: Invocation, number: int, dry_run: bool, who: str | None) -> None:
    """Take a merge or a split back."""
    from scheduler.story_edits import undoing

    _change(invocation, lambda _radar, connection: undoing(connection, number), dry_run=dry_run, who=who)


@command.command("log", help=_("谁在何时合并、拆出、撤销了什么，新的在前"))
@click.option("--limit", type=click.IntRange(1, 1000), default=PAGE, help=_("至多列几条"))
@click.option("--before", type=click.IntRange(1, 2**63 - 1), help=_("从这一号之前列起（翻页）"))
@click.pass_obj
def log(invocation: Invocation, limit: int, before: int | None) -> None:
    """List the decisions, newest first."""
    from store import story_edits
    from yuqing.wiring import App

    with App.open(invocation.load()) as app:
        with app.store.read() as connection:
            found = story_edits.newest(connection, limit=limit + 1, before=before)
        for edit in found[:limit]:
            click.echo(edit_line(edit, zone=app.radar.zone))
    if not found:
        click.echo(_("没有人改动过稿件族。") if before is None else _("没有更早的了。"))
    if len(found) > limit:
        click.echo(_("更早的：yuqing story log --before {n}").format(n=found[limit - 1].number))


def edit_line(edit: StoryEdit, *, zone: ZoneInfo) -> str:
    """A decision on one line."""
    stories = f"{' '.join(edit.from_stories)} → {' '.join(edit.to_stories)}" if edit.documents else "—"
    line = _("第 {n} 号  {at}  {who}  {what}：{stories}（{moved}/{all} 篇换了族）").format(
        n=edit.number, at=local_time(edit.at, zone=zone), who=edit.who, what=_names()[edit.what],
        stories=stories, moved=edit.moved, all=edit.documents,
    )  # fmt: skip
    if edit.undone_at is None:
        return line
    return line + _("  已由 {who} 于 {at} 撤销").format(who=edit.undone_by, at=local_time(edit.undone_at, zone=zone))


def _names() -> dict[str, str]:
    return {"merge": _("合并"), "split": _("拆出")}


def _change(invocation: Invocation, decide: _Decision, *, dry_run: bool, who: str | None) -> None:
    """Decide on what the store holds, show it and, unless it is a dry run, write it in the same transaction."""
    from scheduler.story_edits import write
    from yuqing.wiring import App

    with App.open(invocation.load()) as app:
        if dry_run:
            with app.store.read() as connection:
                lines = _shown(connection, decide(app.radar, connection))
            last = _("这是演练，什么也没有写。")
        else:
            with app.store.write() as connection:
                change = decide(app.radar, connection)
                lines = _shown(connection, change)
                number = write(connection, change, who=_person(who), now=app.clock())
            last = _("已撤销第 {n} 号。") if change.undoes else _("记为第 {n} 号；撤销用 yuqing story undo {n}。")
            last = last.format(n=number)
    for line in [*lines, last]:
        click.echo(line)


def _person(given: str | None) -> str:
    """Who decides. Raises UsageError where the system knows no name and none was given."""
    if name := one_line(given, NAME):
        return name
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError) as error:  # a container's user without a name; which of these depends
        raise UsageError(_("系统没有登录名，请用 --who 写明是谁。")) from error


def _shown(connection: Connection, change: Change) -> list[str]:
    """The stories as they will stand, and the documents that change theirs."""
    from store import documents

    sizes = Counter(one.story for one in change.after)
    lines = [_("稿件族 {story}：{n} 篇").format(story=story, n=n) for story, n in sorted(sizes.items())]
    moved = change.moved
    titles = documents.load(connection, [one.document for one in moved[:SHOWN]])
    for one in moved[:SHOWN]:
        stored = titles.get(one.document)
        title = heading(stored.title, stored.body) if stored else ""
        lines.append(f"  {one.document} → {one.story}  {one_line(one.outlet, NAME) or '—'}  {title}")
    if len(moved) > SHOWN:
        lines.append(_("  还有 {n} 篇换了族").format(n=len(moved) - SHOWN))
    return lines
