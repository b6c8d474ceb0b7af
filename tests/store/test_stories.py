"""The story memory of the store holds to the contract that the dictionary of the filter holds to."""

import random

import pytest

from analysis.stories import DictMemory
from core.values import StoryMember
from store.stories import Beginning, StoredStories, beginnings
from tests import make


def member(name, minutes=0, story=None, **changes):
    return StoryMember(name, story or name, story or name, b"", make.at(minutes=minutes), **changes)


@pytest.mark.parametrize("seed", range(5))
def test_candidates_are_those_of_a_dictionary(store, seed):
    dice = random.Random(seed)
    plain = DictMemory()
    for batch in range(3):
        with store.write() as connection:
            memory = StoredStories(connection)
            for n in range(batch * 20, batch * 20 + 20):
                bands = tuple(dice.sample(range(40), 5))
                assert list(memory.candidates(bands)) == list(plain.candidates(bands))
                for one in (memory.remember, plain.add):
                    one(member(f"d{n:03}", minutes=n), bands)
            memory.write()


def test_the_same_document_again_replaces_it(store):
    with store.write() as connection:
        StoredStories(connection).add(member("a"), (1, 2))
        StoredStories(connection).add(member("a", story="b"), (2, 3))

        memory = StoredStories(connection)
        found = [list(memory.candidates((band,))) for band in (1, 2, 3)]
    assert found == [[], [member("a", story="b")], [member("a", story="b")]]


def test_the_beginning_of_a_story_is_its_first_publication(store):
    with store.write() as connection:
        memory = StoredStories(connection)
        memory.add(member("a", minutes=5, outlet="澜湾网"), ())
        memory.add(member("b", 9, "a", outlet="青岚晚报", published_at=make.at(minutes=1)), ())

    with store.read() as connection:
        assert beginnings(connection, ["a", "unknown"]) == {"a": Beginning(2, "青岚晚报", make.at(minutes=1))}
