"""A day's brief is made once, of what was first discovered on that day; by hand or by the clock it is the same."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from briefing.values import RisenWord
from core.times import SHANGHAI, day_of
from scheduler import brief
from scheduler.clock import Jobs
from scheduler.radar import BriefPlan
from scheduler.worker import Worker
from store import messages, slots
from store.engine import open_store
from tests import make
from tests.scheduler import month, scene
from yuqing.wiring import App

TODAY = day_of(make.NOW)
PR, LEAD = "pr@xinghe.example", "lead@xinghe.example"


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


class Desk:
    """A radar that has heard two leaks and a park today, and a clock that is moved by hand."""

    def __init__(self, folder):
        self.now = make.NOW
        plan = BriefPlan(time(8), (PR,))
        self.radar = replace(scene.radar(folder), brief=plan, sources=(make.source(every=timedelta(days=99)),))
        self.store = open_store(self.radar.store_url)
        scene.settle(self.store, self.radar)
        scene.arrive(self.store, *[scene.article(n) for n in (0, 2, 3)])
        Worker(self.radar, self.store, lambda: self.now).drain()
        self.jobs = Jobs(self.radar, self.store, lambda: self.now)

    def briefs(self):
        with self.store.read() as connection:
            return messages.recent(connection, "brief")


def test_the_brief_counts_what_was_discovered_on_its_day(desk):
    made = brief.brief_of(desk.radar, desk.store, TODAY, now=make.at(days=1))

    assert (made.total.figure.value, made.negative.figure.value) == (2, 2)
    assert brief.brief_of(desk.radar, desk.store, TODAY - timedelta(days=1), now=desk.now).total.figure.value == 0


def test_the_brief_names_the_first_source_by_a_credible_time(desk):
    scene.arrive(
        desk.store,
        scene.article(0, key="muban.example/1", outlet="模板网", published_at=make.at(days=-6900)),
        scene.article(0, key="lanwan.example/1", outlet="澜湾网", published_at=make.at(hours=-2)),
    )
    Worker(desk.radar, desk.store, lambda: desk.now).drain()

    made = brief.brief_of(desk.radar, desk.store, TODAY, now=make.at(days=1))
    (row,) = [row for row in made.stories if row.size == 3]
    assert (row.first_outlet, row.first_at) == ("澜湾网", make.at(hours=-2))


def test_the_clock_posts_yesterdays_brief_once_whatever_it_is_asked(desk):
    desk.now = make.NOW.replace(hour=0, minute=0) + timedelta(days=1)  # 08:00 in Shanghai
    for _tick in range(3):
        desk.jobs.briefs()

    (message,) = desk.briefs()
    assert message.key == f"brief:星禾科技:{TODAY}"


def test_a_clock_that_goes_back_an_hour_posts_no_second_brief(desk):
    desk.now = make.NOW.replace(hour=0, minute=5) + timedelta(days=1)
    desk.jobs.briefs()
    desk.now -= timedelta(hours=1)
    desk.jobs.briefs()
    desk.now += timedelta(hours=2)
    desk.jobs.briefs()

    assert len(desk.briefs()) == 1


def test_a_brief_sent_by_hand_is_not_sent_again_by_the_clock(desk):
    brief.publish(desk.radar, desk.store, TODAY, to=(PR,), now=desk.now, late=None)
    desk.now = make.NOW.replace(hour=1) + timedelta(days=1)
    desk.jobs.briefs()

    assert len(desk.briefs()) == 1


def test_somebody_added_later_gets_the_same_brief_and_nobody_gets_it_twice(desk):
    first = brief.publish(desk.radar, desk.store, TODAY, to=(PR,), now=desk.now, late=None)
    scene.arrive(desk.store, scene.article(6))
    Worker(desk.radar, desk.store, lambda: desk.now).drain()
    again = brief.publish(desk.radar, desk.store, TODAY, to=(PR, LEAD), now=desk.now, late=None)

    assert again.subject == first.subject
    with desk.store.read() as connection:
        assert [d.recipient for d in messages.of_message(connection, first.key)] == [LEAD, PR]


def test_figures_are_kept_and_the_next_day_compares_with_them(desk):
    brief.publish(desk.radar, desk.store, TODAY, to=(PR,), now=desk.now, late=None)
    tomorrow = brief.brief_of(desk.radar, desk.store, TODAY + timedelta(days=1), now=make.at(days=2))
    with desk.store.read() as connection:
        kept = slots.brief_of(connection, "星禾科技", TODAY)

    assert tomorrow.total.yesterday.before == 2
    assert next(f["ids"] for f in kept["figures"]["figures"] if f["name"] == "total") != []
    assert SHANGHAI.key == desk.radar.zone.key


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """A radar that has listened for a month, of which the last three days are a burst."""
    radar = scene.radar(tmp_path_factory.mktemp("month"))
    with App(radar, clock=lambda: make.at(days=1)) as app:
        month.live_through(app.store, radar)
        yield app


def test_after_a_month_the_brief_says_that_the_day_is_a_surge_and_since_when(lived):
    made = brief.brief_of(lived.radar, lived.store, TODAY, now=make.at(days=1))

    assert made.surge is not None
    assert (made.surge.days, made.surge.since) == (28, TODAY - timedelta(days=2))
    assert made.surge_stories.ids == made.total.stories.ids


def test_after_a_month_the_words_of_the_day_rise_and_those_of_the_days_before_do_not(lived):
    """撞库 was said on all three days of the burst, 冒名 on the last alone."""
    made = brief.brief_of(lived.radar, lived.store, TODAY, now=make.at(days=1))

    assert RisenWord("冒名", 0, 28) in [row.risen for row in made.words]
    assert "撞库" not in [row.risen.word for row in made.words]
    assert all(set(row.figure.ids) <= set(made.total.figure.ids) for row in made.words)


def test_a_preview_shows_surge_and_words_in_text_and_html(lived):
    message = lived.preview_brief(TODAY)

    for part in (message.text, message.html):
        assert "声量爆发" in part
        assert "爆发从 11-18 到 11-20，共 3 天。" in part
        assert "上升词" in part
        assert "词：冒名" in part


def test_a_usual_day_of_that_month_speaks_of_neither(lived):
    text = lived.preview_brief(TODAY - timedelta(days=5)).text

    assert "爆发" not in text
    assert "上升词" not in text


def test_a_radar_of_a_week_has_nothing_to_hold_a_day_against(desk):
    made = brief.brief_of(desk.radar, desk.store, TODAY, now=make.at(days=1))

    assert (made.surge, made.words) == (None, ())
