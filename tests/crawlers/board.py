"""An invented board in the shape that Discuz! hooks have, served from a list of threads that tests change."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.times import SHANGHAI
from tests.servers import Answer, Asked

START = datetime(2026, 11, 19, 8, 0, tzinfo=SHANGHAI)
POSTS_A_PAGE = 3
THREADS_A_PAGE = 4


@dataclass
class Post:
    """One post; `pid` is global and grows."""

    pid: int
    author: str
    text: str
    at: datetime


@dataclass
class Thread:
    """A thread and its posts in order."""

    tid: int
    title: str
    posts: list[Post] = field(default_factory=list)


class Board:
    """民声论坛, invented. `answer` is a `Site.fallback`."""

    def __init__(self) -> None:
        self.threads: list[Thread] = []
        self.deleted: set[int] = set()
        self._pid = 0
        self._at = START

    def start(self, title: str, text: str = "坐标杭州，客服一直不理。", author: str = "江边柳") -> Thread:
        """Open a thread."""
        thread = Thread(len(self.threads) + len(self.deleted) + 1, title)
        self.threads.append(thread)
        self.reply(thread, text, author)
        return thread

    def reply(self, thread: Thread, text: str, author: str = "路人甲") -> Post:
        """Add a post and bump the thread."""
        self._pid += 1
        self._at += timedelta(minutes=7)
        post = Post(self._pid, author, text, self._at)
        thread.posts.append(post)
        return post

    def delete(self, thread: Thread) -> None:
        """Delete a whole thread."""
        self.threads.remove(thread)
        self.deleted.add(thread.tid)

    def answer(self, asked: Asked) -> Answer:
        """The page for a request."""
        if match := re.match(r"/forum-2-(\d+)\.html$", asked.path):
            return Answer(self._list(int(match[1])))
        if match := re.match(r"/thread-(\d+)-(\d+)-1\.html$", asked.path):
            return self._thread(int(match[1]), int(match[2]))
        return Answer("没有这个页面", status=404)

    def _list(self, number: int) -> str:
        ranked = sorted(self.threads, key=lambda t: t.posts[-1].at, reverse=True)
        rows = ranked[(number - 1) * THREADS_A_PAGE : number * THREADS_A_PAGE]
        more = len(ranked) > number * THREADS_A_PAGE
        body = "".join(_row(thread) for thread in rows)
        return _page("民声论坛", f"<table>{body}</table>" + _pager(number, more, f"forum-2-{number + 1}.html"))

    def _thread(self, tid: int, number: int) -> Answer:
        thread = next((t for t in self.threads if t.tid == tid), None)
        if thread is None:
            text = '<div id="messagetext"><p>抱歉，指定的主题不存在或已被删除或正在被审核</p></div>'
            return Answer(_page("提示信息", text), status=404)
        floors = list(enumerate(thread.posts, start=1))[(number - 1) * POSTS_A_PAGE : number * POSTS_A_PAGE]
        body = "".join(_post(post, floor) for floor, post in floors)
        more = len(thread.posts) > number * POSTS_A_PAGE
        head = f'<span id="thread_subject">{thread.title}</span><div id="postlist">{body}</div>'
        return Answer(_page(thread.title, head + _pager(number, more, f"thread-{tid}-{number + 1}-1.html")))


def _page(title: str, body: str) -> str:
    return f'<html><head><meta charset="utf-8"><title>{title}</title></head><body>{body}</body></html>'


def _pager(number: int, more: bool, following: str) -> str:
    link = f'<a href="{following}" class="nxt">下一页</a>' if more else ""
    return f'<div class="pg"><strong>{number}</strong>{link}</div>'


def _row(thread: Thread) -> str:
    first, last = thread.posts[0], thread.posts[-1]
    return (
        f'<tbody id="normalthread_{thread.tid}"><tr><th><a href="thread-{thread.tid}-1-1.html" class="s xst">'
        f'{thread.title}</a></th><td class="by"><cite><a>{first.author}</a></cite>'
        f'<em><span title="{first.at:%Y-%m-%d}">昨天</span></em></td>'
        f'<td class="num"><a>{len(thread.posts) - 1}</a><em>9</em></td>'
        f'<td class="by"><cite><a>{last.author}</a></cite>'
        f'<em><a><span title="{last.at:%Y-%m-%d %H:%M}">昨天</span></a></em></td></tr></tbody>'
    )


def _post(post: Post, floor: int) -> str:
    return (
        f'<div id="post_{post.pid}"><div class="authi"><a class="xw1" href="space-uid-1.html">{post.author}</a></div>'
        f'<a id="postnum{post.pid}"><em>{floor}</em>#</a>'
        f'<em id="authorposton{post.pid}">发表于 <span title="{post.at:%Y-%m-%d %H:%M:%S}">昨天&nbsp;{post.at:%H:%M}'
        f'</span></em><table><tr><td id="postmessage_{post.pid}">{post.text}</td></tr></table></div>'
    )
