"""
The tables. Times are UTC milliseconds in integer columns and aware datetimes in Python.

A change here needs a migration in `store/migrations/versions`; a test compares the two.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.types import TypeDecorator


def milliseconds(moment: datetime) -> int:
    """An instant as its column holds it."""
    return round(moment.timestamp() * 1000)


class Instant(TypeDecorator[datetime]):
    """An aware instant as UTC milliseconds since 1970."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else milliseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromtimestamp(value / 1000, UTC)


class Json(TypeDecorator[Any]):
    """A JSON value as text, Chinese left readable."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


metadata = MetaData()
_Serial = BigInteger().with_variant(Integer, "sqlite")  # only INTEGER is a rowid alias in SQLite

# What the crawl knows. One row per page of a source.
frontier = Table(
    "frontier",
    metadata,
    Column("source", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("round", Text),
    Column("discovered_at", Instant),
    Column("fetched_at", Instant),
    Column("status", Integer),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("content_hash", Text),
    Column("cursor", Json, nullable=False),
    Column("misses", Integer, nullable=False),
    Column("next_at", Instant),
    Column("reason", Text),
    Index("frontier_by_state", "source", "state", "discovered_at"),
)
hosts = Table("hosts", metadata, Column("host", Text, primary_key=True), Column("memory", Json, nullable=False))
rounds = Table(
    "rounds",
    metadata,
    Column("source", Text, primary_key=True),
    Column("round", Text, primary_key=True),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("finished", Boolean, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("documents", Integer, nullable=False),
    Column("not_modified", Integer, nullable=False),
    Column("errors", Json, nullable=False),
    Column("notes", Json, nullable=False),
    Column("counts", Json, nullable=False, server_default="{}"),
    Index("rounds_by_start", "source", "started_at"),
)

# Documents past the gate that wait for analysis. `settled_at`: start of the last finished round before this one.
inbox = Table(
    "inbox",
    metadata,
    Column("seq", _Serial, primary_key=True, autoincrement=True),
    Column("what", Text, nullable=False),  # document | gone
    Column("payload", Text, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("settled_at", Instant),
    Column("failure", Text),
    sqlite_autoincrement=True,
)

documents = Table(
    "documents",
    metadata,
    Column("id", Text, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("source", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("url", Text),
    Column("thread", Text),
    Column("floor", Integer),
    Column("rev", Integer, nullable=False),
    Column("version", Integer, nullable=False),  # grows with every change that the index must see
    Column("published_at", Instant),
    Column("precision", Text, nullable=False),
    Column("first_seen", Instant, nullable=False),
    Column("last_seen", Instant, nullable=False),
    Column("gone_at", Instant),
    Column("backfill", Boolean, nullable=False),
    Column("author", Text),
    Column("outlet", Text),
    Column("customer", Text),
    Column("status", Text, nullable=False),
    Column("level", Text),
    Index("documents_by_first_seen", "first_seen"),
    Index("documents_by_published", "published_at"),
    Index("documents_by_source", "source", "first_seen"),
    Index("documents_by_thread", "thread"),
    Index("documents_by_author", "author"),
    Index("documents_by_customer", "customer"),
)
revisions = Table(
    "revisions",
    metadata,
    Column("document_id", Text, primary_key=True),
    Column("rev", Integer, primary_key=True),
    Column("title", Text),
    Column("body", Text, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("raw_hash", Text),
    Column("fetched_at", Instant, nullable=False),
    Column("given", Json, nullable=False),
    Column("masks", Json, nullable=False),
)
findings = Table(
    "findings",
    metadata,
    Column("document_id", Text, primary_key=True),
    Column("rev", Integer, primary_key=True),
    Column("label", Text, nullable=False),
    Column("about", Json, nullable=False),
    Column("topics", Json, nullable=False),
    Column("payload", Text, nullable=False),
    Column("analysed_at", Instant, nullable=False),
)
story_members = Table(
    "story_members",
    metadata,
    Column("document_id", Text, primary_key=True),
    Column("story", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("sketch", LargeBinary, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("published_at", Instant),
    Column("outlet", Text),
    Column("apart", Boolean, nullable=False, server_default=false()),
    Index("members_by_story", "story"),
    Index("members_by_event", "event"),
)
story_bands = Table(
    "story_bands",
    metadata,
    Column("band", BigInteger, primary_key=True),
    Column("document_id", Text, primary_key=True),
    Index("bands_by_document", "document_id"),
    sqlite_with_rowid=False,
)

# What people merged and split, and where the documents of the stories concerned stood before.
story_edits = Table(
    "story_edits",
    metadata,
    Column("number", _Serial, primary_key=True, autoincrement=True),
    Column("what", Text, nullable=False),  # merge | split
    Column("at", Instant, nullable=False),
    Column("who", Text, nullable=False),
    Column("undone_at", Instant),
    Column("undone_by", Text),
    sqlite_autoincrement=True,
)
story_moves = Table(
    "story_moves",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("document_id", Text, primary_key=True),
    Column("story", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("apart", Boolean, nullable=False),
    Column("to_story", Text, nullable=False),
    Index("moves_by_document", "document_id"),
)

# Since when a subscription or a watch is known: what was found before its first full round is backfill to it.
known = Table(
    "known",
    metadata,
    Column("what", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("since", Instant, nullable=False),
)
matches = Table(
    "matches",
    metadata,
    Column("subscription", Text, primary_key=True),
    Column("document_id", Text, primary_key=True),
    Column("rev", Integer, nullable=False),
    Column("story", Text),
    Column("outcome", Text, nullable=False),
    Column("reason", Text),
    Column("matched_at", Instant, nullable=False),
    Column("message_key", Text),
    Index("matches_by_story", "subscription", "story"),
)

# What was forgotten on request must not come back with the next crawl: document ids and pseudonyms.
refusals = Table(
    "refusals",
    metadata,
    Column("what", Text, primary_key=True),  # document | person
    Column("id", Text, primary_key=True),
    Column("at", Instant, nullable=False),
)

index_outbox = Table(
    "index_outbox",
    metadata,
    Column("seq", _Serial, primary_key=True, autoincrement=True),
    Column("document_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("written_at", Instant, nullable=False),
    sqlite_autoincrement=True,
)

# What the engine of the index refuses for good, until it takes it.
index_refused = Table(
    "index_refused",
    metadata,
    Column("document_id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

messages = Table(
    "messages",
    metadata,
    Column("key", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("html", Text),
    Column("created_at", Instant, nullable=False),
)
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("message_key", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    # pending -> claimed -> sending -> sent | failed | unknown
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("repeats", Integer, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("answer", Text),
    UniqueConstraint("message_key", "channel", "recipient"),
    Index("deliveries_by_state", "state", "next_at"),
    sqlite_autoincrement=True,
)

job_slots = Table(
    "job_slots",
    metadata,
    Column("job", Text, primary_key=True),
    Column("slot", Text, primary_key=True),
    Column("claimed_at", Instant, nullable=False),
    Column("owner", Text, nullable=False),
    Column("outcome", Text),
)
briefs = Table(
    "briefs",
    metadata,
    Column("company", Text, primary_key=True),
    Column("day", Text, primary_key=True),
    Column("created_at", Instant, nullable=False),
    Column("figures", Json, nullable=False),
    Column("message_key", Text, nullable=False),
)
