"""The story memory of the store holds to the contract that the dictionary of the filter holds to."""

import random

import pytest
from sqlalchemy import insert, select

from analysis.stories import DictMemory, band_keys, place
from core.stories import KEPT_PER_KEY
from core.values import StoryMember
from store.schema import story_bands
from store.stories import Beginning, StoredStories, beginnings
from tests import make
from tests.alike import COPIED, named_alike


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
                bands, events = tuple(dice.sample(range(40), 5)), tuple(dice.sample(range(40, 50), 2))
                asked = {"events": events, "within": (make.at(minutes=n - 30), make.at(minutes=n + 30))}
                assert list(memory.candidates(bands, **asked)) == list(plain.candidates(bands, **asked))
                new = member(f"d{n:03}", minutes=n, published_at=make.at(minutes=dice.randrange(60)), apart=n % 7 == 0)
                memory.remember(new, bands + events)
                plain.add(new, bands + events)
            memory.write()


@pytest.mark.parametrize("make_memory", [StoredStories, lambda _connection: DictMemory()])
class TestMemory:
    """What both memories promise; see `core.ports.StoryMemory`."""

    def test_who_shares_most_comes_first_then_the_oldest(self, store, make_memory):
        with store.write() as connection:
            memory = make_memory(connection)
            for name, minutes, bands in (("late", 3, (1, 2)), ("early", 1, (1, 3)), ("two", 5, (1, 2, 3))):
                memory.add(member(name, minutes), bands)

            found = [one.document for one in memory.candidates((1, 2, 3))]
        assert found == ["two", "early", "late"]

    def test_of_those_that_share_as_much_what_a_person_split_off_comes_first(self, store, make_memory):
        with store.write() as connection:
            memory = make_memory(connection)
            for name, minutes, bands in (("a", 1, (1, 2)), ("apart", 3, (1, 2)), ("near", 2, (1, 2, 3))):
                memory.add(member(name, minutes, apart=name == "apart"), bands)

            found = [one.document for one in memory.candidates((1, 2, 3))]
        assert found == ["near", "apart", "a"]

    def test_who_only_names_the_same_comes_last_newest_first_and_in_time(self, store, make_memory):
        with store.write() as connection:
            memory = make_memory(connection)
            memory.add(member("same", 0), (1,))
            memory.add(member("old", 1, published_at=make.at(days=-9)), (7,))
            memory.add(member("early", 2), (7,))
            memory.add(member("late", 3), (7,))

            found = memory.candidates((1,), events=(7,), within=(make.at(hours=-72), make.at(hours=72)))
        assert [one.document for one in found] == ["same", "late", "early"]

    def test_a_key_that_everybody_has_finds_the_newest_only(self, store, make_memory):
        with store.write() as connection:
            memory = make_memory(connection)
            for n in range(KEPT_PER_KEY + 3):
                memory.add(member(f"d{n:03}", n), (7, 1000 + n))

            found = {one.document for one in memory.candidates((7,))}
            alone = [one.document for one in memory.candidates((1000,))]
        assert len(found) == KEPT_PER_KEY
        assert found.isdisjoint({"d000", "d001", "d002"})
        assert alone == ["d000"]


def test_what_a_key_leads_to_no_more_is_gone_from_the_store(store):
    """Also where an older version kept all of them."""
    crowd = [{"band": 7, "document_id": f"d{n:03}"} for n in range(KEPT_PER_KEY + 9)]
    with store.write() as connection:
        for n in range(KEPT_PER_KEY + 9):
            StoredStories(connection).add(member(f"d{n:03}", n), ())
        connection.execute(insert(story_bands), crowd)

        StoredStories(connection).add(member("new", 999), (7,))
        kept = set(connection.execute(select(story_bands.c.document_id)).scalars())
    assert len(kept) == KEPT_PER_KEY
    assert {"d010", "new"} <= kept


def test_a_copy_is_found_among_many_who_name_the_same_company(store):
    """A name with a figure that everybody writes must not hide the copy."""
    with store.write() as connection:
        memory = StoredStories(connection)
        told = [named_alike(n) for n in range(60)]
        for n, text in enumerate([*told, told[0] + "另有说法。", COPIED, COPIED]):
            at = make.at(minutes=n)
            placed = place(f"d{n}", title=None, text=text, published_at=at, seen_at=at, outlet=None, memory=memory)
            memory.remember(placed, band_keys(placed.sketch))
        memory.write()
    assert placed.story == "d61"


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
        assert beginnings(connection, ["a", "unknown"]) == {"a": Beginning(2, "b", "青岚晚报", make.at(minutes=1))}


def test_a_reprint_with_the_date_of_a_template_does_not_begin_a_story(store):
    with store.write() as connection:
        memory = StoredStories(connection)
        memory.add(member("a", minutes=5, outlet="澜湾网"), ())
        memory.add(member("b", 9, "a", outlet="模板网", published_at=make.at(days=-6900)), ())

    with store.read() as connection:
        assert beginnings(connection, ["a"]) == {"a": Beginning(2, "a", "澜湾网", None)}
