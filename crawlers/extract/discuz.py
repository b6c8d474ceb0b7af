"""
Discuz! boards: the rows of a board list, the posts of a thread, and the board's word that a thread is gone.

Reads the hooks that Discuz 7.x and X share. Times come from `title` attributes first (they are absolute).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.values import Precision
from crawlers.dates import NOTHING, Parsed, parse_date
from crawlers.extract.dom import base_of, first, joined, line, parse, query, text_of, with_class, words
from crawlers.extract.values import Post


@dataclass(frozen=True, slots=True)
class Row:
    """One thread in a board list. Counts are None where the board hides them; times are aware UTC."""

    tid: str
    url: str
    title: str
    author: str | None
    created_at: datetime | None
    created_precision: Precision
    replies: int | None
    views: int | None
    last_poster: str | None
    last_post_at: datetime | None
    last_post_precision: Precision
    sticky: bool = False


@dataclass(frozen=True, slots=True)
class BoardPage:
    """A page of a board list. `message` is what the board says instead of a list ("您需要登录…"), else None."""

    rows: tuple[Row, ...]
    next_url: str | None
    page: int
    pages: int
    message: str | None = None


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """
    A page of a thread. `gone` and `denied` are the board's message when the thread was deleted or is closed
    to guests; then there are no posts.
    """

    title: str | None
    posts: tuple[Post, ...]
    tid: str | None
    page: int
    pages: int
    next_url: str | None
    gone: str | None = None
    denied: str | None = None


_GONE = re.compile(r"主题不存在|帖子不存在|已被删除|正在被审核|主题已被|被删除或|thread does not exist", re.IGNORECASE)
_DENIED = re.compile(r"需要登录|没有权限|无权|尚未登录|请先登录|登录后|抱歉，您所在的用户组")
_TID = re.compile(r"[?&;]p?tid=(\d+)|thread-(\d+)-")
_EXTRA = re.compile(r"(?<=[?&])extra=[^&#]*&?")
_FLOORS = {"楼主": 1, "沙发": 2, "板凳": 3, "地板": 4}
_PROFILE = "contains(@href,'mod=space') or contains(@href,'space-uid') or contains(@href,'space.php')"


def may_be_discuz(text: str) -> bool:
    """False when nothing in the page speaks of Discuz!; cheap, before `is_discuz`."""
    return "postmessage_" in text or "normalthread_" in text or "iscuz" in text


def is_discuz(tree: Any) -> bool:
    """True when a page carries the hooks of a Discuz! board."""
    if first(tree, "//*[starts-with(@id,'postmessage_') or starts-with(@id,'normalthread_')]") is not None:
        return True
    generator = first(tree, "//meta[@name='generator']/@content")
    return bool(generator and "discuz" in generator.lower())


def is_list(tree: Any) -> bool:
    """True when a Discuz! page lists threads or boards."""
    return first(tree, "//tbody[contains(@id,'thread_')] | //a[contains(@href,'forumdisplay')]/../../../h2") is not None


# ---------------------------------------------------------------- board list


def parse_list(html: str, url: str, fetched_at: datetime) -> BoardPage:
    """The threads of a board page, sticky ones marked, in the page's order. Never raises."""
    tree = parse(html)
    base = base_of(tree, url)
    bodies = query(tree, "//tbody[starts-with(@id,'normalthread_') or starts-with(@id,'stickthread_')]")
    rows = tuple(row for body in bodies if (row := _row(body, base, fetched_at)))
    page, pages, next_url = _pager(tree, base)
    return BoardPage(rows, next_url, page, pages, None if rows else message_of(tree))


def _row(body: Any, base: str, fetched_at: datetime) -> Row | None:
    link = first(body, f".//a[{with_class('xst')}]", ".//span[starts-with(@id,'thread_')]//a[@href]")
    if link is None or not line(link):
        return None
    href = link.get("href") or ""
    found = _TID.search(href)
    tid = (found[1] or found[2]) if found else body.get("id").rpartition("_")[2]
    by = query(body, f".//td[{with_class('by')} or {with_class('author')} or {with_class('lastpost')}]")
    created = by[0] if by else None
    last = by[-1] if len(by) > 1 else None
    counts = first(body, f".//td[{with_class('num')} or {with_class('nums')}]")
    created_at, created_precision = _time(first(created, ".//em") if created is not None else None, fetched_at)
    last_at, last_precision = _time(first(last, ".//em") if last is not None else None, fetched_at)
    return Row(
        tid=tid,
        url=without_extra(joined(base, href)),
        title=line(link),
        author=_name(created),
        created_at=created_at,
        created_precision=created_precision,
        replies=_count(counts, ".//a | .//strong"),
        views=_count(counts, ".//em"),
        last_poster=_name(last),
        last_post_at=last_at,
        last_post_precision=last_precision,
        sticky=body.get("id").startswith("stick"),
    )


def without_extra(url: str) -> str:
    """The address without Discuz' `extra=`, which only remembers the list page one came from."""
    return _EXTRA.sub("", url).rstrip("&?")


def _name(cell: Any | None) -> str | None:
    if cell is None:
        return None
    cite = first(cell, ".//cite")
    link = first(cite, ".//a") if cite is not None else None
    name = line(link if link is not None else cite)
    return name if name and name != "匿名" else None


def _count(cell: Any | None, where: str) -> int | None:
    text = line(first(cell, where)) if cell is not None else ""
    return int(text) if text.isdecimal() else None


def _time(node: Any | None, fetched_at: datetime) -> Parsed:
    """The `title` of the node or of something in it, else its text."""
    if node is None:
        return NOTHING
    for title in query(node, "descendant-or-self::*/@title"):
        found = parse_date(title, fetched_at=fetched_at)
        if found[0] is not None:
            return found
    return parse_date(line(node), fetched_at=fetched_at)


# ---------------------------------------------------------------- thread


def parse_thread(html: str, url: str, fetched_at: datetime) -> ThreadPage:
    """The posts of a thread page in the page's order, or the board's reason why there are none. Never raises."""
    return thread_of(parse(html), url, fetched_at)


def thread_of(tree: Any, url: str | None, fetched_at: datetime) -> ThreadPage:
    """As `parse_thread`, from a tree."""
    base = base_of(tree, url)
    messages = query(tree, "//*[(self::td or self::div) and starts-with(@id,'postmessage_')]")
    page, pages, next_url = _pager(tree, base)
    title = line(first(tree, "//*[@id='thread_subject']")) or line(first(tree, "//*[@id='threadtitle']//h1")) or None
    posts = _in_order([_post(message, title, fetched_at) for message in messages])
    message = None if posts else message_of(tree)
    gone = message if message and _GONE.search(message) else None
    denied = message if message and not gone and _DENIED.search(message) else None
    return ThreadPage(title, posts, _tid_of(tree, url), page, pages, next_url, gone, denied)


def _tid_of(tree: Any, url: str | None) -> str | None:
    canonical = first(tree, "//link[@rel='canonical']/@href") or ""
    found = _TID.search(url or "") or _TID.search(canonical)
    return (found[1] or found[2]) if found else None


def _in_order(posts: list[Post]) -> tuple[Post, ...]:
    """Floors that the page does not name are counted on from the post before."""
    numbered: list[Post] = []
    for post in posts:
        previous = numbered[-1].floor if numbered else None
        if post.floor is None and previous is not None:
            post = Post(post.author, post.published_at, post.precision, post.body, post.id, previous + 1, post.title)
        numbered.append(post)
    return tuple(numbered)


def _post(message: Any, title: str | None, fetched_at: datetime) -> Post:
    pid = message.get("id").rpartition("_")[2]
    box = next((a for a in message.iterancestors() if a.get("id") in (f"post_{pid}", f"pid{pid}")), None)
    if box is not None and box.getparent() is not None and box.getparent().get("id") == f"post_{pid}":
        box = box.getparent()
    where = box if box is not None else message
    published_at, precision = _time(first(where, f".//*[@id='authorposton{pid}']"), fetched_at)
    floor = _floor(line(first(where, f".//*[@id='postnum{pid}']")))
    return Post(
        author=_author(where),
        published_at=published_at,
        precision=precision,
        body=text_of(message, skip=_is_trim),
        id=pid,
        floor=floor,
        title=title if floor == 1 else None,
    )


def _author(post: Any) -> str | None:
    link = first(
        post,
        f".//*[{with_class('authi')}]//a[{with_class('xw1')}]",
        f".//*[{with_class('authi')} or {with_class('postauthor')} or {with_class('pls')}]//a[{_PROFILE}]",
    )
    return (line(link) or None) if link is not None else None


def _floor(text: str) -> int | None:
    number = re.search(r"\d+", text)
    return int(number.group()) if number else next((n for word, n in _FLOORS.items() if word in text), None)


_TRIM_CLASSES = words(
    "pstatus quote attach_nopermission attachpop attnm aimg_tip tip tip_4 jammer locked pattl tattl "
    "modact sign pcbs rate cm psth authortitle a_pr a_pt"
)


def _is_trim(node: Any) -> bool:
    """
    What stands in a post but is not the author's text: edit marks, quotes of others, attachment boxes,
    notes of the board, and the hidden letters that boards mix in against copying.
    """
    if node.tag == "ignore_js_op":
        return True
    classes = node.get("class")
    if classes and not _TRIM_CLASSES.isdisjoint(classes.split()):
        return True
    if node.tag in ("h4", "em") and (parent := node.getparent()) is not None:
        return (parent.get("class") or "") in ("showhide", "blockcode")
    style = node.get("style")
    return bool(style and re.search(r"display\s*:\s*none", style))


# ---------------------------------------------------------------- pager and messages


def _pager(tree: Any, base: str) -> tuple[int, int, str | None]:
    """(this page, number of pages, address of the next page) as the pager says; (1, 1, None) without one."""
    pager = first(tree, f"//div[{with_class('pg')} or {with_class('pages')}]")
    if pager is None:
        return 1, 1, None
    current = line(first(pager, "./strong"))
    last = [int(n) for n in re.findall(r"\d+", " ".join(query(pager, "./a//text() | ./label//span/@title")))]
    page = int(current) if current.isdecimal() else 1
    href = first(pager, f".//a[{with_class('nxt')} or {with_class('next')}]/@href")
    return page, max([page, *last]), without_extra(joined(base, href)) if href else None


def message_of(tree: Any) -> str | None:
    """The board's own message box, when the page is one."""
    classes = f"{with_class('alert_error')} or {with_class('showmessage')} or {with_class('jump_c')}"
    box = first(tree, "//*[@id='messagetext']", f"//div[{classes}]")
    if box is None:
        return None
    text = first(box, ".//p")
    return line(text if text is not None else box) or None
