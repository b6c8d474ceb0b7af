"""Retention, erasure, backup and restore: what is deleted leaves store, index and log of messages, and stays away."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from core.errors import UsageError, YuqingError
from core.i18n import _
from core.identity import PSEUDONYM
from core.times import Clock, iso
from scheduler.imports import ADHOC_RETENTION_DAYS
from scheduler.locks import lock
from scheduler.named import find_named
from scheduler.radar import Radar
from store import care, messages
from store.engine import Connection, Store, open_store, sqlite_file

log = logging.getLogger(__name__)
ERASURES = "erasures.jsonl"
"""In the data folder, beside the store: what a restored backup has to forget again. Ids and pseudonyms only."""


@dataclass(frozen=True, slots=True)
class Expired:
    """The documents of one source that are past its retention."""

    source: str
    retention_days: int
    ids: tuple[str, ...]


def expired(radar: Radar, store: Store, *, clock: Clock) -> list[Expired]:
    """What `purge` would delete, by source: not seen for longer than the source's retention."""
    kept_days = {source.id: source.retention_days for source in radar.sources}
    found = []
    with store.read() as connection:
        for source in sorted({*kept_days, *care.sources_held(connection)}):
            days = kept_days.get(source, ADHOC_RETENTION_DAYS)
            ids = care.ids_before(connection, source, clock() - timedelta(days=days))
            found.append(Expired(source, days, tuple(ids)))
    return [one for one in found if one.ids]


def purge(store: Store, found: Sequence[Expired], *, clock: Clock) -> int:
    """Delete what is past its retention; returns how many documents."""
    ids = [identity for one in found for identity in one.ids]
    with store.write() as connection:
        removed = care.remove_documents(connection, ids, now=clock())
    care.scrub(store)
    log.info("purged documents=%d", removed)
    return removed


def meant(radar: Radar, connection: Connection, what: str) -> tuple[str, list[str]]:
    """
    What `forget WHAT` means: ("person", their documents) for a pseudonym, else ("document", [its id]).

    An address or a key may be given as it was, or as the gate left it.

    Raises UsageError when the store knows no such thing.
    """
    written = care.ids_of_person(connection, what) if what.startswith("u-") else []
    if written or PSEUDONYM.fullmatch(what):
        return "person", written
    identity = find_named(radar, connection, what)
    if identity is None:
        message = _("库里没有 {what}。请给出文档的编号、键、网址，或 u- 开头的化名。")
        raise UsageError(message.format(what=what))
    return "document", [identity]


def forget(radar: Radar, store: Store, what: str, *, clock: Clock) -> int:
    """Delete a document, or all that a person wrote or brought, and refuse them from now on. Returns how many."""
    now = clock()
    with store.write() as connection:
        kind, ids = meant(radar, connection, what)
        care.refuse(connection, kind, [what] if kind == "person" else ids, now=now)
        removed = care.remove_documents(connection, ids, now=now)
        _remember(radar.data_dir, kind, [what] if kind == "person" else ids, at=iso(now) or "")
    care.scrub(store)
    for aside in copies_beside(radar):
        _forget_in(aside, kind, [what] if kind == "person" else ids, clock=clock)
    log.info("forgotten kind=%s documents=%d", kind, removed)
    return removed


def copies_beside(radar: Radar) -> list[Path]:
    """The stores that a restore or a migration put aside: what is forgotten must leave them, too."""
    file = sqlite_file(radar.store_url)
    if file is None:
        return []
    return [
        path
        for path in sorted(file.parent.glob(f"{file.name}.before-*"))
        if path.suffix not in (".wal", ".shm") and not path.name.endswith(("-wal", "-shm"))
    ]


def _forget_in(file: Path, kind: str, ids: Sequence[str], *, clock: Clock) -> None:
    """Forget in a store that lies aside; one that cannot be opened is named."""
    try:
        store = open_store(f"sqlite:///{file}", migrate=False)
        with store.write() as connection:
            wanted = [one for each in ids for one in care.ids_of_person(connection, each)] if kind == "person" else ids
            care.remove_documents(connection, wanted, now=clock())
        care.scrub(store)
        store.close()
    except YuqingError as error:
        message = _("旁边的旧数据 {file} 里可能还有，请自行删除它（{seen}）。")
        raise YuqingError(message.format(file=file, seen=error)) from error


def _remember(folder: Path, kind: str, ids: Sequence[str], *, at: str) -> None:
    with (folder / ERASURES).open("a", encoding="utf-8") as file:
        for identity in ids:
            file.write(json.dumps({"what": kind, "id": identity, "at": at}) + "\n")


def restore(radar: Radar, backup_file: Path, *, clock: Clock) -> tuple[Path | None, int]:
    """
    Put a backup in place of the store and forget again what was forgotten since. Nothing may be running.

    Returns (where the old store was put, how many documents were forgotten again). Raises Held while
    `yuqing run` or a command works on the data folder.
    """
    target = sqlite_file(radar.store_url)
    if target is None:
        raise UsageError(_("restore 只用于 SQLite；{url} 请用数据库自己的工具。").format(url=radar.store_url))
    with lock(radar.data_dir, "run"), lock(radar.data_dir, "worker"), lock(radar.data_dir, "crawl"):
        aside = care.restore(backup_file, target)
        store = open_store(radar.store_url)
        try:
            hold_unsent(store, clock=clock)
            return aside, _forget_again(radar, store, clock=clock)
        finally:
            store.close()


def hold_unsent(store: Store, *, clock: Clock) -> int:
    """
    Call every delivery that a backup holds as open one of unknown fate: it may have gone out since.

    An alert is then sent once more and marked, a brief waits for a person. Returns how many there were.
    """
    now = clock()
    open_states: tuple[messages.State, ...] = ("pending", "claimed", "sending")
    held = 0
    with store.write() as connection:
        for state in open_states:
            for one in messages.in_states(connection, state, limit=100_000):
                note = _("恢复自备份：备份之后可能已经发出")
                held += messages.move(connection, one.id, before=state, after="unknown", now=now, answer=note)
    return held


def _forget_again(radar: Radar, store: Store, *, clock: Clock) -> int:
    listed = radar.data_dir / ERASURES
    entries = [json.loads(line) for line in listed.read_text("utf-8").splitlines()] if listed.exists() else []
    removed = 0
    with store.write() as connection:
        for entry in entries:
            care.refuse(connection, entry["what"], [entry["id"]], now=clock())
            is_person = entry["what"] == "person"
            ids = care.ids_of_person(connection, entry["id"]) if is_person else [entry["id"]]
            removed += care.remove_documents(connection, ids, now=clock())
    care.scrub(store)
    return removed


def backup(radar: Radar, target: Path) -> int:
    """A consistent copy of the store while it is in use. Returns its bytes."""
    source = sqlite_file(radar.store_url)
    if source is None:
        raise UsageError(_("backup 只用于 SQLite；{url} 请用数据库自己的工具。").format(url=radar.store_url))
    care.check_exists(source)
    return care.backup(source, target)
