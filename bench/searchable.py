"""
How long a document takes from the inbox to the search box while `yuqing run` works, on each engine.

python bench/searchable.py [DOCUMENTS]     (60 unless said). Elasticsearch where the tests' recipe provides one.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from core.identity import document_id  # noqa: E402
from core.values import Document  # noqa: E402
from scheduler.indexer import open_index_at  # noqa: E402
from store import inbox  # noqa: E402
from store.engine import open_store  # noqa: E402
from tests.search_index.elastic_server import Missing, server  # noqa: E402
from yuqing.config import load_config  # noqa: E402
from yuqing.wiring import index_place  # noqa: E402

RESULTS = ROOT / "bench" / "results" / "searchable.md"
CONFIG = """\
company: 星禾科技
sources: []
mail: {{host: 127.0.0.1, port: 9, from: radar@xinghe.example, security: none}}
free_space_floor: 1MB
index: {index}
"""
POLL_S = 0.01
GIVE_UP_S = 60.0


def article(number: int) -> Document:
    """An article unlike any other."""
    own = random.Random(number)
    body = "".join(chr(own.randrange(0x4E00, 0x9FA0)) for _ in range(600))
    now = datetime.now(UTC)
    return Document("hand", "news", f"news.example/{number}", f"星禾科技第{number}号消息", body, now, published_at=now)


def waits(index: str, count: int) -> list[float]:
    """Seconds from the commit of a document into the inbox until a reader finds it, sorted."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        path = Path(folder) / "yuqing.yaml"
        path.write_text(CONFIG.format(index=index), "utf-8")
        config = load_config(path)
        command = [sys.executable, "-m", "yuqing", "--config", str(path), "run"]
        running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        stack.callback(running.wait)
        stack.callback(running.send_signal, signal.SIGTERM)
        store = stack.enter_context(closing(open_store(config.store.url)))
        place = index_place(config)
        reader = open_index_at(place, data_dir=config.data_dir, mode="read", zone=config.timezone)
        stack.callback(reader.close)
        found = [_wait(store, reader, article(number)) for number in range(count + 3)]
        return sorted(found[3:])  # the first pay for loading the analysis


def _wait(store, reader, document: Document) -> float:  # type: ignore[no-untyped-def]
    time.sleep(random.uniform(0, 0.7))  # at no fixed phase of the loops
    identity = document_id(document.key)
    with store.write() as connection:
        inbox.put(connection, [document], received_at=datetime.now(UTC), settled_at=None)
    began = time.perf_counter()
    while time.perf_counter() - began < GIVE_UP_S:
        try:
            if reader.get_versions([identity]):
                return time.perf_counter() - began
        except Exception:  # the index is not made yet
            time.sleep(0.2)
        time.sleep(POLL_S)
    raise SystemExit(f"{identity} was not found after {GIVE_UP_S:.0f} s")


def row(name: str, times: list[float]) -> str:
    """A line of the table."""
    p50, p95 = times[len(times) // 2], times[int(len(times) * 0.95)]
    return f"| {name} | {p50:.2f} | {p95:.2f} | {times[-1]:.2f} |"


def main() -> None:
    """Measure, print, keep."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    rows = [row("tantivy", waits("{backend: tantivy}", count))]
    try:
        with server() as url:
            name = f"bench{os.getpid()}"
            index = f"{{backend: elasticsearch, url: '{url}', name: {name}}}"
            rows.append(row("Elasticsearch 9.5.0, 512 MB heap, on this machine", waits(index, count)))
    except Missing as missing:
        print(f"no Elasticsearch: {missing}")
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    head = (
        f"`python bench/searchable.py {count}`, {os.cpu_count()} cores, load average {load}: other work ran beside it"
    )
    lines = ["# From the inbox to the search box", "", head if os.getloadavg()[0] > 4 else head.split(":")[0], ""]
    lines += ["| seconds until found | p50 | p95 | slowest |", "|---|---|---|---|", *rows, ""]
    RESULTS.write_text("\n".join(lines), "utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
