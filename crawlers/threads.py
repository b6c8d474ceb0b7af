"""
What changed on a board, decided from its list page alone. Pure.

A thread's cursor holds `facts` (what the list said when it was last read to its end), `page` (the last page
read), `posts` (post id -> short content hash) and, while it is being read, `want`, `next`, `seen`, `full`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from core.identity import content_hash
from core.times import iso
from core.values import Page, Precision

Facts = Mapping[str, Any]

_SLACK_S: Mapping[Precision, int] = {"second": 2, "minute": 120, "hour": 3600, "day": 86_400}
"""How far two readings of one last-post time may lie apart, for lists that write "3 分钟前"."""


def facts_of(*, title: str, replies: int | None, last_post_at: datetime | None, precision: Precision) -> Facts:
    """What a list row says of its thread, as JSON values; the title as a hash."""
    short = content_hash(title, "")[:8]
    return {"title": short, "replies": replies, "last_post": iso(last_post_at), "precision": precision}


def same(old: Facts, new: Facts) -> bool:
    """True when a thread has not moved between two readings of the list."""
    if old["title"] != new["title"] or old["replies"] != new["replies"]:
        return False
    if old["last_post"] is None or new["last_post"] is None:
        return bool(old["last_post"] == new["last_post"])
    apart = abs((datetime.fromisoformat(new["last_post"]) - datetime.fromisoformat(old["last_post"])).total_seconds())
    return apart <= max(_SLACK_S.get(facts["precision"], 86_400) for facts in (old, new))


def thread_step(known: Page | None, facts: Facts, *, fresh: Page, rose: bool = False) -> Page | None:
    """
    The thread as it is to be fetched now, or None when nothing moved.

    `rose` says that it climbed in a list that tells neither counts nor times. Only more replies and nothing
    else: from the last known page on. Anything else (a new title, fewer replies, a reply in place of
    another): the whole thread, so that what is missing is seen.
    """
    if known is None:
        return replace(fresh, cursor=walk({}, facts, full=True))
    old = known.cursor.get("facts")
    if known.state == "done" and old and same(old, facts) and not rose:
        return None
    if known.state in ("refused", "failed", "gone") and known.cursor.get("want") == facts:
        return None
    more = rose if facts["replies"] is None else old is not None and _more(old["replies"], facts["replies"])
    grew = more and old is not None and old["title"] == facts["title"]
    full = known.state != "done" or not grew
    return replace(known, url=fresh.url, state="pending", misses=0, cursor=walk(known.cursor, facts, full=full))


def _more(old: int | None, new: int | None) -> bool:
    return old is not None and new is not None and new > old


def walk(cursor: Mapping[str, Any], facts: Facts | None, *, full: bool) -> dict[str, Any]:
    """The cursor of a thread about to be read: from its first page, or from the last known one on."""
    start = 1 if full else max(1, int(cursor.get("page", 1)))
    wanted = facts or cursor.get("facts")
    kept = {key: cursor[key] for key in ("facts", "page", "posts", "extra") if key in cursor}
    return {**kept, "want": wanted, "next": start, "seen": [], "full": full}


def step_in(cursor: Mapping[str, Any], posts: Mapping[str, str], *, last: bool) -> tuple[dict[str, Any], list[str]]:
    """
    The cursor after one more page of a walk, and the ids of posts that are no longer there.

    `posts` maps the ids on this page to their hashes. Only a whole walk can tell what is gone.
    """
    known = {**cursor.get("posts", {}), **posts}
    seen = [*cursor.get("seen", []), *posts]
    number = int(cursor.get("next", 1))
    if not last:
        return {**cursor, "posts": known, "seen": seen, "page": number, "next": number + 1}, []
    there = set(seen)
    gone = [post for post in known if post not in there] if cursor.get("full") else []
    kept = {post: known[post] for post in known if post not in set(gone)}
    facts = cursor.get("want") or cursor.get("facts") or {}
    counted = cursor.get("full") and _counts(facts)
    extra = len(kept) - 1 - facts["replies"] if counted else cursor.get("extra")
    return {"facts": facts, "page": number, "posts": kept, "extra": extra}, gone


def adds_up(cursor: Mapping[str, Any]) -> bool:
    """False when the list's reply count and the posts that we know differ otherwise than they used to."""
    facts, extra = cursor.get("facts") or {}, cursor.get("extra")
    if extra is None or not _counts(facts):
        return True
    return bool(len(cursor.get("posts", {})) - 1 - facts["replies"] == extra)


def _counts(facts: Facts) -> bool:
    return facts.get("replies") is not None


_REWRITTEN = re.compile(r"(thread-\d+-)\d+(-\d+\.html)")


def thread_page_url(url: str, number: int) -> str:
    """The address of a page of a thread, from the thread's own address."""
    if _REWRITTEN.search(url):
        return _REWRITTEN.sub(rf"\g<1>{number}\g<2>", url)
    parts = urlsplit(url)
    pairs = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if key != "page"]
    if number > 1:
        pairs.append(("page", str(number)))
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(pairs), ""))


def vanished(before: Mapping[str, str | None], now: Mapping[str, str | None]) -> list[str]:
    """
    Threads that stood on the pages read last time and should still stand there, but do not.

    Both map a thread's key to its last-post time, in the order of the list. One that was merely pushed down
    lies past the oldest thread that we see now. A list in another order than by last post tells nothing.
    """
    times = [last for last in now.values() if last]
    if not times or times != sorted(times, reverse=True):
        return []
    oldest = times[-1]
    return [key for key, last in before.items() if key not in now and last and last > oldest]


def risen(before: Sequence[str], now: Sequence[str]) -> set[str]:
    """
    The threads that climbed past another between two readings of a list sorted by last reply.

    Only threads of both readings count. Who stands above somebody that used to stand above has risen.
    """
    places = {key: place for place, key in enumerate(before)}
    climbed: set[str] = set()
    highest = len(places)
    for key in reversed([key for key in now if key in places]):
        if places[key] > highest:
            climbed.add(key)
        highest = min(highest, places[key])
    return climbed
