"""
yuqing.yaml as the values that the packages take.

Reading never stops at the first mistake: a ConfigError lists them all, each with its file and line.
Paths in the file are relative to the file.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, SecretStr, ValidationError

from core.errors import ConfigError, UsageError
from core.i18n import _
from core.values import Company, Kind, Source, Subscription, Watch
from yuqing.config_forms import ConfigForm, MailForm, SourceForm, WatchForm
from yuqing.config_lines import Lines, Loc, Problem, environment_or_file, read_lines
from yuqing.config_problems import problems_of
from yuqing.config_rules import config_problems, inline_secrets, inside, is_local, watch_problems

M = TypeVar("M", bound=BaseModel)

Security = Literal["none", "starttls", "tls"]
_PORTS: Mapping[Security, int] = {"none": 25, "starttls": 587, "tls": 465}
_KINDS: Mapping[str, Kind] = {"forum": "post", "import": "complaint"}
"""The kind of a source's documents where none is written, by channel; else news."""


@dataclass(frozen=True, slots=True)
class BriefConfig:
    """When the brief goes out (in the configured zone), and to whom; nobody means it is kept, not sent."""

    at: time
    to: tuple[str, ...]
    days: Literal["workdays", "all"]


@dataclass(frozen=True, slots=True)
class MailConfig:
    """The way out for mail. `sender` may hold a display name; no username means no login."""

    host: str
    port: int
    sender: str
    username: str | None
    password: SecretStr | None
    security: Security
    timeout_s: float


@dataclass(frozen=True, slots=True)
class IndexConfig:
    """The search index; url, api_key and ca_file are for Elasticsearch."""

    backend: Literal["tantivy", "elasticsearch"]
    url: str | None
    name: str
    api_key: SecretStr | None
    ca_file: Path | None


@dataclass(frozen=True, slots=True)
class StoreConfig:
    """The system of record: an SQLAlchemy URL, the path of SQLite absolute."""

    url: str


@dataclass(frozen=True, slots=True)
class Config:
    """
    Everything that was configured, defaults filled in.

    `free_space_floor` is in bytes. `effective` is what is in force as it would stand in the file, secrets
    masked. `path` is the file itself.
    """

    path: Path
    company: str
    timezone: ZoneInfo
    contact: str | None
    language: str
    watch: Watch
    sources: tuple[Source, ...]
    subscriptions: tuple[Subscription, ...]
    brief: BriefConfig
    mail: MailConfig
    index: IndexConfig
    store: StoreConfig
    log_level: Literal["debug", "info", "warning", "error"]
    data_dir: Path
    free_space_floor: int
    pseudonym_key_file: Path
    effective: Mapping[str, Any]


def load_config(path: Path, *, variables: Mapping[str, str] | None = None) -> Config:
    """
    The configuration in the file. `variables` is the environment (the process's own by default).

    Raises ConfigError: the file is missing or unreadable, or holds mistakes, all of them listed.
    """
    lines = _read(path, variables, ConfigError)
    form, found = _validated(ConfigForm, lines)
    if isinstance(lines.value, Mapping):
        found += _located(config_problems(lines.value), lines)
        found += _open_secrets(path, lines)
    if form and not found:
        found += _key_in_data(form, path, lines)
    secrets, unread = _secrets(form, path) if form else ({}, [])
    _raise(ConfigError, path, [*found, *(Problem(lines.line_of(loc), text) for loc, text in unread)])
    assert form is not None
    return _config(form, path, secrets)


def load_watch(path: Path) -> Watch:
    """The watch in a file of its own (or under `watch:`). Raises UsageError, every mistake listed."""
    lines = _read(path, None, UsageError)
    if isinstance(lines.value, Mapping) and isinstance(lines.value.get("watch"), Mapping):
        lines = lines.under("watch")
    form, found = _validated(WatchForm, lines)
    if isinstance(lines.value, Mapping):
        found += _located(watch_problems(lines.value, ()), lines)
    _raise(UsageError, path, found)
    assert form is not None
    return _watch(form)


def load_source(path: Path) -> Source:
    """
    A source in a file of its own, for filters that fetch nothing: purpose, basis and retention may be absent.

    Raises UsageError, every mistake listed.
    """
    lines = _read(path, None, UsageError)
    if isinstance(lines.value, Mapping) and set(lines.value) == {"sources"}:
        lines = lines.under("sources")
    if isinstance(lines.value, list) and len(lines.value) == 1:
        lines = lines.under(0)
    if isinstance(lines.value, Mapping):
        asked = {"id": path.stem, "channel": "listing", "purpose": "-", "basis": "-", "retention_days": "1"}
        lines = Lines({**asked, **lines.value}, lines.at, lines.expanded, lines.problems)
    form, found = _validated(SourceForm, lines)
    _raise(UsageError, path, found)
    assert form is not None
    return _source(form, path.parent)


# ---------------------------------------------------------------- reading


def _read(path: Path, variables: Mapping[str, str] | None, kind: type[ConfigError | UsageError]) -> Lines:
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        what = _("{path} 不存在；运行 yuqing init 写一份起步配置。") if kind is ConfigError else _("{path} 不存在。")
        raise kind(what.format(path=path)) from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise kind(_("{path}:{line}: 不是 UTF-8；请把文件另存为 UTF-8。").format(path=path, line=line)) from None
    except OSError as error:
        raise kind(_("{path} 读不了：{seen}。").format(path=path, seen=error.strerror)) from None
    return read_lines(text, environment=environment_or_file(os.environ if variables is None else variables))


def _validated(model: type[M], lines: Lines) -> tuple[M | None, list[Problem]]:
    found = list(lines.problems)
    if lines.value is None and found:
        return None, found
    try:
        return model.model_validate(lines.value if lines.value is not None else {}), found
    except ValidationError as error:
        return None, [*found, *problems_of(error.errors(include_url=False), model, lines)]


def _located(found: Iterable[tuple[Loc, str]], lines: Lines) -> list[Problem]:
    return [Problem(lines.line_of(loc), text) for loc, text in found]


def _raise(kind: type[ConfigError | UsageError], path: Path, found: Iterable[Problem]) -> None:
    if problems := sorted(set(found)):
        raise kind("\n".join(f"{path}:{problem.line}: {problem.text}" for problem in problems))


def _open_secrets(path: Path, lines: Lines) -> Iterator[Problem]:
    mode = stat.S_IMODE(path.stat().st_mode)
    if not mode & 0o077:
        return
    for loc in inline_secrets(lines.value, lines.expanded):
        text = _(
            "{key} 里有明文密码，而别人读得到这个文件（{mode:o}）；请改用 ${{变量}} 或 *_file，或 chmod 600 {path}。"
        )
        yield Problem(lines.line_of(loc), text.format(key=".".join(map(str, loc)), mode=mode, path=path))


def _key_in_data(form: ConfigForm, path: Path, lines: Lines) -> Iterator[Problem]:
    if inside(path.parent / form.pseudonym_key_file, _data_dir(_store_url(form.store.url, path), path)):
        text = _("pseudonym_key_file 在数据文件夹里，拿到数据的人就拿到了钥匙；请放到别处，如 keys/pseudonym.key。")
        yield Problem(lines.line_of(("pseudonym_key_file",)), text)


def _secrets(form: ConfigForm, path: Path) -> tuple[dict[str, SecretStr | None], list[tuple[Loc, str]]]:
    """The secrets by name, read from their files where one is named; and what could not be read."""
    found: dict[str, SecretStr | None] = {"password": form.mail.password, "api_key": form.index.api_key}
    unread: list[tuple[Loc, str]] = []
    for section, name, file in (
        ("mail", "password", form.mail.password_file),
        ("index", "api_key", form.index.api_key_file),
    ):
        if file is None:
            continue
        try:
            found[name] = SecretStr((path.parent / file).read_text("utf-8").rstrip("\r\n"))
        except (OSError, UnicodeDecodeError) as error:
            text = _("{key} 指的 {file} 读不了：{seen}。")
            seen = getattr(error, "strerror", None) or _("不是 UTF-8")
            unread.append(((section, f"{name}_file"), text.format(key=f"{section}.{name}_file", file=file, seen=seen)))
    return found, unread


# ---------------------------------------------------------------- forms to values


def _config(form: ConfigForm, path: Path, secrets: Mapping[str, SecretStr | None]) -> Config:
    home = path.parent.resolve()
    store = _store_url(form.store.url, path)
    data = _data_dir(store, path)
    return Config(
        path=path,
        company=form.company,
        timezone=ZoneInfo(form.timezone),
        contact=form.contact,
        language=form.language,
        watch=_watch(form.watch) if form.watch else _own_watch(form.company),
        sources=tuple(_source(each, home) for each in form.sources),
        subscriptions=tuple(Subscription(each.id, each.query, each.to, each.at) for each in form.subscriptions),
        brief=BriefConfig(form.brief.at, form.brief.to, form.brief.days),
        mail=_mail(form.mail, secrets["password"]),
        index=IndexConfig(
            form.index.backend,
            form.index.url,
            form.index.name,
            secrets["api_key"],
            home / form.index.ca_file if form.index.ca_file else None,
        ),
        store=StoreConfig(store),
        log_level=form.log.level,
        data_dir=data,
        free_space_floor=form.free_space_floor,
        pseudonym_key_file=home / form.pseudonym_key_file,
        effective=_effective(form),
    )


def _store_url(url: str, path: Path) -> str:
    """The URL with the path of SQLite made absolute, seen from the file's folder."""
    if not url.startswith("sqlite"):
        return url
    scheme, _slashes, file = url.partition("///")
    return f"{scheme}///{path.parent.resolve() / file}"


def _data_dir(store_url: str, path: Path) -> Path:
    """The folder that holds the store, the index and the logs."""
    if store_url.startswith("sqlite"):
        return Path(store_url.partition("///")[2].partition("?")[0]).parent
    return path.parent.resolve() / "data"


def _own_watch(company: str) -> Watch:
    return Watch((Company(company, {"full": (company,)}),))


def _watch(form: WatchForm) -> Watch:
    companies = (_company(each.name, each.aliases.model_dump(), each.cues, each.exclude) for each in form.companies)
    return Watch(tuple(companies), form.hotlines)


def _company(
    name: str, aliases: dict[Any, tuple[str, ...]], cues: tuple[str, ...], exclude: tuple[str, ...]
) -> Company:
    """A company; a name that stands under no kind counts as a full name."""
    if not any(name in each for each in aliases.values()):
        aliases["full"] = (name, *aliases["full"])
    return Company(name, {kind: names for kind, names in aliases.items() if names}, cues, exclude)


def _source(form: SourceForm, home: Path) -> Source:
    values = form.model_dump()
    values["name"] = form.name or form.id
    values["kind"] = form.kind or _KINDS.get(form.channel, "news")
    values["folder"] = str(home / form.folder) if form.folder else None
    return Source(**values)


def _mail(form: MailForm, password: SecretStr | None) -> MailConfig:
    security = form.security or _usual_security(form)
    return MailConfig(
        form.host, form.port or _PORTS[security], form.sender, form.username, password, security, form.timeout_s
    )


def _usual_security(form: MailForm) -> Security:
    if form.port == _PORTS["tls"]:
        return "tls"
    return "none" if is_local(form.host) else "starttls"


def _effective(form: ConfigForm) -> dict[str, Any]:
    plain = form.model_dump(mode="json", by_alias=True, exclude_none=True)
    address = plain["store"]["url"]
    if "@" in address and "://" in address:
        scheme, _sep, rest = address.partition("://")
        user = rest.rpartition("@")[0].partition(":")[0]
        plain["store"]["url"] = f"{scheme}://{user}:**********@{rest.rpartition('@')[2]}"
    return plain
