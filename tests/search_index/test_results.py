"""Hits joined with stored rows: the form of `yuqing search --json`."""

import pytest

from core.errors import UsageError
from search_index.base import Put
from search_index.results import search
from tests.search_index.make import NOW, facts, moment


@pytest.fixture
def engine():
    return "tantivy"


KEYS = {
    "id", "rev", "title", "snippet", "url", "source", "outlet", "author", "published_at", "companies", "sentiment",
    "topics", "story", "story_size", "level", "status",
}  # fmt: skip


def row(id, **more):
    return {"id": id, "rev": 1, "title": "标题", "body": "正文", "deleted": False, **more}


def loading(*rows):
    known = {one["id"]: one for one in rows}
    return lambda ids: {id: known[id] for id in ids if id in known}


def test_an_answer_has_the_form_of_the_contract(index):
    index.apply([Put(facts("a", title="甲", body="乙", published_at=moment(20)))], seq=1)

    answer = search(index, "甲", load=loading(row("a", title="甲", body="乙")), now=NOW)

    assert {"total", "total_is_exact", "understood", "items", "next", "facets", "days"} <= set(answer)
    assert set(answer["items"][0]) >= KEYS
    assert answer["total"] == 1
    assert answer["understood"] == "甲"
    assert answer["days"] == {"2026-11-20": 1}
    assert answer["items"][0]["url"] is None


def test_hits_without_a_row_or_deleted_are_left_out_and_the_page_is_filled(index):
    index.apply([Put(facts(f"d{n:016x}", body="甲")) for n in range(9)], seq=1)
    rows = [row(f"d{n:016x}", deleted=n == 1) for n in range(9) if n != 0]

    answer = search(index, "甲", load=loading(*rows), now=NOW, limit=3)

    assert [item["id"][-1] for item in answer["items"]] == ["2", "3", "4"]
    rest = search(index, "甲", load=loading(*rows), now=NOW, limit=9, cursor=answer["next"])
    assert [item["id"][-1] for item in rest["items"]] == ["5", "6", "7", "8"]
    assert rest["next"] is None


class Counted:
    """An index that counts how often it is asked."""

    def __init__(self, index):
        self.index, self.asked = index, 0

    def search(self, *args, **more):
        self.asked += 1
        return self.index.search(*args, **more)


def test_many_hits_whose_row_is_gone_are_passed_over_in_few_searches(index):
    index.apply([Put(facts(f"d{n:016x}", body="甲")) for n in range(700)], seq=1)
    rows = [row(f"d{n:016x}") for n in range(450, 700)]
    counted = Counted(index)

    answer = search(counted, "甲", load=loading(*rows), now=NOW, limit=3)

    assert [item["id"] for item in answer["items"]] == [one["id"] for one in rows[:3]]
    assert counted.asked <= 5
    rest = search(index, "甲", load=loading(*rows), now=NOW, limit=200, cursor=answer["next"])
    assert [item["id"] for item in rest["items"]] == [one["id"] for one in rows[3:203]]


def test_a_page_ends_short_rather_than_look_on_for_ever(index):
    index.apply([Put(facts(f"d{n:016x}", body="甲")) for n in range(3_000)], seq=1)
    counted, cursor, shown, pages = Counted(index), None, [], 0
    while pages == 0 or cursor:
        counted.asked = 0
        answer = search(counted, "甲", load=loading(row(f"d{2_999:016x}")), now=NOW, limit=1, cursor=cursor)
        assert counted.asked <= 12
        shown, cursor, pages = [*shown, *answer["items"]], answer["next"], pages + 1

    assert [item["id"] for item in shown] == [f"d{2_999:016x}"]
    assert pages == 2


def test_marks_are_offsets_of_what_is_shown(index):
    title, body = "客戶資訊 App 洩露", "前文" * 100 + "\n客户App信息泄露了" + "后文" * 100
    index.apply([Put(facts("a", title=title, body=body))], seq=1)

    item = search(index, "泄露 app", load=loading(row("a", title=title, body=body)), now=NOW)["items"][0]

    assert [item["title"][s:e] for s, e in item["title_marks"]] == ["App", "洩露"]
    assert {item["snippet"][s:e] for s, e in item["snippet_marks"]} == {"App", "泄露"}
    assert item["snippet"].startswith("…")
    assert "\n" not in item["snippet"]


def test_negated_words_are_not_marked(index):
    index.apply([Put(facts("a", title="甲", body="乙"))], seq=1)

    item = search(index, "甲 -丙", load=loading(row("a", title="甲丙", body="丙")), now=NOW)["items"][0]

    assert item["title_marks"] == [[0, 1]]
    assert item["snippet_marks"] == []


def test_nothing_typed_means_everything(index):
    index.apply([Put(facts("a")), Put(facts("b"))], seq=1)

    assert search(index, "  ", load=loading(row("a"), row("b")), now=NOW)["total"] == 2


def test_a_slip_is_answered_with_a_note(index):
    index.apply([Put(facts("a", body="甲"))], seq=1)

    answer = search(index, "(甲", load=loading(row("a")), now=NOW)

    assert answer["total"] == 1
    assert answer["understood"] == "甲"
    assert answer["notes"][0]["column"] == 1


def test_facets_come_when_asked_for(index):
    index.apply([Put(facts("a", body="甲", sentiment="neg"))], seq=1)

    assert search(index, "甲", load=loading(row("a")), now=NOW)["facets"] == {}
    assert search(index, "甲", load=loading(row("a")), now=NOW, facets=True)["facets"]["sentiment"] == {"neg": 1}


def test_hours_of_the_last_seven_days_come_when_asked_for(index):
    index.apply([Put(facts(f"d{day}", body="甲", published_at=moment(day, 3))) for day in (2, 14, 20)], seq=1)

    answer = search(index, "甲", load=loading(), now=NOW, hours=True)

    assert len(answer["hours"]) == 7 * 24
    assert {hour: count for hour, count in answer["hours"].items() if count} == {
        "2026-11-14T11:00:00+08:00": 1,
        "2026-11-20T11:00:00+08:00": 1,
    }
    assert "hours" not in search(index, "甲", load=loading(), now=NOW)
    assert search(index, "乙", load=loading(), now=NOW, hours=True)["hours"] == {}


def test_a_wrong_limit_is_refused(index):
    with pytest.raises(UsageError):
        search(index, "甲", load=loading(), now=NOW, limit=1000)
