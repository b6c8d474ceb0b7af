"""Documents, their revisions and findings. `version` grows with every change that the index must see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, Row, bindparam, func, insert, select, update

from core.identity import content_hash, document_id
from core.serial import dumps, loads, plain
from core.values import Document, Finding
from store.schema import Instant, documents, findings, index_outbox, revisions, story_members

CHUNK = 500
NOTHING: Mapping[str, Finding] = {}


@dataclass(frozen=True, slots=True)
class Standing:
    """What the store holds of a document before an arrival is applied."""

    id: str
    source: str
    rev: int
    version: int
    content_hash: str
    gone_at: datetime | None


def standing(connection: Connection, ids: Sequence[str]) -> dict[str, Standing]:
    """The known ones among these ids, by id."""
    joined = documents.join(
        revisions, (revisions.c.document_id == documents.c.id) & (revisions.c.rev == documents.c.rev)
    )
    columns = (documents.c.id, documents.c.source, documents.c.rev, documents.c.version)
    query = select(*columns, revisions.c.content_hash, documents.c.gone_at).select_from(joined)
    rows = connection.execute(query.where(documents.c.id.in_(ids)))
    return {row.id: Standing(*row) for row in rows}


def add(connection: Connection, document: Document, finding: Finding, *, backfill: bool, now: datetime) -> str:
    """Store a document seen for the first time, its finding, and the index's order. Returns its id."""
    (identity,) = add_all(connection, [(document, finding, backfill)], now=now)
    order_index(connection, identity, 1, now)
    return identity


def add_all(connection: Connection, found: Sequence[tuple[Document, Finding, bool]], *, now: datetime) -> list[str]:
    """Store (document, finding, backfill) of different documents, orders to the index not. Returns their ids."""
    ids = [document_id(document.key) for document, _finding, _backfill in found]
    if found:
        rows = [_row(i, document, backfill) for i, (document, _finding, backfill) in zip(ids, found, strict=True)]
        connection.execute(insert(documents), rows)
        _add_revisions(connection, [(i, 1, d, f) for i, (d, f, _backfill) in zip(ids, found, strict=True)], now)
    return ids


def _row(identity: str, document: Document, backfill: bool) -> dict[str, Any]:
    columns = ("key", "source", "kind", "url", "thread", "floor", "published_at", "precision", "author", "outlet")
    row = {name: getattr(document, name) for name in (*columns, "customer")}
    seen = document.fetched_at
    row |= {"id": identity, "rev": 1, "version": 1, "first_seen": seen, "last_seen": seen, "backfill": backfill}
    return row | {"status": "new"}


def revise(connection: Connection, at: Standing, document: Document, finding: Finding, *, now: datetime) -> int:
    """Store a changed text as the next revision. Returns its number."""
    revise_all(connection, [(at, document, finding)], now=now)
    order_index(connection, at.id, at.version + 1, now)
    return at.rev + 1


def revise_all(connection: Connection, changed: Sequence[tuple[Standing, Document, Finding]], *, now: datetime) -> None:
    """Store the changed texts of different documents, orders to the index not."""
    if not changed:
        return
    this = documents.c.id == bindparam("this")
    rows = [
        {"this": at.id, "rev": at.rev + 1, "version": at.version + 1, "last_seen": document.fetched_at, "gone_at": None}
        for at, document, _finding in changed
    ]
    connection.execute(update(documents).where(this), rows)
    _add_revisions(connection, [(at.id, at.rev + 1, document, finding) for at, document, finding in changed], now)


def touch(connection: Connection, identity: str, seen: datetime) -> None:
    """The same text was seen again: later than before only, and it is not gone."""
    touch_all(connection, [(identity, seen)])


def touch_all(connection: Connection, seen: Sequence[tuple[str, datetime]]) -> None:
    """The same for many documents, each with when it was seen."""
    if seen:
        newer = (documents.c.id == bindparam("this")) & (documents.c.last_seen < bindparam("at", type_=Instant))
        change = update(documents).where(newer).values(last_seen=bindparam("at", type_=Instant), gone_at=None)
        connection.execute(change, [{"this": identity, "at": at} for identity, at in seen])


def mark_gone(connection: Connection, identity: str, at: datetime) -> bool:
    """Its site says it is no longer there. The text stays as evidence. False when unknown or known as gone."""
    here = (documents.c.id == identity) & documents.c.gone_at.is_(None) & (documents.c.last_seen <= at)
    return connection.execute(update(documents).where(here).values(gone_at=at)).rowcount > 0


def bump(connection: Connection, identity: str, now: datetime) -> None:
    """Something about the document changed that the index must see (its story grew, a person judged it)."""
    bump_all(connection, [identity])
    order_all(connection, [identity], now)


def bump_all(connection: Connection, ids: Iterable[str]) -> None:
    """The same for each mention of a document, orders to the index not."""
    rows = [{"this": identity, "by": by} for identity, by in Counter(ids).items()]
    if rows:
        change = update(documents).where(documents.c.id == bindparam("this"))
        connection.execute(change.values(version=documents.c.version + bindparam("by", type_=Integer)), rows)


def order_index(connection: Connection, identity: str, version: int, now: datetime) -> None:
    """Write the index's order: bring this document to this version."""
    connection.execute(insert(index_outbox).values(document_id=identity, version=version, written_at=now))


def order_all(connection: Connection, ids: Sequence[str], now: datetime) -> None:
    """Bring each of these documents to the version at which it stands; one order a document, unknown ids none."""
    for start in range(0, len(ids), CHUNK):
        query = select(documents.c.id, documents.c.version).where(documents.c.id.in_(ids[start : start + CHUNK]))
        versions = {row.id: row.version for row in connection.execute(query)}
        rows = [
            {"document_id": identity, "version": versions[identity], "written_at": now}
            for identity in dict.fromkeys(ids[start : start + CHUNK])
            if identity in versions
        ]
        if rows:
            connection.execute(insert(index_outbox), rows)


def _add_revisions(
    connection: Connection, written: Sequence[tuple[str, int, Document, Finding]], now: datetime
) -> None:
    """(document's id, rev, text, finding) each."""
    texts = [
        {
            "document_id": identity,
            "rev": rev,
            "title": document.title,
            "body": document.body,
            "content_hash": content_hash(document.title, document.body),
            "raw_hash": document.raw_hash,
            "fetched_at": document.fetched_at,
            "given": dict(document.given),
            "masks": plain(document.masks),
        }
        for identity, rev, document, _finding in written
    ]
    found = [
        {
            "document_id": identity,
            "rev": rev,
            "label": finding.sentiment.label,
            "about": list(finding.about),
            "topics": [topic.id for topic in finding.topics],
            "payload": dumps(finding),
            "analysed_at": now,
        }
        for identity, rev, _document, finding in written
    ]
    connection.execute(insert(revisions), texts)
    connection.execute(insert(findings), found)


@dataclass(frozen=True, slots=True)
class Stored:
    """A document as it stands: its row, its current text and finding, and its story with the story's size."""

    id: str
    key: str
    source: str
    kind: str
    url: str | None
    thread: str | None
    floor: int | None
    rev: int
    version: int
    published_at: datetime | None
    precision: str
    first_seen: datetime
    last_seen: datetime
    gone_at: datetime | None
    backfill: bool
    author: str | None
    outlet: str | None
    customer: str | None
    status: str
    level: str | None
    title: str | None
    body: str
    given: dict[str, str]
    finding: Finding
    story: str
    event: str
    story_size: int


def load(connection: Connection, ids: Sequence[str], *, findings: Mapping[str, Finding] = NOTHING) -> dict[str, Stored]:
    """
    The documents with these ids as they stand, by id; unknown ids are absent.

    `findings` are current ones, by document, that the caller has: these are not read again.
    """
    found: dict[str, Stored] = {}
    for start in range(0, len(ids), CHUNK):
        query = _current().where(documents.c.id.in_(ids[start : start + CHUNK]))
        found |= {row.id: _stored(row, findings.get(row.id)) for row in connection.execute(query)}
    return found


def seen_between(connection: Connection, start: datetime, end: datetime) -> Iterator[Stored]:
    """The documents first discovered in [start, end), oldest first."""
    within = (documents.c.first_seen >= start) & (documents.c.first_seen < end)
    for row in connection.execute(_current().where(within).order_by(documents.c.first_seen, documents.c.id)):
        yield _stored(row)


def every_id(connection: Connection) -> Iterator[tuple[str, int]]:
    """(id, version) of all documents, by id: what the index must hold."""
    for row in connection.execute(select(documents.c.id, documents.c.version).order_by(documents.c.id)):
        yield row.id, row.version


def every_moment(connection: Connection) -> Iterator[tuple[str, int, datetime]]:
    """(id, version, when it counts as published) of all documents; one that does not say counts by its discovery."""
    moment = func.coalesce(documents.c.published_at, documents.c.first_seen, type_=documents.c.first_seen.type)
    for row in connection.execute(select(documents.c.id, documents.c.version, moment.label("at"))):
        yield row.id, row.version, row.at


def count(connection: Connection) -> int:
    """How many documents the store holds."""
    return connection.execute(select(func.count()).select_from(documents)).scalar_one()


def _current() -> Any:
    others = story_members.alias("others")
    size = select(func.count()).select_from(others).where(others.c.story == story_members.c.story).scalar_subquery()
    joined = (
        documents.join(revisions, (revisions.c.document_id == documents.c.id) & (revisions.c.rev == documents.c.rev))
        .join(findings, (findings.c.document_id == documents.c.id) & (findings.c.rev == documents.c.rev))
        .outerjoin(story_members, story_members.c.document_id == documents.c.id)
    )
    texts = (revisions.c.title, revisions.c.body, revisions.c.given, findings.c.payload)
    story = (story_members.c.story, story_members.c.event, size.label("story_size"))
    return select(documents, *texts, *story).select_from(joined)


def _stored(row: Row[Any], finding: Finding | None = None) -> Stored:
    values = row._asdict()
    payload = values.pop("payload")
    if values["story"] is None:
        values |= {"story": values["id"], "event": values["id"], "story_size": 1}
    return Stored(finding=finding or loads(Finding, payload), **values)


def rows_of(
    connection: Connection, *, source: str | None = None, since: datetime | None = None, all_revisions: bool = False
) -> Iterator[dict[str, Any]]:
    """What the store holds, oldest discovery first, for `yuqing documents`: one row a document, or one a revision."""
    same = revisions.c.document_id == documents.c.id
    joined = documents.join(revisions, same if all_revisions else same & (revisions.c.rev == documents.c.rev))
    names = ("source", "kind", "url", "key", "thread", "floor")
    query = select(
        documents.c.id,
        revisions.c.rev,
        *(documents.c[name] for name in names),
        revisions.c.title,
        revisions.c.body,
        *(documents.c[n] for n in ("author", "outlet", "published_at", "precision", "first_seen", "last_seen")),
        documents.c.gone_at,
    ).select_from(joined)
    if source is not None:
        query = query.where(documents.c.source == source)
    if since is not None:
        query = query.where(documents.c.last_seen >= since)
    ordered = query.order_by(documents.c.first_seen, documents.c.id, revisions.c.rev)
    for row in connection.execution_options(stream_results=True).execute(ordered).mappings():
        yield dict(row)


def find(connection: Connection, what: str) -> str | None:
    """The id of the document that is meant by an id, a key or an address; None when there is none, or more than one."""
    for column in (documents.c.id, documents.c.key, documents.c.url):
        if found := connection.execute(select(documents.c.id).where(column == what).limit(2)).scalars().all():
            return found[0] if len(found) == 1 else None
    return None


def last_seen_by_source(connection: Connection) -> dict[str, datetime]:
    """When each source last brought a document that was new."""
    query = select(documents.c.source, func.max(documents.c.first_seen).label("at")).group_by(documents.c.source)
    return {row.source: row.at for row in connection.execute(query)}


def thread_title(connection: Connection, thread: str) -> str | None:
    """The title of a thread's opening post; None when it is not known."""
    same = (revisions.c.document_id == documents.c.id) & (revisions.c.rev == documents.c.rev)
    query = select(revisions.c.title).select_from(documents.join(revisions, same))
    titled = (documents.c.thread == thread) & revisions.c.title.is_not(None)
    return connection.execute(query.where(titled).order_by(documents.c.floor).limit(1)).scalar()
