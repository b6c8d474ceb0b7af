"""
How well and how fast pages are read, over real pages with known truth; peers that are installed run beside us.

Run: python bench/extraction.py [--ours] [--misses]. The pages are looked for under YUQING_DATA; without them it says
so and ends.
Peers (trafilatura, readability-lxml, gne, newspaper4k) are never dependencies of the project: install them where
this script runs, or name their interpreter's site-packages in PYTHONPATH.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import os
import re
import sys
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from core.times import local_iso
from crawlers.encoding import decode
from crawlers.extract import extract

DATA = Path(os.environ.get("YUQING_DATA", Path(__file__).resolve().parents[2] / "shared" / "data")) / "extraction"
RESULT = Path(__file__).resolve().parent / "results" / "extraction.md"
FETCHED = datetime(2026, 11, 22, tzinfo=UTC)


@dataclass(frozen=True)
class Reading:
    """What an extractor says of a page, in the form the truth has."""

    body: str = ""
    title: str = ""
    date: str = ""
    outlet: str = ""
    authors: tuple[str, ...] = ()


@dataclass
class Tally:
    """Counts of one extractor over the set: n of N by name, body F1 by kind of page."""

    f1: dict[str, list[float]] = field(default_factory=dict)
    right: Counter[str] = field(default_factory=Counter)
    of: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    slowest: float = 0.0
    misses: list[str] = field(default_factory=list)

    def count(self, name: str, right: bool, note: str) -> None:
        self.of[name] += 1
        self.right[name] += right
        if not right and name != "author hit":
            self.misses.append(f"{name}: {note}")


def bare(text: str | None) -> str:
    return re.sub(r"[\W_]+", "", text or "")


def bigrams(text: str) -> Counter[str]:
    text = bare(text)
    return Counter(text[i : i + 2] for i in range(len(text) - 1))


def f1_of(found: str, truth: str) -> float:
    """F1 over character bigrams, punctuation and blanks dropped."""
    a, b = bigrams(found), bigrams(truth)
    common = (a & b).total()
    return 2 * common / (a.total() + b.total()) if common else 0.0


# ---------------------------------------------------------------- extractors


def ours(raw: bytes, url: str) -> Reading:
    found = extract(raw, url=url or None, fetched_at=FETCHED)
    when = (local_iso(found.published_at) or "").replace("T", " ")[:19]
    return Reading(found.body or "", found.title or "", when, found.outlet or "", found.author)


_NAMES = re.compile(r"""\b(class|id)\s*=\s*("[^"]*"|'[^']*')""")
_METAS = re.compile(r"<meta[^>]+(?:description|og:|article:|twitter)[^>]*>", re.IGNORECASE)


def ours_without_names(raw: bytes, url: str) -> Reading:
    """As a site whose class names and ids mean nothing to us."""
    text = _NAMES.sub(lambda m: f'{m[1]}="n{zlib.crc32(m[2].encode()) % 9973}"', decode(raw)[0])
    return ours(text.encode(), url)


def ours_without_metas(raw: bytes, url: str) -> Reading:
    """As a site whose pages do not describe themselves."""
    return ours(_METAS.sub("", decode(raw)[0]).encode(), url)


def trafilatura(raw: bytes, url: str) -> Reading:
    from trafilatura import bare_extraction

    found: Any = bare_extraction(decode(raw)[0], url=url or None, with_metadata=True)
    if found is None:
        return Reading()
    said = found if isinstance(found, dict) else found.as_dict()
    authors = tuple(a.strip() for a in (said.get("author") or "").split(";") if a.strip())
    return Reading(said.get("text") or "", said.get("title") or "", said.get("date") or "", "", authors)


def readability(raw: bytes, url: str) -> Reading:
    from lxml.html import fromstring
    from readability import Document

    document = Document(decode(raw)[0])
    return Reading(fromstring(document.summary()).text_content(), document.short_title())


def gne(raw: bytes, url: str) -> Reading:
    from gne import GeneralNewsExtractor

    said = GeneralNewsExtractor().extract(decode(raw)[0])
    authors = (said["author"],) if said["author"] else ()
    return Reading(said["content"], said["title"], said["publish_time"], "", authors)


def newspaper4k(raw: bytes, url: str) -> Reading:
    from newspaper import Article

    article = Article(url or "http://page.example/", language="zh", fetch_images=False)
    article.download(input_html=decode(raw)[0])
    article.parse()
    when = article.publish_date.isoformat(" ") if article.publish_date else ""
    return Reading(article.text, article.title, when, "", tuple(article.authors))


Extractor = Callable[[bytes, str], Reading]
ABLATIONS: dict[str, Extractor] = {
    "ours, class names and ids scrambled": ours_without_names,
    "ours, description and og tags removed": ours_without_metas,
}
"""No rule of ours names a host, so leaving hosts out changes nothing; these show what a foreign site may lack."""
PEERS: dict[str, tuple[str, Extractor]] = {
    "trafilatura": ("trafilatura", trafilatura),
    "readability-lxml": ("readability", readability),
    "gne": ("gne", gne),
    "newspaper4k": ("newspaper", newspaper4k),
}


# ---------------------------------------------------------------- measuring


def measure(extractor: Extractor, pages: Iterable[dict[str, Any]]) -> Tally:
    tally = Tally()
    for page in pages:
        raw = gzip.decompress((DATA / page["file"]).read_bytes())
        begun = time.process_time()
        try:
            reading = extractor(raw, page["url"] or "")
        except Exception as e:  # a peer may fail in any way; that is a miss, not the end of the run
            reading = Reading(title=f"{type(e).__name__}")
        spent = time.process_time() - begun
        tally.seconds += spent
        tally.slowest = max(tally.slowest, spent)
        judge(tally, page, reading)
    return tally


def judge(tally: Tally, page: dict[str, Any], reading: Reading) -> None:
    name, truth = page["id"], page
    score = f1_of(reading.body, truth["body"] or "")
    tally.f1.setdefault(truth["kind"], []).append(score)
    if score < 0.9:
        tally.misses.append(f"body: {name} {truth['kind']} F1 {score:.3f} {(truth['url'] or '')[:60]}")
    if truth["title"]:
        tally.count("title", reading.title == truth["title"], f"{name} {reading.title!r}, truth {truth['title']!r}")
    if truth["date"]:
        note = f"{name} {reading.date!r}, truth {truth['date']!r}"
        tally.count("day", reading.date[:10] == truth["date"][:10], note)
        if len(truth["date"]) > 10:
            tally.count("minute", reading.date[:16].replace("T", " ") == truth["date"][:16], note)
    if truth["source"]:
        right = bare(reading.outlet) == bare(truth["source"])
        tally.count("outlet", right, f"{name} {reading.outlet!r}, truth {truth['source']!r}")
    if truth["author"]:
        tally.count("author hit", bool(set(reading.authors) & set(truth["author"])), name)
    elif truth["author"] == []:
        tally.count("author kept silent", not reading.authors, f"{name} {reading.authors}")


COLUMNS = ("title", "day", "minute", "outlet", "author hit", "author kept silent")


def row(name: str, tally: Tally) -> str:
    cells = [name]
    for kind in ("news", "forum"):
        scores = tally.f1.get(kind, [])
        cells.append(f"{sum(scores) / len(scores):.3f}" if scores else "–")
        if kind == "news":
            cells.append(f"{sum(s > 0.9 for s in scores)} of {len(scores)}")
            cells.append(str(sum(s < 0.5 for s in scores)))
    cells += [f"{tally.right[c]} of {tally.of[c]}" for c in COLUMNS]
    pages = sum(map(len, tally.f1.values()))
    cells += [f"{pages / tally.seconds:.1f}", f"{tally.slowest:.2f}"]
    return "| " + " | ".join(cells) + " |"


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--ours", action="store_true", help="leave the peers out")
    options.add_argument("--misses", action="store_true", help="name every page that we read wrongly")
    chosen = options.parse_args()
    if not (DATA / "truth.json").is_file():
        print(f"No pages to measure: {DATA} is not there. Set YUQING_DATA to the folder that holds extraction/.")
        return 0
    pages = json.loads((DATA / "truth.json").read_text("utf-8"))
    extractors: dict[str, Extractor] = {"ours": ours, **ABLATIONS}
    if not chosen.ours:
        extractors |= {name: run for name, (module, run) in PEERS.items() if importlib.util.find_spec(module)}
    head = ["extractor", "news body F1", "above .9", "below .5", "forum body F1", *COLUMNS, "pages/CPU-s", "slowest s"]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for name, extractor in extractors.items():
        extractor(b"<html><body><p>warm-up</p></body></html>", "http://page.example/")  # imports are not measured
        tally = measure(extractor, pages)
        lines.append(row(name, tally))
        print(lines[-1], flush=True)
        if chosen.misses and name == "ours":
            print("\n".join(tally.misses))
    table = "\n".join(lines)
    print("\n" + table)
    if not chosen.ours:
        RESULT.parent.mkdir(exist_ok=True)
        RESULT.write_text(f"# Extraction\n\n{len(pages)} real pages, python bench/extraction.py\n\n{table}\n", "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
