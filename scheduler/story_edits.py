"""Stories merged and split by hand: `analysis.stories` decides, here it is read, written and ordered to the index."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from analysis.stories import merged, split_off, undone
from core.errors import UsageError
from core.i18n import _
from core.values import StoryMember
from scheduler.named import unknown
from store import documents, stories, story_edits
from store.engine import Connection
from store.story_edits import What


@dataclass(frozen=True, slots=True)
class Change:
    """What would change: the members of all stories concerned, before and after, in the same order."""

    what: What
    before: tuple[StoryMember, ...]
    after: tuple[StoryMember, ...]
    undoes: int | None = None

    @property
    def moved(self) -> list[StoryMember]:
        """Those that change their story, as they stand afterwards."""
        return [new for old, new in zip(self.before, self.after, strict=True) if old.story != new.story]


def merging(connection: Connection, named: Sequence[str]) -> Change:
    """The stories of the documents with these ids made one. Raises UsageError."""
    before = stories.members(connection, [_story_of(connection, one) for one in named])
    return Change("merge", tuple(before), tuple(merged(before)))


def splitting(connection: Connection, named: str) -> Change:
    """The document with this id taken out of its story. Raises UsageError."""
    story = _story_of(connection, named)
    before = stories.members(connection, [story])
    return Change("split", tuple(before), tuple(split_off(before, named)))


def undoing(connection: Connection, number: int) -> Change:
    """A merge or split taken back. Raises UsageError when a later one builds on it."""
    edit = story_edits.load(connection, number)
    if edit is None:
        raise UsageError(_("没有第 {n} 号改动；yuqing story log 列出各号。").format(n=number))
    if edit.undone_at is not None:
        raise UsageError(_("第 {n} 号改动已经撤销过了。").format(n=number))
    if later := story_edits.later(connection, number):
        message = _("第 {n} 号改动之后，第 {later} 号又改过其中的文档。请先撤销第 {later} 号。")
        raise UsageError(message.format(n=number, later=later))
    before = stories.members(connection, edit.to_stories)
    after = undone(before, story_edits.places_before(connection, number))
    return Change(edit.what, tuple(before), tuple(after), number)


def write(connection: Connection, change: Change, *, who: str, now: datetime) -> int:
    """Write a change of this transaction down and order its documents for the index. Returns its number."""
    if change.undoes is None:
        number = story_edits.record(connection, change.what, before=change.before, after=change.after, who=who, now=now)
    else:
        number = change.undoes
        story_edits.mark_undone(connection, number, who=who, now=now)
    story_edits.move(connection, change.after)
    _reindex(connection, (one.document for one in change.after), now)
    return number


def _reindex(connection: Connection, ids: Iterable[str], now: datetime) -> None:
    """All members: how many tell their story has changed for those, too, that stayed."""
    touched = list(ids)
    documents.bump_all(connection, touched)
    documents.order_all(connection, touched, now)


def _story_of(connection: Connection, document: str) -> str:
    story = stories.stories_of(connection, [document]).get(document)
    if story is None:
        raise unknown(document)
    return story
