"""What people merged and split, kept as rows: who, when, and where every document concerned stood before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, bindparam, func, insert, select, update

from core.values import StoryMember, StoryPlace
from store.schema import matches, story_edits, story_members, story_moves

What = Literal["merge", "split"]


@dataclass(frozen=True, slots=True)
class StoryEdit:
    """
    One merge or split. `from_stories` and `to_stories` are the stories before and after, `documents` how many belonged
    to them, `moved` how many of these changed their story. Deleted documents are in none of these any more.
    """

    number: int
    what: What
    at: datetime
    who: str
    undone_at: datetime | None
    undone_by: str | None
    from_stories: tuple[str, ...] = ()
    to_stories: tuple[str, ...] = ()
    documents: int = 0
    moved: int = 0


def record(
    connection: Connection,
    what: What,
    *,
    before: Sequence[StoryMember],
    after: Sequence[StoryMember],
    who: str,
    now: datetime,
) -> int:
    """Keep a decision; `move` brings the documents to their new places. Returns its number."""
    added = connection.execute(insert(story_edits).values(what=what, at=now, who=who))
    number: int = added.inserted_primary_key[0]  # type: ignore[index]
    rows = [
        {
            "number": number,
            "document_id": old.document,
            "story": old.story,
            "event": old.event,
            "apart": old.apart,
            "to_story": new.story,
        }
        for old, new in zip(before, after, strict=True)
    ]
    connection.execute(insert(story_moves), rows)
    return number


def move(connection: Connection, members: Iterable[StoryMember]) -> None:
    """
    Bring documents to these places, and what subscriptions know of them.

    A story that was alerted of stays alerted of under its new name.
    """
    rows = [{"this": m.document, "to": m.story, "within": m.event, "by_hand": m.apart} for m in members]
    if not rows:
        return
    places: dict[str, ColumnElement[Any]] = {
        "story": bindparam("to"),
        "event": bindparam("within"),
        "apart": bindparam("by_hand"),
    }
    here = story_members.c.document_id == bindparam("this")
    connection.execute(update(story_members).where(here).values(places), rows)
    told = matches.c.document_id == bindparam("this")
    connection.execute(
        update(matches).where(told).values(story=bindparam("to")), [{k: r[k] for k in ("this", "to")} for r in rows]
    )


def load(connection: Connection, number: int) -> StoryEdit | None:
    """One decision; None when there is none of this number."""
    return next(iter(_edits(connection, [number])), None)


def newest(connection: Connection, *, limit: int, before: int | None = None) -> list[StoryEdit]:
    """The decisions, newest first, at most so many, of those before a number."""
    query = select(story_edits.c.number).order_by(story_edits.c.number.desc()).limit(limit)
    if before is not None:
        query = query.where(story_edits.c.number < before)
    return _edits(connection, list(connection.execute(query).scalars()))


def of_document(connection: Connection, document: str) -> list[StoryEdit]:
    """The decisions in force that moved a document, newest first."""
    moved = (story_moves.c.document_id == document) & (story_moves.c.story != story_moves.c.to_story)
    standing = select(story_edits.c.number).join(story_moves, story_moves.c.number == story_edits.c.number)
    query = standing.where(moved, story_edits.c.undone_at.is_(None))
    return _edits(connection, list(connection.execute(query).scalars()))


def _edits(connection: Connection, numbers: Sequence[int]) -> list[StoryEdit]:
    moves = select(story_moves.c.number, story_moves.c.story, story_moves.c.to_story, func.count().label("documents"))
    grouped = moves.group_by(story_moves.c.number, story_moves.c.story, story_moves.c.to_story)
    pairs: dict[int, list[Row[tuple[int, str, str, int]]]] = {number: [] for number in numbers}
    for row in connection.execute(grouped.where(story_moves.c.number.in_(numbers))):
        pairs[row.number].append(row)
    query = select(story_edits).where(story_edits.c.number.in_(numbers)).order_by(story_edits.c.number.desc())
    return [_edit(row, pairs[row.number]) for row in connection.execute(query)]


def _edit(row: Row[Any], pairs: Sequence[Row[tuple[int, str, str, int]]]) -> StoryEdit:
    return StoryEdit(
        **row._asdict(),
        from_stories=tuple(sorted({pair.story for pair in pairs})),
        to_stories=tuple(sorted({pair.to_story for pair in pairs})),
        documents=sum(pair.documents for pair in pairs),
        moved=sum(pair.documents for pair in pairs if pair.story != pair.to_story),
    )


def places_before(connection: Connection, number: int) -> dict[str, StoryPlace]:
    """Document -> where it stood before a decision."""
    columns = (story_moves.c.document_id, story_moves.c.story, story_moves.c.event, story_moves.c.apart)
    rows = connection.execute(select(*columns).where(story_moves.c.number == number))
    return {document: StoryPlace(*place) for document, *place in rows}


def later(connection: Connection, number: int) -> int | None:
    """The newest decision in force after this one that concerns a document of it, too; None when there is none."""
    mine = select(story_moves.c.document_id).where(story_moves.c.number == number)
    query = select(func.max(story_edits.c.number)).join(story_moves, story_moves.c.number == story_edits.c.number)
    newer = (story_edits.c.number > number) & story_edits.c.undone_at.is_(None)
    return connection.execute(query.where(newer, story_moves.c.document_id.in_(mine))).scalar()


def mark_undone(connection: Connection, number: int, *, who: str, now: datetime) -> bool:
    """Note that a decision was taken back. False when it had been already."""
    here = (story_edits.c.number == number) & story_edits.c.undone_at.is_(None)
    return connection.execute(update(story_edits).where(here).values(undone_at=now, undone_by=who)).rowcount > 0
