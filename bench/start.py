"""How long the command line takes to answer: bare Python, then the help, then commands that load little."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

RUNS = 15
RESULTS = Path(__file__).parent / "results" / "start.md"
ROWS = {
    "python -c pass": ["-c", "pass"],
    "yuqing --help": ["-m", "yuqing", "--help"],
    "yuqing --lang en --help": ["-m", "yuqing", "--lang", "en", "--help"],
    "yuqing match QUERY (empty input)": ["-m", "yuqing", "match", "信息泄露"],
    "yuqing canonical (empty input)": ["-m", "yuqing", "canonical"],
    "yuqing analyse (empty input)": ["-m", "yuqing", "analyse"],
    "yuqing doctor --config-dump (of a file that is missing)": ["-m", "yuqing", "doctor", "--config-dump"],
}


def seconds(arguments: list[str]) -> list[float]:
    """Wall-clock seconds of each run, sorted; the first, which fills caches, is left out."""
    taken = []
    for _run in range(RUNS + 1):
        begin = time.perf_counter()
        subprocess.run([sys.executable, *arguments], stdin=subprocess.DEVNULL, capture_output=True, check=False)
        taken.append(time.perf_counter() - begin)
    return sorted(taken[1:])


def main() -> None:
    """Measure, print, keep."""
    rows = [f"| `{name}` | {times[RUNS // 2]:.3f} | {times[-1]:.3f} |" for name, times in _measured()]
    head = ["# Start of the command line", "", f"{RUNS} runs each, seconds of wall clock. `python bench/start.py`", ""]
    table = "\n".join([*head, "| command | median | slowest |", "|---|---|---|", *rows, ""])
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(table, "utf-8")
    print(table)


def _measured() -> list[tuple[str, list[float]]]:
    return [(name, seconds(arguments)) for name, arguments in ROWS.items()]


if __name__ == "__main__":
    main()
