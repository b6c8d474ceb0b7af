"""Hits joined with what the store holds: the answer of the search box, `yuqing search` and the console."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from search_index.base import FACETS, MAX_HOUR_DAYS, MAX_LIMIT, Order, Page, SearchIndex
from search_index.highlight import marks, snippet
from search_index.query import Query, literals, parse_forgiving

Row = Mapping[str, Any]
Load = Callable[[Sequence[str]], Mapping[str, Row]]
"""Ids -> the store's rows by id; an id that the store has no more is left out."""

_KEPT = (
    "url", "source", "outlet", "author", "published_at", "companies", "sentiment", "topics", "story", "story_size",
    "level", "status",
)  # fmt: skip
SNIPPET_WIDTH = 120
FILLS = 10
"""How often a page looks further past hits whose row is gone, MAX_LIMIT hits at a time: purging outruns the index."""


def search(
    index: SearchIndex,
    query_text: str,
    *,
    load: Load,
    now: datetime,
    order: Order = "newest",
    limit: int = 20,
    cursor: str | None = None,
    facets: bool | Sequence[str] = False,
    hours: bool = False,
) -> dict[str, Any]:
    """
    The page of a query as typed, in the form of `yuqing search --json`.

    Hits whose row is gone or deleted are left out, so an index that lags never shows what was taken away; after
    very many of them the page ends short, with `next` for the rest. `hours`, when asked for, counts each hour of
    the last MAX_HOUR_DAYS of `days`. `notes` says where the query was not followed to the letter; nothing typed
    means everything. Raises UsageError for a wrong order, limit or cursor, IndexUnavailable.
    """
    read = parse_forgiving(query_text)
    wanted = FACETS if facets is True else tuple(facets or ())
    page = index.search(read.query, now=now, order=order, limit=limit, cursor=cursor, facets=wanted, days=True)
    items, following = _filled(index, read.query, page, load=load, now=now, order=order, limit=limit)
    answer = {
        "total": page.total,
        "total_is_exact": page.total_is_exact,
        "understood": read.understood,
        "notes": [{"column": note.position + 1, "message": note.message} for note in read.notes],
        "items": items,
        "next": following,
        "facets": {name: dict(values) for name, values in page.facets.items()},
        "days": dict(page.days),
    }
    return answer | {"hours": _hours(index, read.query, list(page.days), now)} if hours else answer


def _hours(index: SearchIndex, query: Query, days: Sequence[str], now: datetime) -> dict[str, int]:
    if not days:
        return {}
    first, last = (date.fromisoformat(day) for day in (days[-MAX_HOUR_DAYS:][0], days[-1]))
    return dict(index.hours(query, now=now, first=first, last=last))


def _filled(
    index: SearchIndex, query: Query, page: Page, *, load: Load, now: datetime, order: Order, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """The page's items, more hits asked for while rows that are gone leave it short; after FILLS it ends short."""
    items = _items(query, page.ids, load)
    for _fill in range(FILLS):
        if len(items) >= limit or not page.next:
            break
        asked = partial(index.search, query, now=now, order=order, cursor=page.next)
        page = asked(limit=MAX_LIMIT)
        more = _items(query, page.ids, load)
        wanted = limit - len(items)
        if len(more) > wanted:  # the cursor must stand behind the last one shown
            page = asked(limit=page.ids.index(more[wanted - 1]["id"]) + 1)
            more = _items(query, page.ids, load)[:wanted]
        items += more
    return items, page.next


def _items(query: Query, ids: Sequence[str], load: Load) -> list[dict[str, Any]]:
    rows = load(ids) if ids else {}
    return [
        item_of(query, rows[identity]) for identity in ids if identity in rows and not rows[identity].get("deleted")
    ]


def item_of(query: Query, row: Row) -> dict[str, Any]:
    """One hit as it is shown. `title_marks` and `snippet_marks` are [start, end) in `title` and `snippet`."""
    wanted = literals(query)
    title, body = row.get("title"), row.get("body") or ""
    short = snippet(body, wanted, SNIPPET_WIDTH)
    shown = {
        "id": row["id"],
        "rev": row.get("rev"),
        "title": title or None,
        "title_marks": [list(span) for span in marks(title, wanted, field="title")] if title else [],
        "snippet": short.text,
        "snippet_marks": [list(span) for span in short.marks],
    }
    return shown | {name: row.get(name) for name in _KEPT}
