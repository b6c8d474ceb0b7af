"""A slot and a day's brief are claimed once."""

from datetime import date

from store import slots
from tests import make


def test_a_slot_is_claimed_once(store):
    with store.write() as connection:
        assert slots.claim(connection, "crawl:qinglan", "2026-11-20T04:00", owner="a", now=make.NOW)
        assert not slots.claim(connection, "crawl:qinglan", "2026-11-20T04:00", owner="b", now=make.NOW)
        assert slots.claim(connection, "crawl:qinglan", "2026-11-20T04:30", owner="b", now=make.NOW)


def test_a_day_has_one_brief(store):
    day = date(2026, 11, 20)
    with store.write() as connection:
        assert slots.add_brief(connection, company="星禾科技", day=day, figures={}, message_key="k", now=make.NOW)
        assert not slots.add_brief(connection, company="星禾科技", day=day, figures={}, message_key="k", now=make.NOW)
