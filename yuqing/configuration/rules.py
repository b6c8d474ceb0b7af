"""
What several options must say together. Each rule looks at the plain values as written, so that its mistakes
are reported beside those of single fields; what a field already got wrong is passed over here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from core.errors import YuqingError
from core.i18n import _
from yuqing.configuration.lines import Loc
from yuqing.configuration.plain import Found, items_at, mapping_at, reach_of, text_at
from yuqing.configuration.source_rules import source_problems
from yuqing.configuration.watch_rules import watch_problems

_SECRETS: tuple[tuple[str, str], ...] = (("mail", "password"), ("index", "api_key"))


def config_problems(config: Mapping[str, Any]) -> Found:
    """Every mistake that only shows when options are seen together."""
    yield from _twice(config, "sources")
    yield from _twice(config, "subscriptions")
    for loc, source in items_at(config, ("sources",)):
        yield from source_problems(source, loc)
    for loc, subscription in items_at(config, ("subscriptions",)):
        yield from _query_problem(subscription, loc)
    if isinstance(watch := config.get("watch"), Mapping):
        yield from watch_problems(watch, ("watch",))
    yield from _mail_problems(mapping_at(config, "mail"))
    yield from _index_problems(mapping_at(config, "index"))
    yield from _store_problems(config)
    yield from _two_ways(config)


def inline_secrets(config: Mapping[str, Any], expanded: frozenset[Loc]) -> Iterator[Loc]:
    """The secrets that stand in the file itself."""
    for loc in _SECRETS:
        if mapping_at(config, loc[0]).get(loc[1]) and loc not in expanded:
            yield loc
    address = text_at(mapping_at(config, "store"), "url")
    if ("store", "url") not in expanded and _password_in(address):
        yield ("store", "url")


def _password_in(url: str) -> bool:
    try:
        return bool(urlsplit(url).password)
    except ValueError:
        return False


def _twice(config: Mapping[str, Any], key: str) -> Found:
    seen: set[str] = set()
    for loc, item in items_at(config, (key,)):
        name = text_at(item, "id")
        if name and name in seen:
            yield (*loc, "id"), _("{key} 里 id {name} 重复了；每个要有自己的代号。").format(key=key, name=name)
        seen.add(name)


def _query_problem(subscription: Mapping[str, Any], loc: Loc) -> Found:
    query = text_at(subscription, "query")
    if not query.strip():
        return
    from search_index.query import parse

    try:
        parse(query)
    except YuqingError as error:
        name = text_at(subscription, "id")
        yield (*loc, "query"), _("订阅 {name} 的查询：{error}").format(name=name, error=error)


def _mail_problems(mail: Mapping[str, Any]) -> Found:
    if mail.get("username") and not (mail.get("password") or mail.get("password_file")):
        yield (
            ("mail", "username"),
            _("mail 有 username 却没有密码；请写 password_file，或 password: ${SMTP_PASSWORD}。"),
        )
    if mail.get("username") and text_at(mail, "security") == "none" and not is_local(text_at(mail, "host")):
        yield ("mail", "security"), _("mail.security 是 none，密码会明文上网；请写 tls 或 starttls。")


def is_local(host: str) -> bool:
    """True for this machine itself, also when nothing is written (the default host)."""
    return not host or reach_of(f"//{f'[{host}]' if ':' in host else host}") == "loopback"


def _index_problems(index: Mapping[str, Any]) -> Found:
    url = text_at(index, "url")
    if text_at(index, "backend") == "elasticsearch":
        if not url:
            yield ("index", "backend"), _("index.backend 是 elasticsearch，要写 index.url。")
        elif any(
            each.strip().startswith("http://") and reach_of(each.strip()) != "loopback" for each in url.split(",")
        ):
            yield ("index", "url"), _("index.url 是明文的 http；除本机外请用 https。")
    elif url:
        yield ("index", "url"), _("index.url 只用于 elasticsearch；请写 backend: elasticsearch，或删掉它。")


def _store_problems(config: Mapping[str, Any]) -> Found:
    url = text_at(mapping_at(config, "store"), "url")
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
        inner = mapping_at(config, section)
        if inner.get(key) and inner.get(f"{key}_file"):
            text = _("{section}.{key} 和 {key}_file 写了两处；请留一个。")
            yield (section, f"{key}_file"), text.format(section=section, key=key)


def inside(path: Path, folder: Path) -> bool:
    """True when the path lies in the folder."""
    return path.resolve().is_relative_to(folder.resolve())
