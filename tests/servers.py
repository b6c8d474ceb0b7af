"""
Loopback sites that misbehave on request: first-class fixtures.

A `Site` serves pages given as text, bytes or a function of the request, on a port of its own, and remembers
every request: what was asked, with which headers, when, and how many were open at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any


@dataclass(frozen=True)
class Asked:
    """One request as the site saw it."""

    path: str
    headers: Mapping[str, str]
    at: float  # monotonic seconds


@dataclass(frozen=True)
class Answer:
    """What a site says. `body` may be bytes, or an iterable of chunks sent as they come (then no length is told)."""

    body: Any = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    wait_s: float = 0.0  # before the first byte
    cut: bool = False  # close without an answer


Page = Answer | str | bytes | Callable[[Asked], "Answer | str | bytes"]


class _QuietServer(ThreadingHTTPServer):
    """Clients that are killed in the middle of an answer are part of the tests."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


class Site:
    """A web site on loopback, used as a context manager. `pages` may be changed while it serves."""

    def __init__(
        self,
        pages: Mapping[str, Page] | None = None,
        *,
        robots: Page | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.pages: dict[str, Page] = dict(pages or {})
        self.pages.setdefault("/robots.txt", robots if robots is not None else Answer(status=404))
        self.fallback: Callable[[Asked], Answer | str | bytes] | None = None
        self.asked: list[Asked] = []
        self.most_at_once = 0
        self._open = 0
        self._lock = threading.Lock()
        self._server = _QuietServer((host, port), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def url(self, path: str = "/", *, host: str = "127.0.0.1") -> str:
        """The address of a path of this site."""
        return f"http://{host}:{self.port}{path}"

    def paths(self, *, robots: bool = False) -> list[str]:
        """The paths asked for, in order; robots.txt only when wanted."""
        return [a.path for a in self.asked if robots or a.path != "/robots.txt"]

    def __enter__(self) -> Site:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, asked: Asked) -> Answer:
        """What the site says to a request."""
        page = self.pages.get(asked.path)
        if page is None:
            page = self.fallback or Answer(b"<title>404</title>", status=404)
        said = page(asked) if callable(page) else page
        if isinstance(said, str):
            said = said.encode()
        return said if isinstance(said, Answer) else Answer(said)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # else each small page waits 40 ms for an acknowledgement

            def do_GET(self) -> None:
                asked = Asked(self.path, {k.lower(): v for k, v in self.headers.items()}, time.monotonic())
                with site._lock:
                    site.asked.append(asked)
                    site._open += 1
                    site.most_at_once = max(site.most_at_once, site._open)
                try:
                    self._say(site.answer(asked))
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True
                finally:
                    with site._lock:
                        site._open -= 1

            def _say(self, answer: Answer) -> None:
                time.sleep(answer.wait_s)
                if answer.cut:
                    self.close_connection = True
                    return
                whole = isinstance(answer.body, (bytes, str))
                body = answer.body.encode() if isinstance(answer.body, str) else answer.body
                headers = {"Content-Type": "text/html; charset=utf-8", **answer.headers}
                self.send_response(answer.status)
                if whole and answer.status != 304:
                    headers.setdefault("Content-Length", str(len(body)))
                if not whole:
                    headers["Connection"] = "close"
                    self.close_connection = True
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                for chunk in [body] if whole else body:
                    self.wfile.write(chunk)
                    self.wfile.flush()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler
