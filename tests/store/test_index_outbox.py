"""Orders to the index: what is trimmed is gone, and its number is not. On a PostgreSQL, too, where one is named."""

import os
import threading

import pytest
from sqlalchemy import func, select

from store import documents, index_outbox, schema
from store.engine import open_store
from tests import make
from tests.scheduler import scene

POSTGRESQL = os.environ.get("YUQING_TEST_POSTGRESQL", "")
"""The address of an empty database; everything in it is dropped."""


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request, tmp_path):
    url = f"sqlite:///{tmp_path}/radar.db" if request.param == "sqlite" else POSTGRESQL
    if not url:
        pytest.skip("YUQING_TEST_POSTGRESQL names no database, such as postgresql+psycopg://user@127.0.0.1/empty")
    opened = open_store(url)
    yield opened
    if request.param == "postgresql":
        schema.metadata.drop_all(opened.engine)
        with opened.write() as connection:
            connection.exec_driver_sql("DROP TABLE alembic_version")
    opened.close()


def order(store, *numbers):
    with store.write() as connection:
        for number in numbers:
            documents.add(connection, scene.article(number), make.finding(), backfill=False, now=make.NOW)


def test_the_last_number_is_known_from_the_rows_when_all_are_trimmed(store):
    """Only SQLite remembers it elsewhere: on another database every batch would look like a lost index."""
    order(store, 1, 2, 3)
    with store.write() as connection:
        index_outbox.trim(connection, 3)

    with store.read() as connection:
        assert connection.execute(select(func.max(schema.index_outbox.c.seq))).scalar() == 3
        assert index_outbox.last(connection) == 3


def test_what_stays_for_its_number_is_no_order(store):
    order(store, 1, 2, 3)
    with store.write() as connection:
        index_outbox.trim(connection, 3)

    with store.read() as connection:
        assert index_outbox.after(connection, 0, limit=9) == []
        assert index_outbox.first(connection) is None
        assert index_outbox.lag(connection, 0) == (0, None)


def test_the_number_goes_when_a_newer_order_came(store):
    order(store, 1, 2)
    with store.write() as connection:
        index_outbox.trim(connection, 2)
    order(store, 3, 4)
    with store.write() as connection:
        index_outbox.trim(connection, 3)

    with store.read() as connection:
        assert [row.seq for row in connection.execute(select(schema.index_outbox))] == [4]
        assert index_outbox.first(connection) == 4


def test_orders_are_seen_in_the_order_of_their_numbers(store):
    """A writer that came first and takes long must not commit a lower number behind a higher one."""
    has_written, may_end = threading.Event(), threading.Event()

    def slow():
        with store.write() as connection:
            documents.add(connection, scene.article(1), make.finding(), backfill=False, now=make.NOW)
            has_written.set()
            may_end.wait(0.5)

    first, second = threading.Thread(target=slow), threading.Thread(target=order, args=(store, 2))
    first.start()
    has_written.wait(5)
    second.start()
    second.join(0.3)
    with store.read() as connection:
        seen = index_outbox.last(connection)
    may_end.set()
    for thread in (first, second):
        thread.join()

    assert seen == 0
    with store.read() as connection:
        assert [one.seq for one in index_outbox.after(connection, 0, limit=9)] == [1, 2]


def test_a_reader_has_one_view(store):
    order(store, 1)
    with store.read() as connection:
        before = index_outbox.last(connection)
        order(store, 2)

        assert index_outbox.last(connection) == before
