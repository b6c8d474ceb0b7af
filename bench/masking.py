"""Masking: recall and precision on the labelled lines, cost of an article, hits on real news. Prints a table."""

from __future__ import annotations

import gzip
import json
import os
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from analysis.masking import find_masks  # noqa: E402
from tests.analysis.marked import read_marked  # noqa: E402

DATA = Path(os.environ.get("YUQING_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
SURE = ("id_card", "mobile", "bank_card", "email")
NAMES = {"ID": "id_card", "BANKCARD": "bank_card", "PERMIT": "passport"}

Case = tuple[str, list[tuple[str, int, int]]]


def own(name: str = "masking") -> list[Case]:
    """The project's cases."""
    lines = (ROOT / f"tests/cases/{name}.jsonl").read_text("utf-8").splitlines()
    return [read_marked(json.loads(line)["marked"]) for line in lines]


def given() -> list[Case]:
    """The labelled lines of the data folder, where it exists."""
    path = DATA / "cases" / "masking.jsonl"
    if not path.exists():
        return []
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [
        (r["text"], [(NAMES.get(s["type"], s["type"].lower()), s["start"], s["end"]) for s in r["spans"]]) for r in rows
    ]


def score(cases: list[Case], *, show: bool) -> tuple[float, float, float, float]:
    """Recall of the sure types, recall, precision (spans that overlap with the right type), exact share of found."""
    want, got, hit, exact = Counter[str](), 0, 0, 0
    found_of = Counter[str]()
    for text, spans in cases:
        masks = find_masks(text)
        for type_, start, end in spans:
            want[type_] += 1
            match = [m for m in masks if m.type == type_ and m.start < end and m.end > start]
            found_of[type_] += bool(match)
            exact += any((m.start, m.end) == (start, end) for m in match)
        good = [m for m in masks if any(m.type == t and m.start < e and m.end > s for t, s, e in spans)]
        got, hit = got + len(masks), hit + len(good)
        wrong = {(m.type, m.start, m.end) for m in masks} ^ set(spans)
        if show and wrong:
            print(
                repr(text),
                [(m.type, text[m.start : m.end]) for m in masks],
                "wanted",
                [(t, text[s:e]) for t, s, e in spans],
            )
    sure = sum(found_of[t] for t in SURE) / max(1, sum(want[t] for t in SURE))
    return sure, found_of.total() / max(1, want.total()), hit / max(1, got), exact / max(1, found_of.total())


def articles() -> list[str]:
    """Real articles of 2,000 characters."""
    text = "".join(lines_of("news_sentences.txt.gz"))[:1_200_000]
    return [text[i : i + 2000] for i in range(0, len(text), 2000)]


def lines_of(name: str) -> list[str]:
    """The lines of one real text file, none where it does not exist."""
    path = DATA / "text" / name
    return gzip.decompress(path.read_bytes()).decode().split("\n") if path.exists() else []


def main() -> None:
    """Print the tables and write them to bench/results/masking.md."""
    show = "--errors" in sys.argv
    rows = [
        "| lines | n | recall id, mobile, card, e-mail | recall | precision | exact ends |",
        "|---|---|---|---|---|---|",
    ]
    for name, cases in (("tests/cases", own()), ("another hand", own("masking_unseen")), ("data folder", given())):
        if cases:
            figures = score(cases, show=show)
            rows.append(f"| {name} | {len(cases)} | " + " | ".join(f"{f:.3f}" for f in figures) + " |")
    texts = articles()
    if texts:
        find_masks(texts[0])
        began = time.process_time()
        for text in texts:
            find_masks(text)
        cost = (time.process_time() - began) / len(texts) * 1000
        rows += ["", f"One article of 2,000 characters: {cost:.3f} ms ({len(texts)} articles)."]
        for name in ("news_passages.txt.gz", "weibo_posts.txt.gz"):
            texts = [t for t in lines_of(name) if t.strip()]
            hits = [(t, m) for t in texts for m in find_masks(t)]
            rows.append(f"Masks in {len(texts)} texts of {name}: {len(hits)} {dict(Counter(m.type for _, m in hits))}.")
            if show:
                for t, m in hits[:80]:
                    print(
                        m.type, t[max(0, m.start - 15) : m.start], "[", t[m.start : m.end], "]", t[m.end : m.end + 12]
                    )
    table = "\n".join(rows)
    print(table)
    (ROOT / "bench/results/masking.md").write_text("# Masking\n\n" + table + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
