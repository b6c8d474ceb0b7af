"""Facts and indexes for tests: name only what the test is about."""

from datetime import UTC, datetime

from core.values import Facts

NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)


def facts(id="d0000000000000001", title="", body="", **more):
    """Facts with an empty text unless given."""
    return Facts(id=id, title=title, body=body, **more)


def moment(day, hour=0, minute=0):
    """An instant of November 2026, UTC."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)
