"""
What several options must say together. Each rule looks at the plain values as written, so that its mistakes
are reported beside those of single fields; what a field already got wrong is passed over here.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from core.errors import YuqingError
from core.i18n import _
from core.text import fold
from yuqing.config_lines import Loc
from yuqing.config_problems import unknown_key

Found = Iterator[tuple[Loc, str]]
"""Mistakes with the place where they stand."""

LEAST_DELAY_S = 0.5
"""Between two requests to a host that is not ours; the default is longer (research on manners: 1 to 2 s)."""

_NEEDS = {
    "feed": ("url",),
    "listing": ("url",),
    "forum": ("url",),
    "api": ("url",),
    "search": ("url",),
    "import": ("folder",),
}
"""Channel -> what it cannot do without."""

_PLATFORMS = {"forum": ("discuz", "css"), "api": ("wordpress",)}
_CSS_FORUM = ("thread", "post")
_SELECT = ("row", "thread", "title", "replies", "last_post", "next", "post", "post_id", "author", "time", "text")
_FIELDS = ("id", "title", "body", "published_at", "author", "customer", "outlet", "url", "topic")
_SECRETS: tuple[tuple[str, str], ...] = (("mail", "password"), ("index", "api_key"))


def config_problems(config: Mapping[str, Any]) -> Found:
    """Every mistake that only shows when options are seen together."""
    yield from _twice(config, "sources")
    yield from _twice(config, "subscriptions")
    for loc, source in _each(config, ("sources",)):
        yield from source_problems(source, loc)
    for loc, subscription in _each(config, ("subscriptions",)):
        yield from _query_problem(subscription, loc)
    if isinstance(watch := config.get("watch"), Mapping):
        yield from watch_problems(watch, ("watch",))
    yield from _mail_problems(_mapping(config, "mail"))
    yield from _index_problems(_mapping(config, "index"))
    yield from _store_problems(config)
    yield from _two_ways(config)


def inline_secrets(config: Mapping[str, Any], expanded: frozenset[Loc]) -> Iterator[Loc]:
    """The secrets that stand in the file itself."""
    for loc in _SECRETS:
        if _mapping(config, loc[0]).get(loc[1]) and loc not in expanded:
            yield loc
    address = _text(_mapping(config, "store"), "url")
    if ("store", "url") not in expanded and _password_in(address):
        yield ("store", "url")


def _password_in(url: str) -> bool:
    try:
        return bool(urlsplit(url).password)
    except ValueError:
        return False


def _mapping(value: Any, key: str) -> Mapping[str, Any]:
    inner = value.get(key) if isinstance(value, Mapping) else None
    return inner if isinstance(inner, Mapping) else {}


def _text(value: Mapping[str, Any], key: str) -> str:
    inner = value.get(key)
    return inner if isinstance(inner, str) else ""


def _each(value: Any, loc: Loc) -> Iterator[tuple[Loc, Mapping[str, Any]]]:
    items = value.get(loc[-1]) if isinstance(value, Mapping) else None
    for index, item in enumerate(items if isinstance(items, list) else []):
        if isinstance(item, Mapping):
            yield (*loc, index), item


def _twice(config: Mapping[str, Any], key: str) -> Found:
    seen: set[str] = set()
    for loc, item in _each(config, (key,)):
        name = _text(item, "id")
        if name and name in seen:
            yield (*loc, "id"), _("{key} 里 id {name} 重复了；每个要有自己的代号。").format(key=key, name=name)
        seen.add(name)


# ---------------------------------------------------------------- sources


def source_problems(source: Mapping[str, Any], loc: Loc) -> Found:
    """What a source's channel and address demand."""
    name, channel = _text(source, "id") or str(loc[-1]), _text(source, "channel")
    for key in _NEEDS.get(channel, ()):
        if not source.get(key):
            text = _("来源 {name}：channel {channel} 要写 {key}。")
            yield (*loc, "channel"), text.format(name=name, channel=channel, key=key)
    yield from _platform_problems(source, loc, name, channel)
    if channel == "search" and source.get("url") and "{name}" not in _text(source, "url"):
        yield (*loc, "url"), _("来源 {name}：搜索地址里要有 {{name}}，代表要搜的名字。").format(name=name)
    yield from _address_problems(source, loc, name)
    yield from _key_problems(source, loc)
    yield from _selector_problems(source, loc, channel)


def _key_problems(source: Mapping[str, Any], loc: Loc) -> Found:
    """Names of ours that select and fields do not have."""
    for section, valid in (("select", _SELECT), ("fields", _FIELDS)):
        for key in _mapping(source, section):
            if key not in valid:
                yield (*loc, section, key), unknown_key(key, section, list(valid))


def _selector_problems(source: Mapping[str, Any], loc: Loc, channel: str) -> Found:
    """CSS that is none. The crawler itself is asked, only when there is something to ask."""
    given: dict[Loc, Any] = {(*loc, "select", key): value for key, value in _mapping(source, "select").items()}
    given |= {(*loc, key): source[key] for key in ("next", "item") if source.get(key)}
    if channel == "search" and source.get("item"):
        given |= {(*loc, "fields", key): value for key, value in _mapping(source, "fields").items()}
    selectors = {at: value for at, value in given.items() if isinstance(value, str) and value.strip()}
    if not selectors:
        return
    from crawlers.extract.dom import parse
    from crawlers.extract.links import select

    page = parse("<p>")
    for at, value in selectors.items():
        try:
            select(page, value)
        except YuqingError as error:
            yield at, str(error)


def _platform_problems(source: Mapping[str, Any], loc: Loc, name: str, channel: str) -> Found:
    platform, valid = _text(source, "platform"), _PLATFORMS.get(channel, ())
    if platform and platform not in valid:
        what = _("可以写：{valid}").format(valid=_("、").join(valid)) if valid else _("这个 channel 不用写 platform")
        yield (
            (*loc, "platform"),
            _("来源 {name}：platform 写的是“{seen}”；{what}。").format(name=name, seen=platform, what=what),
        )
    if channel == "forum" and platform == "css":
        for key in _CSS_FORUM:
            if not _mapping(source, "select").get(key):
                yield (*loc, "platform"), _("来源 {name}：platform css 要写 select.{key}。").format(name=name, key=key)
    if channel == "api" and not platform and not source.get("fields"):
        text = _("来源 {name}：api 要写 platform: wordpress，或写 items 和 fields。")
        yield (*loc, "channel"), text.format(name=name)


def _address_problems(source: Mapping[str, Any], loc: Loc, name: str) -> Found:
    if not source.get("url"):
        return
    reach = reach_of(_text(source, "url"))
    allowed = _text(source, "allow_private").lower() in ("true", "yes", "on", "1")
    if allowed and reach == "public":
        text = _("来源 {name}：allow_private 只许用于本机或内网地址；请删掉它。")
        yield (*loc, "allow_private"), text.format(name=name)
    if reach != "public" and not allowed:
        text = _("来源 {name}：是本机或内网地址；确要抓取，请写 allow_private: true。")
        yield (*loc, "url"), text.format(name=name)
    if reach == "loopback" or (delay := _number(source, "delay_s")) is None:
        return
    if delay < LEAST_DELAY_S:
        text = _("来源 {name}：delay_s 小于 {least} 只许用于本机；别人的网站请写 {least} 以上，或删掉它。")
        yield (*loc, "delay_s"), text.format(name=name, least=LEAST_DELAY_S)


def _number(source: Mapping[str, Any], key: str) -> float | None:
    try:
        return float(source[key])
    except (KeyError, TypeError, ValueError):
        return None


def reach_of(url: str) -> str:
    """Where an address written in the file leads: "loopback", "private" or "public". Names are not resolved."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return "public"
    if host == "localhost" or host.endswith(".localhost"):
        return "loopback"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "public"
    return "loopback" if address.is_loopback else "public" if address.is_global else "private"


# ---------------------------------------------------------------- watch


def watch_problems(watch: Mapping[str, Any], loc: Loc) -> Found:
    """Names that would hide or contradict each other."""
    owners: dict[str, tuple[str, str]] = {}
    names: set[str] = set()
    for at, company in _each(watch, (*loc, "companies")):
        name = _text(company, "name").strip()
        if name and name in names:
            yield (*at, "name"), _("公司 {name} 写了两次；请合成一个。").format(name=name)
        names.add(name)
        yield from _alias_problems(company, at, name, owners)


def _alias_problems(company: Mapping[str, Any], at: Loc, name: str, owners: dict[str, tuple[str, str]]) -> Found:
    excluded = {fold(each) for each in _texts(company, "exclude")}
    aliases = _mapping(company, "aliases")
    for kind in aliases:
        for alias in _texts(aliases, kind):
            here = (*at, "aliases", kind)
            if len(alias.strip()) == 1:
                yield (
                    here,
                    _("{name} 的名字“{alias}”只有一个字，到处都会碰上；请写长一点。").format(name=name, alias=alias),
                )
            if fold(alias) in excluded:
                text = _("{name} 的名字“{alias}”又写在 exclude 里，就永远听不到了；请删去一处。")
                yield here, text.format(name=name, alias=alias)
            owner = owners.setdefault(fold(alias.strip()), (name, kind))
            if owner != (name, kind):
                text = _("“{alias}”已是 {owner} 的 {kind}；一个名字只能写一处。")
                yield here, text.format(alias=alias, owner=owner[0], kind=owner[1])


def _texts(value: Mapping[str, Any], key: str) -> list[str]:
    inner = value.get(key)
    return [each for each in (inner if isinstance(inner, list) else [inner]) if isinstance(each, str)]


# ---------------------------------------------------------------- the rest


def _query_problem(subscription: Mapping[str, Any], loc: Loc) -> Found:
    query = _text(subscription, "query")
    if not query.strip():
        return
    from search_index.query import parse

    try:
        parse(query)
    except YuqingError as error:
        name = _text(subscription, "id")
        yield (*loc, "query"), _("订阅 {name} 的查询：{error}").format(name=name, error=error)


def _mail_problems(mail: Mapping[str, Any]) -> Found:
    if mail.get("username") and not (mail.get("password") or mail.get("password_file")):
        yield (
            ("mail", "username"),
            _("mail 有 username 却没有密码；请写 password_file，或 password: ${SMTP_PASSWORD}。"),
        )
    if mail.get("username") and _text(mail, "security") == "none" and not is_local(_text(mail, "host")):
        yield ("mail", "security"), _("mail.security 是 none，密码会明文上网；请写 tls 或 starttls。")


def is_local(host: str) -> bool:
    """True for this machine itself, also when nothing is written (the default host)."""
    return not host or reach_of(f"//{f'[{host}]' if ':' in host else host}") == "loopback"


def _index_problems(index: Mapping[str, Any]) -> Found:
    url = _text(index, "url")
    if _text(index, "backend") == "elasticsearch":
        if not url:
            yield ("index", "backend"), _("index.backend 是 elasticsearch，要写 index.url。")
        elif url.startswith("http://") and reach_of(url) != "loopback":
            yield ("index", "url"), _("index.url 是明文的 http；除本机外请用 https。")
    elif url:
        yield ("index", "url"), _("index.url 只用于 elasticsearch；请写 backend: elasticsearch，或删掉它。")


def _store_problems(config: Mapping[str, Any]) -> Found:
    url = _text(_mapping(config, "store"), "url")
    if not url:
        return
    scheme = url.partition(":")[0].partition("+")[0]
    if scheme not in ("sqlite", "postgresql") or "://" not in url:
        text = _("store.url 写的是“{seen}”；请写 sqlite:///data/radar.db 或 postgresql://主机/库名。")
        yield ("store", "url"), text.format(seen=url.partition("@")[2] or url)
    elif scheme == "sqlite" and (not url.partition("///")[2] or ":memory:" in url):
        yield ("store", "url"), _("store.url 没有文件；请写 sqlite:///data/radar.db。")


def _two_ways(config: Mapping[str, Any]) -> Found:
    for section, key in _SECRETS:
        inner = _mapping(config, section)
        if inner.get(key) and inner.get(f"{key}_file"):
            text = _("{section}.{key} 和 {key}_file 写了两处；请留一个。")
            yield (section, f"{key}_file"), text.format(section=section, key=key)


def inside(path: Path, folder: Path) -> bool:
    """True when the path lies in the folder."""
    return path.resolve().is_relative_to(folder.resolve())
