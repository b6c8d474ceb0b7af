"""The index on an Elasticsearch cluster: one alias, behind it an index for each month. Same answers as tantivy."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from elasticsearch import Elasticsearch, NotFoundError

from core.errors import ConfigError, UsageError
from core.i18n import _
from search_index import elastic_bulk
from search_index.base import (
    MAX_RELEVANT,
    ApplyReport,
    Digest,
    Health,
    IndexUnavailable,
    Operation,
    Order,
    Page,
    Put,
    identity_of,
    winners,
)
from search_index.cursor import check_request, read_cursor, write_cursor
from search_index.digest import digest_of_keys, filled_days, most_first
from search_index.elastic_connect import connect, speaking
from search_index.elastic_mapping import Json, Lowering, control, document, index_body, live, meta, tombstone
from search_index.elastic_parts import Partitions, Parts, month_of, writing
from search_index.explain import Clause, clauses, explained
from search_index.hours import by_hour, hours_of, on_days, ranges
from search_index.nearby import ids_near
from search_index.query import Query
from search_index.query.ast import TextField
from search_index.rows import CONTROL_ID, LIVE

_SORTS: dict[str, list[Json]] = {
    "newest": [{"ts": "desc"}, {"key": "asc"}],
    "heat": [{"heat": "desc"}, {"ts": "desc"}, {"key": "asc"}],
    "relevance": [{"_score": "desc"}, {"ts": "desc"}, {"key": "asc"}],
}
_SCAN_STEP = 1_000
_KEEP_ALIVE = "2m"
_MAX_VALUES = 10_000
_MAX_DAYS = 60_000  # below search.max_buckets, 65,536
_PREFIX = re.compile(r"[a-z][a-z0-9_-]{0,60}")


def open_elastic(
    *,
    url: str,
    mode: Literal["read", "write"],
    zone: ZoneInfo,
    prefix: str = "yuqing",
    shards: int = 1,
    replicas: int | None = None,
    api_key: str | None = None,
    api_key_file: Path | None = None,
    user: str | None = None,
    password_file: Path | None = None,
    ca_certs: Path | None = None,
    timeout_s: float = 10.0,
) -> ElasticIndex:
    """
    The index under the alias `prefix` of this server. Opened for writing, it is made if it is not there.

    Raises ConfigError for settings that cannot be, IndexUnavailable.
    """
    if not _PREFIX.fullmatch(prefix):
        raise ConfigError(_("index.name 只能用小写字母、数字、- 和 _，看到的是 {seen}").format(seen=prefix))
    client = connect(
        url,
        api_key=api_key,
        api_key_file=api_key_file,
        user=user,
        password_file=password_file,
        ca_certs=ca_certs,
        timeout_s=timeout_s,
    )
    return ElasticIndex(client, prefix, mode=mode, zone=zone, shards=shards, replicas=replicas)


@dataclass(frozen=True, slots=True)
class _Copy:
    """A document as one index has it."""

    index: str
    version: int
    live: bool


class ElasticIndex:
    """See `search_index.base.SearchIndex`. Two writers do no harm (versions decide), but one is enough."""

    def __init__(
        self,
        client: Elasticsearch,
        prefix: str,
        *,
        mode: Literal["read", "write"],
        zone: ZoneInfo,
        shards: int = 1,
        replicas: int | None = None,
        pause: elastic_bulk.Pause = time.sleep,
    ) -> None:
        self._client, self._alias, self._target, self._pause = client, prefix, prefix, pause
        self._mode, self._zone = mode, zone
        self._partitions = Partitions(client, prefix, index_body(zone, shards=shards, replicas=replicas))
        self._base: str | None = None  # a generation that is being filled; None: the current one
        self._fitting: str | None = None  # a generation that is known to be made by our rules
        self._unsure = True  # what was written last may not be visible yet
        if mode == "write":
            self._ensure()

    # ------------------------------------------------------------ writing

    def apply(self, batch: Sequence[Operation], *, seq: int) -> ApplyReport:
        """See SearchIndex.apply. The sequence is written after the documents: a break between the two repeats them."""
        if self._mode != "write":
            raise UsageError(_("这个索引只为读取而打开"))
        rejected: dict[str, str] = {}
        rows: dict[str, Json] = {}
        for operation in winners(batch).values():
            try:
                rows[identity_of(operation)] = self._row(operation)
            except (ValueError, OverflowError, TypeError) as error:
                rejected[identity_of(operation)] = str(error)[:200]
        parts = self._parts()
        if self._base is None and not self._is_ours(parts):
            raise IndexUnavailable(_("索引 {name} 要按现在的规则重建，建好才写；文档都在库里").format(name=self._alias))
        if self._unsure:
            self._refresh()
        self._unsure = True
        copies = self._copies(list(rows))
        stale = [
            identity
            for identity, row in rows.items()
            if any(copy.version > row["version"] for copy in copies.get(identity, ()))
        ]
        fresh = {identity: row for identity, row in rows.items() if identity not in set(stale)}
        homes = self._homes(parts, fresh, copies)
        fates = self._write(fresh, homes)
        self._bury(fresh, homes, copies, fates.applied)
        with speaking(self._alias):
            self._client.index(
                index=writing(parts.base), id=CONTROL_ID, document=control(seq), require_alias=True, refresh=False
            )
        self._refresh()
        self._unsure = False
        return ApplyReport(tuple(fates.applied), (*stale, *fates.stale), rejected | fates.rejected)

    def _row(self, operation: Operation) -> Json:
        if isinstance(operation, Put):
            return document(operation.facts, self._zone)
        return tombstone(operation.id, operation.version)

    def _parts(self) -> Parts:
        parts = self._partitions.of(self._base) if self._base else self._partitions.current()
        if parts is None:
            raise self._missing()
        return parts

    def _missing(self) -> IndexUnavailable:
        message = _("Elasticsearch 上没有索引 {name}；yuqing run 会从库里重建它，文档没有丢")
        return IndexUnavailable(message.format(name=self._alias))

    def _homes(self, parts: Parts, rows: Mapping[str, Json], copies: Mapping[str, list[_Copy]]) -> dict[str, str]:
        """The index of each: of a document that of its month, of a deleted one where it stood."""
        known = {month: f"{parts.base}-{month}" for month in parts.months} | {"": parts.base}
        homes = {}
        for identity, row in rows.items():
            if "day" not in row:
                homes[identity] = next((copy.index for copy in copies.get(identity, ()) if copy.live), parts.base)
                continue
            month = month_of(row["day"])
            if month not in known:
                made = Parts(parts.base, frozenset(known) - {""})
                known[month] = self._partitions.add(made, month, visible=self._base is None) or parts.base
            homes[identity] = known[month]
        return homes

    def _bury(
        self,
        rows: Mapping[str, Json],
        homes: Mapping[str, str],
        copies: Mapping[str, list[_Copy]],
        applied: Sequence[str],
    ) -> None:
        """A document that was published in another month than we thought must not stand in both."""
        for identity in applied:
            for copy in copies.get(identity, ()):
                if copy.live and copy.index != homes[identity]:
                    self._write({identity: tombstone(identity, rows[identity]["version"])}, {identity: copy.index})

    def _write(self, rows: Mapping[str, Json], homes: Mapping[str, str]) -> elastic_bulk.Fates:
        into = {identity: writing(home) for identity, home in homes.items()}
        return elastic_bulk.write(self._client, rows, into=into, pause=self._pause)

    def _refresh(self) -> None:
        with speaking(self._alias):
            self._client.indices.refresh(index=self._target)

    def _copies(self, ids: Sequence[str]) -> dict[str, list[_Copy]]:
        """Where each document stands already, found or deleted."""
        found: dict[str, list[_Copy]] = {}
        for at in range(0, len(ids), _SCAN_STEP):
            request: Json = {
                "query": {"constant_score": {"filter": {"terms": {"uid": list(ids[at : at + _SCAN_STEP])}}}},
                "size": _SCAN_STEP * 10,
                "sort": ["_doc"],
                "docvalue_fields": ["version", "state"],
                "source": False,
                "track_total_hits": False,
            }
            for hit in self._ask(request)["hits"]["hits"]:
                version, state = (int(hit["fields"][name][0]) for name in ("version", "state"))
                found.setdefault(hit["_id"], []).append(_Copy(hit["_index"], version, state == LIVE))
        return found

    def _ensure(self) -> None:
        """Make a generation when there is none. One made by other rules stays: it answers until it is replaced."""
        if self._partitions.current() is None:
            self._partitions.switch(self._partitions.create(None).base, None)

    def fits(self) -> bool:
        """See SearchIndex.fits."""
        return self._base is not None or self._is_ours(self._parts())

    def _is_ours(self, parts: Parts) -> bool:
        if self._fitting != parts.base and self._meta(parts.base) == meta(self._zone):
            self._fitting = parts.base  # the rules of a generation never change
        return self._fitting == parts.base

    def _meta(self, name: str) -> Json:
        with speaking(self._alias):
            try:
                answer = self._client.indices.get_mapping(index=name)
            except NotFoundError:  # the base is gone, its months are not: to be made anew
                return {}
        return dict(answer[name]["mappings"].get("_meta", {}))

    @contextmanager
    def new_generation(self) -> Iterator[ElasticIndex]:
        """See SearchIndex.new_generation."""
        if self._mode != "write":
            raise UsageError(_("这个索引只为读取而打开"))
        old = self._partitions.current()
        base = self._partitions.create(old).base
        fresh = ElasticIndex.__new__(ElasticIndex)
        fresh.__dict__.update(self.__dict__, _base=base, _target=f"{base}*", _unsure=True)
        try:
            yield fresh
        except BaseException:
            self._partitions.drop(base)
            raise
        self._partitions.switch(base, self._partitions.current())

    # ------------------------------------------------------------ looking

    def applied_seq(self) -> int:
        """See SearchIndex.applied_seq."""
        if self._mode == "write" and self._base is None:
            self._ensure()
            if not self.fits():
                return 0
        parts = self._parts()
        found = self._seq_of(parts.base)
        if found is None:  # another generation became current in between
            parts = self._parts()
            found = self._seq_of(parts.base)
        if found is None:
            raise self._missing()
        return found

    def _seq_of(self, base: str) -> int | None:
        with speaking(self._alias):
            answer = self._client.options(ignore_status=404).get(index=writing(base), id=CONTROL_ID)
        if answer.meta.status == 404:
            return 0 if "found" in answer else None  # None: the index is not there either
        return int(answer["_source"]["seq"])

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
        skip = int(after[0]) if after and order == "relevance" else 0
        size = min(limit + 1, MAX_RELEVANT - skip) if order == "relevance" else limit + 1
        request: Json = {
            "query": self._lowered(query, now),
            "sort": _SORTS[order],
            "size": max(0, size),
            "track_total_hits": True,
            "aggregations": _wanted(facets, days),
            "source": False,
        }
        if order == "relevance":
            request |= {"from_": skip, "search_type": "dfs_query_then_fetch"}  # how rare a word is: over all months
        elif after:
            request["search_after"] = after
        answer = self._ask(request)
        hits = answer["hits"]["hits"]
        shown = hits[:limit]
        reached = None
        if len(hits) > limit:
            reached = [skip + limit] if order == "relevance" else shown[-1]["sort"]
        return Page(
            ids=tuple(hit["_id"] for hit in shown),
            total=answer["hits"]["total"]["value"],
            total_is_exact=answer["hits"]["total"]["relation"] == "eq",
            next=write_cursor(query, order, reached) if reached else None,
            facets=_facets(answer, facets),
            days=_days(answer) if days else {},
        )

    def count(self, query: Query, *, now: datetime) -> int:
        """See SearchIndex.count. By a search: the count API answers without the shards that are lost."""
        answer = self._ask({"query": self._lowered(query, now), "size": 0, "track_total_hits": True})
        return int(answer["hits"]["total"]["value"])

    def hours(self, query: Query, *, now: datetime, first: date, last: date) -> dict[str, int]:
        """See SearchIndex.hours."""
        spans = hours_of(first, last, self._zone)
        request: Json = {
            "query": self._lowered(on_days(query, first, last), now),
            "size": 0,
            "track_total_hits": False,
            "aggregations": {"hour": {"range": {"field": "ts", "ranges": ranges(spans)}}},
        }
        return by_hour(spans, self._ask(request)["aggregations"]["hour"]["buckets"], self._zone)

    def scan(self, query: Query, *, now: datetime) -> Iterator[tuple[str, int]]:
        """See SearchIndex.scan."""
        for hit in self._walk(self._lowered(query, now), ["version"]):
            yield hit["_id"], int(hit["fields"]["version"][0])

    def get_versions(self, ids: Sequence[str]) -> dict[str, int]:
        """See SearchIndex.get_versions."""
        found: dict[str, int] = {}
        for at in range(0, len(ids), _SCAN_STEP):
            wanted = {"bool": {"filter": [{"terms": {"uid": list(ids[at : at + _SCAN_STEP])}}, live()]}}
            for hit in self._walk(wanted, ["version"]):
                found[hit["_id"]] = int(hit["fields"]["version"][0])
        return found

    def explain(self, query: Query, identity: str, *, now: datetime) -> Clause | None:
        """See SearchIndex.explain."""
        asked = clauses(query)
        filters = {str(n): self._lowered(part, now) for n, part in enumerate(asked)}
        request: Json = {
            "query": {"bool": {"filter": [{"term": {"uid": identity}}, live()]}},
            "size": 0,
            "aggregations": {"clauses": {"filters": {"filters": filters}}},
        }
        answer = self._ask(request)
        if not answer["hits"]["total"]["value"]:
            return None
        counts = answer["aggregations"]["clauses"]["buckets"]
        return explained(query, {part: counts[str(n)]["doc_count"] > 0 for n, part in enumerate(asked)})

    def digest(self) -> Digest:
        """See SearchIndex.digest."""
        rows = (
            (int(hit["fields"]["day"][0]), int(hit["fields"]["key"][0]), int(hit["fields"]["version"][0]))
            for hit in self._walk(live(), ["day", "key", "version"])
        )
        return digest_of_keys((date.fromordinal(day).isoformat() if day else "", key, v) for day, key, v in rows)

    def health(self) -> Health:
        """See SearchIndex.health."""
        seq, parts = self.applied_seq(), self._parts()
        with speaking(self._alias):
            documents = int(self._client.count(index=self._target, query=live())["count"])
            size = self._client.indices.stats(index=self._target, metric="store")
            state = self._client.cluster.health(index=self._target)["status"]
        notes = () if state == "green" else (f"cluster {state}",)
        if not self.fits():
            notes = (*notes, _("由另一套规则（旧版本或另一个时区）建成，换上新的一代之前总数不保证精确"))
        bytes_ = int(size["_all"]["primaries"]["store"]["size_in_bytes"])
        return Health("elasticsearch", documents, seq, bytes_, parts.base, self._mode == "write", notes)

    def close(self) -> None:
        """See SearchIndex.close."""
        self._client.close()

    # ------------------------------------------------------------ asking

    def _lowered(self, query: Query, now: datetime) -> Json:
        def texts(candidates: Query, field: TextField) -> Iterator[tuple[str, str]]:
            for hit in self._walk(self._lowered(candidates, now), [], source=[f"texts.{field}"]):
                yield hit["_id"], hit["_source"]["texts"][field]

        return Lowering(now=now, zone=self._zone, nearby=partial(ids_near, texts=texts)).query(query)

    def _ask(self, request: Json) -> Any:
        """
        One search; partial answers (a shard lost, time run out) are failures, not answers.

        A point in time too must be told so at every step: it outlives an index that is deleted.
        """
        where: Json = {} if "pit" in request else {"index": self._target}
        with speaking(self._alias):
            answer = self._client.search(**where, **request, allow_partial_search_results=False)
        if answer["timed_out"] or answer["_shards"]["failed"]:
            raise IndexUnavailable(_("Elasticsearch（{where}）没有按时答完，请稍后再试").format(where=self._alias))
        return answer

    def _walk(self, query: Json, fields: list[str], *, source: list[str] | bool = False) -> Iterator[Json]:
        """Every hit as of now, by key, a step at a time."""
        with speaking(self._alias):
            point = self._client.open_point_in_time(index=self._target, keep_alive=_KEEP_ALIVE)["id"]
        try:
            after: list[Any] | None = None
            while True:
                request: Json = {
                    "query": query,
                    "size": _SCAN_STEP,
                    "sort": [{"key": "asc"}, {"_shard_doc": "asc"}],
                    "pit": {"id": point, "keep_alive": _KEEP_ALIVE},
                    "docvalue_fields": fields,
                    "track_total_hits": False,
                    "source": source,
                }
                if after:
                    request["search_after"] = after
                hits = self._ask(request)["hits"]["hits"]
                yield from hits
                if len(hits) < _SCAN_STEP:
                    return
                after = hits[-1]["sort"]
        finally:
            with speaking(self._alias):
                self._client.close_point_in_time(id=point)


def _wanted(facets: Sequence[str], days: bool) -> Json:
    wanted: Json = {name: {"terms": {"field": f"f_{name}", "size": _MAX_VALUES}} for name in facets}
    if days:
        wanted["day"] = {"terms": {"field": "day", "size": _MAX_DAYS}}
    return wanted


def _facets(answer: Any, facets: Sequence[str]) -> dict[str, dict[str, int]]:
    return {
        name: most_first({str(one["key"]): int(one["doc_count"]) for one in answer["aggregations"][name]["buckets"]})
        for name in facets
    }


def _days(answer: Any) -> dict[str, int]:
    buckets = answer["aggregations"]["day"]["buckets"]
    return filled_days({date.fromordinal(int(b["key"])): int(b["doc_count"]) for b in buckets if b["key"] > 0})
