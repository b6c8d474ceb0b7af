"""The query that finds a figure's documents again. Texts of the query language; nothing is evaluated here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from briefing.values import BriefItem
from core.display import one_line
from core.times import day_of
from core.values import CHINESE

OWN_KINDS = ("complaint", "voice")
"""Records that reach the company itself: about it even when they do not name it."""

_OPERATORS = frozenset({"且", "或", "非", "AND", "OR", "NOT"})


def quoted(value: str) -> str:
    """A value as the query language reads it whole: bare when it is one word, else in quotes."""
    if re.fullmatch(r"\w+", value) and value not in _OPERATORS:
        return value
    return '"' + one_line(value.replace('"', " ")) + '"'


def days_query(items: Sequence[BriefItem], day: date, *, zone: ZoneInfo) -> str:
    """时间 over the days on which the items were published; the brief's day when none says when."""
    published = [day_of(item.published_at, zone=zone) for item in items if item.published_at] or [day]
    first, last = min(published), max(published)
    return f"时间:{first}" if first == last else f"时间:[{first} TO {last}]"


def scope_query(items: Sequence[BriefItem], company: str) -> str:
    """Whom the items are about: the company by name, records sent to the company, or both."""
    named = f"公司:{quoted(company)}"
    if all(company in item.companies for item in items):
        return named
    kinds = sorted({item.kind for item in items if company not in item.companies})
    return (
        f"({named} OR {kinds_query(kinds)})" if any(company in item.companies for item in items) else kinds_query(kinds)
    )


def kinds_query(kinds: Sequence[str]) -> str:
    """类型 of one kind or of several."""
    names = [CHINESE["kind"][kind] for kind in kinds]
    return f"类型:{names[0]}" if len(names) == 1 else f"类型:({' OR '.join(names)})"


def topic_query(topic: str, names: Mapping[str, str]) -> str:
    """话题 by its Chinese name; a user's own topic without one by its id."""
    return f"话题:{quoted(names.get(topic, topic))}"
