"""
How fast analyse() is, beside plain jieba + snownlp on the same texts in the same run: `python -m bench.analysis_speed`.

Also: rjieba switched off, memory of the process, and the matching of 1,000 aliases. Processor time of one core.
"""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

DATA = Path(os.environ.get("YUQING_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
RESULT = Path(__file__).parent / "results" / "analysis_speed.md"
ARTICLE = 2000
INVENTED = ("星禾科技", "云鹭银行", "平禾保险", "长风速运")
NAMED = (*INVENTED, "腾讯", "武汉")  # a quarter of the posts name one of the last two, and tone is heard toward it
CONCERN = "客服把我的手机号泄露给了别人，天天接到骚扰电话。"  # the encoder loads with the first text of concern


def texts(name: str) -> list[str]:
    """The lines of one unlabelled file."""
    with gzip.open(DATA / "text" / f"{name}.txt.gz", "rt", encoding="utf-8") as lines:
        return [line.strip() for line in lines if line.strip()]


def articles(count: int) -> list[str]:
    """Articles of 2,000 characters made of consecutive news sentences."""
    joined = "".join(texts("news_sentences")[: count * 60])
    return [joined[at : at + ARTICLE] for at in range(0, count * ARTICLE, ARTICLE)]


def rate(work: Callable[[str], object], batch: Sequence[str]) -> float:
    """Texts a second of processor time: what other programs do at the same time does not count."""
    start = time.process_time()
    for text in batch:
        work(text)
    return len(batch) / (time.process_time() - start)


def plain(text: str) -> None:
    """What jieba + snownlp do by themselves: words and a score."""
    import jieba
    from snownlp import SnowNLP

    jieba.lcut(text)
    SnowNLP(text).sentiments  # noqa: B018


def ours(names: Sequence[str] = NAMED, *, accelerate: bool = True) -> Callable[[str], object]:
    """analyse() under a watch of some companies, with or without rjieba."""
    from analysis.analyse import Analyser
    from core.values import Company, Document, Watch

    companies = tuple(Company(name, {"full": (name,), "ambiguous": (name[:2],)}, ("客服", "App")) for name in names)
    analyser = Analyser(Watch(companies), accelerate=accelerate)
    day = datetime(2026, 11, 20, tzinfo=UTC)
    return lambda text: analyser.analyse(Document("s", "post", "k", None, text, day))


def matching() -> float:
    """Million characters a second through the names of 1,000 aliases (matching alone, words given)."""
    from analysis.mention_rules import Reading
    from analysis.mentions import Matcher
    from core.text import fold
    from core.values import Company

    heads = "星云蓝麦青和长橙平禾鹭杉朵桐安风果谷岚泽"
    tails = ("科技", "银行", "出行", "商城", "通信", "保险", "速运", "数码", "优选", "在线")
    aliases = [f"{a}{b}{tail}" for a in heads for b in heads for tail in tails if a != b][:1000]
    matcher = Matcher([Company(alias, {"full": (alias,)}) for alias in aliases])
    readings = [Reading(t, fold(t), (t,), lambda word: False) for t in texts("weibo_posts")[:5000]]
    start = time.process_time()
    for reading in readings:
        matcher.mentions(reading)
    return sum(len(r.text) for r in readings) / (time.process_time() - start) / 1e6


def memory_mib() -> float:
    """Peak resident memory of a fresh process that analyses some texts."""
    code = (
        "from bench.analysis_speed import ours, texts\n"
        "work = ours()\n"
        "for text in texts('weibo_posts')[:500]: work(text)\n"
        "print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    )
    return float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout) / 1024


def main() -> None:
    """Measure, print, write the table."""
    if not (DATA / "text").is_dir():
        print(f"{DATA}/text is not there; set YUQING_DATA to the folder of the measuring texts.")
        return
    every = texts("weibo_posts")
    posts, long = every[:: len(every) // 3000], articles(120)  # evenly: the judges learned from the first half
    lines = [
        "| texts | analyse() a second | with jieba alone | jieba + snownlp | ratio | ratio, jieba alone |",
        "|---|---|---|---|---|---|",
    ]
    for name, batch, names, few in (
        ("posts", posts, INVENTED, 150),
        ("posts, a quarter of which name a company", posts, NAMED, 150),
        ("articles of 2,000 characters", long, INVENTED, 12),
        ("articles, some of which name a company", long, NAMED, 12),
    ):
        quick, slow = ours(names), ours(names, accelerate=False)
        for warm in (batch[0], CONCERN):
            quick(warm), slow(warm), plain(warm)
        fast, steady, base = rate(quick, batch), rate(slow, batch[: len(batch) // 3]), rate(plain, batch[:few])
        lines.append(f"| {name} | {fast:.0f} | {steady:.0f} | {base:.1f} | {fast / base:.0f} | {steady / base:.0f} |")
    lines += [
        "",
        f"1,000 aliases: {matching():.1f} million characters a second.",
        "",
        f"Memory of a process: {memory_mib():.0f} MiB.",
    ]
    print("\n".join(lines))
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text("# Speed of analyse(), one core\n\n" + "\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
