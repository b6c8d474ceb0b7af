"""Sources whose lists lead to articles: feeds, list pages and sitemaps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from core.identity import content_hash, raw_hash
from core.values import Document, Page
from crawlers.articles import article_document, feed_document
from crawlers.extract.feeds import FeedItem
from crawlers.lists import Find, Finds, feed_finds, listing_finds
from crawlers.references import references_of
from crawlers.refusals import Unreadable
from crawlers.spiders.base import SourceSpider
from crawlers.steps import was_read
from crawlers.trip import Fetched, Reading
from crawlers.walls import is_profile


class ArticleSpider(SourceSpider):
    """Reads lists with `finds` and the articles that they lead to."""

    finds: ClassVar[Callable[..., Finds]]
    never_empty: ClassVar[bool] = False
    """True when an entry page without a single entry means that we do not understand it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._items: dict[str, FeedItem] = {}  # what lists said of pages not yet read; kept in memory only

    async def read(self, page: Page, fetched: Fetched) -> Reading | None:
        """A list or an article."""
        return await (self._read_article if page.role == "article" else self._read_list)(page, fetched)

    # ------------------------------------------------------------ lists

    async def _read_list(self, page: Page, fetched: Fetched) -> Reading:
        same = raw_hash(fetched.body)
        if page.content_hash == same and not self.trip.force:
            self.tally.not_modified += 1
            return Reading(self.done(page, fetched))
        finds = await self.off_loop(type(self).finds, fetched, source=self.source, gate=self.trip.gate)
        if not finds.entries and self.never_empty and page.url == self.source.url:
            raise Unreadable("no article links")
        index = any(find.is_list for find in finds.entries)  # it may stay the same while its sitemaps change
        return await self._lead_on(self.done(page, fetched, content_hash=None if index else same), fetched, finds)

    async def _lead_on(self, page: Page, fetched: Fetched, finds: Finds) -> Reading:
        """What is new or changed among the entries; on to the next list page while anything is."""
        known = await self.trip.desk.pages(self.source.id, [find.key for find in finds.entries])
        documents: list[Document] = []
        kept: list[Page] = []
        found: list[Page] = []
        again: list[Page] = []
        for find in finds.entries:
            if is_profile(find.url):
                continue
            seen = known.get(find.key)
            if find.is_list:
                again += await self._sublist(find, seen)
            elif find.whole is not None:
                self._keep_whole(find, seen, fetched, documents, kept)
            elif seen is None:
                self._remember(find)
                found.append(Page(self.source.id, find.key, find.url, "article", discovered_at=fetched.at))
            elif _changed(find, seen) and self.frontier.first_time(find.key):
                self._remember(find)
                again.append(replace(seen, state="pending"))
        if finds.next_url and (documents or found or again):
            again += await self.further_list(finds.next_url)
        return Reading(page, tuple(documents), tuple(found), tuple(again), tuple(kept))

    async def _sublist(self, find: Find, seen: Page | None) -> tuple[Page, ...]:
        unmoved = seen and seen.state == "done" and find.changed_at and not _changed(find, seen)
        return () if unmoved else await self.further_list(find.url)

    def _keep_whole(
        self, find: Find, seen: Page | None, fetched: Fetched, documents: list[Document], kept: list[Page]
    ) -> None:
        """An entry that is the document itself: stored when it is new or its text changed."""
        document = find.whole
        assert document is not None
        self.tally.texts += 1
        text = content_hash(document.title, document.body)
        if seen and seen.content_hash == text and not self.trip.force:
            return
        page = seen or Page(self.source.id, find.key, find.url, "article", discovered_at=fetched.at)
        documents.append(document)
        kept.append(
            replace(
                page,
                state="done",
                round=self.round_id,
                fetched_at=fetched.at,
                content_hash=text,
                cursor=_cursor(page, document),
                next_at=None,
            )
        )

    def _remember(self, find: Find) -> None:
        if find.item:
            self._items[find.key] = find.item

    # ------------------------------------------------------------ articles

    async def _read_article(self, page: Page, fetched: Fetched) -> Reading | None:
        self.tally.opened += 1
        item = self._items.pop(page.key, None)
        led = "led_by" in page.cursor  # an article of another site, named as the source of one of ours
        source = replace(self.source, outlet=None, article_pattern=None) if led else self.source
        document = await self.off_loop(article_document, fetched, source=source, gate=self.trip.gate, item=item)
        if document is None and was_read(page):  # an article that leads to a list now
            await self.vanish(page, status=fetched.status, certain=False, reason="list")
            return None
        if document is None:
            return Reading(replace(self.done(page, fetched), next_at=None))
        self.tally.texts += 1
        text = content_hash(document.title, document.body)
        fresh = self.trip.force or page.content_hash != text
        cursor = _cursor(page, document)
        if self.source.follow_links and not led:
            cursor = await self._with_links(cursor, fetched)
        done = self.done(page, fetched, content_hash=text, cursor=cursor)
        if led:
            done = replace(done, next_at=None)  # once is enough
        return Reading(done, documents=(document,) if fresh else ())

    async def _with_links(self, cursor: Mapping[str, Any], fetched: Fetched) -> Mapping[str, Any]:
        """The cursor with the addresses that the article names as its source; whether they are followed is not ours."""
        links = await self.off_loop(references_of, fetched)
        kept = {name: value for name, value in cursor.items() if name != "links"}
        return {**kept, "links": list(links)} if links else kept

    def instead(self, page: Page) -> Sequence[Document]:
        """The teaser of the list, when the page itself may not be read."""
        item = self._items.pop(page.key, None)
        if page.role != "article" or item is None or not (item.body or item.summary):
            return ()
        now = self.trip.clock()
        document = feed_document(item, source=self.source, gate=self.trip.gate, fetched_at=now, key=page.key)
        return [document] if document else ()


def _cursor(page: Page, document: Document) -> Mapping[str, Any]:
    """The page's cursor, with the key of its document where that is another one."""
    return {**page.cursor, "document": document.key} if document.key != page.key else page.cursor


def _changed(find: Find, seen: Page) -> bool:
    return bool(find.changed_at and seen.fetched_at and find.changed_at > seen.fetched_at)


class FeedSpider(ArticleSpider):
    """RSS 2.0, RSS 1.0, Atom and JSON Feed."""

    name = "feed"
    entry_role = "feed"
    finds = staticmethod(feed_finds)


class ListingSpider(ArticleSpider):
    """List pages with next links, sitemaps, sitemap indexes and news sitemaps."""

    name = "listing"
    finds = staticmethod(listing_finds)
    never_empty = True
