"""The configuration as the values that the packages take, and how the forms become them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from core.values import Company, Kind, Source, Subscription, Watch
from yuqing.configuration.forms import ConfigForm, MailForm, SourceForm, WatchForm
from yuqing.configuration.rules import is_local

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
    topic_files: tuple[Path, ...]
    sentiment_model: Path | None
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


def config_of(form: ConfigForm, path: Path, secrets: Mapping[str, SecretStr | None]) -> Config:
    """The configuration of a form that stands in the file at `path`; `secrets` has "password" and "api_key"."""
    home = path.parent.resolve()
    store = store_url_of(form.store.url, path)
    data = data_dir_of(store, path)
    return Config(
        path=path,
        company=form.company,
        timezone=ZoneInfo(form.timezone),
        contact=form.contact,
        language=form.language,
        watch=watch_of(form.watch) if form.watch else _own_watch(form.company),
        topic_files=tuple(home / each for each in form.topics),
        sentiment_model=home / form.sentiment_model if form.sentiment_model else None,
        sources=tuple(source_of(each, home) for each in form.sources),
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


def store_url_of(url: str, path: Path) -> str:
    """The URL with the path of SQLite made absolute, seen from the file's folder."""
    if not url.startswith("sqlite"):
        return url
    scheme, _slashes, file = url.partition("///")
    return f"{scheme}///{path.parent.resolve() / file}"


def data_dir_of(store_url: str, path: Path) -> Path:
    """The folder that holds the store, the index and the logs."""
    if store_url.startswith("sqlite"):
        return Path(store_url.partition("///")[2].partition("?")[0]).parent
    return path.parent.resolve() / "data"


def _own_watch(company: str) -> Watch:
    return Watch((Company(company, {"full": (company,)}),))


def watch_of(form: WatchForm) -> Watch:
    """The watch of a form."""
    companies = (_company(each.name, each.aliases.model_dump(), each.cues, each.exclude) for each in form.companies)
    return Watch(tuple(companies), form.hotlines)


def _company(
    name: str, aliases: dict[Any, tuple[str, ...]], cues: tuple[str, ...], exclude: tuple[str, ...]
) -> Company:
    """A company; a name that stands under no kind counts as a full name."""
    if not any(name in each for each in aliases.values()):
        aliases["full"] = (name, *aliases["full"])
    return Company(name, {kind: names for kind, names in aliases.items() if names}, cues, exclude)


def source_of(form: SourceForm, home: Path) -> Source:
    """The source of a form; its folder is seen from `home`."""
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
