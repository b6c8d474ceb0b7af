"""
What the spiders of all channels share: they pull pages from the source's own frontier, and every answer goes
through one judge.

    frontier -> request -> answer -> judge -> read (in a thread) -> documents and frontier step -> one commit
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, ClassVar, TypeVar

from scrapy import Request, Spider
from scrapy.http import Response
from twisted.python.failure import Failure

from core.errors import Unavailable, YuqingError
from core.i18n import _
from core.values import Document, Gone, Page, PageRole, Source
from crawlers.canonical import document_key
from crawlers.frontier import AGAIN, FIRST, FOLLOW, NEW, OPEN, Frontier
from crawlers.hosts import host_of
from crawlers.refusals import RobotsRefused, Unreadable, kind_of, where
from crawlers.schedule import RECHECKS_A_ROUND, ask_unconditionally
from crawlers.steps import done, is_list, missed, unmoved, was_read
from crawlers.trip import Fetched, Reading, Tally, Trip

log = logging.getLogger(__name__)
EXAMPLES = 3  # of pages that fail in one way
T = TypeVar("T")

LONGEST_READ_S = 20.0  # no page of 5 MiB takes a second; one that does this is made to
LONGEST_ADDRESS = 2083  # characters; longer ones are traps


class SourceSpider(Spider):
    """A crawl of one source in one round. Channels say how a page is read."""

    source: Source
    entry_role: ClassVar[PageRole] = "list"

    def __init__(self, *, source: Source, trip: Trip, round_id: str, budget: int, tally: Tally, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.source = source
        self.trip = trip
        self.hosts = trip.hosts
        self.robots = trip.robots
        self.round_id = round_id
        self.tally = tally
        self.frontier = Frontier(budget)
        trip.ending.listen(lambda _reason: self.frontier.stop())

    # ------------------------------------------------------------ the channel's part

    def entries(self) -> Iterable[str]:
        """The addresses where every round begins."""
        if self.source.url:
            yield self.source.url

    async def read(self, page: Page, fetched: Fetched) -> Reading | None:
        """
        What a fetched page gives; None when the step is already taken.

        Raises `Unreadable` when the page is not what it should be.
        """
        raise NotImplementedError

    # ------------------------------------------------------------ frontier

    async def start(self) -> AsyncIterator[Request]:
        """Scrapy's entry: pages one after the other, as turns and the round's budget allow."""
        await self._fill()
        while page := await self.frontier.next():
            try:
                request = self._request(page)
            except ValueError:  # an address that cannot be one
                self.tally.errors["address"] += 1
                await self._refuse(page, "address: invalid")
                self.frontier.landed()
                continue
            self.tally.requests += 1
            yield request
        if self.frontier.cut_short:
            self.tally.note(_("本轮页数已到上限，其余页面下一轮再取"))

    async def _fill(self) -> None:
        source, now = self.source, self.trip.clock()
        urls = {document_key(url, source=source): url for url in self.entries()}
        known = await self.trip.desk.pages(source.id, list(urls))
        for key, url in urls.items():
            page = known.get(key) or Page(source.id, key, url, self.entry_role, discovered_at=now)
            if self.frontier.first_time(key) and not self._finished(page):
                self.frontier.push(replace(page, url=url), FIRST)
        for page in await self.trip.desk.open_pages(source.id):
            if self.frontier.first_time(page.key):
                self.frontier.push(page, FOLLOW if is_list(page) else OPEN)
        for page in await self.trip.desk.due_pages(source.id, at=now, limit=RECHECKS_A_ROUND):
            if self.frontier.first_time(page.key):
                self.frontier.push(page, AGAIN)

    def _finished(self, page: Page) -> bool:
        """True when this round read it before it was cut off, and not so long ago that it must be stale."""
        fresh = page.fetched_at is not None and self.trip.clock() - page.fetched_at < self.source.every
        return page.state == "done" and page.round == self.round_id and fresh

    def _request(self, page: Page) -> Request:
        headers = {}
        if not self.trip.force and not (is_list(page) and ask_unconditionally(page, now=self.trip.clock())):
            if page.etag:
                headers["If-None-Match"] = page.etag
            if page.last_modified:
                headers["If-Modified-Since"] = page.last_modified
        url, kwargs = self.address(page), {"page": page}
        if len(url) > LONGEST_ADDRESS:
            raise ValueError("too long")
        return Request(url, headers=headers, callback=self.arrived, errback=self.failed, cb_kwargs=kwargs)

    def address(self, page: Page) -> str:
        """The address to ask for."""
        return page.url

    # ------------------------------------------------------------ judge

    async def arrived(self, response: Response, page: Page) -> None:
        """Scrapy's callback: judge one answer, read it, hand on what it gave."""
        self.tally.pages += 1
        await self._deal_with(self._arrived(response, page))

    async def failed(self, failure: Failure) -> None:
        """Scrapy's errback: no answer came, or we refused to ask."""
        page: Page = failure.request.cb_kwargs["page"]  # type: ignore[attr-defined]
        await self._deal_with(self._failed(failure.value or Exception(), page))

    async def _deal_with(self, work: Awaitable[None]) -> None:
        try:
            await work
        except Unavailable:  # the store is gone: the round is ending already
            pass
        finally:
            self.frontier.landed()
        if self.trip.progress:
            self.trip.progress(self.source.id, self.tally.pages, self.tally.documents)

    async def _arrived(self, response: Response, page: Page) -> None:
        try:
            await self._judge(response, page)
        except Unavailable:
            raise
        except Unreadable as error:
            await self._unreadable(page, error)
        except YuqingError as error:  # a selector or pattern of the configuration
            self.tally.note(str(error))
            await self._unreadable(page, Unreadable("configuration"))
        except Exception as error:
            log.error("page could not be read source=%s error=%s at=%s", self.source.id, *where(error))
            await self._unreadable(page, Unreadable(type(error).__name__))

    async def _failed(self, error: BaseException, page: Page) -> None:
        kind, host = kind_of(error), host_of(page.url)
        if kind == "stopped":
            return  # the page stays open
        self.tally.errors[kind] += 1
        if kind == "resting":
            self.tally.note(_("站点要求暂停或连续失败，暂不访问：{host}").format(host=host))
            return self._leave(host)
        if kind in ("timeout", "connect", "dns", "error"):
            await self.hosts.failed(host)
            if self._is_worth_a_note(page, kind):
                self.tally.note(_("连不上站点（{kind}）：{url}").format(kind=kind, url=page.url))
            return await self._put(missed(page, reason=kind, now=self.trip.clock()))
        if isinstance(error, RobotsRefused) and error.passing:
            self.tally.note(_("读不到 robots.txt（{seen}），依规则暂不访问：{host}").format(seen=error, host=host))
            self._leave(host)
            return await self._put(missed(page, reason=kind, now=self.trip.clock()))
        self._explain(kind, page, str(error))
        await self._refuse(page, f"{kind}: {error}")

    def _leave(self, host: str) -> None:
        """The host is not to be asked now: its pages stay open, and the round of its own source is over."""
        if host == host_of(self.source.url or ""):
            self.frontier.stop()

    def _is_worth_a_note(self, page: Page, kind: str) -> bool:
        """Every list is; of other pages that fail in one way a few examples are enough."""
        return is_list(page) or self.tally.errors[kind] <= EXAMPLES

    def _explain(self, kind: str, page: Page, seen: str) -> None:
        texts = {
            "robots": _("robots.txt 不允许访问（{seen}）：{url}"),
            "address": _("地址不可访问（{seen}）：{url}；内网来源须设 allow_private"),
            "size": _("页面过大，已放弃（{seen}）：{url}"),
            "redirect": _("重定向过多：{url}"),
        }
        if kind in texts and self._is_worth_a_note(page, kind):
            self.tally.note(texts[kind].format(seen=seen, url=page.url))

    async def _judge(self, response: Response, page: Page) -> None:
        status, host = response.status, host_of(response.url)
        if status in (429, 503):  # the host rests already: `crawlers.download` saw to it
            self.tally.errors[f"http {status}"] += 1
            self.tally.note(_("站点要求放慢（HTTP {status}），暂停访问：{host}").format(status=status, host=host))
            return self._leave(host)
        if status >= 500:
            self.tally.errors[f"http {status}"] += 1
            await self.hosts.failed(host)
            if self._is_worth_a_note(page, f"http {status}"):
                self.tally.note(_("站点出错（HTTP {status}）：{url}").format(status=status, url=page.url))
            return await self._put(missed(page, status=status, now=self.trip.clock()))
        await self.hosts.went_well(host)
        if status == 304 and _was_conditional(response):
            self.tally.not_modified += 1
            return await self._put(unmoved(page, round_id=self.round_id, now=self.trip.clock()))
        if status in (404, 410):
            return await self._vanished(page, response)
        if status in (401, 403):
            return await self._refused(page, status)
        if not 200 <= status < 300:
            self.tally.errors[f"http {status}"] += 1
            return await self._put(missed(page, status=status, now=self.trip.clock()))
        if reading := await self.read(page, self._fetched(response)):
            await self._take(reading)

    def _fetched(self, response: Response) -> Fetched:
        kind = _header(response, "Content-Type") or ""
        charset = kind.lower().partition("charset=")[2].split(";")[0].strip(" \"'")
        return Fetched(
            url=response.url,
            status=response.status,
            body=response.body,
            at=self.trip.clock(),
            encoding=self.source.encoding or charset or None,
            etag=_header(response, "ETag"),
            last_modified=_header(response, "Last-Modified"),
            link=_header(response, "Link"),
        )

    async def _take(self, reading: Reading) -> None:
        """Commit what a page gave together with the page's own step; queue what it led to."""
        found = await self._unknown(reading.found)
        self.tally.documents += len(reading.documents)
        pages = (reading.page, *found, *reading.again, *reading.others)
        await self.trip.desk.put(documents=reading.documents, pages=pages, gone=reading.gone)
        for page in (*found, *reading.again):
            self.frontier.push(page, FOLLOW if is_list(page) else NEW)

    async def _unknown(self, pages: Iterable[Page]) -> list[Page]:
        """Those of the pages that no round has seen, each once."""
        fresh = {page.key: page for page in pages if self.frontier.first_time(page.key)}
        known = await self.trip.desk.pages(self.source.id, list(fresh))
        return [page for key, page in fresh.items() if key not in known]

    async def further_list(self, url: str) -> tuple[Page, ...]:
        """The next page of a list, to be read in this round even if it is known; empty when it was."""
        key = document_key(url, source=self.source)
        if not self.frontier.first_time(key):
            return ()
        known = (await self.trip.desk.pages(self.source.id, [key])).get(key)
        if known and self._finished(known):
            return ()
        page = known or Page(self.source.id, key, url, "list", discovered_at=self.trip.clock())
        return (replace(page, url=url, state="pending"),)

    async def _put(self, *pages: Page, gone: Iterable[Gone] = ()) -> None:
        await self.trip.desk.put(pages=pages, gone=gone)

    async def off_loop(self, work: Callable[..., T], *args: Any, **named: Any) -> T:
        """Run parsing and masking in a thread, away from the event loop. Raises Unreadable when it takes too long."""
        reading = asyncio.get_running_loop().run_in_executor(self.trip.pool, partial(work, *args, **named))
        try:
            return await asyncio.wait_for(reading, LONGEST_READ_S)
        except TimeoutError as error:
            raise Unreadable(f"not read within {LONGEST_READ_S:g} s") from error

    # ------------------------------------------------------------ frontier steps

    def done(self, page: Page, fetched: Fetched, **changes: Any) -> Page:
        """As `crawlers.steps.done`, in this round."""
        return done(page, fetched, round_id=self.round_id, **changes)

    async def _vanished(self, page: Page, response: Response) -> None:
        status = response.status
        self.tally.errors[f"http {status}"] += 1
        if is_list(page):
            self.tally.note(_("列表页不存在（HTTP {status}）：{url}").format(status=status, url=page.url))
            return await self._put(replace(page, state="failed", status=status, reason=f"http {status}"))
        said = await self.says_gone(self._fetched(response))
        await self.vanish(page, status=status, certain=status == 410 or said is not None, reason=said)

    async def says_gone(self, fetched: Fetched) -> str | None:
        """The platform's own words that a document was deleted, on a page that answered 404; else None."""
        return None

    async def vanish(self, page: Page, *, status: int, certain: bool, reason: str | None = None) -> None:
        """A document's page is not there: gone when the site is explicit or at the second time in a row."""
        now, misses = self.trip.clock(), page.misses + 1
        page = replace(page, status=status, misses=misses, fetched_at=now, reason=reason or f"http {status}")
        if not was_read(page):
            if certain:
                return await self._put(replace(page, state="gone", round=self.round_id))
            if self._is_worth_a_note(page, f"http {status}"):
                text = _("页面不存在（HTTP {status}）：{url}")
                self.tally.note(text.format(status=status, url=page.url))
            return await self._put(missed(page, status=status, reason=reason, now=now))  # announced before it is up
        if not certain and misses < 2:
            return await self._put(replace(page, state="done", next_at=now))
        keys = self.document_keys(page)
        await self._put(
            replace(page, state="gone", round=self.round_id, next_at=None), gone=[self.gone(key, now) for key in keys]
        )

    def gone(self, key: str, at: datetime) -> Gone:
        """The mark of a document that is gone, under the key that it has past the gate."""
        return Gone(self.trip.gate(Document(self.source.id, self.source.kind, key, None, "", at)).key, at)

    def document_keys(self, page: Page) -> Iterable[str]:
        """The keys of the documents that came from this page."""
        return [page.cursor.get("document", page.key)]

    async def _refused(self, page: Page, status: int) -> None:
        self.tally.errors[f"http {status}"] += 1
        self.tally.note(_("站点不允许访问（HTTP {status}）：{url}").format(status=status, url=page.url))
        await self._refuse(replace(page, status=status), f"http {status}")

    async def _refuse(self, page: Page, reason: str) -> None:
        """A page that we may not read: kept as refused, with what its list said of it, if that is something."""
        documents = await self.off_loop(self.instead, page)
        self.tally.documents += len(documents)
        page = replace(page, state="refused", round=self.round_id, reason=reason)
        await self.trip.desk.put(documents=documents, pages=[page])

    def instead(self, page: Page) -> Sequence[Document]:
        """What is known of a page's document without reading it. Run in a thread."""
        return ()

    async def _unreadable(self, page: Page, error: Unreadable) -> None:
        if error.kind == "gone":
            return await self.vanish(page, status=200, certain=True, reason=str(error))
        self.tally.errors[error.kind] += 1
        if error.kind in ("login", "captcha"):
            login, captcha = _("需要登录，已停止：{url}"), _("遇到验证码，本轮停止访问该来源：{url}")
            text = login if error.kind == "login" else captcha
            self.tally.note(text.format(url=page.url))
            await self._refuse(page, error.kind)
            if error.kind == "captcha" or is_list(page):
                self.frontier.stop()
            return
        if self._is_worth_a_note(page, error.kind):
            self.tally.note(_("没有读出内容（{why}）：{url}").format(why=error, url=page.url))
        await self._put(missed(page, reason=f"parse: {error}", now=self.trip.clock()))


def _was_conditional(response: Response) -> bool:
    headers = response.request.headers if response.request else {}
    return "If-None-Match" in headers or "If-Modified-Since" in headers


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None
