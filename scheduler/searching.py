"""What the index finds, joined with the store: a page, a page of stories, and a whole match set for export."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from core.i18n import _
from scheduler.facts import facts_of, row_of
from search_index.base import IndexUnavailable, Order, SearchIndex
from search_index.digest import most_first, tie_key
from search_index.query import Query, parse_forgiving
from search_index.query.predicate import matches
from search_index.results import search
from store import documents, stories
from store.documents import Stored
from store.engine import Store

COUNTED_DOCUMENTS = 10_000
"""The stories of a larger match set are counted in that many documents of it, and said to be "at least"."""
ROUNDS = 30
"""How often a page of stories looks further past reprints before it ends short of its limit."""
CHUNK = 500


class Search:
    """One reader of the index beside its store, at one instant."""

    def __init__(
        self,
        store: Store,
        index: SearchIndex,
        *,
        now: datetime,
        zone: ZoneInfo,
        source_names: Mapping[str, str],
        channels: Mapping[str, str],
    ) -> None:
        """`source_names` and `channels` are by the id of the source."""
        self._store, self._index, self._now, self._zone = store, index, now, zone
        self._names, self._channels = source_names, channels
        self._is_exact: bool | None = None  # None: not looked yet

    def page(
        self,
        query: str,
        *,
        order: Order = "newest",
        limit: int = 20,
        cursor: str | None = None,
        facets: bool = True,
        hours: bool = False,
    ) -> dict[str, Any]:
        """
        A page of results in the shape of `search --json`. Raises IndexUnavailable, also while nothing is indexed.

        The index knows a document's source and not by which channel it is read: that is counted from its sources.
        """
        is_exact = self._looked_at()
        page = search(
            self._index,
            query,
            load=self._rows,
            now=self._now,
            order=order,
            limit=limit,
            cursor=cursor,
            facets=facets,
            hours=hours,
        )
        if facets:
            page["facets"]["channel"] = _by_channel(page["facets"]["source"], self._channels)
        return page if is_exact else page | {"total_is_exact": False}

    def _looked_at(self) -> bool:
        """True when the index is by our rules. Raises IndexUnavailable for one that nothing was put into yet."""
        if self._is_exact is None:
            check_filled(self._store, self._index)
            self._is_exact = self._index.fits()
        return self._is_exact

    def story_page(
        self,
        query: str,
        *,
        order: Order = "newest",
        limit: int = 20,
        cursor: str | None = None,
        facets: bool = True,
        hours: bool = False,
    ) -> dict[str, Any]:
        """
        The same with every story once, shown by its newest document that matches, at that document's place.

        `story_hits` of an item counts the documents of its story that match; `stories` and `stories_is_exact`
        count the stories of the whole match set. So a cursor neither skips nor repeats a story.
        """
        page = self.page(query, order=order, limit=limit, cursor=cursor, facets=facets, hours=hours)
        parsed = parse_forgiving(query).query
        items, following = self._leading(parsed, page["items"]), page["next"]
        for _round in range(ROUNDS):
            if len(items) >= limit or not following:
                break
            more = self.page(query, order=order, limit=limit - len(items), cursor=following, facets=False)
            items += self._leading(parsed, more["items"])
            following = more["next"]
        count, is_exact = self._stories(parsed)
        return page | {"items": items, "next": following, "stories": count, "stories_is_exact": is_exact}

    def whole(self, query: str) -> Iterator[dict[str, Any]]:
        """Every document that matches, as of now, as the store holds it; bounded memory. Texts are masked."""
        self._looked_at()
        found = self._index.scan(parse_forgiving(query).query, now=self._now)
        while ids := [identity for identity, _version in islice(found, CHUNK)]:
            rows = self._rows(ids)
            yield from (rows[identity] for identity in ids if identity in rows)

    def _rows(self, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        with self._store.read() as connection:
            return {identity: row_of(one) for identity, one in documents.load(connection, ids).items()}

    def _leading(self, query: Query, items: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """The items that stand for their story, each with how many documents of the story match."""
        several = {item["story"] for item in items if item["story_size"] > 1}
        hits = self._hits(query, several)
        shown = []
        for item in items:
            matching = hits.get(item["story"], [])
            if not matching or matching[0] == item["id"]:
                shown.append(item | {"story_hits": max(1, len(matching))})
        return shown

    def _hits(self, query: Query, wanted: set[str]) -> dict[str, list[str]]:
        """Story -> its documents that match and can be found, newest first as the index orders them."""
        with self._store.read() as connection:
            members = stories.members_of(connection, sorted(wanted))
            held = documents.load(connection, [identity for found in members.values() for identity in found])
        can_be_found = self._index.get_versions(list(held))
        matching: dict[str, list[Stored]] = {}
        for identity, stored in held.items():
            facts = facts_of(stored, source_names=self._names)
            if identity in can_be_found and matches(query, facts, now=self._now, zone=self._zone):
                matching.setdefault(stored.story, []).append(stored)
        return {story: [one.id for one in sorted(found, key=_newest_first)] for story, found in matching.items()}

    def _stories(self, query: Query) -> tuple[int, bool]:
        found = self._index.scan(query, now=self._now)
        ids = [identity for identity, _version in islice(found, COUNTED_DOCUMENTS)]
        is_exact = next(found, None) is None
        with self._store.read() as connection:
            known = stories.stories_of(connection, ids)
        return len({known.get(identity, identity) for identity in ids}), is_exact and self._looked_at()


def check_filled(store: Store, index: SearchIndex) -> None:
    """Raises IndexUnavailable while the store has documents and nothing was put into the index: 0 were no answer."""
    if index.applied_seq():
        return
    with store.read() as connection:
        if next(documents.every_id(connection), None) is not None:
            raise IndexUnavailable(_("索引正在从库里重建，建好之前搜不到东西；文档都在库里，没有丢"))


def _by_channel(sources: Mapping[str, int], channels: Mapping[str, str]) -> dict[str, int]:
    """How many documents came by each channel; those of a source that is configured no more are left out."""
    counts: Counter[str] = Counter()
    for source, count in sources.items():
        if source in channels:
            counts[channels[source]] += count
    return most_first(counts)


def _newest_first(stored: Stored) -> tuple[float, int]:
    return -(stored.published_at or stored.first_seen).timestamp(), tie_key(stored.id)
