"""Documents for measuring the index: real Chinese sentences from the data folder, dealt anew with a fixed seed."""

from __future__ import annotations

import gzip
import os
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.identity import document_id
from core.values import Facts

DATA = Path(os.environ.get("YUQING_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)
TOPICS = ("leak", "nuisance_call", "over_collect", "price_discrim", "deletion")
COMPANIES = ("星禾科技", "云鹭银行", "青岚速贷")
PRIVACY = ("客户信息泄露了，没有人管。", "天天接到骚扰电话。", "个人信息被泄露出去。", "过度收集用户数据。")


def sentences() -> list[str]:
    """Every sentence of the unlabelled texts; empty when there is no data folder."""
    found = []
    for name in ("news_sentences.txt.gz", "weibo_posts.txt.gz", "news_passages.txt.gz"):
        path = DATA / "text" / name
        if path.exists():
            with gzip.open(path, "rt", encoding="utf-8") as file:
                found += [line.strip() for line in file if 5 < len(line) < 400]
    return found


def documents(count: int, *, seed: int = 7) -> Iterator[Facts]:
    """`count` documents of 300 to 1,500 characters over a year, half of them naming a company."""
    dice = random.Random(seed)
    stock = sentences()
    for number in range(count):
        yield _document(number, dice, stock)


def _document(number: int, dice: random.Random, stock: list[str]) -> Facts:
    wanted, parts = dice.randint(300, 1500), [f"单号{number:09d}x"]
    topics: tuple[str, ...] = ()
    if dice.random() < 0.13:
        parts.append(dice.choice(PRIVACY))
        topics = (dice.choice(TOPICS),)
    company = dice.choice(COMPANIES) if dice.random() < 0.5 else None
    if company:
        parts.append(f"{company}回应。")
    while sum(map(len, parts)) < wanted:
        parts.append(dice.choice(stock))
    dice.shuffle(parts)
    return Facts(
        id=document_id(f"bench-{number}"),
        title=dice.choice(stock)[:30],
        body="".join(parts),
        published_at=NOW - timedelta(seconds=int(min(dice.expovariate(1 / 90), 365) * 86_400)),
        sentiment=dice.choice(("neg", "neu", "neu", "pos")),
        topics=topics,
        source=(f"s{dice.randint(1, 12)}",),
        outlet=f"媒体{dice.randint(1, 40)}",
        companies=(company,) if company else (),
        status="new",
        level=dice.choice((None, None, "blue", "red")),
        kind=dice.choice(("news", "post")),
        heat=float(dice.randint(0, 1000)),
        url=f"https://s.example/{number}",
    )
