"""What was discovered when, as habits need it."""

from datetime import timedelta

from sqlalchemy import insert

from store.arrivals import Arrival, arrivals_since
from store.schema import documents
from tests import make


def row(number: int, **changes: object) -> dict[str, object]:
    """A stored document."""
    return {
        "id": f"d{number}",
        "key": f"news.example/{number}",
        "source": "qinglan",
        "kind": "news",
        "rev": 1,
        "version": 1,
        "published_at": make.at(minutes=-5),
        "precision": "minute",
        "first_seen": make.NOW,
        "last_seen": make.NOW,
        "backfill": False,
        "status": "new",
        **changes,
    }


def test_arrivals_come_by_source_oldest_first_without_backfill(store):
    rows = [
        row(1, first_seen=make.at(hours=-1)),
        row(2, first_seen=make.at(hours=-2), precision="day"),
        row(3, source="minsheng"),
        row(4, backfill=True),
        row(5, first_seen=make.at(days=-40)),
    ]
    with store.write() as connection:
        connection.execute(insert(documents), rows)
        found = arrivals_since(connection, make.NOW - timedelta(days=30))

    assert found == {
        "qinglan": [Arrival(make.at(hours=-2), None), Arrival(make.at(hours=-1), make.at(minutes=-5))],
        "minsheng": [Arrival(make.NOW, make.at(minutes=-5))],
    }
