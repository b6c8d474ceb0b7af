"""The rules of stories that both the filter and the store follow: whom to compare with, and who was first. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import NamedTuple

from core.values import StoryMember

KEPT_PER_KEY = 256
"""A key finds so many of the members seen last: one that everybody shares must not make each new text dearer."""

Rank = tuple[bool, datetime | int, str]
"""False for what a person split off, when a document was seen, and its id, which decides between two of one moment."""


def by_closeness(
    sharing: Iterable[Iterable[str]], loosely: Iterable[Iterable[str]], *, rank: Callable[[str], Rank]
) -> list[str]:
    """
    Documents in the order in which a new text is compared with them, each once.

    `sharing` holds for each band of the text who has it, too: whoever shares most comes first, of equals the oldest,
    but what a person split off before the others: a copy of it belongs to it, though the others read the same.
    `loosely` are those who only name the same; they fill what is left, newest first, for a name never goes away.
    """
    shared = Counter(chain.from_iterable(sharing))
    close = sorted(shared, key=lambda document: (-shared[document], rank(document)))
    return close + sorted(set(chain.from_iterable(loosely)).difference(shared), key=rank, reverse=True)


BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
"""Nothing on the web that we watch is older. An earlier `seen_at` only stands for an order, not for a time."""
_OLD = timedelta(days=30)  # a time so long before the middle one of its story is a mistake or a template's


class First(NamedTuple):
    """Who told a story first (首发); `at` is None where that one does not say credibly when it was published."""

    member: StoryMember
    at: datetime | None


def first_of(members: Iterable[StoryMember]) -> First:
    """
    The first of a story's members: each counts by when it says it was published, else by when it was seen.

    A template's 2008-01-01 is nobody's time of publishing: what lies long before the middle of all times does not
    count. Members without any time come after the others, in the order in which they were seen.
    """
    told = list(members)
    times = sorted(at for at in (one.published_at or one.seen_at for one in told) if at > BEGINNING)
    earliest = max(BEGINNING, times[len(times) // 2] - _OLD) if times else BEGINNING

    def published(one: StoryMember) -> datetime | None:
        return one.published_at if one.published_at and one.published_at > earliest else None

    def place(one: StoryMember) -> tuple[bool, datetime, datetime, str]:
        at = published(one) or one.seen_at
        return at <= BEGINNING, at, one.seen_at, one.document

    first = min(told, key=place)
    return First(first, published(first))
