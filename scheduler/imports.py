"""Records from files: read, gated, put into the inbox as a round of their source. The same file twice adds nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from analysis.gate import gate
from core.errors import UsageError, YuqingError
from core.i18n import _
from core.times import Clock
from core.values import CrawlBatch, Document, Kind, Page, RoundReport, Source
from crawlers.records import BadRow, read_records
from scheduler.crawl import check_room, persons, round_id
from scheduler.ingest import get_known
from scheduler.radar import Radar
from store.crawl import StoredCrawl
from store.engine import Store

log = logging.getLogger(__name__)
BATCH = 500
Progress = Callable[[int], None]


@dataclass(slots=True)
class Imported:
    """What came of a file: rows taken, and the rows left out with their reason."""

    rows: int = 0
    bad: list[BadRow] = field(default_factory=list)


ADHOC_RETENTION_DAYS = 365  # as the starter configuration says for every source


def adhoc_source(kind: Kind) -> Source:
    """The source of files that belong to no configured one."""
    basis = _("经授权的自有记录或公开信息")
    return Source("import", _("手工导入"), "import", _("舆情监测"), basis, ADHOC_RETENTION_DAYS, kind=kind)


def manual_source() -> Source:
    """The source of single pages that somebody added by hand."""
    return Source("manual", _("手工添加"), "listing", _("舆情监测"), _("公开信息合理范围"), ADHOC_RETENTION_DAYS)


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
    """Put the records of a file into the inbox. Raises UsageError for a file that cannot be read at all."""
    if not path.is_file():
        raise UsageError(_("没有文件 {path}。").format(path=path))
    check_room(radar)
    now = clock()
    with store.write() as connection:
        get_known(connection, radar, now)
    crawl = StoredCrawl(store, clock)
    pass_gate = gate(radar.key, hotlines=radar.watch.hotlines, persons=persons(radar))
    done = Imported()
    batch: list[Document] = []
    name = round_id(now)
    crawl.begin_round(source.id, name)

    def flush() -> None:
        crawl.commit(CrawlBatch(documents=tuple(batch)))
        progress(len(batch))
        batch.clear()

    records = read_records(
        path, source=source, mapping=mapping or source.fields, kind=kind or source.kind, fetched_at=now
    )
    for record in records:
        if isinstance(record, BadRow):
            done.bad.append(record)
            continue
        done.rows += 1
        batch.append(pass_gate(record))
        if len(batch) >= BATCH:
            flush()
    flush()
    errors = {"row": len(done.bad)} if done.bad else {}
    report = RoundReport(source.id, name, now, clock(), pages=1, documents=done.rows, errors=errors)
    crawl.end_round(report)
    log.info("imported source=%s rows=%d bad=%d", source.id, done.rows, len(done.bad))
    return done


def import_folder(radar: Radar, store: Store, source: Source, *, base: Path, clock: Clock) -> int:
    """Import every new or changed file of a source's folder; returns how many. A bad file is kept as failed."""
    folder = base / (source.folder or "")
    if not folder.is_dir():
        return 0
    crawl = StoredCrawl(store, clock)
    files = {path.name: path for path in sorted(folder.iterdir()) if path.is_file() and path.name[0] not in ".~"}
    known = crawl.pages(source.id, list(files))
    imported = 0
    for name, path in files.items():
        digest = sha256(path.read_bytes()).hexdigest()
        page = known.get(name) or Page(source.id, name, path.name, "list", discovered_at=clock())
        if page.content_hash == digest:
            continue
        page = replace(page, content_hash=digest, state="done", fetched_at=clock(), reason=None)
        try:
            import_file(radar, store, path, source=source, mapping=source.fields, clock=clock)
        except YuqingError as error:
            log.error("import failed source=%s file=%s", source.id, name)
            page = replace(page, state="failed", reason=str(error))
        crawl.commit(CrawlBatch(pages=(page,)))
        imported += 1
    return imported
