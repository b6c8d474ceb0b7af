"""
What a real Discuz! board and a real WordPress site give the spiders: every post right, every change found.

Serves the kept snapshots on loopback under their original paths and runs rounds on them with the
in-memory store. Needs the measuring data beside the checkout (or YUQING_DATA); without it, says so and ends.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from core.text import fold  # noqa: E402
from core.times import SHANGHAI  # noqa: E402
from core.values import Document, RoundReport, Source  # noqa: E402
from crawlers.round import run_round  # noqa: E402
from tests.crawlers.memory_store import MemoryStore  # noqa: E402
from tests.servers import Answer, Asked, Site  # noqa: E402

DATA = Path(os.environ.get("YUQING_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
RESULT = ROOT / "bench" / "results" / "forum_snapshot.md"
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)  # just after the snapshots were taken
ORIGIN = {"discuz": "127.0.0.1:8090", "wordpress": "127.0.0.1:8091"}


@dataclass
class Round:
    """One round and what the site saw of it."""

    report: RoundReport
    asked: list[str]

    @property
    def pages(self) -> list[str]:
        return [path for path in self.asked if path != "/robots.txt"]


class Snapshot:
    """The files of one snapshot, served by thread id and page as list links carry a varying `extra=`."""

    def __init__(self, folder: Path, site: Site, origin: str) -> None:
        self.folder = folder
        self.origin = origin
        self.site = site
        index = json.loads((folder / "index.json").read_text("utf-8"))
        self.known = {self._name(entry["url"]): entry for entry in index if entry["status"] != 304}

    @staticmethod
    def _name(url: str) -> tuple[Any, ...]:
        parts = urlsplit(url)
        ours = ("extra", "orderby", "_embed")  # the snapshot was taken without asking for these
        query = {key: values[0] for key, values in parse_qs(parts.query).items() if key not in ours}
        if query.get("mod") in ("viewthread", "forumdisplay"):
            query.setdefault("page", "1")
        return parts.path.rstrip("/"), tuple(sorted(query.items()))

    def answer(self, asked: Asked) -> Answer:
        entry = self.known.get(self._name(asked.path))
        if entry is None:
            missing = next(f for f in ("thread_missing.html", "missing.html") if (self.folder / f).exists())
            return self._answer(missing, 404, {"content-type": "text/html; charset=utf-8"})
        return self._answer(entry["file"], entry["status"], entry["headers"], asked)

    def _answer(self, file: str, status: int, headers: Mapping[str, str], asked: Asked | None = None) -> Answer:
        etag = headers.get("etag")
        if asked and etag and asked.headers.get("if-none-match") == etag:
            return Answer(b"", 304, {"ETag": etag})
        here = f"127.0.0.1:{self.site.port}"
        body = (self.folder / file).read_bytes().replace(self.origin.encode(), here.encode())
        body = body.replace(self.origin.replace(":", "%3A").encode(), here.replace(":", "%3A").encode())
        body = body.replace(self.origin.replace("/", "\\/").encode(), here.encode())
        return Answer(body, status, {name: value.replace(self.origin, here) for name, value in headers.items()})


def source(id: str, url: str, **changes: Any) -> Source:
    """A source on loopback that may take as many pages as there are."""
    fixed = {"purpose": "measure", "basis": "measure", "retention_days": 1, "delay_s": 0.0, "allow_private": True}
    return Source(**{"id": id, "name": id, "url": url, "max_pages": 200, **fixed, **changes})


def crawl(source: Source, site: Site, store: MemoryStore, *, at: datetime, round_id: str) -> Round:
    before = len(site.asked)
    (report,) = run_round(
        [source],
        store=store,
        gate=lambda document: document,
        clock=lambda: at,
        contact="https://radar.example/",
        deadline_s=120,
        round_id=round_id,
    )
    return Round(report, [asked.path for asked in site.asked[before:]])


def plain(text: str) -> str:
    return re.sub(r"\s+", "", fold(text))


def wanted_posts(truth: Sequence[Mapping[str, Any]]) -> dict[int, tuple[str, str, int, str | None]]:
    """pid -> (author, text, unix time, title of an opening post)."""
    posts = {}
    for thread in truth:
        posts[thread["pid"]] = (thread["author"], thread["body"], thread["time"], thread["title"])
        for reply in thread["replies"]:
            posts[reply["pid"]] = (reply["author"], reply["text"], reply["time"], None)
    return posts


def right(document: Document | None, wanted: tuple[str, str, int, str | None]) -> tuple[bool, bool, bool, bool]:
    """(author, text, time to the second, title)."""
    if document is None:
        return False, False, False, False
    author, text, unix, title = wanted
    time = document.published_at is not None and int(document.published_at.timestamp()) == unix
    return document.author == author, plain(document.body) == plain(text), time, (document.title or None) == title


def discuz(folder: Path) -> list[str]:
    rows = []
    with Site() as site:
        board = source(
            "board", site.url("/forum.php?mod=forumdisplay&fid=2&page=1"), channel="forum", platform="discuz"
        )
        site.pages = {}
        store = MemoryStore()
        one, two = (Snapshot(folder / "discuz_x35" / version, site, ORIGIN["discuz"]) for version in ("v1", "v2"))
        site.fallback = one.answer
        first = crawl(board, site, store, at=NOW, round_id="r1")
        truth = wanted_posts(json.loads((one.folder / "truth.json").read_text("utf-8")))
        by_pid = {int(key.rsplit(":", 1)[1]): document for key, document in store.documents.items()}
        marks = [right(by_pid.get(pid), wanted) for pid, wanted in truth.items()]
        for place, name in enumerate(("author", "text", "time to the second", "title")):
            rows.append(f"| v1 posts with right {name} | {sum(m[place] for m in marks)} of {len(marks)} |")
        rows.append(f"| v1 documents that are no post of the truth | {len(set(by_pid) - set(truth))} |")
        rows.append(f"| v1 requests (robots.txt counted) | {len(first.asked)} |")
        again = crawl(board, site, store, at=NOW + timedelta(minutes=30), round_id="r2")
        rows.append(f"| unchanged board: list pages, threads | {lists(again)}, {len(again.pages) - lists(again)} |")
        site.fallback = two.answer
        changed = crawl(board, site, store, at=NOW + timedelta(minutes=50), round_id="r3")
        rows.append(f"| v1 to v2: requests (robots.txt remembered) | {len(changed.asked)} |")
        rows += changes(folder, store, first, changed)
        last = crawl(board, site, store, at=NOW + timedelta(minutes=55), round_id="r4")
        rows.append(f"| v2 unchanged: list pages, threads | {lists(last)}, {len(last.pages) - lists(last)} |")
    return rows


def wordpress(folder: Path) -> list[str]:
    """The same articles by four ways: list pages, sitemap, feed, REST (the last two hold only some of them)."""
    truth = {entry["id"]: entry for entry in json.loads((folder / "wordpress_61" / "truth.json").read_text("utf-8"))}
    rows = []
    with Site() as site:
        site.pages = {}
        snapshot = Snapshot(folder / "wordpress_61", site, ORIGIN["wordpress"])
        site.fallback = snapshot.answer
        for channel, path, pattern in (
            ("listing", "/", r"/archives/\d+/?$"),
            ("listing", "/wp-sitemap.xml", r"/archives/\d+/?$"),
            ("feed", "/feed/", None),
            ("api", "/wp-json/wp/v2/posts?per_page=10&page=1", None),
        ):
            wordpress = source("blog", site.url(path), channel=channel, article_pattern=pattern)
            if path == "/":
                wordpress = replace(wordpress, next="a.next")
            if channel == "api":
                wordpress = replace(wordpress, platform="wordpress")
            rows.append(_articles(wordpress, site, truth))
    return rows


def _articles(blog: Source, site: Site, truth: Mapping[int, Mapping[str, Any]]) -> str:
    store = MemoryStore()
    first = crawl(blog, site, store, at=NOW, round_id="r1")
    marks = []
    for document in store.documents.values():
        wanted = truth[int(re.search(r"/archives/(\d+)", document.url or "")[1])]  # type: ignore[index]
        local = document.published_at.astimezone(SHANGHAI) if document.published_at else None
        text = plain("".join(wanted["paras"]))
        marks.append(
            (
                document.title == wanted["title"],
                plain(document.body) == text,
                bool(local) and f"{local:%Y-%m-%d %H:%M}" == wanted["date_local"][:16],
            )
        )
    names = ("title", "whole text", "minute")
    told = ", ".join(f"{name} {sum(mark[n] for mark in marks)}" for n, name in enumerate(names))
    again = crawl(blog, site, store, at=NOW + timedelta(minutes=30), round_id="r2")
    way = f"{blog.channel} {urlsplit(blog.url or '').path}"
    second = f"{len(again.pages)} ({again.report.not_modified} not modified)"
    return f"| WordPress by {way}: articles; requests | {len(marks)} ({told}); {len(first.pages)}, again {second} |"


def lists(round: Round) -> int:
    return sum("forumdisplay" in path for path in round.pages)


def threads(round: Round) -> set[int]:
    return {int(m[1]) for path in round.pages if "viewthread" in path and (m := re.search(r"[?&]tid=(\d+)", path))}


def changes(folder: Path, store: MemoryStore, first: Round, changed: Round) -> list[str]:
    wanted = json.loads((folder / "discuz_x35" / "changes_v1_to_v2.json").read_text("utf-8"))
    found = sum(_found(change, store, changed) for change in wanted)
    moved = {change["tid"] for change in wanted}
    idle = sorted(threads(changed) - moved)
    return [
        f"| v1 to v2: changes found | {found} of {len(wanted)} |",
        f"| v1 to v2: unchanged threads fetched | {len(idle)} |",
    ]


def _found(change: Mapping[str, Any], store: MemoryStore, changed: Round) -> bool:
    documents = [d for key, d in store.documents.items() if f":{change['tid']}:" in key]
    gone = {key for key in store.gone if f":{change['tid']}:" in key}
    if change["op"] == "edit_first_post":
        return any(d.title == change["title"] and plain(d.body) == plain(change["body"]) for d in documents)
    if change["op"] == "delete_reply":
        return {key.rsplit(":", 1)[1] for key in gone} == {str(change["pid"])}
    if change["op"] == "delete_thread":
        return bool(documents) and gone == {d.key for d in documents}
    if change["op"] == "new_reply":
        return any(plain(d.body) == plain(change["text"]) and d.author == change["author"] for d in documents)
    return change["tid"] in threads(changed)  # its page is not in the snapshot: asked for is found


def main() -> None:
    archive = DATA / "forum.tar.gz"
    if not archive.exists():
        print(f"no {archive.name} in {DATA}: set YUQING_DATA to the measuring data")
        return
    with tempfile.TemporaryDirectory() as name:
        with tarfile.open(archive) as tar:
            tar.extractall(name, filter="data")
        folder = next(path.parent for path in Path(name).rglob("discuz_x35"))
        rows = discuz(folder) + wordpress(folder)
    table = "\n".join(["| what | figure |", "|---|---|", *rows])
    print(table)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(f"# Forum and site snapshots\n\n`python bench/forum_snapshot.py`\n\n{table}\n", "utf-8")


if __name__ == "__main__":
    main()
