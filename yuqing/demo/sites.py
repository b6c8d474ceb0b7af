"""
The demo's sites on loopback: threads that answer from pages made beforehand.

Each site has a loopback address of its own where the machine has them (127.0.0.11 to .14), else a port.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from threading import Thread
from types import TracebackType
from typing import Any, NamedTuple

from yuqing.demo.board import board_pages, missing_thread
from yuqing.demo.pages import BASE, Page, Pages, blog_pages, news_pages
from yuqing.demo.world import CRAWLED, Round, Site, World

_EVERYWHERE = "127.0.0.1"
"""The one loopback address that every machine has; macOS gives the interface no other."""


class Asked(NamedTuple):
    """One request that a site answered."""

    site: Site
    path: str
    status: int
    agent: str


def site_pages(world: World, round: Round) -> Mapping[Site, Pages]:
    """Everything that the sites show in a round. Pure."""
    return {
        "qinglan": news_pages(world, round, "qinglan"),
        "lanwan": news_pages(world, round, "lanwan"),
        "minsheng": board_pages(world, round),
        "shuan": blog_pages(world, round),
    }


class DemoSites:
    """
    The sites of a world, up while the `with` block runs.

    `base_urls` gives each site's address without a slash at the end; `log` what was asked, in order.
    `ports` asks for the ports of an earlier time, so that addresses stay; one that is taken is replaced.
    """

    def __init__(self, world: World, round: Round = 1, *, ports: Mapping[Site, int] | None = None) -> None:
        self.world = world
        self.log: list[Asked] = []
        self.pages = site_pages(world, round)
        self._wanted = ports or {}
        self._servers: dict[Site, _Server] = {}

    @property
    def base_urls(self) -> Mapping[Site, str]:
        """Site -> "http://127.0.0.11:40123"."""
        return {site: server.base_url for site, server in self._servers.items()}

    @property
    def ports(self) -> Mapping[Site, int]:
        """Site -> the port it has."""
        return {site: int(server.server_address[1]) for site, server in self._servers.items()}

    def open_round(self, round: Round) -> None:
        """Show what is published by then; 2 lets the crisis break."""
        self.pages = site_pages(self.world, round)

    def __enter__(self) -> DemoSites:
        """Bind and serve. Raises OSError when not even 127.0.0.1 can be bound."""
        for place, site in enumerate(CRAWLED, start=11):
            server = bound(self, site, f"127.0.0.{place}", self._wanted.get(site, 0))
            self._servers[site] = server
            Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for server in self._servers.values():
            server.shutdown()
            server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, sites: DemoSites, site: Site, host: str, port: int) -> None:
        self.sites = sites
        self.site = site
        super().__init__((host, port), _Handler)
        self.base_url = "http://{}:{}".format(*self.server_address[:2])

    def server_bind(self) -> None:
        """Bind without asking DNS for the machine's name, which can take seconds without a network."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a crawler that hangs up in the middle is its own affair, not a line for the user."""


def bound(sites: DemoSites, site: Site, host: str, port: int) -> _Server:
    """A server at this address, at another port when this one is taken, at 127.0.0.1 when there is no such address."""
    try:
        return _Server(sites, site, host, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE and port:
            return bound(sites, site, host, 0)
        if error.errno == errno.EADDRNOTAVAIL and host != _EVERYWHERE:
            return bound(sites, site, _EVERYWHERE, port)
        raise


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    server: _Server

    def do_GET(self) -> None:
        """Answer a page, 304 when the caller has it, 404 when there is none."""
        path = self.path.partition("?")[0]
        page = self.server.sites.pages[self.server.site].get(path)
        if page is None:
            self._send(HTTPStatus.NOT_FOUND, self._missing())
        elif self._known(page):
            self._send(HTTPStatus.NOT_MODIFIED, page)
        else:
            self._send(HTTPStatus.OK, page)

    do_HEAD = do_GET

    def _missing(self) -> Page:
        now = self.server.sites.world.now
        return missing_thread(now) if self.server.site == "minsheng" else Page(b"404\n", "text/plain", now)

    def _known(self, page: Page) -> bool:
        tags = self.headers.get("If-None-Match")
        if tags is not None:
            return page.etag in (tag.strip().removeprefix("W/") for tag in tags.split(","))
        since = self.headers.get("If-Modified-Since")
        try:
            return since is not None and page.modified.replace(microsecond=0) <= parsedate_to_datetime(since)
        except (TypeError, ValueError):
            return False

    def _send(self, status: HTTPStatus, page: Page) -> None:
        agent = self.headers.get("User-Agent", "")
        self.server.sites.log.append(Asked(self.server.site, self.path, status.value, agent))
        content = page.content.replace(BASE.encode(), self.server.base_url.encode())
        self.send_response(status)
        if status != HTTPStatus.NOT_FOUND:
            self.send_header("ETag", page.etag)
            self.send_header("Last-Modified", _http_date(page.modified))
        if status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Type", page.content_type)
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command == "GET" and status != HTTPStatus.NOT_MODIFIED:
            self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: `DemoSites.log` keeps what was asked."""


def _http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)
