"""
How well the tone is heard, plain snownlp beside it: `python -m bench.sentiment`.

The figures of the labelled sets were measured by `python -m training.sentiment` on near-duplicate clusters that
the model of that measurement had not learned (training/manifest.json); snownlp reads the same texts here.
The figures toward companies are those of the shipped model on tests/cases/sentiment.jsonl and unseen_*.jsonl, which it
never learned.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.labelled import AUTHORS, CASES, watch_of
from training.rows import Row, is_held_out, labelled

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("YUQING_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
RESULT = ROOT / "bench" / "results" / "sentiment.md"
MOST = 150
"""Texts of a set that snownlp reads: it reads about 70 short ones a second."""


def plain_label(text: str, *, classes: int) -> str:
    """snownlp's score with the cut-offs of its users: .5 for two classes, .4 and .6 for three."""
    from snownlp import SnowNLP

    score = SnowNLP(text or "。").sentiments
    if classes == 2:
        return "pos" if score >= 0.5 else "neg"
    return "neg" if score < 0.4 else "pos" if score > 0.6 else "neu"


def score_of(pairs: Iterable[tuple[str, str]]) -> float:
    """Macro-F1 of (truth, found) pairs in three classes, accuracy in two."""
    pairs = list(pairs)
    if not any(truth == "neu" for truth, _ in pairs):
        return sum(truth == found for truth, found in pairs) / len(pairs)
    scores = []
    for label in ("neg", "neu", "pos"):
        right = sum(truth == found == label for truth, found in pairs)
        named = sum(truth == label for truth, _ in pairs) + sum(found == label for _, found in pairs)
        scores.append(2 * right / max(named, 1))
    return sum(scores) / 3


def plain_score(rows: list[Row]) -> float:
    """What snownlp reaches on rows taken evenly from a set."""
    classes = 3 if any(row.label == "neu" for row in rows) else 2
    return score_of((row.label, plain_label(row.text, classes=classes)) for row in rows[:: max(1, len(rows) // MOST)])


def company_scores(name: str, watch: Mapping[str, Any]) -> tuple[int, float, float]:
    """(targets, ours, snownlp on the whole text) on labelled cases; without a watch a text names its own companies."""
    from analysis.analyse import Analyser
    from core.serial import build
    from core.values import Document, Watch

    analyser = Analyser(build(Watch, watch))
    day = datetime(2026, 11, 20, tzinfo=UTC)
    ours, plain = [], []
    for case in map(json.loads, (CASES / f"{name}.jsonl").read_text("utf-8").splitlines()):
        document = Document("s", case["kind"], "k", None, case["text"], day)
        finding = analyser.analyse(document, targets=None if watch["companies"] else [*case["targets"]])
        for company, label in case["targets"].items():
            toward = finding.companies[company].sentiment
            ours.append((label, toward.label if toward else ""))
            plain.append((label, plain_label(case["text"], classes=3)))
    return len(ours), score_of(ours), score_of(plain)


def main() -> None:
    """Measure, print, write the table."""
    lines = ["| texts | number | ours | plain snownlp |", "|---|---|---|---|"]
    own_watch = json.loads((CASES / "watch.json").read_text("utf-8"))
    sets = {"own cases": ("sentiment", own_watch)}
    sets |= {f"author {n}": (f"unseen_{n}", watch_of(f"unseen_{n}")) for n in AUTHORS}
    for title, (name, watch) in sets.items():
        targets, ours, plain = company_scores(name, watch)
        lines.append(f"| toward companies, {title} (macro-F1) | {targets} | {ours:.3f} | {plain:.3f} |")
    if (DATA / "sentiment").is_dir():
        recipe = json.loads((ROOT / "training" / "recipe.json").read_text("utf-8"))
        measured = json.loads((ROOT / "training" / "manifest.json").read_text("utf-8"))["held_out"]
        rows = labelled(DATA, recipe["document"])
        held = is_held_out(rows, recipe["held_out_share"])
        for name, figure in measured.items():
            own = [row for row, out in zip(rows, held, strict=True) if out and row.set == name]
            beside = f"{plain_score(own):.3f}" if own else "-"
            lines.append(f"| {name} | {figure['texts']} | {figure['score']:.3f} | {beside} |")
    else:
        print(f"{DATA}/sentiment is not there; set YUQING_DATA to the folder of the labelled sets.")
    print("\n".join(lines))
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text("# Sentiment: macro-F1 in three classes, accuracy in two\n\n" + "\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
