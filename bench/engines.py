"""
The same documents and searches on tantivy, on a real Elasticsearch and on SQLite FTS5 with the same tokens.

Elasticsearch twice: everything in one index of one shard, which the ratio speaks of, and an index a month as the
radar makes them. python bench/engines.py [DOCUMENTS]     (20,000 unless said). Wall clock, warm; totals must be equal.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any
from unittest.mock import patch

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.corpus import DATA, documents, sentences  # noqa: E402
from bench.search import percentiles, workloads  # noqa: E402
from scheduler.indexer import BATCH  # noqa: E402
from search_index import open_index  # noqa: E402
from search_index.base import Put, SearchIndex  # noqa: E402
from search_index.query import parse  # noqa: E402
from search_index.query.ast import Literal  # noqa: E402
from search_index.tokens import phrase, tokens  # noqa: E402
from tests.search_index.elastic_server import Missing, server  # noqa: E402

FTS_KINDS = ("one literal, newest 20, exact total", "phrase of 5 and more")


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    if not sentences():
        print(f"no texts under {DATA / 'text'}: nothing to measure (set YUQING_DATA)")
        return
    folder = Path(tempfile.mkdtemp(prefix="yuqing-bench-"))
    try:
        with server() as url:
            table = _table(count, folder, url)
    except Missing as missing:
        print(f"no Elasticsearch: {missing}")
        return
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(table)
    head = (
        f"`python bench/engines.py {count}`, 2 cores; Elasticsearch 9.5.0, 512 MB heap, force-merged to one segment a "
        "shard, no replica: all in one shard, and an index a month"
    )
    head += f"; load average {os.getloadavg()[0]:.0f} (what else ran)"
    (ROOT / "bench/results/engines.md").write_text(f"{head}\n\n{table}\n", "utf-8")


def _table(count: int, folder: Path, url: str) -> str:
    embedded = open_index("tantivy", path=folder / "index", mode="write")
    single, monthly = (_elastic(url, name) for name in ("one", "months"))
    rates = [_fill(embedded, count), 0.0, _fill(monthly, count)]
    with patch("search_index.elastic_index.month_of", return_value=""):
        rates[1] = _fill(single, count)
    _merge(single)
    _merge(monthly)
    fts = _fts(folder / "fts.db", count)
    rows = [
        f"| {count:,} documents, p50 / p95 ms | tantivy | Elasticsearch, one shard | p95 ratio | by month | FTS5 |",
        "|---|---|---|---|---|---|",
        "| indexing, documents/s | {:,.0f} | {:,.0f} | | {:,.0f} | |".format(*rates),
    ]
    others = [workloads(single), workloads(monthly)]
    for name, runs in workloads(embedded).items():
        wanted = [run().total for run in runs]
        assert all([run().total for run in other[name]] == wanted for other in others), name
        ours, theirs, by_month = (_times(some) for some in (runs, *(other[name] for other in others)))
        ratio = sorted(theirs)[int(len(theirs) * 0.95)] / sorted(ours)[int(len(ours) * 0.95)]
        third = _fts_figure(fts, runs) if name in FTS_KINDS else ""
        figures = [percentiles(ours), percentiles(theirs), f"{ratio:.1f}", percentiles(by_month), third]
        rows.append(f"| {name} | {' | '.join(figures)} |")
    rows += _overhead(monthly)
    embedded.close()
    return "\n".join(rows)


def _elastic(url: str, name: str) -> Any:
    prefix = f"bench{time.time_ns() % 10**6}{name}"
    return open_index("elasticsearch", url=url, mode="write", prefix=prefix, replicas=0, timeout_s=60)


def _overhead(elastic: Any) -> list[str]:
    """The same requests through SearchIndex and as ready DSL through the official client, in turns."""
    client, ask = elastic._client, elastic._client.search
    rows = [
        "",
        "| on Elasticsearch, p50 / p95 ms | SearchIndex | the same DSL, official client | p95 ratio |",
        "|---|---|---|---|",
    ]
    for name, runs in workloads(elastic).items():
        if name.startswith("near"):  # its answer is finished on our side: no one request is the same
            continue
        ours: list[float] = []
        theirs: list[float] = []
        for run in [*runs, *runs, *runs]:
            seen: list[dict[str, Any]] = []
            client.search = lambda seen=seen, **request: seen.append(request) or ask(**request)
            run()
            client.search = ask
            plain = partial(ask, **seen[-1])
            for sample, timed in ((ours, run), (theirs, plain)) if len(ours) % 2 else ((theirs, plain), (ours, run)):
                started = time.perf_counter()
                timed()
                sample.append((time.perf_counter() - started) * 1000)
        ratio = sorted(ours)[int(len(ours) * 0.95)] / sorted(theirs)[int(len(theirs) * 0.95)]
        rows.append(f"| {name} | {percentiles(ours)} | {percentiles(theirs)} | {ratio:.2f} |")
    return rows


def _fts_figure(fts: sqlite3.Connection, runs: Sequence[Any]) -> str:
    theirs = [_fts_run(fts, run.args[0]) for run in runs]
    assert [run() for run in theirs] == [run().total for run in runs]
    return percentiles(_times(theirs))


def _fill(index: SearchIndex, count: int) -> float:
    own, corpus, seq = 0.0, documents(count), 0
    while batch := [Put(facts) for facts in islice(corpus, BATCH)]:
        seq += len(batch)
        started = time.perf_counter()
        index.apply(batch, seq=seq)
        own += time.perf_counter() - started
    return count / own


def _merge(elastic: SearchIndex) -> None:
    """As well set as it gets: one segment an index."""
    elastic._client.options(request_timeout=300).indices.forcemerge(  # type: ignore[attr-defined]
        index=elastic._alias,
        max_num_segments=1,  # type: ignore[attr-defined]
    )


def _fts(path: Path, count: int) -> sqlite3.Connection:
    """Contentless FTS5 over the same tokens, and a table of times: documents do not arrive in the order of time."""
    database = sqlite3.connect(path)
    options = "content='', tokenize='unicode61 remove_diacritics 0'"
    database.execute(f"CREATE VIRTUAL TABLE t USING fts5(title, body, {options})")
    database.execute("CREATE TABLE d(id INTEGER PRIMARY KEY, ts REAL)")
    for number, facts in enumerate(documents(count)):
        row = (number, tokens(facts.title), tokens(facts.body))
        database.execute("INSERT INTO t(rowid, title, body) VALUES (?, ?, ?)", row)
        database.execute("INSERT INTO d VALUES (?, ?)", (number, facts.published_at.timestamp()))
    database.execute("INSERT INTO t(t) VALUES ('optimize')")
    database.commit()
    return database


def _fts_run(database: sqlite3.Connection, query: object) -> Callable[[], int]:
    assert isinstance(query, Literal)
    words = '"' + " ".join(phrase(query.text)) + '"'
    newest = "SELECT d.id FROM t JOIN d ON d.id = t.rowid WHERE t MATCH ? ORDER BY d.ts DESC LIMIT 20"

    def run() -> int:
        database.execute(newest, (words,)).fetchall()
        return int(database.execute("SELECT count(*) FROM t WHERE t MATCH ?", (words,)).fetchone()[0])

    return run


def _times(runs: Sequence[Callable[[], object]]) -> list[float]:
    found = []
    for run in runs:
        run()
    for run in [*runs, *runs]:
        started = time.perf_counter()
        run()
        found.append((time.perf_counter() - started) * 1000)
    return found


if __name__ == "__main__":
    assert parse("甲")  # the query language loads before the clock starts
    main()
