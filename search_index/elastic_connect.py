"""Reaching an Elasticsearch server safely, and what its failures mean."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from elasticsearch import ApiError, Elasticsearch, TransportError

from core.errors import ConfigError
from core.i18n import _
from search_index.base import IndexUnavailable


def connect(
    url: str,
    *,
    api_key: str | None = None,
    api_key_file: Path | None = None,
    user: str | None = None,
    password_file: Path | None = None,
    ca_certs: Path | None = None,
    timeout_s: float = 10.0,
) -> Elasticsearch:
    """
    A client; nothing is sent yet. Its own retries are off: a bulk is repeated by who knows what it holds.

    `url` may name several nodes, with commas between: where one cannot be reached, the next is asked (versions
    make it harmless if the first had done it all the same).

    Raises ConfigError for credentials in the address, for plain http to anything but loopback, and for a file of
    a key or certificate that cannot be read.
    """
    addresses = [each.strip() for each in url.split(",")]
    for address in addresses:
        _check(address)
    if api_key_file:
        api_key = _secret(api_key_file)
    if ca_certs:
        _secret(ca_certs)
    basic = (user, _secret(password_file)) if user and password_file else None
    more: dict[str, Any] = {"ca_certs": str(ca_certs)} if ca_certs else {}
    return Elasticsearch(
        addresses,
        api_key=api_key,
        basic_auth=basic,
        request_timeout=timeout_s,
        max_retries=len(addresses) - 1,
        retry_on_status=(),
        retry_on_timeout=False,
        **more,
    )


def _check(url: str) -> None:
    parts = urlsplit(url)
    if parts.username or parts.password:
        raise ConfigError(_("index.url 里不要写用户名或密码，请放进 api_key_file 所指的文件"))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(_("index.url 应写成 https://主机:9200，看到的是 {url}").format(url=url))
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise ConfigError(_("index.url 用明文 http 只允许连本机，连 {host} 请用 https").format(host=parts.hostname))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _secret(path: Path) -> str:
    try:
        return Path(path).read_text("utf-8").strip()
    except OSError as error:
        raise ConfigError(
            _("读不到密钥文件 {path}（{reason}），请检查路径与权限").format(path=path, reason=error.strerror)
        ) from error


@contextmanager
def speaking(where: str) -> Iterator[None]:
    """Turns what the client raises into IndexUnavailable, with the server's own reason."""
    try:
        yield
    except ApiError as error:
        message = _("Elasticsearch（{where}）拒绝了请求：{status} {reason}；文档都在库里，稍后会再试")
        raise IndexUnavailable(
            message.format(where=where, status=error.status_code, reason=reason_of(error.body))
        ) from error
    except TransportError as error:
        message = _("Elasticsearch（{where}）没有应答（{reason}）；文档都在库里，等它恢复后会补上")
        raise IndexUnavailable(message.format(where=where, reason=type(error).__name__)) from error


def reason_of(body: object) -> str:
    """The short reason in an error body of Elasticsearch."""
    cause = _cause(body)
    if isinstance(cause, dict):
        return f"{cause.get('type')}: {cause.get('reason')}"[:200]
    return str(cause)[:200]


def type_of(body: object) -> str:
    """The type of the error in a body of Elasticsearch; empty where it has none."""
    cause = _cause(body)
    return str(cause.get("type", "")) if isinstance(cause, dict) else ""


def _cause(body: object) -> object:
    error = body.get("error", body) if isinstance(body, dict) else body
    return error["root_cause"][0] if isinstance(error, dict) and error.get("root_cause") else error
