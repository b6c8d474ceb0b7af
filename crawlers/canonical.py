"""
One document, one key: addresses without tracking, twins joined, platform ids where an address holds one.

`canonical_url` changes nothing that a server could mind; `document_key` also joins mobile and desktop twins.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from functools import cache, lru_cache
from importlib.resources import files
from urllib.parse import SplitResult, parse_qsl, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

from core.values import Source

MAX_LENGTH = 4096
"""Longer addresses are traps or data; they are only stripped of blanks."""


@cache
def _tracking() -> tuple[frozenset[str], tuple[str, ...]]:
    """(exact names, beginnings of names) of the parameters that only track."""
    text = (files("crawlers") / "tracking.txt").read_text("utf-8")
    names = [name for line in text.splitlines() if not line.startswith("#") for name in line.split()]
    return frozenset(n for n in names if "*" not in n), tuple(n[:-1] for n in names if n.endswith("*"))


_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
_DATE_VALUE = re.compile(r"\d{4}-?\d\d-?\d\d.*")

_SUBDOMAIN_TWINS = re.compile(r"^(?:www|m|wap|3g|4g|mobile|touch|h5|amp|mip)\.(?=[^.]+\.[^.]+)")
_INDEX = re.compile(r"/(?:index|default)\.(?:s?html?|php|aspx?|jsp|jhtml)$", re.IGNORECASE)
_AMP = re.compile(r"/amp(?=\.html$|/?$)|\.amp(?=\.s?html$|$)|^/amp(?=/)", re.IGNORECASE)
_MOBILE_PATH = re.compile(r"^/(?:wap|mobile|3g|touch)(?=/.)", re.IGNORECASE)
_SESSION_PATH = re.compile(r";jsessionid=[^/?#]*|/\(S\([^)]*\)\)", re.IGNORECASE)


@lru_cache(maxsize=4096)
def _split(url: str) -> SplitResult | None:
    text = re.sub(r"[\x00-\x20\x7f-\xa0\u2028\u2029\u200b\ufeff]+", "", url) if len(url) <= MAX_LENGTH else ""
    if text.startswith("//"):
        text = "http:" + text
    elif not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", text) or re.match(r"[\w.-]+:\d+(?:/|$)", text):
        text = "http://" + text
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    readable = parts.hostname and (":" in parts.hostname or _HOST.fullmatch(_host(parts)))
    return parts if parts.scheme.lower() in ("http", "https") and readable else None


def canonical_url(url: str, *, source: Source | None = None) -> str:
    """
    The address to keep and to fetch: tracking, session ids, fragment, user name and default port removed, host
    and escapes in their normal form, the source's own parameters stripped and its twins rewritten.

    Scheme and mobile host stay. An address that cannot be read comes back without its outer blanks.
    """
    parts = _split(url)
    if parts is None:
        return url.strip()
    host, path = _twinned(_host(parts), _SESSION_PATH.sub("", parts.path) or "/", source)
    if ":" not in host and parts.port and parts.port != {"http": 80, "https": 443}[parts.scheme.lower()]:
        host = f"{host}:{parts.port}"
    kept = parts.fragment if parts.fragment.startswith(("/", "!")) else ""  # #/… is a page of a scripted site
    plain = urlunsplit((parts.scheme.lower(), host, path, _kept_query(parts.query, source), kept))
    try:
        return str(canonicalize_url(plain, keep_fragments=bool(kept)))
    except (ValueError, UnicodeError):
        return plain


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    with suppress(UnicodeError):
        host = host if host.isascii() else host.encode("idna").decode()
    return f"[{host}]" if ":" in host else host


def _kept_query(query: str, source: Source | None) -> str:
    """The query as written (its escapes may be GBK) without the parameters that only track."""
    pieces = [p for p in re.split("[&;](?!amp;)", query.replace("&amp;", "&")) if p]
    names = {p.partition("=")[0].lower() for p in pieces}
    return "&".join(p for p in pieces if not _tracks(p.partition("=")[0], p.partition("=")[2], names, source))


def _tracks(name: str, value: str, names: set[str], source: Source | None) -> bool:
    name = name.lower()
    if source is not None and any(_named(name, pattern.lower()) for pattern in source.strip_parameters):
        return True
    if name == "from":  # a range or an offset selects, the way one came does not
        return "to" not in names and "size" not in names and not _DATE_VALUE.fullmatch(value)
    exact, beginnings = _tracking()
    return name in exact or name.startswith(beginnings)


def _named(name: str, pattern: str) -> bool:
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern


def _twinned(host: str, path: str, source: Source | None) -> tuple[str, str]:
    """Host and path after the source's twins: "m.a.example" -> "www.a.example", or "a.example/wap/" -> "a.example/"."""
    for old, new in (source.twins if source else {}).items():
        if "/" not in old and host == old.lower():
            return new.lower().rstrip("/"), path
        if "/" in old and (host + path).startswith(old):
            new_host, slash, rest = (new + (host + path)[len(old) :]).partition("/")
            return new_host, slash + rest
    return host, path


_SECOND_LEVEL = frozenset({"com", "net", "org", "gov", "edu", "ac", "co"})


def site_of(host: str | None) -> str:
    """The registrable part of a host ("news.example"), near enough to tell one site from another; an IP stays whole."""
    if (host or "").replace(".", "").isdigit():
        return host or ""
    labels = (host or "").split(".")
    size = 3 if len(labels) > 2 and labels[-2] in _SECOND_LEVEL else 2
    return ".".join(labels[-size:])


# ---------------------------------------------------------------- keys


def document_key(url: str, *, source: Source | None = None) -> str:
    """
    The identity of the document at an address: a platform id where the address holds one
    ("discuz:bbs.example:3", with ":PID" for one post), else host, path and query in normal form.

    No scheme and no port in it; mobile, AMP and index twins share it. An address that cannot be read is its own key.
    """
    parts = _split(canonical_url(url, source=source))
    if parts is None:
        return url.strip()
    original = _split(url)
    host = _SUBDOMAIN_TWINS.sub("", _host(parts))
    parameters = dict(parse_qsl(parts.query, keep_blank_values=True))
    fragment = original.fragment if original else ""
    for rule in _PLATFORMS:
        if key := rule(host, parts.path, parameters, fragment):
            return key
    path = _AMP.sub("", _MOBILE_PATH.sub("", parts.path))
    path = re.sub("/{2,}", "/", _INDEX.sub("/", path)).rstrip("/")
    route = f"#{parts.fragment}" if parts.fragment else ""
    return f"{host}{path}{'?' + parts.query if parts.query else ''}{route}"


def thread_key(key: str) -> str:
    """The key of the thread that a post's key belongs to; other keys come back unchanged."""
    pieces = key.split(":")
    return ":".join(pieces[:3]) if key.startswith(("discuz:", "topic:")) and len(pieces) > 3 else key


Rule = Callable[[str, str, dict[str, str], str], str | None]

_DISCUZ_PATH = re.compile(
    r"(?P<dir>.*)/(?:thread-(?P<tid>\d+)-\d+(?:-\d+)?\.html|archiver/(?:index\.php/)?tid-(?P<tid2>\d+).*)"
)
_DISCUZ_SCRIPT = re.compile(r"(?P<dir>.*)/(?:forum|viewthread|redirect|archiver/index)\.php|(?P<dir2>.*)/archiver/?")
_POST_FRAGMENT = re.compile(r"(?:pid|post_?|postmessage_)(\d+)")


def _discuz(host: str, path: str, parameters: dict[str, str], fragment: str) -> str | None:
    if found := _DISCUZ_PATH.fullmatch(path):
        return _thread(host, found["dir"], found["tid"] or found["tid2"], None, fragment)
    script = _DISCUZ_SCRIPT.fullmatch(path)
    if not script:
        return None
    folder = script["dir"] or script["dir2"] or ""
    archived = next((m[1] for name in parameters if (m := re.match(r"tid-(\d+)", name))), None)
    tid = parameters.get("tid") or parameters.get("ptid") or archived
    wanted = parameters.get("mod", "viewthread") in ("viewthread", "redirect")
    if not tid or not tid.isdigit() or not wanted or parameters.get("goto") in ("nextnewset", "nextoldset"):
        return None
    return _thread(host, folder, tid, parameters.get("pid") if parameters.get("goto") != "lastpost" else None, fragment)


def _thread(host: str, folder: str, tid: str, pid: str | None, fragment: str) -> str:
    post = pid or (m[1] if (m := _POST_FRAGMENT.fullmatch(fragment)) else None)
    where = host + re.sub(r"^/(?:bbs|forum)?$|/+$", "", folder) if folder else host
    return f"discuz:{where}:{tid}" + (f":{post}" if post else "")


def _wechat(host: str, path: str, parameters: dict[str, str], _: str) -> str | None:
    if host == "mp.weixin.qq.com" and {"__biz", "mid"} <= parameters.keys():
        return f"wechat:{parameters['__biz'].replace(' ', '+')}:{parameters['mid']}:{parameters.get('idx') or '1'}"
    return None


_TOPIC_PATHS = (
    re.compile(r"/t/(?:[^/]*[^/\d][^/]*/)?(\d+)(?:/\d+)?/?"),  # Discourse
    re.compile(r"(?:/[^/]+)?/topic/(\d+)(?:/[^/]+)?(?:/\d+)?/?"),  # NodeBB
    re.compile(r"/d/(\d+)(?:-[^/]*)?(?:/\d+)?/?"),  # Flarum
)


def _topic(host: str, path: str, parameters: dict[str, str], _: str) -> str | None:
    found = next((m for pattern in _TOPIC_PATHS if (m := pattern.fullmatch(path))), None)
    return f"topic:{host}:{found[1]}" if found and not set(parameters) - {"page", "u", "near", "lang"} else None


def _wordpress(host: str, path: str, parameters: dict[str, str], _: str) -> str | None:
    number = parameters.get("p", "")
    if number.isdigit() and set(parameters) <= {"p", "preview"} and path in ("/", "/index.php"):
        return f"wordpress:{host}:{number}"
    return None


_SITES = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("sina", r"(?:[\w-]+\.)*sina\.(?:com\.)?cn/.*?(?:doc|detail|article)-(i[a-z0-9]{9,})\.(?:d\.)?s?html"),
        ("163", r"(?:[\w-]+\.)*163\.com/(?:.*/)?([A-Z0-9]{16})(?:_\w+)?\.html"),
        ("qq", r"(?:[\w-]+\.)*qq\.com/(?:.*/)?(\d{8}[AVN][A-Z0-9]{5,8}00)(?:\.html)?/?"),
        ("sohu", r"(?:[\w-]+\.)*sohu\.com/a/(\d+)_\d+/?"),
        ("ifeng", r"(?:[\w-]+\.)*ifeng\.com/c/(?:s/)?(\w{8,})/?"),
        ("toutiao", r"(?:[\w-]+\.)*toutiao\.com/(?:article/|group/|a|i)(\d{15,})/?"),
        ("tieba", r"tieba\.baidu\.com/p/(\d+)/?"),
        ("weibo", r"weibo\.(?:com|cn)/(?:\d+|status|detail)/(\w+)/?"),
    )
)
"""Large platforms whose addresses differ between app, mobile and desktop; the id in them is the document."""


def _site(host: str, path: str, parameters: dict[str, str], _: str) -> str | None:
    address = host + path
    return next((f"{name}:{m[1]}" for name, pattern in _SITES if (m := pattern.fullmatch(address))), None)


_PLATFORMS: tuple[Rule, ...] = (_discuz, _wechat, _site, _topic, _wordpress)
