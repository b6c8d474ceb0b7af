"""
From a fetched page to a searchable document: documents a second, the whole way and by stage.

    python bench/pipeline.py [--documents 2000]

Invented pages, one process, one stage after the other, the same code and batches as in `yuqing run`. CPU seconds
are the figure on a machine that does other things too.
"""

from __future__ import annotations

import argparse
import gc
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from core.values import Company, CrawlBatch, Document, Source, Subscription, Watch  # noqa: E402
from scheduler.radar import Radar  # noqa: E402
from store.engine import Store, open_store  # noqa: E402

RESULT = ROOT / "bench" / "results" / "pipeline.md"
NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
SOURCE = Source("news", "青岚新闻网", "listing", "舆情监测", "公开信息合理范围", 365, url="https://news.example/")
WATCH = Watch(
    (Company("星禾科技", {"full": ("星禾科技",), "short": ("星禾",)}), Company("云鹭银行", {"full": ("云鹭银行",)}))
)
WHO = (
    "星禾科技",
    "云鹭银行",
    "城南小学",
    "青岚地铁",
    "民生超市",
    "一位住户",
    "社区医院",
    "外卖骑手",
    "澜湾公园",
    "本地车主",
)
DID = (
    *("泄露了用户的手机号", "发布了新的年报", "接到许多推销电话", "公布了排查结果", "举办了一场义诊", "延长了营业时间"),
    *("被投诉客服不回复", "召回了一批产品", "开通了夜间线路", "回应了网上的传闻", "调整了收费标准", "邀请市民参观"),
)
WHERE = ("在城南", "在网上", "上周末", "昨天下午", "据记者了解", "在新开的门店", "在电话里", "今年以来", "在社区群里")
THEN = (
    "，不少人表示理解",
    "，也有人不满意",
    "，具体原因还在调查",
    "，目前已经恢复正常",
    "，相关部门已经介入",
    "，后续会继续跟进",
)


def pages(count: int) -> Iterator[tuple[str, bytes]]:
    """(address, HTML) of invented articles of 400 to 1,600 characters, each in words of its own order."""
    dice = random.Random(20261120)
    for number in range(count):
        title = f"{dice.choice(WHO)}{dice.choice(DID)}（{number}）"
        paragraphs = "".join(f"<p>{_paragraph(dice)}</p>" for _ in range(dice.randint(5, 16)))
        at = NOW + timedelta(hours=8) - timedelta(minutes=number % 1400)
        menu = "".join(f'<li><a href="/c{n}/">栏目{n}</a></li>' for n in range(30))
        yield (
            f"https://news.example/2026/{number}.html",
            f'<html><head><meta charset="utf-8"><title>{title}_青岚新闻网</title></head>'
            f'<body><ul class="nav">{menu}</ul>'
            f'<div class="main"><h1>{title}</h1><div class="info">{at:%Y-%m-%d %H:%M} 来源：青岚晚报</div>'
            f'<div class="content">{paragraphs}<p>联系电话1380013{number % 10000:04d}。</p></div></div>'
            f'<div class="foot">{"关于我们 联系方式 " * 10}</div></body></html>'.encode(),
        )


def _paragraph(dice: random.Random) -> str:
    parts = [dice.choice(WHERE) + dice.choice(WHO) + dice.choice(DID) + dice.choice(THEN) for _ in range(4)]
    return "。".join(parts) + f"。编号{dice.randrange(10**6)}。"


class Stages:
    """The walk of a batch of pages, stage by stage, with the time that each took."""

    def __init__(self, folder: Path) -> None:
        self.radar = Radar(
            company="星禾科技",
            contact="",
            watch=WATCH,
            sources=(SOURCE,),
            subscriptions=(Subscription("leak", "公司:星禾科技 泄露", ("duty@xinghe.example",)),),
            store_url=f"sqlite:///{folder}/radar.db",
            data_dir=folder,
            base_dir=folder,
            key=b"k" * 32,
            child=(),
        )
        self.store: Store = open_store(self.radar.store_url)
        self.took: dict[str, tuple[float, float]] = {}

    def timed(self, stage: str, work: Callable[[], object]) -> None:
        """Run a stage and keep its wall and CPU seconds."""
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        self.took[stage] = time.perf_counter() - wall, time.process_time() - cpu

    def run(self, given: Sequence[tuple[str, bytes]]) -> int:
        """All stages one after the other; the number of documents that can be found at the end."""
        from analysis.analyse import Analyser
        from analysis.gate import gate
        from crawlers.articles import article_document
        from crawlers.trip import Fetched
        from scheduler.indexer import Indexer
        from scheduler.ingest import Ingest, analysed
        from scheduler.worker import BATCH
        from search_index import open_index
        from search_index.query import parse
        from store import inbox
        from store.crawl import StoredCrawl

        def clock() -> datetime:
            return NOW

        masked, analyser = gate(self.radar.key), Analyser(WATCH)
        crawl, ingest = StoredCrawl(self.store, clock), Ingest(self.radar, self.store)
        index = open_index("tantivy", path=self.radar.data_dir / "index", mode="write")
        analyser.analyse(Document("warm", "news", "warm", "预热", "星禾科技预热。" * 20, NOW))
        gc.freeze()  # as the worker does
        raw: list[Document] = []
        gated: list[Document] = []

        def extract() -> None:
            for url, body in given:
                document = article_document(Fetched(url, 200, body, NOW), source=SOURCE, gate=lambda it: it)
                assert document is not None
                raw.append(document)

        def arrive() -> None:
            crawl.begin_round(SOURCE.id, "r1")
            for document in gated:  # one commit a page: what a crawl of one site costs at worst
                crawl.commit(CrawlBatch(documents=(document,)))

        self.timed("extract", extract)
        self.timed("gate", lambda: gated.extend(masked(document) for document in raw))
        self.timed("inbox", arrive)
        analysing = storing = (0.0, 0.0)
        while True:
            with self.store.read() as connection:
                arrivals = inbox.waiting(connection, limit=BATCH)
            if not arrivals:
                break
            found: list[object] = []
            self.timed(
                "batch", lambda arrivals=arrivals, found=found: found.append(analysed(arrivals, analyser.analyse))
            )  # type: ignore[misc]
            analysing = _sum(analysing, self.took.pop("batch"))
            good, bad = found[0]  # type: ignore[misc]
            assert not bad
            self.timed("batch", lambda good=good: ingest.write(good, now=NOW))  # type: ignore[misc]
            storing = _sum(storing, self.took.pop("batch"))
        self.took |= {"analyse": analysing, "ingest": storing}
        self.timed("index", Indexer(self.radar, self.store, index, clock).drain)
        count = index.search(parse("青岚 | 星禾 | 城南 | 云鹭 | 社区 | 编号"), now=NOW, limit=1).total
        index.close()
        return int(count)


def _sum(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    return one[0] + other[0], one[1] + other[1]


def table(count: int, found: int, took: dict[str, tuple[float, float]]) -> str:
    """The figures as Markdown."""
    whole = (0.0, 0.0)
    for each in took.values():
        whole = _sum(whole, each)
    rows = [
        f"| {stage} | {count / cpu:,.0f} | {1000 * cpu / count:.2f} | {count / wall:,.0f} |"
        for stage, (wall, cpu) in {**took, "**whole**": whole}.items()
    ]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return "\n".join(
        [
            "# From a fetched page to a searchable document",
            "",
            f"`python bench/pipeline.py --documents {count}`: {found} of {count} found by a search at the end; "
            f"peak memory of all stages in one process {peak} MB.",
            "",
            "| stage | documents per CPU-second | CPU ms each | documents per second of wall clock |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=2000)
    count = parser.parse_args().documents
    with tempfile.TemporaryDirectory() as folder:
        stages = Stages(Path(folder))
        found = stages.run(list(pages(count)))
        stages.store.close()
    text = table(count, found, stages.took)
    RESULT.write_text(text, "utf-8")
    print(text)


if __name__ == "__main__":
    main()
