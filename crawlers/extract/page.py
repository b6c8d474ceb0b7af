"""One page: bytes in, what it says out. The order of the witnesses is told in the parts this calls."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core.values import PageKind
from crawlers.dates import NOTHING
from crawlers.encoding import decode
from crawlers.extract import discuz
from crawlers.extract.byline import authors_of, outlet_of
from crawlers.extract.dom import MAX_CHARACTERS, parse
from crawlers.extract.embedded import embedded_paragraphs
from crawlers.extract.flow import Block, Flow, Line, flow_of
from crawlers.extract.judge import Hints, title_line
from crawlers.extract.meta import Meta, meta_of
from crawlers.extract.region import content_of
from crawlers.extract.threads import posts_of
from crawlers.extract.title import title_of
from crawlers.extract.trim import trimmed
from crawlers.extract.values import Extracted
from crawlers.extract.when import published

HEAD_BEFORE, HEAD_AFTER, HEAD_FAR = 4, 14, 45
"""Lines around the headline among which the byline stands."""
LITTLE = 80
"""Characters of visible text below which the page's scripts are asked for the text."""
OPENING = 30
"""Characters that a paragraph has at least; the first two may name the reporter."""
TAIL = 6
"""Lines after the text among which 来源 and 作者 may stand."""


def extract(
    raw: bytes | str, *, url: str | None, fetched_at: datetime, declared_encoding: str | None = None
) -> Extracted:
    """
    Title, text, publish time, authors, outlet and posts of a page.

    `url` is the page's own address (None when unknown), `fetched_at` (aware) what relative times count from.
    Never raises: of a page that says nothing every field is empty and the kind "other".
    """
    text = raw if isinstance(raw, str) else decode(raw[: 4 * MAX_CHARACTERS], declared=declared_encoding)[0]
    tree = parse(text)
    meta = meta_of(tree, url)
    if discuz.may_be_discuz(text) and discuz.is_discuz(tree) and (page := _discuz(tree, meta, url, fetched_at)):
        return page
    flow = flow_of(tree)
    return _article(tree, flow, meta, text, url, fetched_at)


def _discuz(tree: Any, meta: Meta, url: str | None, fetched_at: datetime) -> Extracted | None:
    """A board's thread, list or message; None for its other pages (portal articles), which are read as any page."""
    thread = discuz.thread_of(tree, url, fetched_at)
    if not thread.posts:
        kind: PageKind | None = "list" if discuz.is_list(tree) else "other" if discuz.message_of(tree) else None
        return Extracted(meta.title or None, None, None, "none", (), None, meta.canonical, kind) if kind else None
    opening = thread.posts[0]
    return Extracted(
        title=thread.title or meta.title or None,
        body="\n".join(post.body for post in thread.posts if post.body) or None,
        published_at=opening.published_at,
        precision=opening.precision,
        author=(opening.author,) if opening.author else (),
        outlet=None,
        canonical=meta.canonical,
        kind="thread",
        posts=thread.posts,
    )


def _article(tree: Any, flow: Flow, meta: Meta, text: str, url: str | None, fetched_at: datetime) -> Extracted:
    title = title_of(tree, flow, meta)
    region = content_of(flow, Hints(title, meta.tag("og:description", "description")))
    block = region.block if region else None
    begin = title_line(flow, title)
    lines = region.lines if region else ()
    paragraphs = trimmed(lines, title=title)
    if sum(map(len, paragraphs)) < LITTLE and (hidden := embedded_paragraphs(tree, meta, text)):
        paragraphs = hidden
    head, tail = _head(flow, begin, block), flow.lines[block.end - 4 : block.end + TAIL] if block else []
    opening = [line for line in lines[:12] if line.size >= OPENING][:2]
    moment, precision = published(
        tree, flow, begin=begin, block=block, meta=meta, text=text, url=url, fetched_at=fetched_at
    )
    authors = authors_of(head, opening, tail, meta)
    outlet = outlet_of(tree, head, tail, meta)
    posts = posts_of(
        flow, title=title, begin=begin, block=block, meta=meta, url=url, outlet=outlet,
        opening=(authors[0] if authors else None, (moment, precision)), fetched_at=fetched_at,
    )  # fmt: skip
    if posts:
        paragraphs = [post.body for post in posts]
    kind: PageKind = "thread" if posts else _kind(flow, paragraphs, dated=moment is not None and title is not None)
    return Extracted(
        title=title,
        body="\n".join(paragraphs) or None,
        published_at=moment,
        precision=precision if moment else NOTHING[1],
        author=authors,
        outlet=outlet,
        canonical=meta.canonical,
        kind=kind,
        posts=posts,
    )


def _head(flow: Flow, begin: int | None, block: Block | None) -> list[Line]:
    """The lines of the byline: around the headline, up to the second line of the text."""
    if begin is None:
        start = max(0, block.start - HEAD_AFTER) if block else 0
        return flow.lines[start : block.start + 2] if block else []
    stop = begin + HEAD_AFTER
    if block is not None and block.start > begin:
        stop = min(begin + HEAD_FAR, block.start + 2)
    return flow.lines[max(0, begin - HEAD_BEFORE) : stop]


MIN_ARTICLE, MIN_DATED = 60, 20
"""Characters of prose below which a page is no article, without and with a headline and a time."""
LINKED, FEW_LINES = 0.5, 20
"""A page that is mostly links in more lines than this is a list, unless it has an article of its own."""
TEASERS = 0.35
"""Share of a list's text that teasers may have."""


def _kind(flow: Flow, paragraphs: list[str], dated: bool) -> PageKind:
    prose = sum(len(p) for p in paragraphs)
    whole = sum(line.size for line in flow.lines) or 1
    links = sum(line.link_share > LINKED for line in flow.lines)
    mostly_links = len(flow.lines) > FEW_LINES and links > LINKED * len(flow.lines)
    enough = MIN_ARTICLE if not dated else MIN_DATED
    if prose >= enough and (dated or not mostly_links or prose > TEASERS * whole):
        return "article"
    return "list" if mostly_links else "other"
