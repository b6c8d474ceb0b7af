"""What every search index promises (search_index.base), held on each engine."""

from datetime import date

import pytest

from core.errors import UsageError
from search_index.base import Delete, Put
from search_index.digest import digest_of
from search_index.query import matches, parse
from tests.search_index.make import NOW, facts, moment


def found(index, query, **more):
    return list(index.search(parse(query), now=NOW, **more).ids)


def test_a_new_index_is_empty_and_at_sequence_zero(index):
    assert index.applied_seq() == 0
    assert index.search(parse("*"), now=NOW).total == 0


def test_what_was_applied_is_found(index):
    report = index.apply([Put(facts("a", body="客户信息泄露"))], seq=7)

    assert report.applied == ("a",)
    assert found(index, "信息泄露") == ["a"]
    assert index.applied_seq() == 7


def test_the_same_batch_again_changes_nothing(index):
    batch = [Put(facts("a", body="甲")), Put(facts("b", body="乙"))]
    index.apply(batch, seq=2)
    before = index.digest()

    index.apply(batch, seq=2)

    assert index.digest() == before
    assert index.count(parse("*"), now=NOW) == 2


def test_a_newer_version_replaces(index):
    index.apply([Put(facts("a", body="甲", version=1))], seq=1)
    index.apply([Put(facts("a", body="乙", version=2))], seq=2)

    assert found(index, "甲") == []
    assert found(index, "乙") == ["a"]


def test_an_older_version_loses(index):
    index.apply([Put(facts("a", body="乙", version=2))], seq=2)

    report = index.apply([Put(facts("a", body="甲", version=1))], seq=3)

    assert report.stale == ("a",)
    assert found(index, "乙") == ["a"]
    assert index.applied_seq() == 3


def test_within_a_batch_the_higher_version_wins_whatever_the_order(index):
    index.apply([Put(facts("a", body="乙", version=2)), Put(facts("a", body="甲", version=1))], seq=1)

    assert found(index, "*") == ["a"]
    assert found(index, "乙") == ["a"]


def test_a_deleted_document_is_gone_and_an_old_put_does_not_bring_it_back(index):
    index.apply([Put(facts("a", body="甲", version=1))], seq=1)
    index.apply([Delete("a", 2)], seq=2)
    index.apply([Put(facts("a", body="甲", version=1))], seq=3)

    assert found(index, "*") == []
    assert found(index, "-乙") == []
    assert index.get_versions(["a"]) == {}

    index.apply([Put(facts("a", body="甲", version=3))], seq=4)
    assert found(index, "*") == ["a"]


def test_an_empty_batch_moves_the_sequence_only(index):
    index.apply([Put(facts("a"))], seq=1)
    index.apply([], seq=9)

    assert index.applied_seq() == 9
    assert found(index, "*") == ["a"]


def test_newest_comes_first_and_the_undated_last(index):
    index.apply(
        [
            Put(facts("none")),
            Put(facts("old", published_at=moment(1))),
            Put(facts("new", published_at=moment(20))),
        ],
        seq=1,
    )

    assert found(index, "*") == ["new", "old", "none"]


def test_ties_in_time_are_in_the_order_of_our_ids(index):
    ids = [f"d{n:016x}" for n in (5, 3, 9, 1)]
    index.apply([Put(facts(id, published_at=moment(3))) for id in ids], seq=1)

    assert found(index, "*") == sorted(ids)


def test_heat_orders_by_heat_then_time(index):
    index.apply(
        [
            Put(facts("cold", published_at=moment(9))),
            Put(facts("warm", heat=5, published_at=moment(1))),
            Put(facts("warm-new", heat=5, published_at=moment(2))),
            Put(facts("hot", heat=50.5)),
        ],
        seq=1,
    )

    assert found(index, "*", order="heat") == ["hot", "warm-new", "warm", "cold"]


def test_relevance_puts_the_title_first(index):
    index.apply([Put(facts("body", body="说到信息泄露" + "等等" * 50)), Put(facts("title", title="信息泄露"))], seq=1)

    assert found(index, "信息泄露", order="relevance") == ["title", "body"]


@pytest.mark.parametrize("order", ["newest", "heat", "relevance"])
def test_pages_hold_every_document_once_in_one_order(index, order):
    rows = [
        facts(f"d{n:016x}", body="甲", published_at=moment(1 + n % 3) if n % 5 else None, heat=n % 4 or None)
        for n in range(23)
    ]
    index.apply([Put(row) for row in rows], seq=1)
    whole = found(index, "甲", order=order, limit=200)

    for limit in (1, 3, 7):
        pages, cursor = [], None
        while True:
            page = index.search(parse("甲"), now=NOW, order=order, limit=limit, cursor=cursor)
            assert page.total == 23
            pages += page.ids
            cursor = page.next
            if not cursor:
                break
        assert sorted(pages) == sorted(row.id for row in rows)
        if order != "relevance":
            assert pages == whole


def test_a_cursor_survives_writes_between_pages(index):
    index.apply([Put(facts(f"d{n:016x}", body="甲", published_at=moment(1 + n))) for n in range(10)], seq=1)
    first = index.search(parse("甲"), now=NOW, limit=4)

    index.apply([Put(facts("dffffffffffffffff", body="甲", published_at=moment(25)))], seq=2)
    second = index.search(parse("甲"), now=NOW, limit=20, cursor=first.next)

    assert [*first.ids, *second.ids] == [f"d{n:016x}" for n in reversed(range(10))]


def test_a_foreign_cursor_is_refused(index):
    index.apply([Put(facts(f"d{n:016x}", body="甲")) for n in range(3)], seq=1)
    other = index.search(parse("甲"), now=NOW, limit=1).next

    for cursor in (other, "x", "!!", "W10", "bnVsbA"):
        with pytest.raises(UsageError):
            index.search(parse("乙"), now=NOW, cursor=cursor)


def test_a_wrong_request_is_refused(index):
    for wrong in ({"limit": 0}, {"limit": 201}, {"order": "oldest"}, {"facets": ["colour"]}):
        with pytest.raises(UsageError):
            index.search(parse("*"), now=NOW, **wrong)


def test_facets_count_the_whole_match_set(index):
    index.apply(
        [
            Put(facts("a", body="甲", sentiment="neg", topics=("leak", "minors"), source=("qinglan", "青岚新闻网"))),
            Put(facts("b", body="甲", sentiment="neg", topics=("leak",), companies=("星禾 App",))),
            Put(facts("c", body="乙", sentiment="pos")),
        ],
        seq=1,
    )

    page = index.search(parse("甲"), now=NOW, limit=1, facets=["sentiment", "topic", "source", "company", "level"])

    assert page.facets == {
        "sentiment": {"neg": 2},
        "topic": {"leak": 2, "minors": 1},
        "source": {"qinglan": 1},
        "company": {"星禾 App": 1},
        "level": {},
    }


def test_days_are_days_of_the_zone_and_empty_ones_are_zero(index):
    index.apply(
        [
            Put(facts("a", published_at=moment(18, 15, 59))),
            Put(facts("b", published_at=moment(20, 16))),
            Put(facts("c", published_at=moment(20, 17))),
            Put(facts("undated")),
        ],
        seq=1,
    )

    page = index.search(parse("*"), now=NOW, days=True)

    assert page.days == {"2026-11-18": 1, "2026-11-19": 0, "2026-11-20": 0, "2026-11-21": 2}


def test_hours_are_hours_of_the_zone_and_empty_ones_are_zero(index):
    index.apply(
        [
            Put(facts("a", body="甲", published_at=moment(19, 16))),
            Put(facts("b", body="甲", published_at=moment(19, 16, 59))),
            Put(facts("c", body="甲", published_at=moment(21, 15, 59))),
            Put(facts("other", body="乙", published_at=moment(19, 16))),
            Put(facts("earlier", body="甲", published_at=moment(19, 15, 59))),
            Put(facts("later", body="甲", published_at=moment(21, 16))),
            Put(facts("undated", body="甲")),
            Delete("gone", 1),
        ],
        seq=1,
    )

    hours = index.hours(parse("甲"), now=NOW, first=date(2026, 11, 20), last=date(2026, 11, 21))

    assert len(hours) == 48
    assert list(hours)[::47] == ["2026-11-20T00:00:00+08:00", "2026-11-21T23:00:00+08:00"]
    assert {hour: count for hour, count in hours.items() if count} == {
        "2026-11-20T00:00:00+08:00": 2,
        "2026-11-21T23:00:00+08:00": 1,
    }


@pytest.mark.parametrize("last", [date(2026, 11, 27), date(2026, 11, 19)])
def test_hours_of_too_many_days_are_refused(index, last):
    with pytest.raises(UsageError):
        index.hours(parse("*"), now=NOW, first=date(2026, 11, 20), last=last)


def test_an_explanation_says_of_every_clause_whether_it_matches(index):
    row = facts("a", body="客户信息泄露", sentiment="neg", published_at=moment(3))
    index.apply([Put(row), Put(facts("b", body="推销")), Delete("c", 1)], seq=1)
    for text in ("泄露 推销", "泄露 OR 推销", "-推销 (情感:负面 OR 标题:道歉)", '"客户 泄露"~5', "时间:2026-11"):
        query = parse(text)

        told = index.explain(query, "a", now=NOW)

        assert told.matched == ("a" in found(index, text))
        pending = [told]
        while pending:
            clause = pending.pop()
            assert clause.matched == matches(parse(clause.text), row, now=NOW), clause.text
            pending += clause.parts
        assert len(told.parts) == len(getattr(query, "parts", ()))
        assert index.explain(query, "c", now=NOW) is None


def test_scan_gives_every_match_once(index):
    index.apply([Put(facts(f"d{n:016x}", body="甲" if n % 2 else "乙", version=n + 1)) for n in range(50)], seq=1)

    rows = list(index.scan(parse("甲"), now=NOW))

    assert rows == [(f"d{n:016x}", n + 1) for n in range(50) if n % 2]


def test_the_digest_tells_a_missing_and_a_changed_document(index):
    rows = [("2026-11-20", "a", 1), ("2026-11-20", "b", 2), ("", "c", 1)]
    index.apply(
        [
            Put(facts("a", published_at=moment(20), version=1)),
            Put(facts("b", published_at=moment(20), version=2)),
            Put(facts("c")),
            Delete("gone", 3),
        ],
        seq=1,
    )

    assert index.digest() == digest_of(rows)
    assert index.digest() != digest_of([*rows[:1], ("2026-11-20", "b", 3), rows[2]])
    assert index.digest() != digest_of(rows[1:])


def test_versions_are_those_of_what_can_be_found(index):
    index.apply([Put(facts("a", version=4)), Delete("b", 2)], seq=1)

    assert index.get_versions(["a", "b", "c"]) == {"a": 4}


def test_a_reader_sees_what_a_writer_wrote_at_its_next_search(index, open_again):
    reader = open_again("read")
    index.apply([Put(facts("a", body="甲"))], seq=1)
    assert found(reader, "甲") == ["a"]

    index.apply([Put(facts("b", body="甲"))], seq=2)

    assert sorted(found(reader, "甲")) == ["a", "b"]
    assert reader.applied_seq() == 2


def test_a_reader_may_not_write(index, open_again):
    with pytest.raises(UsageError):
        open_again("read").apply([], seq=1)


def test_what_was_written_is_there_after_opening_again(index, open_again):
    index.apply([Put(facts("a", body="甲"))], seq=5)
    index.close()

    again = open_again("write")

    assert again.applied_seq() == 5
    assert found(again, "甲") == ["a"]


def test_a_new_generation_takes_over_at_once_and_only_when_whole(index, open_again):
    reader = open_again("read")
    index.apply([Put(facts("old", body="甲"))], seq=3)

    with index.new_generation() as fresh:
        fresh.apply([Put(facts("new", body="甲"))], seq=4)
        assert found(reader, "甲") == ["old"]

    assert found(reader, "甲") == ["new"]
    assert index.applied_seq() == 4
    index.apply([Put(facts("more", body="甲"))], seq=5)
    assert sorted(found(reader, "甲")) == ["more", "new"]


def test_a_new_generation_that_fails_changes_nothing(index):
    index.apply([Put(facts("old", body="甲"))], seq=3)

    def fill_and_fail():
        with index.new_generation() as fresh:
            fresh.apply([Put(facts("new", body="甲"))], seq=4)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fill_and_fail()

    assert found(index, "甲") == ["old"]
    assert index.applied_seq() == 3


def test_a_document_whose_month_turns_out_other_stands_once(index):
    first, second = moment(20), moment(20).replace(month=9)
    index.apply([Put(facts("a", body="甲", version=1, published_at=first))], seq=1)
    index.apply([Put(facts("a", body="乙", version=2, published_at=second))], seq=2)

    assert found(index, "*") == ["a"]
    assert found(index, "甲") == []
    assert index.digest() == digest_of([("2026-09-20", "a", 2)])

    stale = index.apply([Put(facts("a", body="甲", version=1, published_at=first))], seq=3)
    assert stale.stale == ("a",)
    index.apply([Put(facts("a", body="甲", version=3, published_at=first))], seq=4)
    index.apply([Put(facts("a", body="丙", version=4))], seq=5)

    assert found(index, "*") == ["a"]
    assert index.digest() == digest_of([("", "a", 4)])


def test_a_deleted_document_of_any_month_stays_deleted(index):
    index.apply([Put(facts("a", body="甲", version=1, published_at=moment(1)))], seq=1)
    index.apply([Delete("a", 2)], seq=2)

    for month in (11, 8):
        put = Put(facts("a", body="甲", version=1, published_at=moment(1).replace(month=month)))
        assert index.apply([put], seq=3).stale == ("a",)
    assert found(index, "*") == []

    index.apply([Put(facts("a", body="甲", version=3, published_at=moment(1).replace(month=8)))], seq=4)
    assert found(index, "*") == ["a"]


def test_health_tells_size_and_sequence(index):
    index.apply([Put(facts("a")), Delete("b", 1)], seq=3)

    health = index.health()

    assert (health.documents, health.applied_seq, health.writable) == (1, 3, True)


def test_strange_texts_are_indexed(index):
    odd = "\ud800 \x00 \u2028 \u200b 甲\ufeff" + "x" * 70_000
    report = index.apply([Put(facts("a", title=odd, body=odd, author=odd, url=odd))], seq=1)

    assert report.applied == ("a",)
    assert found(index, "甲") == ["a"]
