"""
The index: cost of indexing, latency of searches, freshness, subscriptions. Prints and writes a table.

Searches are timed by the CPU clock of the process (facets are counted in two threads, and both count); subscriptions,
and a reader beside a writing thread, by the CPU clock of their own thread. So other work on the machine does not count.
Indexing, and one document's way into a search, are timed by the wall clock.

python bench/search.py [DOCUMENTS]     (20,000 unless said; 200,000 is the size that the targets speak of)
"""

from __future__ import annotations

import gc
import os
import random
import resource
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from itertools import islice, pairwise
from multiprocessing import get_context
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.corpus import DATA, NOW, documents, sentences  # noqa: E402
from core.values import Facts  # noqa: E402
from scheduler.indexer import BATCH  # noqa: E402
from search_index import open_index  # noqa: E402
from search_index.base import FACETS, Put, SearchIndex  # noqa: E402
from search_index.query import Query, QueryError, parse  # noqa: E402
from search_index.query.many import Subscriptions  # noqa: E402

Row = tuple[str, str]


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    if not sentences():
        print(f"no texts under {DATA / 'text'}: nothing to measure (set YUQING_DATA)")
        return
    folder = Path(tempfile.mkdtemp(prefix="yuqing-bench-"))
    try:
        rows = _indexing(folder / "index", count)
        reader = open_index("tantivy", path=folder / "index")
        rows += latencies(reader)
        rows += _freshness(folder / "index", reader)
        rows += _subscriptions()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    table = "\n".join([f"| {count:,} documents | figure |", "|---|---|", *(f"| {a} | {b} |" for a, b in rows)])
    print(table)
    name = "search.md" if count <= 20_000 else f"search-{count // 1000}k.md"
    head = f"`python bench/search.py {count}`, 2 cores, load average {os.getloadavg()[0]:.0f} (what else ran)"
    (ROOT / "bench/results" / name).write_text(f"{head}\n\n{table}\n", "utf-8")


def _indexing(path: Path, count: int) -> list[Row]:
    """In a process of its own, as the indexer is, so that its memory is its own."""
    context = get_context("spawn")
    figures = context.Queue()
    child = context.Process(target=fill, args=(path, count, figures))
    child.start()
    own, cpu, peak_mb, anonymous_mb, size_mb = figures.get()
    child.join()
    return [
        (f"indexing by the wall clock, documents/s (tokens, writing, a commit every {BATCH:,})", f"{count / own:,.0f}"),
        ("CPU seconds per 10,000 documents, merging included, dealing the corpus not", f"{cpu / count * 10_000:.1f}"),
        ("peak memory of the indexing process, mapped index files included", f"{peak_mb:,.0f} MB"),
        ("the same without mapped files, and without the corpus", f"{anonymous_mb:,.0f} MB"),
        ("index on disk", f"{size_mb:,.0f} MB"),
    ]


def fill(path: Path, count: int, figures) -> None:  # type: ignore[no-untyped-def]
    """Index `count` documents; puts (seconds in apply, CPU, peak MB, peak MB of its own, MB on disk)."""
    sentences_mb = _with_corpus()
    own = dealing = 0.0
    index = open_index("tantivy", path=path, mode="write")
    corpus = documents(count)
    seq, most = 0, 0.0
    at_rest = time.process_time()
    begun = time.thread_time()
    while batch := [Put(facts) for facts in islice(corpus, BATCH)]:
        dealing += time.thread_time() - begun
        seq += len(batch)
        started = time.perf_counter()
        index.apply(batch, seq=seq)
        own += time.perf_counter() - started
        begun = time.thread_time()
        most = max(most, _anonymous_mb())
    size = index.health().size_bytes / 1e6
    index.close()
    usage = resource.getrusage(resource.RUSAGE_SELF)
    cpu = time.process_time() - at_rest - dealing
    figures.put((own, cpu, usage.ru_maxrss / 1024, most - sentences_mb, size))


def _with_corpus() -> float:
    """What the corpus itself takes, in MB."""
    before = _anonymous_mb()
    kept = sentences()
    return _anonymous_mb() - before if kept else 0.0


def _anonymous_mb() -> float:
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1024


def workloads(index: SearchIndex) -> dict[str, list[Callable[[], object]]]:
    """Named kinds of searches, many instances each, dealt with a fixed seed from words that documents hold."""
    dice = random.Random(3)
    stock = sentences()
    bare = [*_words(dice, stock, 2, 60, index), "信息泄露", "骚扰电话"]
    words = [f'"{word}"' for word in bare]
    phrases = [f'"{word}"' for word in (*_words(dice, stock, 5, 60, index), "个人信息被泄露", "过度收集用户数据")]
    ids = [f"{dice.randrange(20_000):09d}x" for _ in range(60)]

    def asked(texts: Iterable[str], **more: object) -> list[Callable[[], object]]:
        return [partial(index.search, parse(text), now=NOW, **more) for text in texts]  # type: ignore[arg-type]

    filters = [f"{a} {b} -{c} 时间:近90天 情感:负面" for a, b, c in zip(words, words[1:], words[2:], strict=False)]
    return {
        "one literal, newest 20, exact total": asked(words),
        "one literal by relevance": asked(words, order="relevance"),
        "one literal by heat": asked(words, order="heat"),
        "2 literals + not + date + sentiment": asked(filters),
        "phrase of 5 and more": asked(phrases),
        "single character": asked([f'"{word[0]}"' for word in bare]),
        "facets + days, one literal": asked(words, facets=FACETS, days=True),
        "facets + days, everything": asked(["*"] * 20, facets=FACETS, days=True),
        "unique id": asked(ids),
        "near, two words": asked([f'"{a} {b}"~20' for a, b in pairwise(bare)][:20]),
    }


def _words(dice: random.Random, stock: list[str], length: int, count: int, index: SearchIndex) -> Iterable[str]:
    """Han words cut from sentences; those of two characters stand in 0.5 % to 30 % of the documents."""
    total = index.count(parse("*"), now=NOW)
    found = 0
    while found < count:
        sentence = dice.choice(stock)
        start = dice.randrange(max(1, len(sentence) - length))
        word = sentence[start : start + length]
        if len(word) < length or not all("一" <= c <= "鿿" for c in word):
            continue
        if length == 2 and not 0.005 <= index.count(parse(f'"{word}"'), now=NOW) / total <= 0.3:
            continue
        found += 1
        yield word


def latencies(index: SearchIndex) -> list[Row]:
    """p50 and p95 of every workload, warm."""
    rows = []
    for name, runs in workloads(index).items():
        for run in runs:
            run()
        times = [_timed(run, time.process_time) for run in runs * 2]
        rows.append((f"{name}: p50 / p95 ms", percentiles(times)))
    return rows


def _timed(run: Callable[[], object], clock: Callable[[], float] = time.thread_time) -> float:
    started = clock()
    run()
    return (clock() - started) * 1000


def percentiles(times: list[float]) -> str:
    ordered = sorted(times)
    return f"{statistics.median(ordered):.2f} / {ordered[int(len(ordered) * 0.95)]:.2f}"


def _freshness(path: Path, reader: SearchIndex) -> list[Row]:
    """One document from apply to found by a reader; a reader's searches while batches are written."""
    writer = open_index("tantivy", path=path, mode="write")
    fresh = [replace(facts, id=f"f{n}", body=f"新稿{n:05d}z") for n, facts in enumerate(islice(documents(40), 40))]
    times = []
    for n, facts in enumerate(fresh):
        started = time.perf_counter()
        writer.apply([Put(facts)], seq=10**7 + n)
        assert reader.count(parse(f"新稿{n:05d}z"), now=NOW) == 1
        times.append((time.perf_counter() - started) * 1000)
    rows = [("one document, apply to found by a reader: p50 / p95 ms", percentiles(times))]
    query = parse("信息泄露")
    idle = [_timed(lambda: reader.search(query, now=NOW)) for _ in range(200)]
    stop = threading.Event()
    load = threading.Thread(target=_write_on, args=(writer, stop))
    load.start()
    busy = []
    ends = time.perf_counter() + 8
    while time.perf_counter() < ends:
        busy.append(_timed(lambda: reader.search(query, now=NOW)))
        time.sleep(0.01)
    stop.set()
    load.join()
    writer.close()
    return [
        *rows,
        ("a reader at rest: p50 / p95 ms", percentiles(idle)),
        ("the same while 100 documents are written every 0.5 s by its own process", percentiles(busy)),
    ]


def _write_on(writer: SearchIndex, stop: threading.Event) -> None:
    seq = 2 * 10**7
    batch = list(islice(documents(100, seed=11), 100))
    while not stop.is_set():
        seq += 1
        writer.apply([Put(replace(facts, version=seq)) for facts in batch], seq=seq)
        stop.wait(0.5)


def _subscriptions() -> list[Row]:
    rows = []
    corpus: list[Facts] = list(islice(documents(200, seed=5), 200))
    for count in (10, 1_000, 10_000):
        named = list(_queries(count))
        many = Subscriptions(named)
        gc.freeze()  # as the worker does
        times, found = [], 0
        for facts in corpus:
            started = time.thread_time()
            found += len(many.matching(facts, NOW))
            times.append((time.thread_time() - started) * 1000)
        naive = _naive(named, corpus[:5])
        rows.append((f"{count:,} subscriptions: p50 / p95 ms a document", percentiles(times)))
        rows.append(
            (
                f"{count:,} subscriptions one by one, ms a document; matches a document",
                f"{naive:.1f}; {found / 200:.1f}",
            )
        )
    return rows


def _queries(count: int) -> Iterable[tuple[str, Query]]:
    dice = random.Random(9)
    stock = [s for s in sentences() if len(s) > 20]

    def word() -> str:
        sentence = dice.choice(stock)
        start = dice.randrange(len(sentence) - 5)
        return f"“{sentence[start : start + dice.randint(3, 5)].strip() or '无'}”".replace('"', "")

    for number in range(count):
        groups = ["(" + " 或 ".join(word() for _ in range(dice.randint(1, 5))) + ")" for _ in range(dice.randint(1, 2))]
        extra = [f"-{word()}"] if dice.random() < 0.3 else []
        extra += ["情感:负面"] if dice.random() < 0.2 else []
        try:
            yield str(number), parse(" ".join([*groups, *extra]))
        except QueryError:  # a word with Chinese quotes inside
            yield str(number), parse("信息泄露")


def _naive(named: list[tuple[str, Query]], corpus: list[Facts]) -> float:
    from search_index.query import compiled

    tests = [(name, compiled(query)) for name, query in named]
    many = Subscriptions(named)
    started = time.thread_time()
    answers = [[name for name, test in tests if test(facts, NOW)] for facts in corpus]
    spent = (time.thread_time() - started) * 1000 / len(corpus)
    assert answers == [many.matching(facts, NOW) for facts in corpus]
    return spent


if __name__ == "__main__":
    main()
