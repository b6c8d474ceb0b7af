"""The headline: the line of the page that its <title> begins with, else what the head says without the site's name."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from crawlers.extract.dom import line, query, squeezed
from crawlers.extract.flow import Flow, names
from crawlers.extract.meta import Meta

MAX_TITLE = 200
_SEPARATOR = re.compile(r"\s*(?:[_|｜丨»]|--+|—{2,}|\s[-–—·]\s)\s*|(?<=[^\x00-\x7f])-(?=[^\x00-\x7f])|\s+-|-\s+")
_SITE_WORD = re.compile(
    r"网|新闻|频道|博客|论坛|日报|晚报|早报|时报|在线|社区|百科|平台|客户端|公众号|首页|贴吧|电视|资讯|头条|订阅|门户|站$|"
    r"(?:^|\W)[\w-]+\.(?:com|cn|net|org)|powered by|discuz|wordpress",
    re.IGNORECASE,
)
_COUNTER = re.compile(r"^[(（]\d+[^)）]{0,30}[)）]\s*")  # unread messages of whoever saved the page


_NO_WORD = re.compile(r"[\W_]+")


@lru_cache(maxsize=4096)
def bare(text: str) -> str:
    """Letters, digits and Han only, lower case: what titles are compared by."""
    return _NO_WORD.sub("", text).lower()


def title_of(tree: Any, flow: Flow, meta: Meta) -> str | None:
    """The headline of the page, or None."""
    heads = [(line(node), node) for node in query(tree, "//h1 | //h2 | //h3")[:60]]
    declared = [
        _COUNTER.sub("", meta.title),
        meta.tag("og:title", "twitter:title"),
        meta.linked_text("headline", "title", "name"),
    ]
    shown = [text for text, _ in heads] + [ln.text for ln in flow.lines if ln.size <= MAX_TITLE and not ln.hidden]
    for said in declared:
        if said and (found := _shown_as(said, shown)):
            return found if not _CHANNEL.fullmatch(bare(found)) else _by_name(flow, heads) or found
    stripped = next((t for said in (*declared[1:], declared[0]) if said and (t := without_site(said, meta))), None)
    if stripped is None or len(bare(stripped)) < MIN_HEADLINE or _is_names_only(stripped):
        return _by_name(flow, heads) or stripped
    return stripped


_CHANNEL = re.compile(
    r"(?:公司|企业|行业|工作|国内|国际|媒体|最新|本站|今日|院内|学院|学校|政务|通知)?"
    r"(?:新闻|动态|资讯|公告|通知|公示|要闻|快讯|文章|内容|信息|详情|正文|首页|专题|报道|中心|列表|页面|浏览|阅读|详细){1,3}"
)
"""What a <title> says that names the kind of page instead of the page."""
MIN_HEADLINE = 4
LONGEST_NAME = 8
"""Characters of a site's or a channel's name; a headline is longer."""


def _is_names_only(title: str) -> bool:
    """True for "科普中国-辟谣文章": only names of sites and channels, no headline."""
    return all(len(bare(part)) <= LONGEST_NAME for part in _SEPARATOR.split(title))


def _shown_as(said: str, shown: list[str]) -> str | None:
    """The longest text on the page that the declared title begins with, if it is most of it."""
    whole = bare(said)
    core = len(bare(without_site(said, None) or said))
    fitting = [text for text in shown if 4 <= len(text) <= MAX_TITLE and whole.startswith(bare(text) or "\0")]
    best = max(fitting, key=lambda text: len(bare(text)), default=None)
    return best if best and len(bare(best)) >= 0.6 * core else None


def without_site(title: str, meta: Meta | None) -> str | None:
    """The title without the names of site and channel at its end; None when nothing else is there."""
    site = bare((meta.tag("og:site_name", "application-name") if meta else None) or "")
    cuts = [m.span() for m in _SEPARATOR.finditer(title)]
    for start, end in cuts:
        rest = title[end:]
        last = _SEPARATOR.split(rest)[-1]
        if _SITE_WORD.search(last) or (site and site in bare(last)) or "_" in title[start:end]:
            return squeezed(title[:start]) or None
    return squeezed(title) or None


_NAMED = re.compile(r" (?:\w*title|tit|bt|headline|biaoti|subject) ")
_NOT_NAMED = re.compile(r" (?:sub|second|site|channel|logo|nav|menu|list|box|more|hot|recommend\w*|related|side\w*) ")


def _by_name(flow: Flow, heads: list[tuple[str, Any]]) -> str | None:
    """The first heading, or line named so, that is long enough for a headline and no link."""
    headings = [
        text for text, node in heads if node.tag == "h1" and len(text) >= 6 and not _SITE_WORD.search(text[-4:])
    ]
    named = [
        ln.text
        for ln in flow.lines
        if 6 <= ln.size <= 80 and not ln.linked and _NAMED.search(n := names(ln.owner)) and not _NOT_NAMED.search(n)
    ]
    return next(iter(headings + named), None)
