"""A brief counts what was discovered on its day, once each, and every figure recounts from its ids."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.compose import BriefPolicy, needs_action
from briefing.values import BriefItem, DayCount, DayFigures, RisenWord, Surge
from tests.briefing.make import DAY, MORNING_AFTER, NOON, US, brief, health, item


def test_documents_and_stories_stand_side_by_side():
    a = item("d1", label="neg")
    told = brief([a, item("d2", label="neg", story="d1"), item("d3")])

    assert (told.total.figure.value, told.total.stories.value) == (3, 2)
    assert (told.negative.figure.value, told.negative.stories.value) == (2, 1)
    assert told.negative.stories.ids == ("d1",)


def test_a_document_belongs_to_the_day_it_was_discovered_on():
    """Published yesterday evening, found after midnight: it is today's, and the query reaches back to it."""
    midnight = datetime(2026, 11, 19, 16, 0, tzinfo=UTC)
    found_today = item("d1", first_seen=midnight, published_at=midnight - timedelta(minutes=5))
    found_yesterday = item("d2", first_seen=midnight - timedelta(seconds=1))

    told = brief([found_today, found_yesterday])

    assert told.total.figure.ids == ("d1",)
    assert told.total.figure.query == "时间:2026-11-19 公司:星禾科技"


def test_the_day_is_a_day_of_the_zone_it_is_given():
    told = brief([item("d1", first_seen=datetime(2026, 11, 20, 20, 0, tzinfo=UTC))], zone=ZoneInfo("America/New_York"))

    assert told.total.figure.value == 1
    assert told.zone == "America/New_York"


def test_a_document_given_twice_counts_once_in_its_newest_revision():
    told = brief([item("d1", rev=2, label="neg"), item("d1", rev=1), item("d1", rev=2, label="neg")])

    assert told.total.figure.ids == ("d1",)
    assert told.negative.figure.value == 1


def test_backfill_is_counted_apart():
    told = brief([item("d1"), item("d2", backfill=True, label="neg")])

    assert told.total.figure.ids == ("d1",)
    assert told.negative.figure.value == 0
    assert told.backfill.ids == ("d2",)
    assert [row.story for row in told.backfill_stories] == ["d2"]


def test_another_company_is_counted_apart():
    told = brief([item("d1"), item("d2", companies=("云鹭银行",)), item("d3", companies=(US, "云鹭银行"))])

    assert told.total.figure.ids == ("d1", "d3")
    assert [(figure.name, figure.ids) for figure in told.others] == [("company.云鹭银行", ("d2",))]


def test_a_complaint_counts_although_it_does_not_name_us():
    told = brief([item("d1"), item("d2", kind="complaint", companies=(), label="neg", title=None)])

    assert told.total.figure.value == 2
    assert told.total.figure.query == "时间:2026-11-20 (公司:星禾科技 OR 类型:投诉)"
    assert told.voice.complaints.query == "时间:2026-11-20 类型:投诉"
    assert told.voice_total.figure.ids == ("d2",)


@pytest.mark.parametrize(
    ("given_", "acts"),
    [
        ({"label": "neg", "flags": ("go_public",)}, True),
        ({"label": "neg", "flags": ("regulator",)}, True),
        ({"label": "neg", "flags": ("minors",)}, True),
        ({"label": "neg", "flags": ("denial",)}, False),
        ({"label": "neu", "flags": ("regulator",)}, False),
        ({"label": "neg"}, False),
        ({"kind": "complaint", "label": "neu"}, True),
        ({"kind": "voice", "label": "neg"}, False),
    ],
)
def test_what_needs_a_person(given_, acts):
    assert needs_action(item(**given_)) is acts


def test_the_gravest_action_stands_first_and_a_story_is_one_action():
    public = [item(f"d{n}", story="d1", label="neg", flags=("go_public",), story_size=9) for n in (1, 2)]
    told = brief([*public, item("d3", kind="complaint"), item("d4", label="neg", flags=("minors",))])

    assert [action.story for action in told.actions] == ["d4", "d1", "d3"]
    assert told.actions[1].documents == ("d1", "d2")
    assert told.action.stories.value == 3


def test_figures_compare_with_yesterday_and_the_same_weekday():
    yesterday = DayFigures(DAY - timedelta(days=1), {"total": 10, "negative": 0})
    told = brief([item()], previous=yesterday)

    assert told.total.yesterday.before == 10
    assert told.total.week_ago.before is None


def test_a_topic_rises_only_above_a_minimum_and_a_ratio():
    rising = DayFigures(DAY, {"topic.leak": 2, "topic.deletion": 3, "topic.minors": 0})
    items = [item(topics=("leak", "deletion")) for _ in range(3)] + [item(topics=("minors",)) for _ in range(2)]

    assert brief(items, previous=rising).rising == ("leak",)
    assert brief(items).rising == ()


def test_the_leading_topic_is_shared_by_at_least_half_of_the_negative():
    negative = [item(label="neg", topics=topics) for topics in (("leak",), ("leak", "minors"), (), ())]

    assert brief(negative).leading == "leak"
    assert brief([*negative, item(label="neg")]).leading is None
    assert brief([item(topics=("leak",))]).leading is None


def test_a_story_tells_who_was_first_and_whether_it_goes_on():
    new = [item("d1", outlet="青岚新闻网"), item("d2", story="d1", story_size=2)]
    going = item("d3", story="d0", story_size=5, first_outlet="民声论坛", first_at=NOON - timedelta(days=3))
    rows = {row.story: row for row in brief([*new, going]).stories}

    assert (rows["d1"].state, rows["d1"].head.document, rows["d1"].first_outlet) == ("new", "d1", "青岚新闻网")
    assert (rows["d0"].state, rows["d0"].size, rows["d0"].first_outlet) == ("going", 5, "民声论坛")


def test_a_first_source_that_does_not_say_when_is_not_given_the_time_of_another():
    told = item("d1", story_size=2, published_at=NOON - timedelta(days=6000), first_outlet="民声论坛", first_at=None)

    (row,) = brief([told]).stories
    assert (row.first_outlet, row.first_at) == ("民声论坛", None)


def test_a_day_without_counts_is_unknown_in_the_trend_not_zero():
    told = brief(trend=[DayCount(DAY, 0, 0)])

    assert len(told.trend) == BriefPolicy().trend_days
    assert told.trend[-1].total.value == 0
    assert told.trend[0].total is None


def test_sources_that_fail_stand_before_silent_ones():
    sources = [health("a", state="silent"), health("b"), health("c", state="never"), health("d", state="broken")]
    told = brief(health=sources).health

    assert (told.ok, told.total) == (1, 4)
    assert [source.state for source in told.troubled] == ["broken", "silent", "never"]


def test_a_brief_made_before_the_day_is_over_says_so():
    assert brief(generated_at=NOON).partial
    assert not brief(generated_at=MORNING_AFTER).partial


def around(days: int) -> st.SearchStrategy[datetime]:
    return st.integers(-days * 1440, days * 1440).map(lambda minutes: NOON + timedelta(minutes=minutes))


ids = st.integers(0, 30).map("d{}".format)
WORDS = (RisenWord("冒名", 0, 28), RisenWord("约谈", 3, 28))


def test_a_risen_word_counts_the_days_documents_and_stories_that_have_it():
    items = [
        item("d1", keywords=("冒名", "贷款")),
        item("d2", story="d1", keywords=("冒名",)),
        item("d3", keywords=("约谈", "冒名")),
        item("d4", keywords=("冒名",), backfill=True),
        item("d5", keywords=("冒名",), companies=("云鹭银行",)),
    ]
    loans, talks = brief(items, words=WORDS).words

    assert (loans.figure.ids, loans.stories.ids, loans.risen.before) == (("d1", "d2", "d3"), ("d1", "d3"), 0)
    assert loans.figure.query == "时间:2026-11-20 公司:星禾科技 冒名"
    assert (talks.figure.name, talks.stories.name, talks.stories.value) == ("word.约谈", "word.约谈.stories", 1)


def test_a_new_word_counts_the_documents_that_have_all_its_parts():
    items = [item("d1", keywords=("漏勺", "事件")), item("d2", keywords=("漏勺",)), item("d3", keywords=("事件",))]

    (row,) = brief(items, words=[RisenWord("漏勺事件", 0, 28, ("漏勺", "事件"))]).words

    assert (row.figure.ids, row.figure.query) == (("d1",), "时间:2026-11-20 公司:星禾科技 漏勺事件")


def test_a_risen_word_that_no_document_has_is_left_out():
    assert brief([item(keywords=("贷款",))], words=WORDS).words == ()


def test_a_surge_stands_beside_the_stories_that_it_counts():
    told = brief([item("d1"), item("d2", story="d1"), item("d3")], surge=Surge(0.4, 28, 0.0001, None))

    assert told.surge_stories is not None
    assert (told.surge_stories.name, told.surge_stories.ids) == ("surge.stories", told.total.stories.ids)
    assert brief([item()]).surge_stories is None


documents = st.builds(
    BriefItem,
    document=ids,
    rev=st.integers(1, 3),
    title=st.none() | st.text(max_size=20),
    snippet=st.text(max_size=40),
    source=st.just("qinglan"),
    source_name=st.just("青岚新闻网"),
    kind=st.sampled_from(["news", "post", "complaint", "voice"]),
    first_seen=around(2),
    published_at=st.none() | around(40),
    story=ids,
    companies=st.sampled_from([(), (US,), ("云鹭银行",), (US, "云鹭银行")]),
    label=st.sampled_from(["neg", "neu", "pos"]),
    abstained=st.booleans(),
    topics=st.lists(st.sampled_from(["leak", "minors", "自家话题"]), max_size=2, unique=True).map(tuple),
    flags=st.lists(st.sampled_from(["go_public", "regulator", "denial"]), max_size=2, unique=True).map(tuple),
    backfill=st.booleans(),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(documents, max_size=25))
def test_every_figure_recounts_from_its_ids(items):
    told = brief(items)

    for figure in told.figures:
        if not figure.name.startswith("trend."):
            assert figure.value == len(figure.ids) == len(set(figure.ids))
    assert sum(figure.value for figure in told.kinds) == told.total.figure.value
    assert told.voice.complaints.value + told.voice.voices.value == told.voice_total.figure.value
    assert set(told.negative.figure.ids) <= set(told.total.figure.ids)
    assert not set(told.backfill.ids) & set(told.total.figure.ids)


@settings(max_examples=60, deadline=None)
@given(st.lists(documents, max_size=25, unique_by=lambda d: d.document), st.randoms(use_true_random=False))
def test_the_order_of_the_items_changes_nothing(items, luck: random.Random):
    shuffled = list(items)
    luck.shuffle(shuffled)

    assert brief(items) == brief(shuffled)
