"""
Whether a text is about a company of the watch: precision and recall on labelled texts. `python -m bench.mentions`.

A company counts as found when the verdict is a hit; texts that only name a plant or a place of that name are among
them. `--errors` prints what went wrong.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from analysis.analyse import Analyser
from bench.labelled import AUTHORS, CASES, watch_of
from core.serial import build
from core.values import Document, Watch

RESULT = Path(__file__).parent / "results" / "mentions.md"


def found(name: str, watch: Mapping[str, Any], *, show: bool = False) -> tuple[int, int, int, int]:
    """(texts, rightly found, wrongly found, missed) of the labelled texts in one file."""
    analyser, day = Analyser(build(Watch, watch)), datetime(2026, 11, 20, tzinfo=UTC)
    texts = right = wrong = missed = 0
    for case in map(json.loads, (CASES / f"{name}.jsonl").read_text("utf-8").splitlines()):
        finding = analyser.analyse(Document("s", case["kind"], "k", None, case["text"], day))
        got, want = set(finding.about), set(case["hits"] if "hits" in case else case["targets"])
        texts, right = texts + 1, right + len(got & want)
        wrong, missed = wrong + len(got - want), missed + len(want - got)
        if show and got != want:
            print(case["text"], "| wrong", got - want, "| missed", want - got)
    return texts, right, wrong, missed


def main() -> None:
    """Measure, print, write the table."""
    sets = {"own cases": ("mentions", json.loads((CASES / "watch.json").read_text("utf-8")))}
    sets["own cases, hard names"] = ("mentions_more", json.loads((CASES / "watch_more.json").read_text("utf-8")))
    for number in AUTHORS:
        if (watch := watch_of(f"unseen_{number}"))["companies"]:
            sets[f"author {number}"] = (f"unseen_{number}", watch)
    lines = ["| texts | number | companies meant | precision | recall |", "|---|---|---|---|---|"]
    for title, (name, watch) in sets.items():
        texts, right, wrong, missed = found(name, watch, show="--errors" in sys.argv)
        precision, recall = right / max(1, right + wrong), right / max(1, right + missed)
        lines.append(f"| {title} | {texts} | {right + missed} | {precision:.3f} | {recall:.3f} |")
    print("\n".join(lines))
    RESULT.write_text("# Is it about the company\n\n" + "\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
