"""
What `yuqing --help` costs, and what it would cost to import each heavy package with it: median of five.

    python bench/startup.py        (bench/start.py times the single commands)
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "bench" / "results" / "startup.md"
RUNS = 5
HEAVY = ("scrapy", "jieba", "rjieba", "snownlp", "tantivy", "sqlalchemy", "alembic", "pydantic", "numpy", "lxml.html",
         "openpyxl", "apscheduler.schedulers.background", "jinja2")  # fmt: skip


def seconds(*arguments: str) -> float | None:
    """Median wall-clock seconds of a Python with these arguments, caches warm; None when it fails."""
    taken = []
    for _run in range(RUNS + 1):
        begin = time.perf_counter()
        done = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, check=False)
        taken.append(time.perf_counter() - begin)
        if done.returncode:
            return None
    return statistics.median(taken[1:])


def main() -> None:
    """Measure, print, keep."""
    bare, shown = seconds("-c", "pass"), seconds("-m", "yuqing", "--help")
    assert bare is not None
    assert shown is not None
    rows = [f"| `python -c pass` | {bare:.2f} | |", f"| `yuqing --help` | {shown:.2f} | {shown - bare:.2f} |"]
    for package in HEAVY:
        took = seconds("-c", f"import {package}")
        figures = f"{took:.2f} | {took - bare:.2f}" if took is not None else "not installed |"
        rows.append(f"| `import {package}` | {figures} |")
    head = [
        "# The help, and what it must not import",
        "",
        f"`python bench/startup.py`: median of {RUNS}, wall clock.",
        "",
    ]
    text = "\n".join([*head, "| what | seconds | beyond bare Python |", "|---|---|---|", *rows, ""])
    RESULT.write_text(text, "utf-8")
    print(text)


if __name__ == "__main__":
    main()
