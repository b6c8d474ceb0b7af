"""What a search may ask for, and where its next page begins. The same for every engine."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from hashlib import blake2b

from core.errors import UsageError
from core.i18n import _
from search_index.base import FACETS, MAX_LIMIT, ORDERS, Order
from search_index.query import Query, printed

_CURSOR_LENGTH = {"newest": 2, "heat": 3, "relevance": 1}


def write_cursor(query: Query, order: Order, after: Sequence[float | int]) -> str:
    """Where the next page begins, for this query and order only."""
    raw = json.dumps([_stamp(query, order), *after], separators=(",", ":"))
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def read_cursor(query: Query, order: Order, cursor: str) -> list[float | int]:
    """What `write_cursor` was given. Raises UsageError for a cursor of another query or order, and for no cursor."""
    try:
        stamp, *after = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError):
        stamp, after = None, []
    numbers = all(isinstance(value, (int, float)) for value in after)
    if stamp != _stamp(query, order) or len(after) != _CURSOR_LENGTH[order] or not numbers:
        raise UsageError(_("翻页标记不属于这个查询或这个排序，请从第一页查起"))
    return after


def _stamp(query: Query, order: Order) -> str:
    return blake2b(f"{order}\n{printed(query)}".encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def check_request(order: str, limit: int, facets: Sequence[str]) -> None:
    """Raises UsageError for an unknown order or facet, and a limit outside 1..MAX_LIMIT."""
    if order not in ORDERS:
        raise UsageError(_("没有“{order}”这种排序，可用：{all}").format(order=order, all="、".join(ORDERS)))
    if not 1 <= limit <= MAX_LIMIT:
        raise UsageError(_("每页条数应在 1 到 {n} 之间，看到的是 {limit}").format(n=MAX_LIMIT, limit=limit))
    for name in facets:
        if name not in FACETS:
            raise UsageError(_("没有“{name}”这种分面，可用：{all}").format(name=name, all="、".join(FACETS)))
