"""What people merge and split stays so, whatever comes in later, and can be taken back."""

import pytest

from core.errors import UsageError
from core.identity import document_id
from scheduler import story_edits
from scheduler.indexer import Indexer
from scheduler.worker import Worker
from search_index import open_index
from store import documents, index_outbox, messages
from store.engine import open_store
from tests import make
from tests.scheduler import scene

FIRST, REPRINT, OTHER = scene.article(0), scene.article(0, key="lanwan.example/9"), scene.article(3)
A, B, C = (document_id(one.key) for one in (FIRST, REPRINT, OTHER))


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


class Desk:
    """A story of two, one of another, and people who judge them."""

    def __init__(self, folder):
        self.folder, self.radar = folder, scene.radar(folder)
        self.store = open_store(self.radar.store_url)
        scene.settle(self.store, self.radar)
        self.take(FIRST, REPRINT, OTHER)

    def take(self, *arrived):
        scene.arrive(self.store, *arrived)
        Worker(self.radar, self.store, lambda: make.NOW).drain()

    def copy(self, of, key, *, body=None):
        """A later copy of a document comes in; its id."""
        self.take(scene.article(0, key=key, title=of.title, body=body or of.body))
        return document_id(key)

    def change(self, decide, *named):
        with self.store.write() as connection:
            return story_edits.write(connection, decide(connection, *named), who="王敏", now=make.NOW)

    def stories(self):
        """Document -> (story, size)."""
        with self.store.read() as connection:
            found = documents.load(connection, [identity for identity, _version in documents.every_id(connection)])
        return {identity: (one.story, one.story_size) for identity, one in found.items()}

    def alerts(self):
        with self.store.read() as connection:
            return len(messages.recent(connection, "alert"))


def test_what_was_split_off_stays_out_and_its_copies_go_with_it(desk):
    desk.change(story_edits.splitting, B)
    copy = desk.copy(REPRINT, "mirror.example/1")
    desk.take(REPRINT)

    assert desk.stories() == {A: (A, 1), B: (B, 2), copy: (B, 2), C: (C, 1)}


def test_a_copy_that_resembles_the_rest_more_stays_with_the_rest(desk):
    text = FIRST.body + "记者将继续关注此事的进展，请留意本报后续报道。"
    longer = desk.copy(FIRST, "longer.example/1", body=text)
    desk.change(story_edits.splitting, longer)
    short, long = desk.copy(FIRST, "m.example/1"), desk.copy(FIRST, "m.example/2", body=text)

    stories = {identity: story for identity, (story, _size) in desk.stories().items()}
    assert stories == {A: A, B: A, short: A, longer: longer, long: longer, C: C}


def test_merged_stories_take_further_members_together(desk):
    desk.change(story_edits.merging, [A, C])
    copy = desk.copy(OTHER, "mirror.example/1")

    assert desk.stories() == dict.fromkeys((A, B, C, copy), (A, 4))


def test_a_copy_of_a_merged_story_that_was_told_is_not_told_again(desk):
    told = desk.alerts()
    desk.change(story_edits.merging, [A, C])
    desk.copy(OTHER, "mirror.example/1")

    assert desk.alerts() == told


def test_undoing_a_merge_takes_those_that_joined_since_along(desk):
    before = desk.stories()
    number = desk.change(story_edits.merging, [C, B])
    copy = desk.copy(OTHER, "mirror.example/1")
    desk.change(story_edits.undoing, number)
    later = desk.copy(OTHER, "mirror.example/2")

    assert desk.stories() == before | dict.fromkeys((C, copy, later), (C, 3))


def test_undoing_a_split_brings_the_document_and_its_copies_back(desk):
    number = desk.change(story_edits.splitting, A)
    copy = desk.copy(FIRST, "mirror.example/1")
    desk.change(story_edits.undoing, number)
    later = desk.copy(FIRST, "mirror.example/2")

    assert desk.stories() == dict.fromkeys((A, B, copy, later), (A, 4)) | {C: (C, 1)}


def test_decisions_are_undone_in_reverse_where_they_concern_the_same(desk):
    first = desk.change(story_edits.merging, [A, C])
    second = desk.change(story_edits.splitting, B)

    with pytest.raises(UsageError, match="2"):
        desk.change(story_edits.undoing, first)
    desk.change(story_edits.undoing, second)
    desk.change(story_edits.undoing, first)
    with pytest.raises(UsageError):
        desk.change(story_edits.undoing, first)
    assert desk.stories() == {A: (A, 2), B: (A, 2), C: (C, 1)}


@pytest.mark.parametrize("named", ["nobody", ""])
def test_what_is_not_in_the_store_is_named(desk, named):
    with pytest.raises(UsageError):
        desk.change(story_edits.splitting, named)


def test_every_member_is_ordered_for_the_index_which_agrees_when_built_anew(desk):
    index = open_index("tantivy", path=desk.folder / "index", mode="write", zone=desk.radar.zone)
    indexer = Indexer(desk.radar, desk.store, index, lambda: make.NOW)
    indexer.drain()
    with desk.store.read() as connection:
        last = index_outbox.last(connection)
    desk.change(story_edits.merging, [A, C])
    with desk.store.write() as connection:
        ordered = {one.document for one in index_outbox.after(connection, last, limit=99)}
        versions = dict(documents.every_id(connection))
    indexer.drain()
    followed = index.get_versions([A, B, C])
    with desk.store.write() as connection:
        index_outbox.order_rebuild(connection, now=make.NOW)
    indexer.drain()

    assert ordered == {A, B, C}
    assert followed == index.get_versions([A, B, C]) == versions
    assert desk.stories() == dict.fromkeys((A, B, C), (A, 3))
    index.close()
