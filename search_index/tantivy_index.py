"""The embedded index: tantivy in a folder of generations. One writing process, any number of reading ones."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import tantivy

from core.errors import UsageError, YuqingError
from core.i18n import _
from search_index.base import (
    ApplyReport,
    Delete,
    Digest,
    Health,
    IndexBusy,
    IndexUnavailable,
    Operation,
    Order,
    Page,
    Put,
    version_of,
    winners,
)
from search_index.cursor import check_request, read_cursor, write_cursor
from search_index.digest import digest_of_keys
from search_index.explain import Clause, clauses, explained
from search_index.generations import Generations
from search_index.hours import by_hour, hours_of, on_days, ranges
from search_index.nearby import ids_near
from search_index.query import Query
from search_index.query.ast import TextField
from search_index.rows import CONTROL_ID, LAYOUT, LIVE
from search_index.tantivy_counts import Counting, count_of, counted_in, relevant
from search_index.tantivy_lower import Lowering
from search_index.tantivy_schema import SHAPE, control, document, register, schema, tombstone, unpack_texts
from search_index.tantivy_walk import ORDERINGS, Walk

log = logging.getLogger(__name__)

HEAP_BYTES = 40_000_000  # the writer's arena; with merges the process stays under 300 MB (bench/search.py)
_SCAN_STEP = 5_000
_PASSING = ("No space left", "os error 28", "Too many open files", "Permission denied", "Cannot allocate")


class TantivyIndex:
    """See `search_index.base.SearchIndex`. Not to be shared between threads that write."""

    def __init__(self, path: Path, *, mode: Literal["read", "write"], zone: ZoneInfo) -> None:
        self._generations = Generations(path)
        self._zone, self._mode = zone, mode
        self._schema = schema()
        self._folder: Path | None = None
        self._stamp: tuple[int, int, int] | None = None
        self._index: tantivy.Index | None = None
        self._writer: tantivy.IndexWriter | None = None
        self._fresh = False  # a generation that is being filled: its folder is named by us, not by the pointer
        if mode == "write":
            try:
                self._open_for_writing()
            except BaseException:
                self.close()  # nobody else can: the caller gets no index
                raise

    # ------------------------------------------------------------ writing

    def apply(self, batch: Sequence[Operation], *, seq: int) -> ApplyReport:
        """See SearchIndex.apply."""
        writer = self._writing()
        report = ApplyReport()
        try:
            report = self._write(writer, batch)
            writer.delete_documents_by_term("id", CONTROL_ID)
            writer.add_document(control(seq))
            writer.commit()
            self._stamp = None
        except (ValueError, OSError) as error:
            self._let_go()
            raise self._failed(error) from error
        return report

    def _failed(self, error: Exception) -> IndexUnavailable:
        message = _("写索引 {path} 失败（{reason}）；文档都在库里，稍后会再写")
        return IndexUnavailable(message.format(path=self._generations.path, reason=str(error)[:200]))

    def _write(self, writer: tantivy.IndexWriter, batch: Sequence[Operation]) -> ApplyReport:
        applied, stale, rejected = [], [], {}
        deciding = winners(batch)
        known = self._stored_versions(list(deciding))
        for identity, operation in deciding.items():
            if version_of(operation) < known.get(identity, version_of(operation)):
                stale.append(identity)
                continue
            try:
                row = document(operation.facts, self._zone) if isinstance(operation, Put) else _grave(operation)
            except (ValueError, OverflowError, TypeError) as error:
                rejected[identity] = str(error)[:200]
                continue
            if identity in known:
                writer.delete_documents_by_term("id", identity)
            writer.add_document(row)
            applied.append(identity)
        return ApplyReport(tuple(applied), tuple(stale), rejected)

    def _writing(self) -> tantivy.IndexWriter:
        if self._mode != "write":
            raise UsageError(_("这个索引只为读取而打开"))
        if self._writer is None or not self._in_place():
            self._let_go()
            raise IndexUnavailable(
                _("索引 {path} 不见了或已损坏，正在重建；文档都在库里").format(path=self._generations.path)
            )
        return self._writer

    def _in_place(self) -> bool:
        """False when our generation was deleted, or somebody made another one current."""
        if self._folder is None or not (self._folder / "meta.json").is_file():
            return False
        return self._fresh or self._generations.current() == self._folder

    def _open_for_writing(self) -> None:
        """Open the current generation; make a new empty one when there is none that fits."""
        self._generations.lock()
        folder = self._generations.current()
        if folder is None or not self._try_to_write(folder):
            if folder is not None:
                log.warning("index generation unusable, making a new one generation=%s", folder.name)
            self._create()
        self._generations.drop_others()

    def _create(self) -> None:
        folder = self._generations.create()
        try:
            if not self._try_to_write(folder):
                raise IndexUnavailable(_("不能在 {path} 新建索引，请检查权限与空间").format(path=folder))
            assert self._writer
            self._writer.commit()  # so that a reader finds a whole, empty index
            self._generations.switch(folder)
        except (YuqingError, ValueError, OSError) as error:
            self._let_go()
            self._generations.drop(folder)
            if isinstance(error, YuqingError):
                raise
            raise IndexUnavailable(_("不能在 {path} 新建索引，请检查权限与空间").format(path=folder)) from error

    def _try_to_write(self, folder: Path) -> bool:
        """Open a folder and its writer; False when it is no index of our layout or damaged."""
        try:
            _check_layout(folder, self._zone)
            self._index = _opened(self._schema, folder)
            _drop_unfinished(folder)
            self._writer = self._index.writer(HEAP_BYTES, 1)
            self._index.reload()
            self._index.searcher().search(tantivy.Query.all_query(), 1)
        except (ValueError, OSError) as error:
            self._index = self._writer = None
            if "LockBusy" in str(error):
                raise IndexBusy(_("索引 {path} 正由另一个进程写入").format(path=folder)) from error
            if any(sign in str(error) for sign in _PASSING):  # the generation is sound, the machine is not
                message = _("索引 {path} 暂时打不开（{reason}）；文档都在库里，请检查空间与权限")
                raise IndexUnavailable(message.format(path=folder, reason=str(error)[:200])) from error
            log.warning("index cannot be opened generation=%s reason=%s", folder.name, str(error)[:200])
            return False
        self._folder = folder
        return True

    def fits(self) -> bool:
        """See SearchIndex.fits. Opened for writing, another generation was replaced already; for reading, refused."""
        self._searcher()
        return True

    @contextmanager
    def new_generation(self) -> Iterator[TantivyIndex]:
        """See SearchIndex.new_generation."""
        self._writing()
        folder = self._generations.create()
        fresh = TantivyIndex.__new__(TantivyIndex)
        fresh.__dict__.update(self.__dict__, _index=None, _writer=None, _stamp=None, _fresh=True)
        try:
            if not fresh._try_to_write(folder):
                raise IndexUnavailable(_("不能在 {path} 新建索引，请检查权限与空间").format(path=folder))
            yield fresh
            assert fresh._writer
            fresh._writer.commit()
        except BaseException:
            fresh._let_go()
            self._generations.drop(folder)
            raise
        fresh._let_go()
        self._generations.switch(folder)
        self._let_go()
        self._open_for_writing()

    # ------------------------------------------------------------ looking

    def applied_seq(self) -> int:
        """See SearchIndex.applied_seq."""
        if self._mode == "write" and (self._writer is None or not self._in_place()):
            self._let_go()
            self._open_for_writing()
        searcher = self._searcher()
        hits = searcher.search(tantivy.Query.term_query(self._schema, "id", CONTROL_ID, "basic"), 1, count=False).hits
        return int(searcher.fast_field_values("seq", [hits[0][1]])[0] or 0) if hits else 0

    def search(
        self,
        query: Query,
        *,
        now: datetime,
        order: Order = "newest",
        limit: int = 20,
        cursor: str | None = None,
        facets: Sequence[str] = (),
        days: bool = False,
    ) -> Page:
        """See SearchIndex.search."""
        check_request(order, limit, facets)
        after = read_cursor(query, order, cursor) if cursor else None
        searcher = self._searcher()
        lowered = self._lowered(query, searcher, now)
        counting = Counting(searcher, lowered, facets, days)
        if order == "relevance":
            ids, reached, total = relevant(searcher, lowered, limit, int(after[0]) if after else 0)
        else:
            ids, reached, total = Walk(searcher, self._schema).page(lowered, ORDERINGS[order], after, limit)
        values, by_day = counting.result()
        return Page(
            ids=tuple(ids),
            total=total,
            total_is_exact=True,
            next=write_cursor(query, order, reached) if reached else None,
            facets=values,
            days=by_day,
        )

    def count(self, query: Query, *, now: datetime) -> int:
        """See SearchIndex.count."""
        searcher = self._searcher()
        return count_of(searcher, self._lowered(query, searcher, now))

    def hours(self, query: Query, *, now: datetime, first: date, last: date) -> dict[str, int]:
        """See SearchIndex.hours."""
        spans = hours_of(first, last, self._zone)
        searcher = self._searcher()
        lowered = self._lowered(on_days(query, first, last), searcher, now)
        return by_hour(spans, counted_in(searcher, lowered, ranges(spans)), self._zone)

    def scan(self, query: Query, *, now: datetime) -> Iterator[tuple[str, int]]:
        """See SearchIndex.scan."""
        searcher = self._searcher()
        yield from Walk(searcher, self._schema).scan(self._lowered(query, searcher, now), _SCAN_STEP)

    def get_versions(self, ids: Sequence[str]) -> dict[str, int]:
        """See SearchIndex.get_versions."""
        return self._stored_versions(ids, live_only=True)

    def _stored_versions(self, ids: Sequence[str], *, live_only: bool = False) -> dict[str, int]:
        searcher = self._searcher()
        found: dict[str, int] = {}
        if searcher.num_docs == 0:
            return found
        for identity in ids:
            query = tantivy.Query.term_query(self._schema, "id", identity, "basic")
            addresses = [address for _score, address in searcher.search(query, 1, count=False).hits]
            if addresses and (not live_only or searcher.fast_field_values("state", addresses)[0] == LIVE):
                found[identity] = int(searcher.fast_field_values("version", addresses)[0] or 0)
        return found

    def explain(self, query: Query, identity: str, *, now: datetime) -> Clause | None:
        """See SearchIndex.explain."""
        searcher = self._searcher()
        this = tantivy.Query.boolean_query(
            [
                (tantivy.Occur.Must, tantivy.Query.term_query(self._schema, "id", identity, "basic")),
                (tantivy.Occur.Must, tantivy.Query.term_query(self._schema, "state", LIVE)),
            ]
        )

        def holds(part: Query) -> bool:
            lowered = self._lowered(part, searcher, now)
            both_of = [(tantivy.Occur.Must, this), (tantivy.Occur.Must, lowered)]
            return count_of(searcher, tantivy.Query.boolean_query(both_of)) > 0

        if not count_of(searcher, this):
            return None
        return explained(query, {part: holds(part) for part in clauses(query)})

    def digest(self) -> Digest:
        """See SearchIndex.digest."""
        searcher = self._searcher()
        live = tantivy.Query.term_query(self._schema, "state", LIVE)
        return digest_of_keys(
            (date.fromordinal(day).isoformat() if day else "", key, version)
            for key, day, version in Walk(searcher, self._schema).keys(live, _SCAN_STEP)
        )

    def health(self) -> Health:
        """See SearchIndex.health."""
        seq = self.applied_seq()
        searcher = self._searcher()
        live = count_of(searcher, tantivy.Query.term_query(self._schema, "state", LIVE))
        assert self._folder
        size = sum(file.stat().st_size for file in self._folder.glob("*") if file.is_file())
        return Health("tantivy", live, seq, size, self._folder.name, self._mode == "write")

    def close(self) -> None:
        """See SearchIndex.close."""
        self._let_go()
        if not self._fresh:
            self._generations.unlock()

    def _let_go(self) -> None:
        self._index = self._writer = self._stamp = self._folder = None

    # ------------------------------------------------------------ the searcher of the moment

    def _searcher(self) -> tantivy.Searcher:
        """A searcher that sees the last commit, of whichever generation is current now."""
        try:
            if self._mode == "read":
                self._follow_pointer()
            if self._index is None or self._folder is None:
                raise IndexUnavailable(self._missing())
            meta = (self._folder / "meta.json").stat()
            stamp = (meta.st_ino, meta.st_mtime_ns, meta.st_size)
            if stamp != self._stamp:
                self._index.reload()
                self._stamp = stamp
            return self._index.searcher()
        except (ValueError, OSError) as error:
            self._stamp = None
            raise IndexUnavailable(self._missing()) from error

    def _follow_pointer(self) -> None:
        folder = self._generations.current()
        if folder is not None and folder == self._folder and self._index is not None:
            return
        self._let_go()
        if folder is None or not (folder / "meta.json").is_file():
            return  # opening would make an empty index there
        if _layout_of(folder) != _layout(self._zone):
            raise IndexUnavailable(self._of_other_rules())
        self._index, self._folder = _opened(self._schema, folder), folder

    def _of_other_rules(self) -> str:
        message = _("索引 {path} 是按另一套规则（旧版本或另一个时区）建的，等 yuqing run 从库里重建；文档没有丢")
        return message.format(path=self._generations.path)

    def _missing(self) -> str:
        message = _("索引 {path} 还没有建好或已损坏；yuqing run 会从库里重建它，文档没有丢")
        return message.format(path=self._generations.path)

    # ------------------------------------------------------------ queries

    def _lowered(self, query: Query, searcher: tantivy.Searcher, now: datetime) -> tantivy.Query:
        def texts(candidates: Query, field: TextField) -> Iterator[tuple[str, str]]:
            lowered = self._lowered(candidates, searcher, now)
            for address in Walk(searcher, self._schema).addresses(lowered, _SCAN_STEP):
                row = searcher.doc(address)
                yield str(row.get_first("id")), unpack_texts(bytes(row.get_first("texts") or b""))[field]

        nearby = partial(ids_near, texts=texts)
        return Lowering(self._schema, now=now, zone=self._zone, nearby=nearby).query(query)


def _opened(layout: tantivy.Schema, folder: Path) -> tantivy.Index:
    index = tantivy.Index(layout, path=str(folder), reuse=True)
    register(index)
    index.config_reader(reload_policy="manual")
    return index


def _drop_unfinished(folder: Path) -> None:
    """
    Take away marks of deletion that no commit names: a writer killed in mid-commit leaves one, and the next
    commit would meet its name again and fail for ever ("FileAlreadyExists").
    """
    segments = json.loads((folder / "meta.json").read_text("utf-8"))["segments"]
    named = {
        f"{one['segment_id'].replace('-', '')}.{one['deletes']['opstamp']}.del"
        for one in segments
        if one.get("deletes")
    }
    for file in folder.glob("*.del"):
        if file.name not in named:
            file.unlink(missing_ok=True)


def _check_layout(folder: Path, zone: ZoneInfo) -> None:
    """Raises ValueError for a generation whose tokens or days were made by other rules; marks a new one with ours."""
    if not any(folder.iterdir()):
        (folder / "layout").write_text(_layout(zone), "utf-8")
    elif _layout_of(folder) != _layout(zone):
        raise ValueError("made by other rules")


def _layout(zone: ZoneInfo) -> str:
    """By which rules we make a generation."""
    return f"layout {LAYOUT}.{SHAPE} zone {zone.key}"


def _layout_of(folder: Path) -> str:
    """By which rules a generation was made; empty for one that does not say."""
    try:
        return (folder / "layout").read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _grave(operation: Delete) -> tantivy.Document:
    return tombstone(operation.id, operation.version)
