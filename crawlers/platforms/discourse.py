"""Discourse: `/latest.json` or a category's list, and `/t/ID.json` with 20 posts a page. Pure."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin

from core.values import Source
from crawlers.boards import Board, Row, Thread
from crawlers.extract.values import Post
from crawlers.platforms.answers import below, body_of, count_of, cut, dicts, moment_of, name_of, with_parameters
from crawlers.platforms.answers import parameter as number_in
from crawlers.refusals import Unreadable
from crawlers.trip import Fetched

_LISTS = ("/latest", "/c/", "/tag/")
_TOPIC = re.compile(r"(?P<base>.*?)/t/(?:[^/?#]*[^/\d?#][^/?#]*/)?(?P<id>\d+)")
_SPOKEN = (1, 2)  # post types: regular, moderator's; 3 is "closed this topic", 4 a whisper


def entry(url: str) -> str:
    """ "https://f.example/c/shouhou/5" -> "https://f.example/c/shouhou/5.json"; the start page -> "/latest.json"."""
    base, path = cut(url, *_LISTS)
    path = path or "/latest"
    return base + (path if path.endswith(".json") else f"{path}.json")


def thread_address(url: str, number: int) -> str:
    """ "https://f.example/t/slug/12" -> "https://f.example/t/12.json?page=2"."""
    found = _TOPIC.match(url)
    if not found:
        raise ValueError(url)
    address = f"{found['base']}/t/{found['id']}.json"
    return with_parameters(address, page=number) if number > 1 else address


def board(answer: Any, fetched: Fetched, source: Source) -> Board:
    """The topics of a list. Raises Unreadable when there is no list."""
    topics = below(answer, "topic_list", "topics")
    if not isinstance(topics, list):
        raise Unreadable("no topic_list")
    base, _list = cut(fetched.url, *_LISTS)
    rows = tuple(_row(topic, base) for topic in dicts(topics) if count_of(topic.get("id")) is not None)
    more = below(answer, "topic_list", "more_topics_url")
    return Board(rows, _next_list(fetched.url, more) if isinstance(more, str) and rows else None)


def _row(topic: dict[str, Any], base: str) -> Row:
    slug = topic.get("slug")
    named = isinstance(slug, str) and re.search(r"[^\d]", slug) and "/" not in slug
    posts = count_of(topic.get("posts_count"))
    last = moment_of(topic.get("bumped_at")) or moment_of(topic.get("last_posted_at"))  # an edited last post bumps
    return Row(
        url=f"{base}/t/{slug}/{topic['id']}" if named else f"{base}/t/{topic['id']}",
        title=name_of(topic.get("title")) or "",
        replies=posts - 1 if posts else None,
        last_post_at=last,
        last_post_precision="second" if last else "none",
        sticky=bool(topic.get("pinned") or topic.get("pinned_globally")),
    )


def _next_list(url: str, more: str) -> str:
    """The next page of a list: the platform names the page for people, without ".json"."""
    path, mark, query = more.partition("?")
    return urljoin(url, (path if path.endswith(".json") else f"{path}.json") + mark + query)


def thread(answer: Any, fetched: Fetched) -> Thread:
    """The posts of a page of a topic. Raises Unreadable when there is no stream of posts."""
    posts = below(answer, "post_stream", "posts")
    if not isinstance(posts, list):
        raise Unreadable("no post_stream")
    here = list(dicts(posts))
    stream = below(answer, "post_stream", "stream")
    last = stream[-1] if isinstance(stream, list) and stream else below(answer, "post_stream", "lastId")  # huge topics
    more = bool(here) and last is not None and here[-1].get("id") != last
    number = number_in(fetched.url, "page", 1)
    readable = [each for each in here if _is_readable(each)]
    return Thread(
        title=name_of(answer.get("title")),
        posts=tuple(_post(each) for each in readable),
        next_url=with_parameters(fetched.url, page=number + 1) if more else None,
        places={str(each["id"]): f"{_place(answer, fetched.url)}/{each.get('post_number')}" for each in readable},
    )


def _place(answer: Any, url: str) -> str:
    """The address of a topic for people, from that of its JSON."""
    found = _TOPIC.match(url)
    return f"{found['base']}/t/{answer.get('slug') or '-'}/{found['id']}" if found else url


def _is_readable(post: dict[str, Any]) -> bool:
    """False for what a platform says in place of a post: hidden, deleted by its author, "closed this topic"."""
    hidden = post.get("hidden") or post.get("user_deleted") or post.get("deleted_at")
    return count_of(post.get("id")) is not None and not hidden and post.get("post_type", 1) in _SPOKEN


def _post(post: dict[str, Any]) -> Post:
    at = moment_of(post.get("created_at"))
    return Post(
        author=name_of(post.get("username")),
        published_at=at,
        precision="second" if at else "none",
        body=body_of(post.get("cooked"), quotes=_is_quote),
        id=str(post["id"]),
        floor=count_of(post.get("post_number")),
    )


def _is_quote(node: Any) -> bool:
    return node.tag == "aside" and "quote" in (node.get("class") or "").split()
