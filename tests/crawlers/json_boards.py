"""
民声论坛 as JSON, invented: one list of threads, told in the forms of Discourse, NodeBB and Flarum.

Each form is what the platforms' public documentation describes, as far as a reader needs it.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from core.times import iso
from tests.crawlers.board import Board, Post, Thread
from tests.servers import Answer, Asked

THREADS_A_PAGE = 4


class JsonBoard(Board):
    """A `Board` whose `answer` speaks JSON. `posts_a_page` as the platform has it."""

    posts_a_page = 20

    def __init__(self) -> None:
        super().__init__()
        self.hidden: set[int] = set()  # posts that the platform shows no more

    def answer(self, asked: Asked) -> Answer:
        parts = urlsplit(asked.path)
        return self.said(parts.path, {name: values[0] for name, values in parse_qs(parts.query).items()})

    def said(self, path: str, asked: dict[str, str]) -> Answer:
        raise NotImplementedError

    def ranked(self) -> list[Thread]:
        return sorted(self.threads, key=lambda t: t.posts[-1].at, reverse=True)

    def thread(self, tid: str) -> Thread | None:
        return next((t for t in self.threads if t.tid == int(tid)), None)

    def visible(self, thread: Thread) -> list[Post]:
        return [post for post in thread.posts if post.pid not in self.hidden]


def said(value: Any, status: int = 200) -> Answer:
    """An answer in JSON."""
    return Answer(json.dumps(value, ensure_ascii=False), status=status, headers={"Content-Type": "application/json"})


def ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def cooked(post: Post) -> str:
    return f"<p>{post.text}</p>"


class Discourse(JsonBoard):
    """`/latest.json`, `/t/ID.json`."""

    list_path = "/latest.json"

    def said(self, path: str, asked: dict[str, str]) -> Answer:
        number = int(asked.get("page", 0))
        if path == "/latest.json":
            rows = self.ranked()[number * THREADS_A_PAGE : (number + 1) * THREADS_A_PAGE]
            more = len(self.threads) > (number + 1) * THREADS_A_PAGE
            following = {"more_topics_url": f"/latest?no_definitions=true&page={number + 1}"} if more else {}
            return said({"users": [], "topic_list": {"topics": [self._row(t) for t in rows], **following}})
        found = re.fullmatch(r"/t/(\d+)\.json", path)
        thread = self.thread(found[1]) if found else None
        if thread is None:
            return said({"errors": ["请求的网址或资源不存在"], "error_type": "not_found"}, 404)
        number = int(asked.get("page", 1))
        posts = list(enumerate(thread.posts, start=1))[(number - 1) * self.posts_a_page : number * self.posts_a_page]
        stream = {"posts": [self._post(floor, p) for floor, p in posts], "stream": [p.pid for p in thread.posts]}
        return said({"id": thread.tid, "title": thread.title, "slug": "topic", "post_stream": stream})

    def _row(self, thread: Thread) -> dict[str, Any]:
        last = iso(thread.posts[-1].at)
        return {
            "id": thread.tid,
            "title": thread.title,
            "slug": "topic",
            "posts_count": len(thread.posts),
            "last_posted_at": last,
            "bumped_at": last,
            "pinned": False,
        }

    def _post(self, floor: int, post: Post) -> dict[str, Any]:
        return {
            "id": post.pid,
            "username": post.author,
            "created_at": iso(post.at),
            "cooked": cooked(post),
            "post_number": floor,
            "post_type": 1,
            "hidden": post.pid in self.hidden,
        }


class NodeBB(JsonBoard):
    """`/api/recent`, `/api/topic/ID`."""

    list_path = "/api/recent"

    def said(self, path: str, asked: dict[str, str]) -> Answer:
        number = int(asked.get("page", 1))
        if path == "/api/recent":
            rows = self.ranked()[(number - 1) * THREADS_A_PAGE : number * THREADS_A_PAGE]
            pages = -(-len(self.threads) // THREADS_A_PAGE)
            return said({"topics": [self._row(t) for t in rows], "pagination": {"pageCount": pages}})
        found = re.fullmatch(r"/api/topic/(\d+)", path)
        thread = self.thread(found[1]) if found else None
        if thread is None:
            return said({"path": path.removeprefix("/api"), "title": "[[global:404.title]]"}, 404)
        posts = list(enumerate(thread.posts))[(number - 1) * self.posts_a_page : number * self.posts_a_page]
        pages = -(-len(thread.posts) // self.posts_a_page)
        return said(
            {
                "tid": thread.tid,
                "title": thread.title.replace("'", "&#x27;"),
                "deleted": 0,
                "posts": [self._post(index, p) for index, p in posts],
                "pagination": {"pageCount": pages},
            }
        )

    def _row(self, thread: Thread) -> dict[str, Any]:
        return {
            "tid": thread.tid,
            "slug": f"{thread.tid}/topic",
            "title": thread.title,
            "postcount": len(thread.posts),
            "lastposttime": ms(thread.posts[-1].at),
            "pinned": 0,
            "deleted": 0,
        }

    def _post(self, index: int, post: Post) -> dict[str, Any]:
        hidden = post.pid in self.hidden
        return {
            "pid": post.pid,
            "index": index,
            "timestamp": ms(post.at),
            "content": "[[topic:post_is_deleted]]" if hidden else cooked(post),
            "user": {"username": post.author, "displayname": f"{post.author}（认证）"},
            "deleted": int(hidden),
        }


class Flarum(JsonBoard):
    """`/api/discussions`, `/api/posts`."""

    list_path = "/api/discussions?sort=-lastPostedAt&page%5Blimit%5D=20"
    posts_a_page = 50

    def said(self, path: str, asked: dict[str, str]) -> Answer:
        offset, limit = int(asked.get("page[offset]", 0)), int(asked.get("page[limit]", 20))
        if path == "/api/discussions":
            assert asked["sort"] == "-lastPostedAt"
            rows = self.ranked()[offset : offset + limit]
            return said(
                {"links": self._links(len(self.threads), offset, limit), "data": [_discussion(t) for t in rows]}
            )
        thread = self.thread(asked["filter[discussion]"]) if path == "/api/posts" else None
        if thread is None:
            return said({"data": [], "links": {}})  # as the platform does for a deleted discussion
        posts = self.visible(thread)
        shown = posts[offset : offset + limit]
        people = {p.author: str(sum(map(ord, p.author))) for p in shown}
        users = [{"type": "users", "id": id, "attributes": {"username": name}} for name, id in people.items()]
        return said(
            {
                "links": self._links(len(posts), offset, limit),
                "data": [_flarum_post(thread, p, people[p.author]) for p in shown],
                "included": [*users, _discussion(thread)],
            }
        )

    def _links(self, total: int, offset: int, limit: int) -> dict[str, str]:
        return {"next": "https://elsewhere.example/api/…"} if total > offset + limit else {}


def _discussion(thread: Thread) -> dict[str, Any]:
    return {
        "type": "discussions",
        "id": str(thread.tid),
        "attributes": {
            "title": thread.title,
            "slug": f"{thread.tid}-topic",
            "commentCount": len(thread.posts),
            "lastPostedAt": iso(thread.posts[-1].at),
        },
    }


def _flarum_post(thread: Thread, post: Post, user: str) -> dict[str, Any]:
    return {
        "type": "posts",
        "id": str(post.pid),
        "attributes": {
            "number": thread.posts.index(post) + 1,
            "createdAt": iso(post.at),
            "contentType": "comment",
            "contentHtml": cooked(post),
        },
        "relationships": {
            "user": {"data": {"type": "users", "id": user}},
            "discussion": {"data": {"type": "discussions", "id": str(thread.tid)}},
        },
    }
