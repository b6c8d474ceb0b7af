"""Decisions of people about stories are rows: who, when, and where the documents stood before."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from core.values import StoryMember, StoryPlace
from store import alerts, care, documents, story_edits
from store.schema import story_moves
from store.stories import StoredStories, members
from tests import make

A, B, C = (StoryMember(name, name, name, b"", make.at(minutes=n)) for n, name in enumerate("abc"))
AS_ONE = [A, replace(B, story="a", event="a")]


@pytest.fixture
def connection(store):
    with store.write() as connection:
        for one in (A, B, C):
            StoredStories(connection).add(one, ())
        yield connection


def merge(connection, before=(A, B), after=AS_ONE, who="王敏"):
    number = story_edits.record(connection, "merge", before=before, after=after, who=who, now=make.NOW)
    story_edits.move(connection, after)
    return number


def test_a_decision_says_who_when_and_what(connection):
    number = merge(connection)

    (edit,) = story_edits.newest(connection, limit=9)
    assert edit == story_edits.load(connection, number)
    assert (edit.what, edit.who, edit.at, edit.undone_at) == ("merge", "王敏", make.NOW, None)
    assert (edit.from_stories, edit.to_stories, edit.documents, edit.moved) == (("a", "b"), ("a",), 2, 1)
    assert members(connection, ["a"]) == AS_ONE
    assert story_edits.places_before(connection, number) == {"a": StoryPlace("a", "a"), "b": StoryPlace("b", "b")}


def test_a_decision_is_taken_back_once(connection):
    number = merge(connection)

    assert story_edits.mark_undone(connection, number, who="李强", now=make.at(hours=1))
    assert not story_edits.mark_undone(connection, number, who="别人", now=make.at(hours=2))
    edit = story_edits.load(connection, number)
    assert (edit.undone_by, edit.undone_at) == ("李强", make.at(hours=1))


def test_a_later_decision_about_the_same_documents_is_known_until_it_is_undone(connection):
    first = merge(connection)
    second = merge(connection, before=[*AS_ONE, C], after=[*AS_ONE, replace(C, story="a", event="a")])

    assert story_edits.later(connection, first) == second
    assert story_edits.later(connection, second) is None
    story_edits.mark_undone(connection, second, who="王敏", now=make.NOW)
    assert story_edits.later(connection, first) is None


def test_the_newest_come_first_page_by_page(connection):
    for _again in range(5):
        merge(connection)

    assert [edit.number for edit in story_edits.newest(connection, limit=2)] == [5, 4]
    assert [edit.number for edit in story_edits.newest(connection, limit=9, before=4)] == [3, 2, 1]


def test_a_document_knows_the_decisions_that_moved_it(connection):
    number = merge(connection)

    assert story_edits.of_document(connection, "a") == []
    assert [edit.number for edit in story_edits.of_document(connection, "b")] == [number]


def test_a_story_that_was_alerted_of_is_so_under_its_new_name(connection):
    row = {"subscription": "leak", "document_id": "b", "rev": 1, "story": "b", "outcome": "alert", "reason": None}
    alerts.add_matches(connection, [row], now=make.NOW)
    merge(connection)

    assert alerts.met_before(connection, "leak", documents=[], stories=["a", "b"]) == (set(), {"a"})


def test_a_forgotten_document_leaves_the_decisions_too(connection):
    identity = documents.add(connection, make.document(), make.finding(), backfill=False, now=make.NOW)
    mine = StoryMember(identity, identity, identity, b"", make.NOW)
    number = merge(connection, before=[A, mine], after=[A, replace(mine, story="a")])
    care.remove_documents(connection, [identity], now=make.NOW)

    assert set(connection.execute(select(story_moves.c.document_id)).scalars()) == {"a"}
    assert story_edits.load(connection, number).moved == 0
