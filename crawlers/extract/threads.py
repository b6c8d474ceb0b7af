"""
Threads of any board: what repeats on the page, is dated and carries text is a post.

For platforms whose markup is known there are own readers (Discuz!); this one knows none.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from core.values import Precision
from crawlers.dates import NOTHING, Parsed, parse_date
from crawlers.extract.dom import line, query
from crawlers.extract.flow import Block, Flow, Line, names
from crawlers.extract.judge import line_score
from crawlers.extract.meta import Meta
from crawlers.extract.trim import trimmed
from crawlers.extract.values import Post

_POST = re.compile(
    r" (?:\w*post\w*|\w*comments?|\w*reply|replies|reply\w*|answers?|floor|\w*topic|message|msg|pinglun|huifu|huida|"
    r"reviews?|talk|item1|cmt\w*|respond\w*|content item|discuss\w*) "
)
_BYLINE = re.compile(
    r" (?:author\w*|user\w*|nick\w*|name|names|info|infos|badge|meta|time|date|tail|foot|footer|head|header|heading|"
    r"tools?|toolbar|actions?|opts?|ops|like|likes|vote|votes|share|avatar|level|lv|lzl|tip|tips|tags?|mentioned|event|"
    r"signature|sign|quote|forbidden|pager|paginator|num|stat\w*|respondent|operator|evaluate|eva|badges?|sub title) "
)
_TEXT = re.compile(
    r" (?:content\w*|text\w*|body|markdown\w*|message|detail|details|desc|description|rich|words?|con|zw|msg|article) "
)
_TIME = re.compile(
    r"\d{1,2}:\d{2}|(?:19|20)\d\d\s*[-年./]\s*\d|\d\s*(?:秒钟?|分钟|小时|天|周|个?月|年)\s*(?:以)?前|昨天|前天|刚刚|"
    r"\d{1,2}-\d{1,2}$|\bago\b"
)
_SCRAP = re.compile(
    r"^[\s\d(（#·|+<>×]*(?:个?赞|回复|举报|评论|收起|展开|全部|有用|没用|楼|楼主|沙发|板凳|只看|引用|分享|首赞|编辑|收藏|点赞|踩|"
    r"来自|IP属地|更多|删除|Copy|复制|已编辑|作者|最佳答案|展开全部|关注|该评论已删除|加载更?多?|查看.{0,8}(?:回复|评论|回答))?"
    r"[\s\d)）#·|+<>×条个]*$"
)
_FORUM_ADDRESS = re.compile(
    r"//(?:[\w-]+\.)*(?:bbs|forum|forums|club|discuss|community|tieba|zhidao|ask|wenda|talk)\w*\.|"
    r"/(?:topics?|threads?|t|d|question|questions|answers?|faq|comments|viewtopic\w*|showthread\w*|read|bbs|forum)(?:/|\.php|-|\?)"
)
_FORUM_TYPES = re.compile(r"DiscussionForumPosting|QAPage|Question|SocialMediaPosting|Conversation")
_FORUM_SYSTEMS = re.compile(
    r"discourse|flarum|nodebb|vbulletin|xenforo|phpbb|mybb|phpwind|discuz|smf|vanilla", re.IGNORECASE
)

MIN_DATED = 0.5
"""Share of the repeated parts that must carry a time to be posts; one is enough under a sure name."""
_SURELY = re.compile(r" (?:answers?|comments?|reply|floor|pinglun|huifu|huida) (?:item|list item|card|\d+) ")
MAX_POSTS = 1_000
"""Posts read from one page; real pages have a few dozen."""
ALONE = 0.2
"""Weight of a part that does not repeat: a lone post counts only where nothing repeats."""
TALKATIVE = 3
"""So many posts with more text than the page's article make a thread of a page that has no other sign of one."""


def posts_of(
    flow: Flow,
    *,
    title: str | None,
    begin: int | None,
    block: Block | None,
    meta: Meta,
    url: str | None,
    opening: tuple[str | None, Parsed],
    outlet: str | None,
    fetched_at: datetime,
) -> tuple[Post, ...]:
    """
    The posts of a page that is a thread, the opening one first; () for a page that is none.

    `opening` is author and time of the page itself, used for an opening post that stands outside the repetition;
    a page with an outlet is news.
    """  # fmt: skip
    members = _posts(flow)
    if not members:
        return ()
    surely = _is_forum(meta)
    if not surely and outlet and not (_FORUM_ADDRESS.search(url or "") and _outweighs(members, flow, block)):
        return ()  # comments below an article do not make it a thread
    if not _looks_like_forum(meta, url) and not _outweighs(members, flow, block):
        return ()
    first = _opening_lines(flow, members, title, begin, block)
    posts: list[Post] = []
    if any(len(text) >= MIN_OPENING for text in first):
        author, (moment, precision) = opening
        posts.append(Post(author, moment, precision, "\n".join(first), floor=1, title=title))
    for member in members[:MAX_POSTS]:
        if post := _post(flow, member, len(posts) + 1, fetched_at):
            posts.append(post)
    if not posts or (len(posts) == 1 and not first and not _looks_like_forum(meta, url)):
        return ()
    return (replace(posts[0], title=title), *posts[1:])


def _looks_like_forum(meta: Meta, url: str | None) -> bool:
    return _is_forum(meta) or bool(_FORUM_ADDRESS.search(url or ""))


def _is_forum(meta: Meta) -> bool:
    """True when the page's own head says so."""
    types = " ".join(str(thing.get("@type") or "") for thing in meta.linked)
    return bool(_FORUM_TYPES.search(types) or _FORUM_SYSTEMS.search(meta.tag("generator") or ""))


def _outweighs(members: list[Block], flow: Flow, block: Block | None) -> bool:
    inside = {i for m in members for i in range(m.start, m.end)}
    talk = sum(max(line_score(flow.lines[i]), 0.0) for i in inside)
    rest = [i for i in range(block.start, block.end) if i not in inside] if block else []
    return len(members) >= TALKATIVE and talk > sum(max(line_score(flow.lines[i]), 0.0) for i in rest)


# ---------------------------------------------------------------- what repeats


def _posts(flow: Flow) -> list[Block]:
    """The outermost of the repeated parts that are dated and hold most text, in order."""
    groups: dict[tuple[str, str], list[Block]] = defaultdict(list)
    for block in flow.blocks:
        name = block.name
        if block.node.tag != "body" and _is_post(name):
            groups[(block.node.tag, re.sub(r"\w*\d\w*", "", name))].append(block)
    best: list[Block] = []
    best_worth = 0.0
    for group in groups.values():
        members = _outermost(group)
        dated = [m for m in members if any(_is_time_line(line) for line in flow.lines[m.start : m.end])]
        surely = _SURELY.search(members[0].name) is not None
        if not dated or (len(dated) < MIN_DATED * len(members) and not surely):
            continue
        text = sum(len(t) for m in members for t in _texts(flow, m))
        worth = text * (1.0 + 0.1 * min(len(members), 5)) if len(members) > 1 else ALONE * text
        if worth > best_worth * (1.02 if best else 1.0):
            best, best_worth = members, worth
    return best


@lru_cache(maxsize=8192)
def _is_post(name: str) -> bool:
    return bool(_POST.search(name)) and not _BYLINE.search(name)


def _outermost(group: list[Block]) -> list[Block]:
    """Without those inside another of the group; blocks come in the order of their ends, so outer ones come last."""
    kept: list[Block] = []
    for block in reversed(group):
        if not any(outer.start <= block.start and block.end <= outer.end for outer in kept[-3:]):
            kept.append(block)
    return kept[::-1]


def _is_time_line(line: Line) -> bool:
    return line.size <= 60 and bool(_TIME.search(line.text))


# ---------------------------------------------------------------- what a post says


def _texts(flow: Flow, member: Block) -> list[str]:
    return [line.text for line in _text_lines(flow.lines[member.start : member.end], member.node)]


def _text_lines(lines: list[Line], root: Any) -> Iterator[Line]:
    """The lines that are what somebody wrote: not hidden, no byline, no buttons."""
    for ln in lines:
        if ln.hidden or _SCRAP.match(ln.text):
            continue
        said = _place(ln.owner, root)
        if said is False or (said is None and (_is_time_line(ln) or ln.link_share > 0.4 or ln.size < 2)):
            continue
        if ln.link_share > 0.8 and not ln.text.startswith(("http", "#")) and (ln.size < 30 or not ln.marks):
            continue
        yield ln


@lru_cache(maxsize=8192)
def _said_by(name: str) -> bool | None:
    return False if _BYLINE.search(name) else True if _TEXT.search(name) else None


def _place(node: Any, root: Any) -> bool | None:
    """True in a part named as text, False in one named as byline or buttons (the nearest name decides), else None."""
    while node is not None and node is not root:
        said = _said_by(names(node))
        if said is not None:
            return said
        node = node.getparent()
    return _said_by(names(root)) or None if root is not None else None


def _post(flow: Flow, member: Block, floor: int, fetched_at: datetime) -> Post | None:
    lines = flow.lines[member.start : member.end]
    body = "\n".join(line.text for line in _text_lines(lines, member.node))
    if not body:
        return None
    moment, precision = _time_of(lines, fetched_at)
    identity = re.search(r"\d{2,}", member.node.get("id") or member.node.get("data-id") or "")
    return Post(_author(member.node), moment, precision, body, identity.group() if identity else None, floor)


def _time_of(lines: list[Line], fetched_at: datetime) -> tuple[datetime | None, Precision]:
    found = [parse_date(line.text, fetched_at=fetched_at) for line in lines if _is_time_line(line)]
    dated = [f for f in found if f[0] is not None]
    exact = [f for f in dated if f[1] in ("minute", "second")]
    return next(iter(exact or dated), NOTHING)


_PROFILE = "contains(@href,'/u/') or contains(@href,'user') or contains(@href,'member') or contains(@href,'people') or "
_PROFILE += (
    "contains(@href,'space') or contains(@href,'profile') or contains(@href,'author') or starts-with(@href,'/@')"
)
_NAMED = " or ".join(f"contains(@class,'{word}')" for word in ("author", "user", "nick", "name"))
MAX_NAME, MIN_OPENING = 24, 10


def _author(post: Any) -> str | None:
    """The name beside the text: a link to a profile, else a part named author, user or name."""
    for node in (*query(post, f".//a[{_PROFILE}]"), *query(post, f".//*[({_NAMED}) and not(.//li or .//div or .//p)]")):
        name = line(node)
        if 0 < len(name) <= MAX_NAME and not _TIME.search(name) and not _SCRAP.match(name):
            return name
    return None


def _opening_lines(
    flow: Flow, members: list[Block], title: str | None, begin: int | None, block: Block | None
) -> list[str]:
    """The opening post when it stands before the repeated ones: the text block, else the prose below the headline."""
    first = members[0].start
    if block is not None and block.start < first:
        lines = flow.lines[block.start : min(block.end, first)]
        return trimmed([ln for ln in lines if _place(ln.owner, block.node) is not False], title=title)
    if begin is None or begin >= first:
        return []
    lines = flow.lines[begin + 1 : first]
    return [ln.text for ln in _text_lines(lines, None) if line_score(ln) > 0 or _place(ln.owner, None)]
