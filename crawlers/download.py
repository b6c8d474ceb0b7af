"""
The only door to the network. Every request of a crawl passes here: pages, redirects, robots.txt, sitemaps.

It checks the address that is really connected to (a name may change its mind between two lookups), waits
for the host's turn, ends slow answers and cuts long ones.
"""

from __future__ import annotations

import errno
import re
import socket
import ssl
from typing import Any

import aiohttp
import yarl
from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    UnsupportedURLSchemeError,
)
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes

from core.values import Source
from crawlers.guard import refuse_address, refuse_url
from crawlers.hosts import Hosts, delay_for, host_of
from crawlers.refusals import AddressRefused, NotText, TooLarge

_MARK = "address refused: "
_LONGEST_LINE = 16_384  # bytes of one header line; more is hostile
_NOT_TEXT = re.compile(
    r"(?:image|audio|video|font)/"
    r"|application/(?:pdf|zip|gzip|x-(?:gzip|rar|7z)|msword|vnd\.(?:ms-|openxml|oasis|android)|java-archive)",
    re.IGNORECASE,
)
_Headers = list[tuple[str, str]]


class ClosedAddress(OSError):
    """Raised while connecting, inside aiohttp, which lets only OSError through."""


class GuardedHandler(BaseDownloadHandler):
    """Downloads over HTTP(S) with the address guard at connect time, the host's turn, and hard limits."""

    lazy = True

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        spider = crawler.spider
        self._source: Source | None = getattr(spider, "source", None)
        self._hosts: Hosts | None = getattr(spider, "hosts", None)
        self._maxsize = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        self._timeout = aiohttp.ClientTimeout(total=crawler.settings.getfloat("DOWNLOAD_TIMEOUT"))
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                socket_factory=self._open_socket, limit=16, limit_per_host=1, ssl=ssl.create_default_context()
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            max_line_size=_LONGEST_LINE,
            max_field_size=_LONGEST_LINE,
            skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
        )

    @property
    def _allow_private(self) -> bool:
        return bool(self._source and self._source.allow_private)

    def _open_socket(self, where: Any) -> socket.socket:
        """Called with the very address that will be connected to."""
        family, kind, protocol, _name, address = where
        reason = refuse_address(str(address[0]), allow_private=self._allow_private)
        if reason:
            raise ClosedAddress(errno.EACCES, _MARK + reason)
        return socket.socket(family=family, type=kind, proto=protocol)

    async def download_request(self, request: Request) -> Response:
        """The response as received, still compressed. Raises the exceptions that `kind_of` knows."""
        reason = refuse_url(request.url, allow_private=self._allow_private)
        if reason:
            raise AddressRefused(reason)
        if self._hosts is None:
            return await self._fetch(request)
        host = host_of(request.url)
        async with self._hosts.turn(host, delay_for(self._source, request.url)):
            response = await self._fetch(request)
            if response.status in (429, 503):  # before anybody else gets the turn
                await self._hosts.asked_to_wait(host, response.headers.get("Retry-After"))
            return response

    async def _fetch(self, request: Request) -> Response:
        try:
            async with self._session.request(
                request.method,
                yarl.URL(request.url, encoded=True),
                headers=_plain(request.headers),
                data=request.body or None,
                timeout=self._timeout,
                allow_redirects=False,
            ) as answer:
                return await self._read(request, answer)
        except TimeoutError as error:
            raise DownloadTimeoutError(f"no whole answer within {self._timeout.total} s") from error
        except aiohttp.InvalidURL as error:
            raise UnsupportedURLSchemeError("invalid address") from error
        except aiohttp.ClientConnectorDNSError as error:
            raise CannotResolveHostError("name not found") from error
        except aiohttp.ClientConnectorError as error:
            if _MARK in str(error):
                raise AddressRefused(str(error).partition(_MARK)[2].split()[0].strip("],'")) from error
            raise DownloadConnectionRefusedError(type(error).__name__) from error
        except (aiohttp.ClientError, ValueError) as error:
            raise DownloadFailedError(type(error).__name__) from error

    async def _read(self, request: Request, answer: aiohttp.ClientResponse) -> Response:
        if _NOT_TEXT.match(answer.content_type or ""):
            raise NotText(answer.content_type)
        limit = int(request.meta.get("download_maxsize", self._maxsize))
        if (answer.content_length or 0) > limit:
            raise TooLarge(f"declares {answer.content_length} bytes")
        body = bytearray()
        async for chunk in answer.content.iter_any():
            body += chunk
            if len(body) > limit:
                raise TooLarge(f"more than {limit} bytes")
        headers = Headers([(name, value) for name, value in answer.headers.items()])
        kind = responsetypes.from_args(headers=headers, url=request.url, body=bytes(body[:4096]))
        return kind(url=request.url, status=answer.status, headers=headers, body=bytes(body))

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()


def _plain(headers: Headers) -> _Headers:
    return [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in headers.items()
        for value in values
        if name.lower() not in (b"content-length", b"transfer-encoding")
    ]
