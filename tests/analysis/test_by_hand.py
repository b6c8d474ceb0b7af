"""What people decide about stories: who goes where, and back."""

import json
from pathlib import Path

import pytest

from analysis.stories import DictMemory, band_keys, merged, place, sketch, split_off, undone
from core.errors import UsageError
from core.values import StoryMember, StoryPlace
from tests import make

CASES = (Path(__file__).parents[1] / "cases" / "stories.jsonl").read_text("utf-8").splitlines()
TEXT, OTHER = (json.loads(line)["text"] for line in (CASES[0], CASES[-1]))


def member(name, minutes, story="a", text=TEXT, **changes):
    return StoryMember(name, story, story, sketch(text), make.at(minutes=minutes), **changes)


def stories(members):
    """Document -> story."""
    return {one.document: one.story for one in members}


def test_merged_stories_bear_the_name_of_the_one_seen_first():
    told = merged([member("b", 2, "b"), member("a", 1), member("c", 3, "b")])

    assert [(one.document, one.story, one.event) for one in told] == [("b", "a", "a"), ("a", "a", "a"), ("c", "a", "a")]


def test_one_story_cannot_be_merged_with_itself():
    with pytest.raises(UsageError):
        merged([member("a", 1), member("b", 2)])


def test_a_document_leaves_and_the_story_keeps_its_name():
    told = split_off([member("a", 1), member("b", 2, text=TEXT + "另讯。"), member("c", 3)], "b")

    assert stories(told) == {"a": "a", "b": "b", "c": "a"}
    assert [one.apart for one in told] == [False, True, False]


def test_when_the_first_leaves_the_story_is_named_by_the_next():
    told = split_off([member("a", 1), member("b", 2, text=TEXT + "另讯。"), member("c", 3, text=TEXT + "又讯。")], "a")

    assert stories(told) == {"a": "a", "b": "b", "c": "b"}


def test_those_with_the_very_same_text_leave_too():
    told = split_off([member("a", 1), *(member(name, 2, text=TEXT + "另讯。") for name in "bcd")], "c")

    assert stories(told) == {"a": "a", "b": "b", "c": "b", "d": "b"}


def test_where_all_have_the_same_text_the_document_leaves_alone():
    assert stories(split_off([member("a", 1), member("b", 2), member("c", 3)], "b")) == {"a": "a", "b": "b", "c": "a"}


def test_a_document_that_is_alone_cannot_leave():
    with pytest.raises(UsageError):
        split_off([member("a", 1)], "a")


def test_undoing_brings_each_back_and_those_that_joined_since_to_whom_they_resemble():
    before = {"a": StoryPlace("a", "a"), "b": StoryPlace("b", "e", apart=True)}
    now = [member("a", 1), member("b", 2, text=OTHER), member("c", 3, text=OTHER + "另讯。"), member("d", 4)]

    told = undone(now, before)

    assert stories(told) == {"a": "a", "b": "b", "c": "b", "d": "a"}
    assert [(one.event, one.apart) for one in told] == [("a", False), ("e", True), ("e", True), ("a", False)]


def test_undoing_what_is_deleted_meanwhile_changes_nothing():
    now = [member("c", 3)]

    assert undone(now, {"a": StoryPlace("x", "x")}) == now


@pytest.mark.parametrize("copies", [1, 60])
def test_a_copy_of_what_was_split_off_goes_with_it(copies):
    """However many others read the same, and the copy of the copy, too."""
    memory = DictMemory()
    for n in range(copies):
        memory.add(member(f"a{n}", n, "a0"), band_keys(sketch(TEXT)))
    memory.add(member("apart", 99, "apart", apart=True), band_keys(sketch(TEXT)))

    for n in range(3):
        at = make.at(minutes=200 + n)
        copy = place(f"c{n}", title=None, text=TEXT, published_at=at, seen_at=at, outlet=None, memory=memory)
        memory.add(copy, band_keys(copy.sketch))
        assert (copy.story, copy.apart) == ("apart", True)
