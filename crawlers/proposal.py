"""The source to propose for an address that somebody would like to hear. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from core.values import Channel
from crawlers.recognise import Recognised


@dataclass(frozen=True, slots=True)
class Proposal:
    """A source that would read an address: what can be told from the page; why, on what ground and how long cannot."""

    id: str
    name: str
    channel: Channel
    url: str
    platform: str | None = None


def proposal(url: str, found: Recognised) -> Proposal | None:
    """The source to propose for an address; None when the page is no list and declares no feed."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    identity = "-".join(part for part in host.split(".")[:-1] if part) or "source"
    name = found.site or host
    if found.platform in ("discourse", "nodebb", "flarum"):
        start = url if found.sort == "board" else _start(url)
        return Proposal(identity, name, "forum", start, found.platform)
    if found.platform == "discuz":
        return Proposal(identity, name, "forum", url, "discuz") if found.sort == "board" else None
    if found.sort == "feed" or found.feeds:
        return Proposal(identity, name, "feed", url if found.sort == "feed" else found.feeds[0])
    if found.platform == "wordpress":
        return Proposal(identity, name, "api", f"{_start(url)}wp-json/wp/v2/posts", "wordpress")
    return Proposal(identity, name, "listing", url) if found.sort in ("list", "sitemap") else None


def _start(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, "/", "", ""))
