"""Stories: a text and its reprints are one, the same template for another company is not."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.stories import DictMemory, band_keys, place, sketch, stories_of
from core.values import StoryMember
from tests.alike import COPIED, named_alike

CASES = [
    json.loads(line) for line in (Path(__file__).parents[1] / "cases" / "stories.jsonl").read_text("utf-8").splitlines()
]
NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
TEXT = CASES[0]["text"]


def told(rows: list[dict]) -> dict[str, set[str]]:
    """Story label -> documents, as found."""
    groups: dict[str, set[str]] = {}
    for found in stories_of(rows):
        groups.setdefault(found["story"], set()).add(found["id"])
    return groups


def member(memory: DictMemory, id_: str, text: str, *, hours: float = 0, title: str | None = None) -> StoryMember:
    at = NOON + timedelta(hours=hours)
    found = place(id_, title=title, text=text, published_at=at, seen_at=at, outlet="青岚新闻网", memory=memory)
    memory.add(found, band_keys(found.sketch))
    return found


@pytest.mark.parametrize("seed", range(6))
def test_the_labelled_texts_fall_into_their_stories_in_any_order(seed: int) -> None:
    rows = CASES.copy()
    random.Random(seed).shuffle(rows)
    wanted: dict[str, set[str]] = {}
    for case in CASES:
        wanted.setdefault(case["is_story"], set()).add(case["id"])

    assert sorted(map(sorted, told(rows).values())) == sorted(map(sorted, wanted.values()))


def test_the_earliest_publication_is_first_and_a_lone_text_single() -> None:
    roles = {found["id"]: found["role"] for found in stories_of(CASES)}

    assert roles["a1"] == "first"
    assert roles["a5"] == "reprint"
    assert roles["u1"] == "single"


def test_the_output_keeps_the_order_and_form_of_the_filter() -> None:
    found = stories_of(CASES)

    assert [f["id"] for f in found] == [case["id"] for case in CASES]
    assert all(set(f) == {"id", "story", "event", "role"} for f in found)


def test_an_incredible_time_is_not_first() -> None:
    rows = [
        {"id": "x", "text": TEXT, "published_at": "1970-01-01T00:00:00", "outlet": None},
        {"id": "y", "text": TEXT, "published_at": "2026-11-20T09:00:00", "outlet": None},
        {"id": "z", "text": TEXT, "published_at": None, "outlet": None},
    ]

    assert [f["role"] for f in stories_of(rows)] == ["reprint", "first", "reprint"]


def test_without_any_time_the_first_seen_is_first() -> None:
    rows = [{"id": i, "text": TEXT, "published_at": None} for i in "xy"]

    assert [f["role"] for f in stories_of(rows)] == ["first", "reprint"]


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_a_broken_clock_stops_nothing(at: str) -> None:
    rows = [{"id": "x", "text": TEXT, "published_at": at}, {"id": "y", "text": TEXT, "published_at": None}]

    assert len({row["story"] for row in stories_of(rows)}) == 1


def test_another_report_of_the_same_happening_shares_the_event_only() -> None:
    memory = DictMemory()
    one = member(memory, "one", TEXT, title="星禾科技被罚235万元")
    again = (
        "星禾科技被罚235万元后，旗下应用今天仍未恢复上架。网信部门此前通报，该公司强制索取定位权限、违规收集用户通讯录，"
        "累计收到用户投诉一千余件。"
    )
    late = place(
        "late",
        title=None,
        text=again,
        published_at=None,
        seen_at=NOON + timedelta(hours=73),
        outlet=None,
        memory=memory,
    )
    other = member(memory, "other", again, hours=5, title="被罚235万元后，星禾科技应用仍未上架")

    assert other.story == "other"
    assert other.event == one.event
    assert late.event == "late"


@pytest.mark.parametrize(("one", "other"), [("晴川电器", "远山电器"), ("云商银行", "麦商银行"), ("蓝杉", "云鹭")])
def test_one_template_about_two_companies_is_two_stories(one: str, other: str) -> None:
    memory = DictMemory()
    template = (
        "近日，{}发布公告称，公司收到监管部门的警示函，指出其在信息披露、内部控制和客户信息保管三个方面存在不足，要求限期整改。"
        "公司表示高度重视，将按要求提交书面报告，并对相关责任人进行问责，后续进展将及时披露。"
    )

    stories = [member(memory, name, template.format(f"{name}股份有限公司"), title=None).story for name in (one, other)]

    assert len(set(stories)) == 2


def test_a_place_is_found_without_changing_the_memory() -> None:
    memory = DictMemory()
    member(memory, "one", TEXT)
    asked = {"title": None, "text": TEXT, "published_at": NOON, "seen_at": NOON, "outlet": None, "memory": memory}

    assert place("two", **asked) == place("two", **asked)  # type: ignore[arg-type]


def test_a_document_seen_again_stays_in_its_story() -> None:
    memory = DictMemory()
    member(memory, "one", TEXT)
    member(memory, "two", TEXT, hours=1)

    assert member(memory, "one", TEXT + "更新。", hours=2).story == "one"
    assert len(list(memory.candidates(band_keys(sketch(TEXT))))) == 2


def test_keys_fit_a_database_column() -> None:
    keys = band_keys(sketch(TEXT))

    assert len(keys) == len(set(keys)) < 50
    assert all(-(2**63) <= key < 2**63 for key in keys)


def test_candidates_come_once_and_oldest_first() -> None:
    memory = DictMemory()
    for n in range(5):
        member(memory, f"m{n}", TEXT, hours=n)

    assert [m.document for m in memory.candidates(band_keys(sketch(TEXT)))] == [f"m{n}" for n in range(5)]


def test_a_copy_is_found_among_many_who_name_the_same_company() -> None:
    """A name with a figure that everybody writes must not hide the copy."""
    rows = [{"id": f"n{n}", "text": named_alike(n)} for n in range(60)]
    rows += [{"id": id_, "text": COPIED} for id_ in ("one", "two")]

    found = {told["id"]: told for told in stories_of(rows)}

    assert found["two"] == {"id": "two", "story": "one", "event": found["one"]["event"], "role": "reprint"}
    assert len({told["story"] for told in found.values()}) == 61


def test_an_event_is_found_among_many_who_named_the_same_before() -> None:
    """Who named it last week must not hide who names it today."""
    memory = DictMemory()
    for n in range(60):
        member(memory, f"n{n}", named_alike(n), hours=n - 240)
    one = member(memory, "one", COPIED)

    again = "平台已立案。" + COPIED[:40] + "当地市场监管所当天受理，双方约定下周到所里调解，押金的事另案处理。"
    assert member(memory, "again", again, hours=3).event == one.event


@given(st.text(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_text_has_a_signature_and_is_its_own_reprint(text: str) -> None:
    memory = DictMemory()
    one, two = member(memory, "one", text), member(memory, "two", text)

    assert sketch(text) == sketch(text)
    assert two.story in (one.story, "two")
