"""The headline: the line of the page that its <title> begins with, else what the head says without the site's name."""

from __future__ import annotations

import re
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
_DECORATION = re.compile(r"^(?:\[[^\]]{1,6}\]|【[^】]{0,4}】)\s*$")


def bare(text: str) -> str:
    """Letters, digits and Han only, lower case: what titles are compared by."""
    return re.sub(r"[\W_]+", "", text).lower()


def title_of(tree: Any, flow: Flow, meta: Meta) -> str | None:
    """The headline of the page, or None."""
    heads = [(line(node), node) for node in query(tree, "//h1 | //h2 | //h3")[:60]]
    declared = [meta.title, meta.tag("og:title", "twitter:title"), meta.linked_text("headline", "title", "name")]
    shown = [text for text, _ in heads] + [ln.text for ln in flow.lines if ln.size <= MAX_TITLE]
    for said in declared:
        if said and (found := _shown_as(said, shown)):
            return found
    for said in (declared[1], declared[2], declared[0]):
        if said and (stripped := without_site(said, meta)):
            return stripped
    return _by_name(heads)


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


_NAMED = re.compile(r" (?:title|tit|headline|biaoti|subject|article title|arttitle|bt) ")


def _by_name(heads: list[tuple[str, Any]]) -> str | None:
    """The first real heading of a page whose head says nothing."""
    long = [(text, node) for text, node in heads if len(text) >= 6 and not _SITE_WORD.search(text[-4:])]
    named = [text for text, node in long if _NAMED.search(names(node))]
    return next(iter(named), next((text for text, node in long if node.tag == "h1"), None))
