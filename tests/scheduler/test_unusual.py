"""A day against the days before it: enough days or nothing, every story once, and the reasons with the result."""

from __future__ import annotations

from datetime import timedelta

import pytest

from analysis.rising import Spoken
from analysis.surges import settings
from briefing.values import RisenWord
from core.times import day_of
from core.values import Company
from scheduler.unusual import Unusual, days_before, own_names, risen_words, surge_on, unusual, whole_since
from store.reports import Telling
from tests import make

DAY = day_of(make.NOW)
DAYS = int(settings("history")["days"])
LEAST = int(settings("history")["least_days"])
CALM = [4, 5, 6, 5, 4, 2, 2] * 4


def telling(story: str, *keywords: str, outlet: str = "青岚新闻网") -> Telling:
    return Telling(make.NOW, story, outlet, keywords)


def stories(count: int, *keywords: str) -> list[Telling]:
    """So many stories of two outlets by turns."""
    return [telling(f"{keywords}{n}", *keywords, outlet=("青岚新闻网", "蓝湾时报")[n % 2]) for n in range(count)]


def risen(today: list[Telling], past: list[Telling] | None = None) -> list[str]:
    past = stories(110, "贷款") if past is None else past
    return [one.word for one in risen_words(today, past, days=28, names=("星禾科技有限公司",))]


def test_a_joined_word_counts_the_past_stories_that_have_all_its_parts():
    today = stories(30, "冒名", "贷款案")
    past = stories(400, "账单") + stories(2, "冒名") + stories(1, "贷款案") + stories(1, "冒名", "贷款案")
    spoken = [Spoken(one.story, frozenset(one.keywords), "冒名贷款案又起") for one in today]

    found = risen_words(today, past, days=28, names=(), spoken=spoken)

    assert found == (RisenWord("冒名贷款案", 1, 28, ("冒名", "贷款案")),)


def test_the_days_before_are_as_many_as_the_rules_say_and_end_with_yesterday():
    days = days_before(DAY, since=DAY - timedelta(days=300))

    assert (len(days), days[-1]) == (DAYS, DAY - timedelta(days=1))


def test_the_day_on_which_we_began_to_listen_is_no_whole_day():
    since = DAY - timedelta(days=LEAST + 1)

    assert days_before(DAY, since=since) == [since + timedelta(days=n) for n in range(1, LEAST + 1)]


def test_a_day_that_a_source_may_have_purged_is_not_held_against_today():
    kept = [make.source(retention_days=n) for n in (365, 20)]

    assert whole_since(make.at(days=-90), kept, now=make.NOW) == make.at(days=-20)
    assert whole_since(make.at(days=-9), kept, now=make.NOW) == make.at(days=-9)
    assert whole_since(make.at(days=-90), [], now=make.NOW) == make.at(days=-90)
    assert whole_since(None, kept, now=make.NOW) is None


@pytest.mark.parametrize("since", [None, DAY, DAY - timedelta(days=LEAST)])
def test_a_short_history_says_nothing(since):
    assert days_before(DAY, since=since) == []


def test_a_word_rises_with_what_it_stood_at_before():
    found = risen_words(stories(14, "冒名"), stories(110, "贷款") + stories(1, "冒名"), days=28, names=())

    assert found == (RisenWord("冒名", 1, 28),)


def test_a_story_printed_forty_times_counts_once():
    reprints = [telling("one", "冒名", outlet=f"第{n}晚报") for n in range(40)]

    assert risen([*reprints, *stories(14, "贷款")]) == []


def test_what_one_outlet_alone_says_does_not_rise():
    assert risen([telling(str(n), "冒名") for n in range(14)]) == []
    assert risen(stories(14, "冒名")) == ["冒名"]


@pytest.mark.parametrize("word", ["****", "138****2468", "星禾科技", "星禾", "有限公司"])
def test_a_mask_and_the_companys_own_name_are_no_words(word):
    assert risen(stories(14, word)) == []


def test_a_longer_form_of_the_companys_name_is_no_word():
    past = stories(110, "贷款")

    assert risen_words(stories(14, "星禾科技公司"), past, days=28, names=("星禾科技",)) == ()
    assert risen_words(stories(14, "星禾科技公司"), past, days=28, names=("星禾",)) != ()


def test_no_more_words_than_the_brief_shows():
    many = stories(14, *[f"生词{n}" for n in range(20)])

    assert len(risen(many)) == settings("words")["shown"]


def test_a_past_without_a_story_raises_nothing_and_breaks_nothing():
    assert risen(stories(6, "冒名"), past=[]) == []


def test_a_product_or_a_person_may_rise_and_another_company_too():
    companies = [
        Company("星禾科技", {"short": ("星禾",), "person": ("陆明远",), "product": ("星禾 App",)}),
        Company("云鹭银行", {"full": ("云鹭银行",)}),
    ]

    assert own_names("星禾科技", companies) == ("星禾科技", "星禾")


def test_a_surge_tells_what_was_usual_and_since_when_it_burns():
    found = surge_on(DAY, [*CALM[:-2], 14, 18, 24])

    assert found is not None
    assert found.days == 28
    assert 3 < found.usual < 7
    assert found.chance < settings("surge")["probability"]
    assert found.since == DAY - timedelta(days=2)


def test_a_burst_that_is_over_is_not_todays():
    counts = [*CALM[:10], 30, 32, *CALM[12:], 14]
    found = surge_on(DAY, counts)

    assert found is not None
    assert found.since == DAY


@pytest.mark.parametrize("count", [0, 4, 6])
def test_a_usual_day_is_no_surge(count):
    assert surge_on(DAY, [*CALM, count]) is None


def test_a_busy_weekday_is_held_against_its_like():
    week = [40, 10, 10, 10, 10, 10, 10]

    assert surge_on(DAY, [*week * 4, 40]) is None
    assert surge_on(DAY, [*week * 4, 40, 40]) is not None


def test_days_are_counted_in_stories():
    days = days_before(DAY, since=DAY - timedelta(days=40))
    told = {day: stories(4, "贷款") for day in days}

    assert unusual(DAY, told | {DAY: stories(20, "贷款")}, days=days, names=()).surge is not None
    assert unusual(DAY, told | {DAY: stories(4, "贷款") * 5}, days=days, names=()) == Unusual()


def test_a_day_of_which_nothing_was_told_is_not_unusual():
    assert unusual(DAY, {}, days=days_before(DAY, since=DAY - timedelta(days=40)), names=()) == Unusual()
