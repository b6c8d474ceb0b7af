"""
Peak memory of every process: of the demo, and of `yuqing run` while it takes in articles.

    python bench/memory.py [--articles 300]

What is measured is VmHWM of each process, as the kernel keeps it: the most that was ever resident.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from store.engine import open_store  # noqa: E402
from tests.chaos.ground import News, Radar  # noqa: E402
from tests.mailserver import MailServer  # noqa: E402

RESULT = ROOT / "bench" / "results" / "memory.md"
LIMIT_MB = 300
LOOK_S = 0.2
PATIENCE_S = 400


def processes(pid: int) -> Iterator[int]:
    """A process and all below it."""
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from processes(int(child))


def name_of(pid: int) -> str | None:
    """What a process of ours is: run, demo, crawl, or its role; None for one that is not ours or not begun."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    except OSError:
        return None
    if "role" in words:
        return words[words.index("role") + 1]
    return next((word for word in ("crawl", "demo", "run") if word in words), None)


def peak_mb(pid: int) -> int:
    """The most that was ever resident; 0 for a process that is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM")), 0)


def watched(process: subprocess.Popen[bytes], done: Callable[[], bool]) -> dict[str, int]:
    """Name -> peak MB of all processes below this one, until `done` or its end."""
    peaks: dict[str, int] = {}
    until = time.monotonic() + PATIENCE_S
    while process.poll() is None and not done():
        for pid in processes(process.pid):
            if name := name_of(pid):
                peaks[name] = max(peaks.get(name, 0), peak_mb(pid))
        if time.monotonic() > until:
            raise SystemExit("waited in vain")
        time.sleep(LOOK_S)
    return peaks


def of_the_demo(folder: Path) -> dict[str, int]:
    """Peaks of `yuqing demo`."""
    command = [sys.executable, "-m", "yuqing", "demo", "--folder", str(folder)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return watched(process, lambda: False)


def of_a_watch(folder: Path, articles: int) -> dict[str, int]:
    """Peaks of `yuqing run` from its start until so many articles are stored, alerted and indexed."""
    folder.mkdir()
    news = News()
    news.publish(articles)

    def all_done() -> bool:
        file = folder / "data" / "radar.db"
        if not file.exists():
            return False
        store = open_store(f"sqlite:///{file}", migrate=False)
        try:
            with store.read() as connection:
                stored = connection.exec_driver_sql("SELECT count(*) FROM documents").scalar()
                orders = connection.exec_driver_sql(
                    "SELECT count(*) FROM index_outbox WHERE document_id <> ''"
                ).scalar()
        except Exception:  # it is being made
            return False
        finally:
            store.close()
        return stored == articles and orders == 0

    with news.site, MailServer() as mail:
        radar = Radar(folder, news, mail)
        radar.tend()
        assert radar._process is not None
        peaks = watched(radar._process, all_done)
        radar.stop()
    return peaks


def table(figures: dict[str, dict[str, int]], articles: int) -> str:
    """The figures as Markdown."""
    rows = [
        f"| {what} | {name} | {peak} | {'yes' if peak <= LIMIT_MB else '**no**'} |"
        for what, peaks in figures.items()
        for name, peak in sorted(peaks.items())
    ]
    head = f"`python bench/memory.py --articles {articles}`; the limit is {LIMIT_MB} MB a process."
    columns = ["| of | process | peak MB | within |", "|---|---|---|---|"]
    return "\n".join(["# Peak memory of every process", "", head, "", *columns, *rows, ""])


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=300)
    articles = parser.parse_args().articles
    with tempfile.TemporaryDirectory() as folder:
        figures = {
            "yuqing demo": of_the_demo(Path(folder) / "demo"),
            "yuqing run": of_a_watch(Path(folder) / "run", articles),
        }
    text = table(figures, articles)
    RESULT.write_text(text, "utf-8")
    print(text)


if __name__ == "__main__":
    main()
