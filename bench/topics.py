"""Topics: F1 on the labelled texts, false alarms on texts of no concern and on real posts. Prints a table."""

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

from analysis.text_type import text_type_of  # noqa: E402
from analysis.topics import topics_of  # noqa: E402
from analysis.topics.judge import Judge  # noqa: E402
from analysis.topics.rules import learned, shipped  # noqa: E402
from bench.labelled import AUTHORS, CASES  # noqa: E402
from core.text import fold  # noqa: E402

DATA = Path(os.environ.get("YUQING_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
KINDS = {"weibo": "post", "forum": "post", "web": "news"}


def rows_of(path: Path) -> list[dict]:
    """The labelled texts of one file, none where it does not exist."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def measure(rows: list[dict], *, show: bool = False, model: Judge | None = None) -> str:
    """One line of figures: micro and macro F1, texts without topic that raise one; by `model`, or the shipped one."""
    right, wrong, missed = Counter[str](), Counter[str](), Counter[str]()
    empty = alarms = 0
    for row in rows:
        kind = row.get("kind") or KINDS.get(row.get("source", ""), row.get("source", "post"))
        text_type = text_type_of(fold(row["text"]), kind)
        hits = shipped().topics_of(row["text"], kind=kind, text_type=text_type, learned=model or learned())
        got, want = {hit.id for hit in hits}, set(row["topics"])
        right.update(got & want)
        wrong.update(got - want)
        missed.update(want - got)
        empty += not want
        alarms += bool(not want and got)
        if show and got != want:
            rules = [e.rule for hit in hits for e in hit.evidence]
            frames = shipped().frames_of(row["text"])
            print(
                row["id"],
                "missed",
                want - got,
                "wrong",
                got - want,
                rules,
                frames,
                text_type,
                row["text"],
            )
    scores = []
    for topic in sorted(right.keys() | wrong.keys() | missed.keys()):
        scores.append(2 * right[topic] / max(1, 2 * right[topic] + wrong[topic] + missed[topic]))
        if show:
            print(
                f"{topic:18} right {right[topic]:3} wrong {wrong[topic]:3} missed {missed[topic]:3} F1 {scores[-1]:.2f}"
            )
    micro = 2 * right.total() / max(1, 2 * right.total() + wrong.total() + missed.total())
    precision = right.total() / max(1, right.total() + wrong.total())
    recall = right.total() / max(1, right.total() + missed.total())
    macro = sum(scores) / max(1, len(scores))
    return f"{len(rows)} | {micro:.3f} | {precision:.3f} | {recall:.3f} | {macro:.3f} | {alarms}/{empty}"


def lines_of(name: str) -> list[str]:
    """The lines of one real text file, none where it does not exist."""
    path = DATA / "text" / name
    return gzip.decompress(path.read_bytes()).decode().split("\n") if path.exists() else []


def main() -> None:
    """Print the tables and write them to bench/results/topics.md."""
    show = "--errors" in sys.argv
    rows = ["| texts | n | micro-F1 | P | R | macro-F1 | false alarms |", "|---" * 7 + "|"]
    for name, path in (
        ("tests/cases (the judge learned from it)", CASES / "topics.jsonl"),
        ("data folder (the judge learned from it)", DATA / "cases/topics.jsonl"),
        *((f"author {n}, not learned from", CASES / f"unseen_{n}.jsonl") for n in AUTHORS),
    ):
        if texts := rows_of(path):
            rows.append(f"| {name} | {measure(texts, show=show)} |")
    posts = [line for line in lines_of("weibo_posts.txt.gz") if line.strip()]
    if posts:
        began = time.process_time()
        raised = [(p, hits) for p in posts if (hits := topics_of(p, kind="post", text_type="other"))]
        seconds = time.process_time() - began
        share = 1000 * len(raised) / len(posts)
        rows += ["", f"{len(posts)} microblog posts: {len(raised)} raise a topic, {share:.2f} per 1,000."]
        rows.append(f"{len(posts) / seconds:.0f} posts/s. {dict(Counter(h.id for _, hits in raised for h in hits))}")
        if show:
            for post, hits in raised[:60]:
                print([(e.rule, post[e.start : e.end]) for h in hits for e in h.evidence], post[:200])
    text = "".join(lines_of("news_sentences.txt.gz"))[:400_000]
    if text:
        articles = [text[i : i + 2000] for i in range(0, len(text), 2000)]
        began = time.process_time()
        raised_news = sum(bool(topics_of(a, kind="news", text_type="news")) for a in articles)
        cost = (time.process_time() - began) / len(articles) * 1000
        rows.append(
            f"News articles of 2,000 characters: {cost:.2f} ms each; {raised_news} of {len(articles)} raise a topic."
        )
    table = "\n".join(rows)
    print(table)
    (ROOT / "bench/results/topics.md").write_text("# Topics\n\n" + table + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
