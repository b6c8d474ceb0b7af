"""From the configuration to the running parts. The only place that puts them together."""

from __future__ import annotations

import json
import subprocess
import sys
import time as clock_time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from core.errors import Unavailable, UsageError
from core.i18n import _
from core.serial import build
from core.times import day_of
from core.values import CrawlBatch, Document, Kind, Message, RoundReport, Source
from scheduler.crawl import CrawlChild
from scheduler.locks import Held, is_held, lock
from scheduler.radar import BriefPlan, IndexPlace, MailServer, Radar
from store.engine import Store, open_store
from yuqing.config import Config
from yuqing.keys import pseudonym_key

if TYPE_CHECKING:
    from scheduler.ingest import Ingested
    from scheduler.searching import Search
    from search_index.base import SearchIndex
    from search_index.explain import Clause

SETTLE_S = 120.0  # how long a command waits for the running processes to take up its work
Progress = Callable[[str, int], None]
"""Called with a stage ("analyse", "index", "send") and how many more were done."""


def system_clock() -> datetime:
    """The present instant, aware UTC."""
    return datetime.now(UTC)


def radar_of(config: Config) -> Radar:
    """The radar that a configuration describes. Makes the pseudonym key at its first use."""
    mail = config.mail
    return Radar(
        company=config.company,
        contact=config.contact or "",
        watch=config.watch,
        topic_files=config.topic_files,
        sentiment_model=config.sentiment_model,
        sources=config.sources,
        subscriptions=config.subscriptions,
        store_url=config.store.url,
        data_dir=config.data_dir,
        base_dir=config.path.resolve().parent,
        key=pseudonym_key(config.pseudonym_key_file),
        child=(sys.executable, "-m", "yuqing.process", str(config.path.resolve())),
        zone=config.timezone,
        mail=MailServer(
            mail.host,
            mail.port,
            mail.sender,
            mail.username,
            mail.password.get_secret_value() if mail.password else None,
            mail.security,
            mail.timeout_s,
        ),
        brief=BriefPlan(config.brief.at, config.brief.to, frozenset(range(5 if config.brief.days == "workdays" else 7)))
        if config.brief.to
        else None,
        index=index_place(config),
        free_floor_mb=config.free_space_floor // 10**6,
    )


def index_place(config: Config) -> IndexPlace:
    """Where the configuration wants the index."""
    index = config.index
    key = index.api_key.get_secret_value() if index.api_key else None
    return IndexPlace(index.backend, index.url, index.name, key, index.ca_file)


@dataclass(frozen=True, slots=True)
class Drained:
    """What a drain came to. `elsewhere`: the processes of `yuqing run` did the work."""

    new: int = 0
    revised: int = 0
    alerts: int = 0
    backfill: int = 0
    indexed: int = 0
    sent: int = 0
    elsewhere: bool = False


class App:
    """A radar at work from the command line. `with App.open(config) as app: …`"""

    def __init__(self, radar: Radar, *, clock: Callable[[], datetime] = system_clock) -> None:
        self.radar = radar
        self.clock = clock
        self._store: Store | None = None

    @classmethod
    def open(cls, config: Config) -> App:
        """The app of a configuration; the store is opened at its first use."""
        return cls(radar_of(config))

    def __enter__(self) -> App:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._store is not None:
            self._store.close()

    @property
    def store(self) -> Store:
        """The store, opened (made, migrated) at the first use."""
        if self._store is None:
            self._store = open_store(self.radar.store_url)
        return self._store

    @property
    def is_running(self) -> bool:
        """True while `yuqing run` works on this data folder."""
        return is_held(self.radar.data_dir, "run")

    # ---------------------------------------------------------------- coming in

    def sources(self, ids: Sequence[str]) -> list[Source]:
        """The crawled sources with these ids, all of them for none. Raises UsageError for an unknown id."""
        crawled = [source for source in self.radar.sources if source.channel != "import"]
        if not ids:
            return crawled
        by_id = {source.id: source for source in crawled}
        for identity in ids:
            if self.radar.source(identity) and identity not in by_id:
                raise UsageError(
                    _("来源 {id} 不用抓取：把文件放进它的文件夹，或用 yuqing import。").format(id=identity)
                )
            if identity not in by_id:
                message = _("没有可抓取的来源 {id}。配置里有：{known}。")
                raise UsageError(message.format(id=identity, known="、".join(by_id) or _("（无）")))
        return [by_id[identity] for identity in ids]

    def crawl_once(
        self,
        ids: Sequence[str] = (),
        *,
        force: bool = False,
        progress: Callable[[Mapping[str, Any]], None] = lambda _event: None,
    ) -> list[RoundReport]:
        """
        One round of these sources now, due or not, in a child process. The texts wait in the inbox afterwards.

        `force` also passes over quiet hours, daily caps and what the sites said had not changed.
        """
        sources = self.sources(ids)
        if not sources:
            return []
        self.store  # noqa: B018 - made before the child needs it, so that one process migrates
        child = CrawlChild(self.radar, self.clock)
        try:
            return child.run(sources, force=force, progress=progress)
        finally:
            child.stop()

    def import_file(
        self,
        path: Path,
        *,
        source: str | None = None,
        kind: Kind | None = None,
        mapping: Mapping[str, str] | None = None,
        progress: Callable[[int], None] = lambda _rows: None,
    ) -> Any:
        """Records of a file into the inbox; `scheduler.imports.Imported`. Raises UsageError for an unknown source."""
        from scheduler.imports import adhoc_source, import_file

        configured = self.radar.source(source) if source else None
        if source and configured is None:
            known = "、".join(s.id for s in self.radar.sources)
            raise UsageError(_("没有来源 {id}。配置里有：{known}。").format(id=source, known=known))
        return import_file(
            self.radar,
            self.store,
            path,
            source=configured or adhoc_source(kind or "complaint"),
            mapping=mapping or {},
            kind=kind,
            clock=self.clock,
            progress=progress,
        )

    def add_url(self, url: str) -> list[Document]:
        """Fetch one public page into the inbox, as a round of the source "manual". Raises YuqingError."""
        from analysis.gate import gate
        from crawlers.single import fetch_one
        from scheduler.crawl import persons, round_id
        from scheduler.imports import manual_source
        from store.crawl import StoredCrawl

        source, now = manual_source(), self.clock()
        documents = fetch_one(
            url,
            source=source,
            gate=gate(self.radar.key, hotlines=self.radar.watch.hotlines, persons=persons(self.radar)),
            clock=self.clock,
            contact=self.radar.contact,
        )
        crawl = StoredCrawl(self.store, self.clock)
        crawl.begin_round(source.id, round_id(now))
        crawl.commit(CrawlBatch(documents=tuple(documents)))
        crawl.end_round(RoundReport(source.id, round_id(now), now, self.clock(), pages=1, documents=len(documents)))
        return documents

    # ---------------------------------------------------------------- going through

    def drain(self, *, send: bool = True, progress: Progress = lambda _stage, _n: None) -> Drained:
        """
        Analyse, index and send whatever waits.

        Where a process of `yuqing run` holds a stage, that one does it and we wait for it.
        """
        analysed, elsewhere = self._stage("worker", lambda: self._work(progress), self._inbox_is_empty)
        indexed, index_elsewhere = self._stage("indexer", lambda: self._index(progress), lambda: True)
        sent = 0
        if send:
            sent, _elsewhere = self._stage("sender", lambda: self._send(progress), lambda: True)
        return Drained(
            new=analysed.new if analysed else 0,
            revised=analysed.revised if analysed else 0,
            alerts=analysed.alerts if analysed else 0,
            backfill=analysed.backfill if analysed else 0,
            indexed=indexed or 0,
            sent=sent or 0,
            elsewhere=elsewhere or index_elsewhere,
        )

    def _stage(
        self, role: str, work: Callable[[], Any], done: Callable[[], bool], *, wait_s: float = SETTLE_S
    ) -> tuple[Any, bool]:
        give_up = clock_time.monotonic() + wait_s
        while True:
            try:
                with lock(self.radar.data_dir, role, what="by hand"):
                    return work(), False
            except Held:
                if done() or clock_time.monotonic() > give_up:
                    return None, True
                clock_time.sleep(0.2)

    def _inbox_is_empty(self) -> bool:
        from store import inbox

        with self.store.read() as connection:
            return inbox.backlog(connection)[0] == 0

    def _work(self, progress: Progress) -> Ingested:
        """Analyse in a child process: dictionaries and weights take 200 MB that we then need not keep."""
        from scheduler.ingest import Ingested

        done = Ingested()
        if self._inbox_is_empty():
            return done
        command = [*self.radar.child, "work"]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, encoding="utf-8") as child:
            assert child.stdout is not None
            for line in child.stdout:
                event = json.loads(line)
                progress("analyse", event.get("analysed", 0))
                done = build(Ingested, event["ingested"]) if "ingested" in event else done
        if child.returncode:
            message = _("研判没有做完（状态 {status}），文档还在收件箱里；原因见上面，或 logs/worker.log。")
            raise Unavailable(message.format(status=child.returncode))
        return done

    def _index(self, progress: Progress) -> int:
        from scheduler.indexer import Indexer, writing_index

        with writing_index(self.radar.index, data_dir=self.radar.data_dir, zone=self.radar.zone) as index:
            return Indexer(self.radar, self.store, index, self.clock).drain(lambda n: progress("index", n))

    def _send(self, progress: Progress) -> int:
        from scheduler.sender import Sender

        if self.radar.mail is None:
            return 0
        sender = Sender(self.store, self.radar.mail, self.clock)
        sender.recover()
        return sender.drain(lambda n: progress("send", n))

    def open_index(self, mode: Literal["read", "write"]) -> SearchIndex:
        """The index, for "read" (any number) or "write" (one)."""
        from scheduler.indexer import open_index_at

        return open_index_at(self.radar.index, data_dir=self.radar.data_dir, mode=mode, zone=self.radar.zone)

    @property
    def is_indexing(self) -> bool:
        """True while another process is the indexer."""
        return is_held(self.radar.data_dir, "indexer")

    def index_up_to_date(self, progress: Progress = lambda _stage, _n: None, *, wait_s: float = SETTLE_S) -> None:
        """
        Apply every order that stands now, or wait until the running indexer has.

        Raises Unavailable when it has not after `wait_s` seconds; the orders stay.
        """
        from store import index_outbox

        with self.store.read() as connection:
            wanted = index_outbox.last(connection)
        _done, elsewhere = self._stage(
            "indexer", lambda: self._index(progress), lambda: self._applied() >= wanted, wait_s=wait_s
        )
        if elsewhere and self._applied() < wanted:
            message = _("等了 {s:.0f} 秒，索引还没有补上；它会继续，用 yuqing index status 看进展。")
            raise Unavailable(message.format(s=wait_s))

    def fill_index(self, progress: Progress = lambda _stage, _n: None) -> int:
        """
        Build the configured index from the store while another one is in use; returns its documents.

        Raises IndexBusy when it is the one in use itself.
        """
        from scheduler.indexer import Indexer, writing_index

        with writing_index(self.radar.index, data_dir=self.radar.data_dir, zone=self.radar.zone) as index:
            return Indexer(self.radar, self.store, index, self.clock).fill(lambda n: progress("index", n))

    def _applied(self) -> int:
        """How far the index is; -1 while it does not answer."""
        try:
            index = self.open_index("read")
        except Unavailable:
            return -1
        try:
            return index.applied_seq()
        except Unavailable:
            return -1
        finally:
            index.close()

    # ---------------------------------------------------------------- coming out

    def drain_index_if_alone(self) -> None:
        """Bring the index up to date when no indexer runs, so that a search by hand sees everything."""
        from search_index.base import IndexBusy

        with suppress(Held, IndexBusy), lock(self.radar.data_dir, "indexer", what="by hand"):
            self._index(lambda _stage, _n: None)

    def explain(self, query: str, document: str) -> tuple[str, Clause | None]:
        """
        (id, which clauses of the query it matches) of a document named by id, key or address; None when the index
        does not have it. Raises UsageError for one that the store does not have.
        """
        from scheduler.named import document_named
        from search_index.query import parse_forgiving

        with self.store.read() as connection:
            identity = document_named(self.radar, connection, document)
        index = self.open_index("read")
        try:
            return identity, index.explain(parse_forgiving(query).query, identity, now=self.clock())
        finally:
            index.close()

    def search(
        self,
        query: str,
        *,
        order: Literal["newest", "relevance", "heat"] = "newest",
        limit: int = 20,
        cursor: str | None = None,
        facets: bool = True,
        hours: bool = False,
        by_story: bool = False,
    ) -> dict[str, Any]:
        """A page of results in the shape of `search --json`; `by_story` lists each story once."""
        with self.searching() as searching:
            find = searching.story_page if by_story else searching.page
            return find(query, order=order, limit=limit, cursor=cursor, facets=facets, hours=hours)

    @contextmanager
    def searching(self) -> Iterator[Search]:
        """A reader of the index beside the store, as of now."""
        from scheduler.imports import unconfigured_sources
        from scheduler.searching import Search

        index = self.open_index("read")
        try:
            yield Search(
                self.store,
                index,
                now=self.clock(),
                zone=self.radar.zone,
                source_names=self.radar.source_names,
                channels={one.id: one.channel for one in unconfigured_sources()} | self.radar.channels,
            )
        finally:
            index.close()

    def preview_brief(self, day: date, *, to: Sequence[str] = ()) -> Message:
        """The brief of a day as it would be sent now; nothing is written."""
        from briefing.render import render
        from scheduler.brief import brief_of, topic_names

        brief = brief_of(self.radar, self.store, day, now=self.clock())
        return render(brief, to=to, from_name=_("舆情雷达"), topic_names=topic_names(self.radar))

    def publish_brief(self, day: date, *, to: Sequence[str] = ()) -> Message:
        """Put the brief of a day into the outbox, once; a second call gives the message that is there."""
        from scheduler.brief import publish

        recipients = tuple(to) or (self.radar.brief.to if self.radar.brief else ())
        if not recipients:
            raise UsageError(_("日报没有收件人。请在配置里写 brief.to，或用 --to 指明。"))
        if day > day_of(self.clock(), zone=self.radar.zone):
            raise UsageError(_("{day} 还没有到，没有日报可发。").format(day=day))
        return publish(self.radar, self.store, day, to=recipients, now=self.clock(), late=None)
