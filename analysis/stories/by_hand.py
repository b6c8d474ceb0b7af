"""What people decide about stories: merge, split, undo. Pure: members in, the same members at their new places out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from analysis.stories.compare import share
from analysis.stories.sketch import read
from core.errors import UsageError
from core.i18n import _
from core.values import StoryMember, StoryPlace


def merged(members: Sequence[StoryMember]) -> list[StoryMember]:
    """All of them in the story and the event of the one that was seen first. Raises UsageError for a single story."""
    if len({one.story for one in members}) < 2:
        raise UsageError(_("这些文档已经同在一个稿件族，没有可合并的。"))
    head = _oldest(members)
    return [replace(one, story=head.story, event=head.event) for one in members]


def split_off(members: Sequence[StoryMember], document: str) -> list[StoryMember]:
    """
    The members of one story after a document has left it, with those that have the very same text.

    Where all have the same text the document leaves alone. What leaves is marked as `apart`; the story keeps its name
    unless that is the name of one that leaves. Raises UsageError for a document that is alone.
    """
    if len(members) < 2:
        raise UsageError(_("这篇文档独自成族，没有可拆的。"))
    leaving = _copies_of(members, document)
    if len(leaving) == len(members):
        leaving = {document}
    gone = [one for one in members if one.document in leaving]
    rest = [one for one in members if one.document not in leaving]
    name = rest[0].story if rest[0].story not in leaving else _oldest(rest).document
    own = _oldest(gone).document
    return [
        replace(one, story=own, apart=True) if one.document in leaving else replace(one, story=name) for one in members
    ]


def undone(members: Sequence[StoryMember], before: Mapping[str, StoryPlace]) -> list[StoryMember]:
    """
    The members where they stood before; those that joined since go with whom they resemble most.

    `members` are all of the stories that are undone, as they stand now. Who was there before and is no more (deleted,
    forgotten) stays away; when none is left, nothing changes.
    """
    known = [one for one in members if one.document in before]
    if not known:
        return list(members)
    return [_at(one, before[(one if one.document in before else _nearest(one, known)).document]) for one in members]


def _at(member: StoryMember, place: StoryPlace) -> StoryMember:
    return replace(member, story=place.story, event=place.event, apart=place.apart)


def _oldest(members: Sequence[StoryMember]) -> StoryMember:
    return min(members, key=_age)


def _age(member: StoryMember) -> tuple[datetime, str]:
    return member.seen_at, member.document


def _copies_of(members: Sequence[StoryMember], document: str) -> set[str]:
    """The document and those with the same text."""
    texts = {one.document: _text(one) for one in members}
    return {one for one, text in texts.items() if text == texts[document]}


def _text(member: StoryMember) -> tuple[int, int]:
    signature = read(member.sketch)
    return signature.exact, signature.size


def _nearest(member: StoryMember, others: Sequence[StoryMember]) -> StoryMember:
    """The one with the same text, else with most in common; of equals the oldest."""
    mine = read(member.sketch)

    def likeness(other: StoryMember) -> tuple[bool, float]:
        return _text(other) == (mine.exact, mine.size), share(mine, read(other.sketch))

    return max(sorted(others, key=_age), key=likeness)
