"""What the brief asks of a month: one look, no texts, and of a finding its keywords alone."""

from sqlalchemy import event

from core.values import StoryMember
from store import documents, reports
from store.reports import Telling
from store.stories import StoredStories
from tests import make

US = "星禾科技"


def add(store, key: str, *, backfill: bool = False, **changes) -> str:
    given = {name: changes.pop(name) for name in ("keywords", "companies") if name in changes}
    with store.write() as connection:
        document = make.document(key=key, **changes)
        return documents.add(connection, document, make.finding(**given), backfill=backfill, now=make.NOW)


def told(store, **kinds) -> list[Telling]:
    with store.read() as connection:
        return reports.tellings(connection, US, make.at(days=-28), make.at(days=1), **kinds)


def test_a_telling_holds_its_keywords_and_says_who_published_it(store):
    first = add(store, "a", keywords=("冒名", "贷款"))
    second = add(store, "b", outlet=None, fetched_at=make.at(hours=1), keywords=())

    assert told(store) == [
        Telling(make.NOW, first, "青岚新闻网", ("冒名", "贷款")),
        Telling(make.at(hours=1), second, "qinglan", ()),
    ]


def test_a_reprint_tells_the_same_story(store):
    first, again = add(store, "a"), add(store, "b")
    with store.write() as connection:
        memory = StoredStories(connection)
        for document in (first, again):
            memory.remember(StoryMember(document, first, first, b"\x01", make.NOW, None, None), (1,))
        memory.write()

    assert [telling.story for telling in told(store)] == [first, first]


def test_only_what_the_newest_revision_says_counts(store):
    identity = add(store, "a", keywords=("旧词",))
    with store.write() as connection:
        at = documents.standing(connection, [identity])[identity]
        documents.revise(connection, at, make.document(key="a", body="改了。"), make.finding(), now=make.NOW)

    assert [telling.keywords for telling in told(store)] == [("信息泄露",)]


def test_others_backfill_and_other_days_are_left_out(store):
    add(store, "other", companies={})
    add(store, "old", backfill=True)
    add(store, "early", fetched_at=make.at(days=-29))
    add(store, "late", fetched_at=make.at(days=1))

    assert told(store) == []


def test_a_longer_name_that_holds_ours_is_not_us(store):
    company = make.finding().companies[US]
    add(store, "a", companies={'新"星禾科技"': company, "星禾科技园": company})

    assert told(store) == []


def test_records_of_the_kinds_count_without_a_name(store):
    add(store, "a", kind="complaint", companies={})

    assert len(told(store, kinds=("complaint", "voice"))) == 1


def test_a_month_is_one_look(store):
    for n in range(5):
        add(store, f"n{n}", fetched_at=make.at(days=-n))
    asked = []
    event.listen(store.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))

    assert len(told(store)) == 5
    assert len([one for one in asked if one.startswith("SELECT")]) == 1
    assert "revisions" not in asked[-1]
