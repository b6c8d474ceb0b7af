"""NodeBB: every page for people has its JSON under `/api/`. Pure."""

from __future__ import annotations

import re
from typing import Any

from core.values import Source
from crawlers.boards import Board, Row, Thread
from crawlers.extract.values import Post
from crawlers.platforms.answers import below, body_of, count_of, cut, dicts, moment_of, name_of, with_parameters
from crawlers.platforms.answers import parameter as number_in
from crawlers.refusals import Unreadable
from crawlers.trip import Fetched

_LISTS = ("/api/", "/category/", "/recent/", "/popular/", "/tags/")
_TOPIC = re.compile(r"(?P<base>.*?)/topic/(?P<id>\d+)")


def entry(url: str) -> str:
    """ "https://f.example/category/5/shouhou" -> "https://f.example/api/category/5/shouhou"; start page -> recent."""
    base, path = cut(url, *_LISTS)
    return base + (path if path.startswith("/api/") else f"/api{path or '/recent'}")


def thread_address(url: str, number: int) -> str:
    """ "https://f.example/topic/12/slug" -> "https://f.example/api/topic/12?sort=oldest_to_newest&page=2"."""
    found = _TOPIC.match(url)
    if not found:
        raise ValueError(url)
    address = with_parameters(f"{found['base']}/api/topic/{found['id']}", sort="oldest_to_newest")
    return with_parameters(address, page=number) if number > 1 else address


def board(answer: Any, fetched: Fetched, source: Source) -> Board:
    """The topics of a list. Raises Unreadable when there is no list."""
    topics = answer.get("topics")
    if not isinstance(topics, list):
        raise Unreadable("no topics")
    base, _path = cut(fetched.url, *_LISTS)
    shown = (topic for topic in dicts(topics) if count_of(topic.get("tid")) is not None and not topic.get("deleted"))
    rows = tuple(_row(topic, base) for topic in shown)
    return Board(rows, _next(answer, fetched.url) if rows else None)


def _row(topic: dict[str, Any], base: str) -> Row:
    posts = count_of(topic.get("postcount"))
    last = moment_of(topic.get("lastposttime"))
    return Row(
        url=f"{base}/topic/{topic['tid']}",
        title=name_of(topic.get("titleRaw") or topic.get("title")) or "",
        replies=posts - 1 if posts else None,
        last_post_at=last,
        last_post_precision="second" if last else "none",
        sticky=bool(topic.get("pinned")),
    )


def thread(answer: Any, fetched: Fetched) -> Thread:
    """The posts of a page of a topic. Raises Unreadable when there are none."""
    posts = answer.get("posts")
    if not isinstance(posts, list):
        raise Unreadable("no posts")
    title = name_of(answer.get("titleRaw") or answer.get("title"))
    if answer.get("deleted"):
        return Thread(title, (), None, gone="deleted")
    base, _path = cut(fetched.url, *_LISTS)
    shown = [each for each in dicts(posts) if count_of(each.get("pid")) is not None and not each.get("deleted")]
    return Thread(
        title=title,
        posts=tuple(_post(each) for each in shown),
        next_url=_next(answer, fetched.url),
        places={str(each["pid"]): f"{base}/post/{each['pid']}" for each in shown},
    )


def _post(post: dict[str, Any]) -> Post:
    at, index = moment_of(post.get("timestamp")), count_of(post.get("index"))
    return Post(
        author=name_of(below(post, "user", "username")),
        published_at=at,
        precision="second" if at else "none",
        body=body_of(post.get("content"), quotes=_is_quote),
        id=str(post["pid"]),
        floor=index + 1 if index is not None else None,
    )


def _is_quote(node: Any) -> bool:
    return bool(node.tag == "blockquote")


def _next(answer: Any, url: str) -> str | None:
    number = number_in(url, "page", 1)
    pages = count_of(below(answer, "pagination", "pageCount")) or 1
    return with_parameters(url, page=number + 1) if number < pages else None
