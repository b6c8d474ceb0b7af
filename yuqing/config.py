"""
yuqing.yaml as the values that the packages take.

Reading never stops at the first mistake: a ConfigError lists them all, each with its file and line.
Paths in the file are relative to the file.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, SecretStr, ValidationError

from core.errors import ConfigError, UsageError
from core.i18n import _
from core.values import Source, Watch
from yuqing.configuration.forms import ConfigForm, SourceForm, WatchForm
from yuqing.configuration.lines import Lines, Loc, Problem, environment_or_file, read_lines
from yuqing.configuration.problems import problems_of
from yuqing.configuration.rules import config_problems, inline_secrets, inside
from yuqing.configuration.values import (
    BriefConfig,
    Config,
    IndexConfig,
    MailConfig,
    StoreConfig,
    config_of,
    data_dir_of,
    source_of,
    store_url_of,
    watch_of,
)
from yuqing.configuration.watch_rules import watch_problems

__all__ = [
    "BriefConfig",
    "Config",
    "IndexConfig",
    "MailConfig",
    "StoreConfig",
    "load_config",
    "load_source",
    "load_watch",
]

M = TypeVar("M", bound=BaseModel)


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
    return config_of(form, path, secrets)


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
    return watch_of(form)


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
    return source_of(form, path.parent)


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
    if inside(path.parent / form.pseudonym_key_file, data_dir_of(store_url_of(form.store.url, path), path)):
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
