"""Keeping and not keeping: consistent backups, restoring, and deleting documents with all that hangs on them."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, Table, Text, delete, insert, or_, select, type_coerce, update

from core.errors import Unavailable, UsageError, YuqingError
from core.i18n import _
from core.identity import PSEUDONYM
from store import documents as stored_documents
from store import index_outbox
from store.engine import Store, StoreDamaged
from store.migrate import HEAD
from store.schema import (
    documents,
    findings,
    frontier,
    inbox,
    matches,
    messages,
    refusals,
    revisions,
    story_bands,
    story_members,
    story_moves,
)

CHUNK = 500
ERASED = "（按请求删除）"


def backup(source: Path, target: Path) -> int:
    """
    A consistent copy of a SQLite store while others write to it, checked before it takes its name. Returns its bytes.

    Raises UsageError when the target exists, Unavailable when it cannot be written.
    """
    if target.exists():
        raise UsageError(_("备份文件 {path} 已存在，不覆盖。请换一个名字。").format(path=target))
    part = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.close(descriptor)
        with closing(sqlite3.connect(source)) as from_, closing(sqlite3.connect(part)) as to:
            from_.backup(to)
            to.execute("PRAGMA journal_mode=DELETE")
        _check(part)
        os.replace(part, target)
    except (OSError, sqlite3.Error, StoreDamaged) as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        if isinstance(error, StoreDamaged) or _is_damage(error):
            message = _("数据库 {where} 已损坏（{seen}）。请用 yuqing restore 从备份恢复。")
            raise StoreDamaged(message.format(where=source, seen=error)) from error
        message = _("写不了备份 {path}：{seen}。请检查路径、权限和磁盘空间。")
        raise Unavailable(message.format(path=target, seen=getattr(error, "strerror", None) or error)) from error
    return target.stat().st_size


def restore(backup_file: Path, target: Path) -> Path | None:
    """
    Put a backup in the place of the store; nobody may have it open. Returns where the old store went, if there was one.

    Raises StoreDamaged for a file that is no sound store, UsageError for one of a newer program.
    """
    if not backup_file.is_file():
        raise UsageError(_("没有备份文件 {path}。").format(path=backup_file))
    version = _check(backup_file)
    if version > HEAD:
        message = _("备份 {path} 的结构版本 {seen} 比本程序（{head}）新。请先升级程序。")
        raise UsageError(message.format(path=backup_file, seen=version, head=HEAD))
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    shutil.copyfile(backup_file, part)
    aside = None
    if target.exists():
        aside = target.with_name(f"{target.name}.before-restore")
        os.replace(target, aside)
        for suffix in ("-wal", "-shm"):
            wal = target.with_name(target.name + suffix)
            if wal.exists():
                os.replace(wal, aside.with_name(aside.name + suffix))
    os.replace(part, target)
    return aside


def _is_damage(error: Exception) -> bool:
    return isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError)


def _check(file: Path) -> str:
    """The schema version of a sound store file. Raises StoreDamaged."""
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
            version = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
    except sqlite3.Error as error:
        raise StoreDamaged(_("{path} 不是可用的备份（{seen}）。").format(path=file, seen=error)) from error
    if verdict != "ok":
        raise StoreDamaged(_("{path} 不是可用的备份（{seen}）。").format(path=file, seen=verdict))
    return str(version)


def ids_of_person(connection: Connection, pseudonym: str) -> list[str]:
    """The documents that a person wrote or brought."""
    query = select(documents.c.id).where(or_(documents.c.author == pseudonym, documents.c.customer == pseudonym))
    return list(connection.execute(query).scalars())


def ids_before(connection: Connection, source: str, moment: datetime) -> list[str]:
    """The documents of a source that were last seen before an instant."""
    query = select(documents.c.id).where(documents.c.source == source, documents.c.last_seen < moment)
    return list(connection.execute(query).scalars())


def sources_held(connection: Connection) -> list[str]:
    """The sources that any stored document belongs to, also those that are configured no more."""
    return list(connection.execute(select(documents.c.source).distinct()).scalars())


def remove_documents(connection: Connection, ids: Sequence[str], *, now: datetime) -> int:
    """
    Delete documents with their revisions, findings, stories, matches, pages and waiting rows.

    The index gets its orders in the same transaction; messages that told of them lose their text and keep
    their deliveries, so that what was sent to whom can still be proved. Returns how many documents there were.
    """
    removed = 0
    for start in range(0, len(ids), CHUNK):
        chunk = list(ids[start : start + CHUNK])
        rows = list(connection.execute(select(documents).where(documents.c.id.in_(chunk))))
        for row in rows:
            stored_documents.order_index(connection, row.id, row.version + 1, now)
            _erase_messages(connection, row.id, row.url)
            connection.execute(delete(frontier).where(frontier.c.source == row.source, _page_of(row.key)))
            connection.execute(delete(inbox).where(inbox.c.payload.contains(f'"key":"{row.key}"', autoescape=True)))
        for table, column in _hanging():
            connection.execute(delete(table).where(table.c[column].in_(chunk)))
        removed += len(rows)
    if removed:
        index_outbox.order_rebuild(connection, now=now)  # deleted text stays in an index's files until they are new
    return removed


def _page_of(key: str) -> ColumnElement[bool]:
    """The page of a document: it has the same key, or names the key in which a pseudonym stands for personal data."""
    if not PSEUDONYM.search(key):
        return frontier.c.key == key
    named = type_coerce(frontier.c.cursor, Text).contains(f'"document":"{key}"', autoescape=True)
    return or_(frontier.c.key == key, named)


def _hanging() -> Iterable[tuple[Table, str]]:
    by_document = (revisions, findings, story_members, story_bands, story_moves, matches)
    return [*((table, "document_id") for table in by_document), (documents, "id")]


def _erase_messages(connection: Connection, identity: str, url: str | None) -> None:
    told = select(matches.c.message_key).where(matches.c.document_id == identity, matches.c.message_key.is_not(None))
    names = [identity, *([url] if url else [])]
    mentions = [
        column.contains(name, autoescape=True) for name in names for column in (messages.c.text, messages.c.html)
    ]
    here = or_(messages.c.key.in_(told), *mentions)
    erased = {"subject": ERASED, "text": ERASED, "html": None}
    connection.execute(update(messages).where(here).values(erased))


def scrub(store: Store) -> None:
    """Leave no deleted byte in the file or its WAL (SQLite; deletion itself overwrites, see `secure_delete`)."""
    if store.engine.dialect.name != "sqlite":
        return
    raw = store.engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        raw.close()


def check_exists(file: Path) -> None:
    """Raises YuqingError when there is no store to back up."""
    if not file.is_file():
        raise YuqingError(_("还没有数据可备份：{path} 不存在。").format(path=file))


def refuse(connection: Connection, what: str, ids: Iterable[str], *, now: datetime) -> None:
    """Do not take these documents ("document") or persons ("person") in again."""
    known = set(connection.execute(select(refusals.c.id).where(refusals.c.what == what)).scalars())
    rows = [{"what": what, "id": identity, "at": now} for identity in dict.fromkeys(ids) if identity not in known]
    if rows:
        connection.execute(insert(refusals), rows)


def refused(connection: Connection, what: str, ids: Iterable[str]) -> set[str]:
    """Those of the ids that were forgotten on request."""
    query = select(refusals.c.id).where(refusals.c.what == what, refusals.c.id.in_(list(ids)))
    return set(connection.execute(query).scalars())


def every_refusal(connection: Connection) -> list[tuple[str, str]]:
    """(what, id) of all that was forgotten: what a restored backup must forget again."""
    return [(row.what, row.id) for row in connection.execute(select(refusals).order_by(refusals.c.at, refusals.c.id))]
