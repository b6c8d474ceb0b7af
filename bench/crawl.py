"""
What the crawl costs: pages per CPU-second beside bare Scrapy, memory over 20,000 pages, and bombs.

    python bench/crawl.py [--pages 20000]

Every figure comes from a child process of its own against a small server in another process; only ratios
within one run mean anything on a shared machine.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import multiprocessing
import resource
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
RESULT = ROOT / "bench" / "results" / "crawl.md"

TEXT = "近日，有用户反映星禾科技App泄露个人信息。公司相关负责人表示，已经成立专项小组展开排查，并将尽快公布结果。"
FILLER = "<div class='side'><ul>" + "<li><a href='/x'>青岚新闻网推荐阅读栏目</a></li>" * 60 + "</ul></div>"
A_LIST = 100
BOMB_MIB = 600


# ---------------------------------------------------------------- the server, in a process of its own


def page(number: int) -> bytes:
    paragraphs = "".join(f"<p>{TEXT}（第{n}段）</p>" for n in range(12))
    title = f"星禾科技信息泄露事件追踪报道之{number}"
    return (
        f"<html><head><meta charset='utf-8'><title>{title}_青岚新闻网</title></head><body><h1>{title}</h1>"
        f"<div class='info'>2026-11-20 10:30　来源：青岚晚报</div><div class='content'>{paragraphs}</div>"
        f"{FILLER}</body></html>"
    ).encode()


def listing(number: int, total: int) -> bytes:
    numbers = range(number * A_LIST, min(total, (number + 1) * A_LIST))
    links = "".join(f"<a href='/2026/{n}.html'>星禾科技信息泄露事件追踪报道之{n}</a>" for n in numbers)
    more = f"<a class='next' href='/list/{number + 1}'>下一页</a>" if (number + 1) * A_LIST < total else ""
    return f"<html><meta charset='utf-8'><title>财经</title>{links}{more}</html>".encode()


def bomb(encoding: str) -> tuple[bytes, str]:
    """(body, Content-Encoding) of zeros, compressed piece by piece so that the server stays small."""
    piece, pieces = b"\0" * 2**20, BOMB_MIB
    if encoding == "br":
        import brotli

        compressor = brotli.Compressor(quality=9)
        return b"".join(compressor.process(piece) for _ in range(pieces)) + compressor.finish(), "br"
    if encoding == "zstd":
        from backports import zstd

        squeezer = zstd.ZstdCompressor()
        return b"".join(squeezer.compress(piece) for _ in range(pieces)) + squeezer.flush(), "zstd"
    wbits = {"deflate": 15, "gzip": 31, "nested": 31}[encoding]
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
    body = b"".join(packer.compress(piece) for _ in range(pieces)) + packer.flush()
    return (gzip.compress(body), "gzip, gzip") if encoding == "nested" else (body, encoding)


class Server(asyncio.Protocol):
    """Just enough HTTP/1.1, so that the client is what is measured."""

    total = 0
    bombs: dict[str, tuple[bytes, str]] = {}  # noqa: RUF012

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport

    def data_received(self, data: bytes) -> None:
        path = data.split(b" ", 2)[1].decode()
        extra, status = "", "200 OK"
        if path.startswith("/2026/"):
            body = page(int(path[6:-5]))
        elif path.startswith("/list/"):
            body = listing(int(path[6:]), self.total)
        elif path.startswith("/bomb/"):
            kind = path[6:]
            if kind not in self.bombs:
                self.bombs[kind] = bomb(kind)
            body, encoding = self.bombs[kind]
            extra = f"Content-Encoding: {encoding}\r\n"
        else:
            body, status = b"", "404 Not Found"
        kind = "Content-Type: text/html; charset=utf-8\r\n"
        self.transport.write(f"HTTP/1.1 {status}\r\n{kind}{extra}Content-Length: {len(body)}\r\n\r\n".encode() + body)


def serve(total: int, told: Any) -> None:
    async def run() -> None:
        Server.total = total
        server = await asyncio.get_running_loop().create_server(Server, "127.0.0.1", 0)
        told.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


# ---------------------------------------------------------------- the clients, each in a process of its own


def cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def rss_mb() -> float:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 2**20


def plain_spider(total: int, port: int) -> type:
    import scrapy

    class Plain(scrapy.Spider):
        name = "plain"

        def __init__(self, **shared: Any) -> None:
            super().__init__()
            self.__dict__.update(shared)
            self.read = 0

        async def start(self) -> Any:
            for number in range(total):
                yield scrapy.Request(f"http://127.0.0.1:{port}/2026/{number}.html", callback=self.parse)

        def parse(self, response: Any) -> Any:
            self.read += 1
            yield {
                "title": response.css("h1::text").get(),
                "info": response.css(".info::text").get(),
                "body": "".join(response.css(".content p::text").getall()),
            }

    return Plain


def bare(total: int, port: int, *, reactor: bool) -> dict[str, float]:
    """Scrapy as it ships, logging off."""
    from scrapy.crawler import AsyncCrawlerProcess

    settings = {"LOG_ENABLED": False, "TWISTED_REACTOR_ENABLED": reactor, "TELNETCONSOLE_ENABLED": False}
    process = AsyncCrawlerProcess({**settings, "REMOTE_CONTROL_ENABLED": False})
    crawler = process.create_crawler(plain_spider(total, port))
    process.crawl(crawler)
    began = cpu_s()
    process.start()
    assert crawler.spider.read == total  # type: ignore[union-attr]
    return {"pages": total, "cpu_s": cpu_s() - began}


def ours(total: int, port: int) -> dict[str, float]:
    """The same spider under the project's settings: guard, turns, robots.txt, limits."""
    from scrapy.crawler import AsyncCrawlerRunner, Crawler

    from crawlers.desk import Desk
    from crawlers.hosts import Hosts
    from crawlers.robots import RobotsKeeper
    from crawlers.round import project_settings
    from tests.crawlers.memory_store import MemoryStore
    from tests.crawlers.rounds import NOW, source

    async def run() -> int:
        desk = Desk(MemoryStore(), on_broken=lambda _: None)
        hosts = Hosts(desk, clock=lambda: NOW)
        shared = {
            "hosts": hosts,
            "robots": RobotsKeeper(hosts, clock=lambda: NOW),
            "source": source("http://127.0.0.1/"),
        }
        runner = AsyncCrawlerRunner(project_settings("https://radar.example"))
        crawler = Crawler(plain_spider(total, port), runner.settings)
        await runner.crawl(crawler, **shared)
        desk.close()
        return crawler.spider.read  # type: ignore[union-attr]

    began = cpu_s()
    assert asyncio.run(run()) == total
    return {"pages": total, "cpu_s": cpu_s() - began}


def memory(total: int, port: int) -> dict[str, Any]:
    """A whole round with extraction and the real store, and the resident memory along the way."""
    from core.values import Document
    from crawlers.round import run_round
    from store.crawl import StoredCrawl
    from store.engine import open_store
    from tests.crawlers.rounds import NOW, source

    marks: dict[int, float] = {}
    count = 0

    def gate(document: Document) -> Document:
        nonlocal count
        count += 1
        if count in (1000, total // 2, total - 1):
            marks[count] = rss_mb()
        return document

    with tempfile.TemporaryDirectory() as folder:
        began, clock = cpu_s(), time.monotonic()
        (report,) = run_round(
            [source(f"http://127.0.0.1:{port}/list/0", article_pattern=r"/2026/\d+", next="a.next", max_pages=10**6)],
            store=StoredCrawl(open_store(f"sqlite:///{folder}/radar.db"), lambda: NOW),
            gate=gate,
            clock=lambda: NOW,
            contact="https://radar.example",
            deadline_s=3600,
            round_id="r1",
        )
    took = {"cpu_s": cpu_s() - began, "wall_s": time.monotonic() - clock}
    return {"pages": report.pages, "documents": report.documents, "marks": marks, **took}


def explode(kind: str, port: int) -> dict[str, Any]:
    """One bomb in a crawl, and how much the peak of resident memory rose over a page of ordinary size."""
    from tests.crawlers.memory_store import MemoryStore
    from tests.crawlers.rounds import go, source

    go(source(f"http://127.0.0.1:{port}/list/0", max_pages=1, id="warm"), store=MemoryStore())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    report = go(source(f"http://127.0.0.1:{port}/bomb/{kind}"), store=MemoryStore())
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"errors": dict(report.errors), "extra_mb": after - before}


def child(call: str) -> dict[str, Any]:
    """Run `call` (a call of a function above) in a fresh interpreter."""
    code = f"import json, sys; sys.path.insert(0, {str(ROOT)!r}); from bench.crawl import *; print(json.dumps({call}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def rates(port: int, *, total: int, rounds: int) -> list[str]:
    """Interleaved, so that what else the machine does hits all alike."""
    ways: dict[str, Callable[[], dict[str, Any]]] = {
        "bare Scrapy, asyncio reactor (its default)": lambda: child(f"bare({total}, {port}, reactor=True)"),
        "bare Scrapy, without reactor": lambda: child(f"bare({total}, {port}, reactor=False)"),
        "ours: guard, turns, robots.txt, limits": lambda: child(f"ours({total}, {port})"),
    }
    measured = {name: [total / way()["cpu_s"] for _ in range(1)] for name, way in ways.items()}
    for _ in range(rounds - 1):
        for name, way in ways.items():
            measured[name].append(total / way()["cpu_s"])
    best = {name: sorted(values)[len(values) // 2] for name, values in measured.items()}
    base = best["bare Scrapy, asyncio reactor (its default)"]
    return [f"| {name}: pages per CPU-second | {rate:.0f} ({rate / base:.2f}) |" for name, rate in best.items()]


def main() -> None:
    pages = int(sys.argv[sys.argv.index("--pages") + 1]) if "--pages" in sys.argv else 20_000
    ours_end, theirs = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(pages, theirs), daemon=True)
    server.start()
    port = ours_end.recv()
    try:
        rows = rates(port, total=1500, rounds=3)
        for kind in ("gzip", "deflate", "br", "zstd", "nested"):
            seen = child(f"explode({kind!r}, {port})")
            what = f"{BOMB_MIB} MiB of zeros as {kind}: extra peak memory"
            rows.append(f"| {what} | {seen['extra_mb']:.0f} MB, {seen['errors']} |")
        seen = child(f"memory({pages}, {port})")
        told = ", ".join(f"{mark:.0f} MB at {count}" for count, mark in seen["marks"].items())
        rows.append(f"| memory of a whole round, extraction threads and SQLite store included | {told} |")
        rate = f"{seen['documents']} documents, {seen['pages'] / seen['cpu_s']:.0f} pages per CPU-second"
        rows.append(f"| the same round | {rate}, {seen['wall_s']:.0f} s |")
    finally:
        server.terminate()
    table = "\n".join(["| what | figure |", "|---|---|", *rows])
    print(table)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(f"# The crawl's cost\n\n`python bench/crawl.py --pages {pages}`\n\n{table}\n", "utf-8")


if __name__ == "__main__":
    main()
