"""Flarum: JSON:API, discussions by their last post and posts in their order. Pure."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from core.values import Source
from crawlers.boards import Board, Row, Thread
from crawlers.extract.values import Post
from crawlers.platforms.answers import below, body_of, count_of, cut, dicts, moment_of, name_of, with_parameters
from crawlers.platforms.answers import parameter as number_in
from crawlers.refusals import Unreadable
from crawlers.trip import Fetched

THREADS_A_PAGE = 20
POSTS_A_PAGE = 50  # the most that the platform gives at once
_LISTS = ("/api/", "/t/", "/all/", "/d/")
_TOPIC = re.compile(r"(?P<base>.*?)/d/(?P<id>\d+)")
_OFFSET, _LIMIT = "page[offset]", "page[limit]"


def entry(url: str) -> str:
    """The discussions with the newest post first; of one tag for ".../t/TAG"."""
    base, path = cut(url, *_LISTS)
    if path.startswith("/api/"):
        return url
    address = with_parameters(f"{base}/api/discussions", sort="-lastPostedAt", **{_LIMIT: THREADS_A_PAGE})
    tag = unquote(path.removeprefix("/t/").strip("/")) if path.startswith("/t/") else ""
    return with_parameters(address, **{"filter[tag]": tag}) if tag else address


def thread_address(url: str, number: int) -> str:
    """ "https://f.example/d/12-slug" -> "https://f.example/api/posts?filter[discussion]=12…", 50 posts a page."""
    found = _TOPIC.match(url)
    if not found:
        raise ValueError(url)
    asked = {"filter[discussion]": found["id"], "sort": "createdAt", _LIMIT: POSTS_A_PAGE}
    address = with_parameters(f"{found['base']}/api/posts", **asked)
    return with_parameters(address, **{_OFFSET: (number - 1) * POSTS_A_PAGE}) if number > 1 else address


def board(answer: Any, fetched: Fetched, source: Source) -> Board:
    """The discussions of a list. Raises Unreadable when there is no list."""
    if not isinstance(answer.get("data"), list):
        raise Unreadable("no discussions")
    base, _path = cut(fetched.url, *_LISTS)
    shown = (each for each in dicts(answer["data"]) if _is(each, "discussions") and not _hidden(each))
    rows = tuple(_row(each, base) for each in shown)
    return Board(rows, _next(answer, fetched.url, THREADS_A_PAGE) if rows else None)


def _row(discussion: dict[str, Any], base: str) -> Row:
    about = discussion.get("attributes") or {}
    posts = count_of(about.get("commentCount"))
    last = moment_of(about.get("lastPostedAt"))
    return Row(
        url=f"{base}/d/{discussion['id']}",
        title=name_of(about.get("title")) or "",
        replies=posts - 1 if posts else None,
        last_post_at=last,
        last_post_precision="second" if last else "none",
        sticky=bool(about.get("isSticky")),
    )


def thread(answer: Any, fetched: Fetched) -> Thread:
    """The posts of a page of a discussion. A discussion without a visible post is gone."""
    if not isinstance(answer.get("data"), list):
        raise Unreadable("no posts")
    shown = [each for each in dicts(answer["data"]) if _is_comment(each)]
    names = {each.get("id"): below(each, "attributes", "username") for each in _included(answer, "users")}
    title = next((below(each, "attributes", "title") for each in _included(answer, "discussions")), None)
    base, _path = cut(fetched.url, *_LISTS)
    topic = _discussion(shown)
    return Thread(
        title=name_of(title),
        posts=tuple(_post(each, names) for each in shown),
        next_url=_next(answer, fetched.url, POSTS_A_PAGE),
        gone="no posts" if not answer["data"] and not number_in(fetched.url, _OFFSET, 0) else None,
        places={each["id"]: f"{base}/d/{topic}/{below(each, 'attributes', 'number')}" for each in shown if topic},
    )


def _discussion(posts: list[dict[str, Any]]) -> str | None:
    return next((str(below(each, "relationships", "discussion", "data", "id") or "") for each in posts), None)


def _post(post: dict[str, Any], names: dict[Any, Any]) -> Post:
    about = post["attributes"]
    at = moment_of(about.get("createdAt"))
    return Post(
        author=name_of(names.get(below(post, "relationships", "user", "data", "id"))),
        published_at=at,
        precision="second" if at else "none",
        body=body_of(about.get("contentHtml"), quotes=_is_quote),
        id=post["id"],
        floor=count_of(about.get("number")),
    )


def _is_comment(post: dict[str, Any]) -> bool:
    """False for events such as "renamed the discussion" and for hidden posts."""
    return _is(post, "posts") and below(post, "attributes", "contentType") == "comment" and not _hidden(post)


def _is(each: dict[str, Any], kind: str) -> bool:
    return each.get("type") == kind and isinstance(each.get("id"), str) and isinstance(each.get("attributes"), dict)


def _hidden(each: dict[str, Any]) -> bool:
    return bool(below(each, "attributes", "isHidden"))


def _included(answer: Any, kind: str) -> list[dict[str, Any]]:
    return [each for each in dicts(answer.get("included")) if each.get("type") == kind]


def _is_quote(node: Any) -> bool:
    return bool(node.tag == "blockquote")


def _next(answer: Any, url: str, size: int) -> str | None:
    """The next page, when the platform says that there is one; its own link may name another host."""
    if not below(answer, "links", "next"):
        return None
    return with_parameters(url, **{_OFFSET: number_in(url, _OFFSET, 0) + size})
