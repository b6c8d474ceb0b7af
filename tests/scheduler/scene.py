"""A small radar in a folder: two companies, one subscription, a fixed clock, no web site."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from core.identity import document_id
from core.values import Company, CrawlBatch, Document, RoundReport, Source, Subscription, Watch
from scheduler.ingest import get_known
from scheduler.radar import MailServer, Radar
from store.crawl import StoredCrawl
from store.engine import Store
from tests import make

WATCH = Watch(
    (
        Company("星禾科技", {"full": ("星禾科技",), "short": ("星禾",)}),
        Company("云鹭银行", {"full": ("云鹭银行",)}),
    )
)
LEAK_NOW = Subscription("leak-now", "公司:星禾科技 泄露", ("duty@xinghe.example", "pr@xinghe.example"))


def radar(folder: Path, *, port: int = 0, subscriptions: tuple[Subscription, ...] = (LEAK_NOW,)) -> Radar:
    """A radar whose data lies in the folder; mail goes to a port on loopback."""
    return Radar(
        company="星禾科技",
        contact="https://xinghe.example/radar",
        watch=WATCH,
        sources=(make.source(),),
        subscriptions=subscriptions,
        store_url=f"sqlite:///{folder}/radar.db",
        data_dir=folder,
        base_dir=folder,
        key=b"k" * 32,
        child=("false",),
        mail=MailServer("127.0.0.1", port, "radar@xinghe.example", timeout_s=2.0) if port else None,
        free_floor_mb=0,
    )


def article(number: int, **changes: object) -> Document:
    """One of many different articles; every third tells of a leak at 星禾科技."""
    topics = ("星禾科技被指泄露用户信息", "云鹭银行发布年报", "城南公园菊花开放")
    bodies = (
        f"第{number}位用户称在星禾科技注册后，手机号遭泄露，一天接到{number + 3}个推销电话，客服至今没有答复。",
        f"云鹭银行今日公布第{number}季度业绩，净利润同比增长{number}个百分点，不良率保持平稳。",
        f"城南公园第{number}届菊展开幕，{number * 7}个品种同时绽放，吸引了众多市民前来观赏拍照。",
    )
    own = "".join(chr(0x4E00 + (number + 1) * step * 7919 % 5003) for step in range(1, 120))  # unlike any other
    fields = {
        "key": f"news.example/{number}",
        "url": f"https://news.example/{number}.html",
        "title": f"{topics[number % 3]}（{number}）",
        "body": bodies[number % 3] + own,
        "published_at": make.NOW - timedelta(minutes=number),
    }
    return make.document(**(fields | changes))


def settle(store: Store, the_radar: Radar, source: Source | None = None) -> None:
    """The source has ended a full round since the watch became known: what comes now is news, not backfill."""
    source = source or the_radar.sources[0]
    with store.write() as connection:
        get_known(connection, the_radar, make.at(hours=-2))
    crawl = StoredCrawl(store, lambda: make.at(hours=-1))
    crawl.begin_round(source.id, "first")
    crawl.end_round(RoundReport(source.id, "first", make.at(hours=-1), make.at(hours=-1)))


def arrive(store: Store, *documents: Document) -> None:
    """The documents come in with a round of their source."""
    crawl = StoredCrawl(store, lambda: make.NOW)
    crawl.begin_round(documents[0].source, "second")
    crawl.commit(CrawlBatch(documents))


def ids(*documents: Document) -> set[str]:
    """The ids that these documents are stored under."""
    return {document_id(document.key) for document in documents}
