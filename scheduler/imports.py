"""Records from files: read, gated, put into the inbox as a round of their source. The same file twice adds nothing."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, get_args

from analysis.gate import gate
from core.display import one_line
from core.errors import UsageError
from core.i18n import _
from core.times import Clock
from core.values import CrawlBatch, Document, Kind, Page, PageState, RoundReport, Source
from crawlers.records import BadRow, read_records
from scheduler.crawl import check_room, persons, round_id
from scheduler.ingest import get_known
from scheduler.radar import Radar
from store.crawl import StoredCrawl, recent_rounds
from store.engine import Store

log = logging.getLogger(__name__)
BATCH = 500
ROWS_NOTED = 20  # of a round, in its notes: a file of a wrong form has thousands
NOTE_LIMIT = 300
Progress = Callable[[int], None]


@dataclass(slots=True)
class Imported:
    """What came of a file: rows taken, and the rows left out with their reason."""

    rows: int = 0
    bad: list[BadRow] = field(default_factory=list)


ADHOC_RETENTION_DAYS = 365  # as the starter configuration says for every source


def adhoc_source(kind: Kind) -> Source:
    """
    The source of files of a kind that belong to no configured one.

    One a kind: record 7 of a file of complaints is not record 7 of a file of customer voice.
    """
    basis = _("经授权的自有记录或公开信息")
    return Source(f"import-{kind}", _("手工导入"), "import", _("舆情监测"), basis, ADHOC_RETENTION_DAYS, kind=kind)


def manual_source() -> Source:
    """The source of single pages that somebody added by hand."""
    return Source("manual", _("手工添加"), "listing", _("舆情监测"), _("公开信息合理范围"), ADHOC_RETENTION_DAYS)


def unconfigured_sources() -> tuple[Source, ...]:
    """The sources that documents may come from without being configured."""
    kinds: tuple[Kind, ...] = get_args(Kind)
    return (manual_source(), *map(adhoc_source, kinds))


def import_file(
    radar: Radar,
    store: Store,
    path: Path,
    *,
    source: Source,
    mapping: Mapping[str, str],
    clock: Clock,
    kind: Kind | None = None,
    progress: Progress = lambda rows: None,
) -> Imported:
    """
    Put the records of a file into the inbox, as a round of its source.

    `mapping` (field -> column) goes before the columns that an import source names. Raises UsageError for a file
    that cannot be read at all.
    """
    if not path.is_file():
        raise UsageError(_("没有文件 {path}。").format(path=path))
    intake = Intake(radar, store, source, clock)
    try:
        done = intake.take(path, mapping=mapping, kind=kind or source.kind, progress=progress)
    except UsageError as error:
        intake.failed(str(error), "by_hand")
        intake.end()
        raise
    intake.end()
    return done


def import_folder(radar: Radar, store: Store, source: Source, *, base: Path, clock: Clock) -> int:
    """
    Import every new or changed file of a source's folder, as one round; returns how many.

    A bad file or row is a note of the round and stops no other; a bad file is one of later rounds too, until it is
    put right. Raises Unavailable when the store cannot be written: the file is tried again.
    """
    folder = base / (source.folder or "")
    if not folder.is_dir():
        return 0
    crawl = StoredCrawl(store, clock)
    files = {path.name: path for path in sorted(folder.iterdir()) if path.is_file() and path.name[0] not in ".~"}
    known = crawl.pages(source.id, list(files))
    intake: Intake | None = None
    imported, waiting = 0, []
    for name, path in files.items():
        page = known.get(name) or Page(source.id, name, path.name, "list", discovered_at=clock())
        seen = _stamp(path, source)
        if page.cursor == seen:
            waiting += [page.reason or name] if page.state == "failed" else []
            continue
        intake = intake or Intake(radar, store, source, clock)
        reason = _taken(intake, path, kind=source.kind)
        state: PageState = "failed" if reason else "done"
        crawl.commit(CrawlBatch(pages=(replace(page, cursor=seen, state=state, fetched_at=clock(), reason=reason),)))
        imported += 1
    if not (intake or waiting) and _told_of_a_file(store, source):
        intake = Intake(radar, store, source, clock)  # who took the bad file away has put it right too
    if intake:
        for reason in waiting:  # until they are put right: a good file that comes later hides no bad one
            intake.failed(reason)
        intake.end()
    return imported


def _told_of_a_file(store: Store, source: Source) -> bool:
    """True when the last round could not take a file of the folder."""
    with store.read() as connection:
        return any(report.errors.get("file") for report in recent_rounds(connection, source.id, limit=1))


def _stamp(path: Path, source: Source) -> dict[str, object]:
    """What tells a file from its next version: a file is read anew when it, or what its columns mean, has changed."""
    stat = path.stat()
    return {"bytes": stat.st_size, "written_ns": stat.st_mtime_ns, "fields": dict(source.fields), "kind": source.kind}


def _taken(intake: Intake, path: Path, *, kind: Kind) -> str | None:
    """Take a file; the reason when that cannot be, which becomes a note."""
    try:
        intake.take(path, mapping={}, kind=kind)
    except UsageError as error:
        intake.failed(str(error))
        log.error("import failed source=%s file=%s", intake.source.id, path.name)
        return str(error)
    return None


class Intake:
    """One round of a source whose pages are files. Rows go to the inbox through the gate, in batches."""

    def __init__(self, radar: Radar, store: Store, source: Source, clock: Clock) -> None:
        """Begin the round. Raises Unavailable when there is no room on the disk."""
        check_room(radar)
        self.source = source
        self._clock = clock
        self._began = clock()
        self._round = round_id(self._began)
        self._files = self._rows = 0
        self._errors: Counter[str] = Counter()
        self._notes: list[str] = []
        self._gate = gate(radar.key, hotlines=radar.watch.hotlines, persons=persons(radar))
        with store.write() as connection:
            get_known(connection, radar, self._began)
        self._crawl = StoredCrawl(store, clock)
        self._crawl.begin_round(source.id, self._round)

    def take(
        self, path: Path, *, mapping: Mapping[str, str], kind: Kind, progress: Progress = lambda rows: None
    ) -> Imported:
        """Take all good rows of a file. Raises UsageError for a file that cannot be read at all."""
        own = self.source.fields if self.source.channel == "import" else {}
        done = Imported()
        batch: list[Document] = []
        records = read_records(
            path, source=self.source, mapping={**own, **mapping}, kind=kind, fetched_at=self._clock()
        )
        for record in records:
            if isinstance(record, BadRow):
                done.bad.append(record)
                self._note_row(path, record)
                continue
            done.rows += 1
            batch.append(self._gate(record))
            if len(batch) >= BATCH:
                self._commit(batch, progress)
        self._commit(batch, progress)
        self._files += 1
        self._rows += done.rows
        log.info("imported source=%s rows=%d bad=%d", self.source.id, done.rows, len(done.bad))
        return done

    def _commit(self, batch: list[Document], progress: Progress) -> None:
        self._crawl.commit(CrawlBatch(documents=tuple(batch)))
        progress(len(batch))
        batch.clear()

    def _note_row(self, path: Path, bad: BadRow) -> None:
        self._errors["row"] += 1
        if self._errors["row"] <= ROWS_NOTED:
            self._note(bad_row_line(path.name, bad))

    def failed(self, reason: str, kind: Literal["file", "by_hand"] = "file") -> None:
        """Note a file that could not be taken: one that waits in the folder, or one that somebody named."""
        self._errors[kind] += 1
        self._note(reason)

    def _note(self, text: str) -> None:
        self._notes.append(one_line(text, NOTE_LIMIT))

    def end(self) -> None:
        """End the round and say what came of it."""
        self._crawl.end_round(
            RoundReport(
                self.source.id,
                self._round,
                self._began,
                self._clock(),
                pages=self._files,
                documents=self._rows,
                errors=dict(self._errors),
                notes=tuple(self._notes),
            )
        )


def bad_row_line(file: Path | str, bad: BadRow) -> str:
    """One bad row for people: file, line, reason."""
    return _("{file} 第 {line} 行没有导入：{reason}").format(file=file, line=bad.line, reason=bad.reason)
