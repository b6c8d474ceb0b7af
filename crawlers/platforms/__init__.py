"""
Forums that say what they hold as JSON. One file a platform; each gives the same four functions.

| function | what it does |
|---|---|
| `entry(url)` | the address of the list, for the board's address as people know it |
| `thread_address(url, number)` | the address of a page of a thread's posts; pages count from 1 |
| `board(answer, fetched, source)` | the threads of a list |
| `thread(answer, fetched)` | the posts of a thread |
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.values import Source
from crawlers.boards import Board, Thread
from crawlers.encoding import decode
from crawlers.platforms import discourse, flarum, nodebb
from crawlers.platforms.answers import json_of, parameter
from crawlers.refusals import Unreadable
from crawlers.trip import Fetched
from crawlers.walls import wall_of


@dataclass(frozen=True, slots=True)
class JsonForum:
    """How one platform is asked and read."""

    entry: Callable[[str], str]
    thread_address: Callable[[str, int], str]
    board: Callable[[Any, Fetched, Source], Board]
    thread: Callable[[Any, Fetched], Thread]


JSON_FORUMS = {
    name: JsonForum(module.entry, module.thread_address, module.board, module.thread)
    for name, module in (("discourse", discourse), ("nodebb", nodebb), ("flarum", flarum))
}


def json_forum(source: Source) -> JsonForum | None:
    """The platform of a source that is read as JSON; None for boards that are read as pages."""
    return JSON_FORUMS.get(source.platform or "") if source.channel == "forum" else None


def read_json_board(forum: JsonForum, fetched: Fetched, source: Source) -> Board:
    """The threads of a list. Raises Unreadable."""
    return forum.board(_answer(fetched), fetched, source)


def read_json_thread(forum: JsonForum, fetched: Fetched) -> Thread:
    """The posts of a page of a thread; `gone` in the platform's own words. Raises Unreadable."""
    return forum.thread(_answer(fetched), fetched)


def says_gone(fetched: Fetched) -> str | None:
    """
    The platform's own word on a 404 that a thread is not there; None for any other 404.

    A further page that is not there says nothing of the thread: it may have become shorter.
    """
    answer = json_of(_text(fetched))
    further = parameter(fetched.url, "page", 1) > 1 or parameter(fetched.url, "page[offset]", 0) > 0
    if further or not isinstance(answer, dict):
        return None
    if str(answer.get("title")).startswith("[[global:404"):  # NodeBB leaves translating to its pages
        return "not-found"
    errors = answer.get("errors")
    codes = {str(e.get("code") or e.get("status")) for e in errors if isinstance(e, dict)} if errors else set()
    kinds = {str(answer.get("error_type")), str(answer.get("error")), str(answer.get("response"))} | codes
    found = kinds & {"not_found", "not-found", "404"}
    return min(found) if found else None


def _answer(fetched: Fetched) -> Any:
    text = _text(fetched)
    answer = json_of(text)
    if not isinstance(answer, dict):
        raise Unreadable("not JSON", kind=wall_of(text, url=fetched.url) or "parse")
    return answer


def _text(fetched: Fetched) -> str:
    text, _encoding = decode(fetched.body, declared=fetched.encoding)
    return text
