"""Values for tests of the brief: invented names only; name what the test is about, the rest has defaults."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from briefing.compose import compose
from briefing.values import Brief, BriefItem, DayCount, SourceHealth
from core.times import SHANGHAI

DAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai
MORNING_AFTER = datetime(2026, 11, 21, 0, 0, tzinfo=UTC)  # 08:00 in Shanghai
US = "星禾科技"
_numbers = count(1)


def item(document: str | None = None, **given: Any) -> BriefItem:
    """A news document about us, found at noon of the day, an hour after it was published."""
    document = document or f"d{next(_numbers):016x}"
    defaults: dict[str, Any] = {
        "rev": 1,
        "title": "星禾科技发布季度报告",
        "snippet": "星禾科技今日发布季度报告，营业收入平稳。",
        "source": "qinglan",
        "source_name": "青岚新闻网",
        "kind": "news",
        "first_seen": NOON,
        "published_at": NOON - timedelta(hours=1),
        "story": document,
        "url": f"https://news.example/{document}.html",
        "companies": (US,),
    }
    return BriefItem(document=document, **(defaults | given))


def health(source: str = "qinglan", **given: Any) -> SourceHealth:
    """A source that does well."""
    return SourceHealth(**({"source": source, "name": "青岚新闻网", "state": "ok", "last_round": NOON} | given))


def brief(items: Sequence[BriefItem] = (), **given: Any) -> Brief:
    """The brief of DAY over these items, made on the next morning."""
    defaults: dict[str, Any] = {
        "trend": [DayCount(DAY, 3, 1)],
        "health": [health()],
        "company": US,
        "zone": SHANGHAI,
        "generated_at": MORNING_AFTER,
    }
    return compose(DAY, items=items, **(defaults | given))
