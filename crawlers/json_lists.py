"""JSON lists by a declared mapping, WordPress' own without one. Pure, and run in a thread."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from core.identity import raw_hash
from core.ports import Gate
from core.values import Document, Source
from crawlers.canonical import canonical_url, document_key
from crawlers.dates import NOTHING, Parsed, parse_date
from crawlers.encoding import decode
from crawlers.extract.dom import parse, squeezed, text_of
from crawlers.extract.feeds import FeedItem
from crawlers.lists import Find, Finds
from crawlers.refusals import Unreadable
from crawlers.trip import Fetched
from crawlers.walls import wall_of

WORDPRESS = {
    "id": "id",
    "title": "title.rendered",
    "body": "content.rendered",
    "published_at": "date_gmt",
    "author": "_embedded.author.0.name",
    "url": "link",
}
WORDPRESS_QUERY = "per_page=50&orderby=modified&_embed=author"
"""Newest change first, with the names of authors; added when the configured address asks for nothing."""

_NEXT = re.compile(r'<([^>]+)>\s*;[^,]*\brel="?next"?', re.IGNORECASE)


def api_entry(source: Source) -> str:
    """Where a round of an API source begins."""
    url = source.url or ""
    if source.platform == "wordpress" and "?" not in url:
        return f"{url}?{WORDPRESS_QUERY}"
    return url.replace("{page}", "1")


def api_finds(fetched: Fetched, *, source: Source, gate: Gate) -> Finds:
    """The records of a JSON list. Raises Unreadable when it is no list where it is said to be one."""
    text, _encoding = decode(fetched.body, declared=fetched.encoding)
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable("not JSON", kind=wall_of(text, url=fetched.url) or "parse") from error
    records = at(answer, source.items or "")
    if not isinstance(records, list):
        raise Unreadable(f"no list at {source.items or 'the top'}")
    fields = {**(WORDPRESS if source.platform == "wordpress" else {}), **source.fields}
    entries = (_find(record, fields, fetched, source, gate) for record in records if isinstance(record, dict))
    return Finds(tuple(find for find in entries if find), _next(fetched, source, bool(records)))


def at(value: Any, path: str) -> Any:
    """What stands at a path such as "data.list.0.name"; None where it leads nowhere. "" is the value itself."""
    for step in filter(None, path.split(".")):
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def _find(
    record: Mapping[str, Any], fields: Mapping[str, str], fetched: Fetched, source: Source, gate: Gate
) -> Find | None:
    told = {name: _text(at(record, path)) for name, path in fields.items()}
    link = told.get("url")
    url = urljoin(fetched.url, link) if link else None
    if not url and not told.get("id"):
        return None
    key = document_key(url, source=source) if url else f"record:{source.id}:{told['id']}"
    when = _moment(told.get("published_at"), fields.get("published_at", ""), fetched.at)
    item = FeedItem(url, told.get("title"), told.get("body"), None, *when, told.get("author"), told.get("id"))
    if not item.body and url:
        return Find(key, url, item)
    if not item.body and not item.title:
        return None
    document = Document(
        source=source.id,
        kind=source.kind,
        key=key,
        title=item.title,
        body=item.body or "",
        fetched_at=fetched.at,
        url=canonical_url(url, source=source) if url else None,
        author=item.author,
        outlet=told.get("outlet") or source.outlet,
        published_at=item.published_at,
        precision=item.precision,
        raw_hash=raw_hash(json.dumps(record, sort_keys=True, ensure_ascii=False).encode("utf-8", "replace")),
    )
    return Find(key, url or fetched.url, item, gate(document))


def _text(value: Any) -> str | None:
    """A scalar as plain text, HTML read; None for nothing and for structures."""
    if value is None or isinstance(value, (dict, list, bool)):
        return None
    text = str(value).strip()
    if "<" in text or "&" in text:
        text = text_of(parse(text)) or squeezed(text)
    return text or None


def _moment(text: str | None, path: str, fetched_at: datetime) -> Parsed:
    if not text:
        return NOTHING
    utc = path.endswith("_gmt") and not re.search(r"(?:Z|[+-]\d\d:?\d\d)$", text)  # WordPress: UTC without saying so
    return parse_date(f"{text}Z" if utc else text, fetched_at=fetched_at)


def _next(fetched: Fetched, source: Source, any_records: bool) -> str | None:
    """The next page as the Link header says, else the next number in the declared address."""
    if fetched.link and (found := _NEXT.search(fetched.link)):
        return urljoin(fetched.url, found[1])
    before, mark, after = (source.url or "").partition("{page}")
    number = fetched.url.removeprefix(before).removesuffix(after)
    if not (mark and any_records and number.isdecimal()):
        return None
    return f"{before}{int(number) + 1}{after}"
