"""Values with a default for every field: a test names only what it is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from core.values import (
    CompanyFinding,
    Document,
    Facts,
    Finding,
    Mention,
    Sentiment,
    Source,
    TopicHit,
)

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
"""Noon in Shanghai on Friday 20 November 2026."""


def at(*, minutes: float = 0, hours: float = 0, days: float = 0) -> datetime:
    """An instant that much after NOW."""
    return NOW + timedelta(minutes=minutes, hours=hours, days=days)


def document(**changes: Any) -> Document:
    """A news article about 星禾科技, past the gate."""
    fields: dict[str, Any] = {
        "source": "qinglan",
        "kind": "news",
        "key": "news.example/2026/1",
        "title": "星禾科技被指泄露用户信息",
        "body": "多名用户向本报反映，在星禾科技注册后接到大量推销电话。",
        "fetched_at": NOW,
        "url": "https://news.example/2026/1.html",
        "outlet": "青岚新闻网",
        "published_at": NOW - timedelta(minutes=5),
        "precision": "minute",
    }
    return Document(**(fields | changes))


def sentiment(label: str = "neg", score: float = -0.8) -> Sentiment:
    """A sure sentiment."""
    return Sentiment(label, score, 0.9, False)  # type: ignore[arg-type]


def finding(**changes: Any) -> Finding:
    """A negative finding about 星禾科技 with the topic leak."""
    company = CompanyFinding("hit", (Mention(0, 4, "星禾科技", "hit", "full"),), sentiment())
    fields: dict[str, Any] = {
        "companies": {"星禾科技": company},
        "document_sentiment": sentiment(),
        "topics": (TopicHit("leak", 0.9, ()),),
        "text_type": "news",
        "flags": (),
        "keywords": ("信息泄露",),
        "language": "zh",
    }
    return Finding(**(fields | changes))


def facts(**changes: Any) -> Facts:
    """What a query can ask of that document."""
    fields: dict[str, Any] = {
        "id": "d1",
        "title": "星禾科技被指泄露用户信息",
        "body": "多名用户反映接到推销电话。",
        "published_at": NOW,
        "sentiment": "neg",
        "topics": ("leak",),
        "source": ("qinglan", "青岚新闻网"),
        "companies": ("星禾科技",),
        "kind": "news",
        "status": "new",
    }
    return Facts(**(fields | changes))


def source(**changes: Any) -> Source:
    """A listing source."""
    fields: dict[str, Any] = {
        "id": "qinglan",
        "name": "青岚新闻网",
        "channel": "listing",
        "purpose": "舆情监测",
        "basis": "公开信息合理范围",
        "retention_days": 365,
        "url": "https://news.example/finance/",
    }
    return Source(**(fields | changes))
