"""A clock that is set back by an hour sends no brief twice, silences no source and hurries none, and holds no alert."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest

from core.times import SHANGHAI
from core.values import Message, RoundReport
from scheduler.clock import Jobs
from scheduler.due import due_sources
from scheduler.radar import BriefPlan
from scheduler.sender import LONGEST_RETRY, Sender
from store import messages
from store.crawl import StoredCrawl, last_rounds
from store.engine import open_store
from tests import make
from tests.mailserver import MailServer
from tests.scheduler import scene

HOUR = timedelta(hours=1)


class Watch:
    """A store and a clock that is moved by hand."""

    def __init__(self, folder, port=0):
        self.now = datetime(2026, 11, 20, 7, 59, tzinfo=SHANGHAI)
        plan = BriefPlan(time(8), ("pr@xinghe.example",))
        self.radar = replace(scene.radar(folder, port=port), brief=plan)
        self.store = open_store(self.radar.store_url)
        scene.settle(self.store, self.radar)
        with self.store.write() as connection:  # it has listened since Thursday
            connection.exec_driver_sql("UPDATE known SET since = since - 86400000")
        self.jobs = Jobs(self.radar, self.store, lambda: self.now)

    def briefs(self):
        with self.store.read() as connection:
            return messages.recent(connection, "brief")


@pytest.fixture
def watch(tmp_path):
    watch = Watch(tmp_path)
    yield watch
    watch.store.close()


def test_no_brief_is_made_twice(watch):
    made = []
    for minutes in [-1, 0, 1, 59, 0, -61, -1, 0, 1, 61]:  # the clock of the wall around eight, back and forth
        watch.now = datetime(2026, 11, 20, 8, tzinfo=SHANGHAI) + timedelta(minutes=minutes)
        watch.jobs.briefs()
        made.append(len(watch.briefs()))

    keys = [message.key for message in watch.briefs()]
    assert made[0] == 0
    assert len(keys) == len(set(keys))
    assert made[1:] == [made[1]] * 9


def test_a_source_is_crawled_as_often_as_before(watch):
    """Rounds that began "in the future" count for nothing: neither as just now nor as long ago."""
    source = make.source(every=timedelta(minutes=10))
    crawl = StoredCrawl(watch.store, lambda: watch.now)
    began = []
    start = datetime(2026, 11, 20, 12, tzinfo=SHANGHAI)
    for tick in range(0, 180 * 60, 30):  # three hours, a look every half minute; after one hour the clock goes back
        watch.now = start + timedelta(seconds=tick) - (HOUR if tick >= 3600 else timedelta(0))
        with watch.store.read() as connection:
            last = last_rounds(connection)
        if due_sources([source], last, watch.now):
            name = f"r{tick}"
            crawl.begin_round(source.id, name)
            crawl.end_round(RoundReport(source.id, name, watch.now, watch.now + timedelta(seconds=5), pages=1))
            began.append(tick / 60)

    gaps = [later - earlier for earlier, later in pairwise(began)]
    assert max(gaps) <= 10.5
    assert len(began) <= 18 + 2  # no hammering


def test_a_round_that_broke_off_before_the_step_is_tried_again(watch):
    watch.jobs._tried["qinglan"] = watch.now + HOUR
    with watch.store.write() as connection:
        connection.exec_driver_sql("DELETE FROM rounds")

    assert not watch.jobs._just_failed(watch.radar.sources[0], None, watch.now)


def test_an_alert_that_waited_for_a_later_hour_is_sent(tmp_path):
    with MailServer() as server:
        watch = Watch(tmp_path, port=server.port)
        message = Message("alert:1", "alert", "泄露", "正文", None, ("duty@xinghe.example",))
        with watch.store.write() as connection:
            messages.enqueue(connection, message, now=watch.now)

        watch.now -= HOUR
        sent = Sender(watch.store, watch.radar.mail, lambda: watch.now).drain()

        assert (sent, len(server.mails)) == (1, 1)
        watch.store.close()


def test_no_pause_between_two_tries_is_taken_for_a_clock_set_back():
    assert LONGEST_RETRY < messages.LONGEST_PAUSE


def test_a_document_of_the_doubled_hour_belongs_to_one_day(watch):
    watch.now = datetime(2026, 11, 20, 0, 30, tzinfo=SHANGHAI)
    watch.jobs.briefs()
    watch.now -= HOUR

    watch.jobs.briefs()

    assert watch.briefs() == []
    assert watch.now.date() == date(2026, 11, 19)
