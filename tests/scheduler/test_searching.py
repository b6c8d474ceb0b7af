"""A search by story shows every story once, whatever the order and the size of a page, and counts what matches."""

import pytest

from core.identity import document_id
from core.values import StoryMember
from scheduler.indexer import Indexer, open_index_at
from scheduler.radar import IndexPlace
from scheduler.searching import Search
from search_index.base import IndexUnavailable
from store import documents
from store.engine import open_store
from store.stories import StoredStories
from tests import make
from tests.scheduler import scene

STORIES = {0: (0, 3, 9, 12), 1: (1, 2), 6: (6, 7, 8, 10, 11, 13, 14, 15, 16)}
"""First document -> the numbers of its story; the others of 24 stand alone."""
ALONE = 24 - sum(map(len, STORIES.values()))


@pytest.fixture
def search(tmp_path):
    radar = scene.radar(tmp_path, subscriptions=())
    store = open_store(radar.store_url)
    with store.write() as connection:
        for number in range(24):
            # document 3 of the first story is about something else than the query asks
            title = "城南公园开放" if number == 3 else f"星禾科技泄露（{number}）"
            article = scene.article(number, title=title, body="正文" + "甲乙丙丁"[number % 4] * 5)
            documents.add(connection, article, make.finding(), backfill=False, now=make.NOW)
            first = next((first for first, members in STORIES.items() if number in members), number)
            story = document_id(scene.article(first).key)
            member = StoryMember(document_id(article.key), story, story, b"", make.NOW, article.published_at)
            StoredStories(connection).add(member, [])
            documents.bump(connection, document_id(article.key), make.NOW)
    index = open_index_at(IndexPlace(), data_dir=tmp_path, mode="write", zone=radar.zone)
    Indexer(radar, store, index, lambda: make.NOW).drain()
    yield Search(store, index, now=make.NOW, zone=radar.zone, source_names=radar.source_names, channels=radar.channels)
    index.close()
    store.close()


def walked(search, query, **options):
    """The items of all pages."""
    cursor, items = None, []
    while True:
        page = search.story_page(query, cursor=cursor, **options)
        items += page["items"]
        cursor = page["next"]
        if cursor is None:
            return items


@pytest.mark.parametrize("order", ["newest", "relevance", "heat"])
@pytest.mark.parametrize("limit", [1, 4, 20])
def test_every_story_comes_once_over_all_pages(search, order, limit):
    items = walked(search, "泄露", order=order, limit=limit)

    found = [item["story"] for item in items]
    assert len(found) == len(set(found)) == len(STORIES) + ALONE


def test_a_story_is_shown_by_its_newest_match_with_the_number_of_its_matches(search):
    page = search.story_page("泄露", limit=20)
    shown = {item["story"]: (item["id"], item["story_size"], item["story_hits"]) for item in page["items"]}

    for first, members in STORIES.items():
        story = document_id(scene.article(first).key)
        newest = document_id(scene.article(min(members)).key)  # higher numbers are older
        assert shown[story] == (newest, len(members), len([n for n in members if n != 3]))


def test_the_total_counts_documents_and_stories(search):
    page = search.story_page("泄露", limit=3)

    assert (page["total"], page["total_is_exact"]) == (23, True)
    assert (page["stories"], page["stories_is_exact"]) == (len(STORIES) + ALONE, True)


def test_the_whole_match_set_is_given_as_it_is_stored(search):
    rows = list(search.whole("泄露"))

    assert len(rows) == len({row["id"] for row in rows}) == 23
    assert all("泄露" in row["title"] and row["body"].startswith("正文") for row in rows)


def test_an_index_that_nothing_was_put_into_is_no_answer(search, tmp_path):
    """As after its folder was lost: 0 documents, and exactly so, would be false."""
    empty = open_index_at(IndexPlace(), data_dir=tmp_path / "other", mode="write", zone=search._zone)
    asked = Search(search._store, empty, now=make.NOW, zone=search._zone, source_names={}, channels={})

    for ask in (lambda: asked.page("泄露"), lambda: asked.story_page("泄露"), lambda: next(asked.whole("泄露"))):
        with pytest.raises(IndexUnavailable, match="重建"):
            ask()
    empty.close()


def test_a_total_by_other_rules_is_not_called_exact(search, monkeypatch):
    monkeypatch.setattr(search._index, "fits", lambda: False)

    page = search.story_page("泄露")

    assert (page["total"], page["total_is_exact"], page["stories_is_exact"]) == (23, False, False)


def test_documents_are_counted_by_the_channel_of_their_source(search):
    assert search.page("泄露")["facets"]["channel"] == {"listing": 23}
    assert "channel" not in search.page("泄露", facets=False)["facets"]


def test_hours_come_with_a_page_of_stories_too(search):
    hours = search.story_page("泄露", limit=1, hours=True)["hours"]

    assert sum(hours.values()) == 23
