"""
The pages of 民声论坛: a GBK board whose markup carries the hooks of Discuz! (our own markup, relative times). Pure.

Times less than a week old are written as such a board does ("昨天&nbsp;20:49") with the absolute time in `title`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape

from core.times import SHANGHAI, day_of
from yuqing.demo.pages import Page, Pages, clock, robots, sitemap
from yuqing.demo.world import POSTS_PER_PAGE, DemoDocument, Round, World

THREADS_PER_PAGE = 10
_HTML = "text/html; charset=gbk"
_FLOORS = {1: "楼主", 2: "沙发", 3: "板凳", 4: "地板"}


@dataclass(frozen=True, slots=True)
class _Thread:
    number: int
    posts: tuple[DemoDocument, ...]

    @property
    def pages(self) -> int:
        return -(-len(self.posts) // POSTS_PER_PAGE)

    @property
    def last_at(self) -> datetime:
        return self.posts[-1].published_at

    def path(self, page: int) -> str:
        return f"/thread-{self.number}-{page}-1.html"


def board_pages(world: World, round: Round) -> Pages:
    """The board list, newest reply first, and every page of every thread."""
    threads = _threads(world.seen(round, "minsheng"))
    newest = threads[0].last_at
    pages: dict[str, Page] = {}
    count = -(-len(threads) // THREADS_PER_PAGE)
    for number in range(1, count + 1):
        shown = threads[(number - 1) * THREADS_PER_PAGE : number * THREADS_PER_PAGE]
        pages[f"/forum-2-{number}.html"] = _gbk(_list(shown, number, count, world.now), newest)
    for thread in threads:
        for number in range(1, thread.pages + 1):
            pages[thread.path(number)] = _gbk(_thread(thread, number, world.now), thread.last_at)
    pages["/robots.txt"] = Page(robots("/api/", "/search.php", "/member.php"), "text/plain", threads[-1].last_at)
    pages["/sitemap.xml"] = Page(sitemap([(t.path(1), t.last_at) for t in threads]), "application/xml", newest)
    return pages


def missing_thread(at: datetime) -> Page:
    """What the board says of a thread that it does not have (sent with status 404)."""
    box = '<div id="messagetext" class="alert_error"><p>抱歉，指定的主题不存在或已被删除或正在被审核</p></div>'
    return _gbk(_shell("提示信息", box), at)


def said(moment: datetime, now: datetime) -> str:
    """How the board words a time, as HTML: relative for a week, with the absolute time in `title`."""
    age = now - moment
    days = (day_of(now) - day_of(moment)).days
    if days > 7:
        local = moment.astimezone(SHANGHAI)
        return f"{local.year}-{local.month}-{local.day} {local:%H:%M:%S}"
    if age < timedelta(minutes=1):
        words = f"{age.seconds}&nbsp;秒前"
    elif age < timedelta(hours=1):
        words = f"{age.seconds // 60}&nbsp;分钟前"
    elif days == 0:
        words = f"{age.seconds // 3600}&nbsp;小时前"
    elif days < 3:
        words = f"{('昨天', '前天')[days - 1]}&nbsp;{clock(moment, '%H:%M')}"
    else:
        words = f"{days}&nbsp;天前"
    return f'<span title="{clock(moment, "%Y-%m-%d %H:%M:%S")}">{words}</span>'


def _threads(posts: Sequence[DemoDocument]) -> list[_Thread]:
    numbers = dict.fromkeys(p.thread for p in posts if p.thread is not None)
    threads = [
        _Thread(number, tuple(sorted((p for p in posts if p.thread == number), key=lambda p: p.floor or 0)))
        for number in numbers
    ]
    return sorted(threads, key=lambda t: (t.last_at, t.number), reverse=True)


def _gbk(text: str, modified: datetime) -> Page:
    return Page(text.encode("gbk"), _HTML, modified)


def _shell(title: str, body: str) -> str:
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="gbk">\n'
        f'<title>{escape(title)} - 民声论坛</title>\n<meta name="generator" content="Discuz! compatible demo board">\n'
        f'</head><body>\n<div id="hd"><a href="/forum-2-1.html">民声论坛</a> &rsaquo; 消费维权</div>\n{body}\n'
        '<div id="ft">民声论坛 · 请文明发言</div></body></html>\n'
    )


def _pager(path: str, page: int, pages: int) -> str:
    """`path` has {} where the page number goes."""
    if pages == 1:
        return ""
    others = "".join(
        f"<strong>{n}</strong>" if n == page else f'<a href="{path.format(n)}">{n}</a>' for n in range(1, pages + 1)
    )
    following = f'<a class="nxt" href="{path.format(page + 1)}">下一页</a>' if page < pages else ""
    return f'<div class="pg">{others}<label><span title="共 {pages} 页"> / {pages} 页</span></label>{following}</div>'


def _list(threads: Sequence[_Thread], page: int, pages: int, now: datetime) -> str:
    rows = "\n".join(_row(t, now) for t in threads)
    pager = _pager("/forum-2-{}.html", page, pages)
    table = f'<div id="threadlist"><table id="threadlisttableid">\n{rows}\n</table></div>'
    return _shell("消费维权", f"{pager}\n{table}\n{pager}")


def _row(thread: _Thread, now: datetime) -> str:
    first, last, path = thread.posts[0], thread.posts[-1], thread.path(1)
    replies, views = len(thread.posts) - 1, thread.number % 89 * 7 + 40
    return (
        f'<tbody id="normalthread_{thread.number}"><tr>\n'
        f'<th class="common"><a class="s xst" href="{path}">{escape(first.title or "")}</a></th>\n'
        f'<td class="by"><cite><a href="/space-{_uid(first)}.html">{escape(first.author)}</a></cite>'
        f"<em>{said(first.published_at, now)}</em></td>\n"
        f'<td class="num"><a href="{path}">{replies}</a><em>{views}</em></td>\n'
        f'<td class="by"><cite><a href="/space-{_uid(last)}.html">{escape(last.author)}</a></cite>'
        f'<em><a href="{path}">{said(last.published_at, now)}</a></em></td>\n</tr></tbody>'
    )


def _uid(post: DemoDocument) -> int:
    return sum(map(ord, post.author)) % 9000 + 1000


def _thread(thread: _Thread, page: int, now: datetime) -> str:
    title = thread.posts[0].title or ""
    shown = thread.posts[(page - 1) * POSTS_PER_PAGE : page * POSTS_PER_PAGE]
    pager = _pager(f"/thread-{thread.number}-{{}}-1.html", page, thread.pages)
    posts = "\n".join(_post(p, now) for p in shown)
    subject = f'<h1><span id="thread_subject">{escape(title)}</span></h1>'
    return _shell(title, f'{pager}\n<div id="postlist" class="pl">\n{subject}\n{posts}\n</div>\n{pager}')


def _post(post: DemoDocument, now: datetime) -> str:
    number, floor = post.number, post.floor or 1
    name = _FLOORS.get(floor) or f"<em>{floor}</em><sup>#</sup>"
    text = "<br />\n".join(escape(line) for line in post.body.split("\n"))
    return (
        f'<div id="post_{number}"><table id="pid{number}" class="plhin"><tr>\n'
        f'<td class="pls"><div class="authi"><a class="xw1" href="/space-{_uid(post)}.html">{escape(post.author)}</a>'
        f'</div></td>\n<td class="plc"><strong><a id="postnum{number}" href="#pid{number}">{name}</a></strong>\n'
        f'<div class="authi"><em id="authorposton{number}">发表于 {said(post.published_at, now)}</em></div>\n'
        f'<table><tr><td class="t_f" id="postmessage_{number}">\n{text}</td></tr></table>\n</td></tr></table></div>'
    )
