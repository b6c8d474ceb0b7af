"""Stories: pairs over six kinds of reprint, hard negatives, and the time for 100,000 texts. Prints a table."""

from __future__ import annotations

import gzip
import os
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from analysis.stories import stories_of  # noqa: E402

DATA = Path(os.environ.get("YUQING_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
Row = dict[str, str | None]


def tail_added(sentences: list[str], chance: random.Random) -> str:
    return "民声网讯 " + "".join(sentences) + "（责任编辑：样本）原标题另有改动，本文不代表本网立场，转载请注明出处。"


def last_third_cut(sentences: list[str], chance: random.Random) -> str:
    text = "".join(sentences)
    return text[: len(text) * 2 // 3]


def dropped(share: float) -> Callable[[list[str], random.Random], str]:
    def drop(sentences: list[str], chance: random.Random) -> str:
        gone = set(chance.sample(range(len(sentences)), max(1, round(share * len(sentences)))))
        return "".join(s for i, s in enumerate(sentences) if i not in gone)

    return drop


def small_edits(sentences: list[str], chance: random.Random) -> str:
    text = "".join(sentences)
    for old, new in (("的", ""), ("了", ""), ("表示", "称"), ("说", "指出"), ("进行", "开展"), ("，", "、")):
        text = "".join(part + (new if chance.random() < 0.7 else old) for part in text.split(old))[: -len(old) or None]
    return text


def lead_only(sentences: list[str], chance: random.Random) -> str:
    text = ""
    for sentence in sentences:
        text += sentence
        if len(text) >= 80:
            break
    return text


KINDS = {
    "tail added": tail_added,
    "last third cut": last_third_cut,
    "10 % of sentences dropped": dropped(0.1),
    "40 % of sentences dropped": dropped(0.4),
    "small edits": small_edits,
    "lead only": lead_only,
}


def sentences() -> list[str]:
    """Real news sentences."""
    path = DATA / "text" / "news_sentences.txt.gz"
    lines = gzip.decompress(path.read_bytes()).decode().split("\n")
    return [line for line in lines if len(line) >= 12]


def documents(lines: list[str], chance: random.Random, bases: int) -> list[tuple[str, list[str]]]:
    """Texts of 8 to 20 sentences."""
    made = []
    for base in range(bases):
        size = chance.randint(8, 20)
        if (base + 1) * 20 < len(lines):
            start = base * 20
            made.append((f"b{base}", lines[start : start + size]))
        else:
            made.append((f"b{base}", chance.sample(lines, size)))
    return made


def row(id_: str, text: str, at: int) -> Row:
    return {
        "id": id_,
        "title": None,
        "text": text,
        "published_at": f"2026-11-20T{at % 24:02d}:00:00",
        "outlet": "青岚新闻网",
    }


def quality() -> list[str]:
    """Recall by kind and pair precision on real news."""
    chance = random.Random(7)
    rows, truth, kind_of = [], {}, {}
    for base, text in documents(sentences(), chance, 2000):
        versions = {"": "".join(text)} | {kind: change(text, chance) for kind, change in KINDS.items()}
        for n, (kind, version) in enumerate(versions.items()):
            id_ = f"{base}.{n}"
            rows.append(row(id_, version, n))
            truth[id_], kind_of[id_] = base, kind
    chance.shuffle(rows)
    told = {found["id"]: found["story"] for found in stories_of(rows)}
    lines = ["| kind | joined with its original |", "|---|---|"]
    for kind in KINDS:
        ids = [i for i in told if kind_of[i] == kind]
        lines.append(f"| {kind} | {sum(told[i] == told[truth[i] + '.0'] for i in ids) / len(ids):.3f} |")
    pairs, right, true = pair_counts(told, truth)
    lines += ["", f"Pairs over {len(rows)} documents: precision {right / pairs:.4f}, recall {right / true:.4f}."]
    return lines


def pair_counts(told: dict[str, str], truth: dict[str, str]) -> tuple[int, int, int]:
    """Pairs said, pairs right, pairs true."""
    both = Counter((told[i], truth[i]) for i in told)

    def choose(counts: Counter) -> int:
        return sum(n * (n - 1) // 2 for n in counts.values())

    return choose(Counter(told.values())), choose(both), choose(Counter(truth[i] for i in told))


TEMPLATES = (
    "{a}通报：经查，{c}因违规收集个人信息、强制索取权限，被责令限期整改并处罚款{n}万元。{c}表示将全面自查，完善用户权益保护机制，按期提交整改报告。监管部门提醒，有关企业应当引以为戒，切实履行个人信息保护义务。",
    "{c}发布三季度业绩：营业收入{n}亿元，同比增长{m}%，归母净利润{m}亿元。公司称增长主要来自核心业务放量和费用管控，经营性现金流保持稳健。展望四季度，公司将继续加大研发投入，巩固市场地位，为股东创造长期价值。",
    "记者从相关部门获悉，{a}近日约谈{c}，要求其就用户投诉集中的问题作出说明，于{m}日内完成整改。被约谈企业负责人表示，将认真落实要求，成立专门小组，逐项核查，及时向社会公布整改结果，主动接受监督。",
    "11月{m}日，有消费者反映在{c}下单后接到自称客服的来电，对方能准确说出订单内容，以退款为由诱导转账，损失{n}元。平台客服回应称已上报核实。律师认为，平台应当证明自己尽到了安全保障义务，否则须承担相应责任。",
)
COMPANIES = [
    "星禾科技",
    "云鹭银行",
    "蓝杉出行",
    "麦朵商城",
    "青桐通信",
    "和安在线",
    "白榆支付",
    "松间物流",
    "海棠证券",
    "竹里",
    "南浦出版社",
    "云栖谷",
    "老槐家电",
    "芦苇",
    "沙棘",
]


def hard_negatives() -> list[str]:
    """The same template for another company or with another number: none may be joined."""
    chance = random.Random(11)
    rows, made = [], set()
    for n, template in enumerate(TEMPLATES):
        for company in COMPANIES:
            for _ in range(4):
                fields = (company, chance.choice(("网信办", "市监局")), chance.randint(3, 900), chance.randint(1, 29))
                if (n, *fields) in made:
                    continue
                made.add((n, *fields))
                c, a, big, small = fields
                rows.append(row(f"h{len(rows)}", template.format(c=c, a=a, n=big, m=small), len(rows)))
    told = stories_of(rows)
    joined = len(rows) - len({found["story"] for found in told})
    return [f"Hard negatives (same template, other company or number): {joined} of {len(rows)} joined."]


def speed(count: int) -> list[str]:
    """The time for so many documents, three reprints to each original."""
    chance = random.Random(3)
    lines, rows = sentences(), []
    for base, text in documents(lines, chance, count // 4):
        rows.append(row(f"{base}.0", "".join(text), 0))
        for n in range(3):
            rows.append(row(f"{base}.{n + 1}", KINDS[chance.choice(list(KINDS))](text, chance), n))
    chance.shuffle(rows)
    began, cpu = time.perf_counter(), time.process_time()
    stories_of(rows)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    size = sum(len(r["text"] or "") for r in rows) / len(rows)
    return [f"{len(rows)} documents of {size:.0f} characters: {cpu:.1f} s of one core, {seconds:.1f} s on the clock."]


def main() -> None:
    """Print the tables and write them to bench/results/stories.md."""
    if not (DATA / "text").exists():
        print("no data folder; set YUQING_DATA")
        return
    count = int(re.sub(r"\D", "", sys.argv[1])) if len(sys.argv) > 1 else 100_000
    table = "\n".join([*quality(), *hard_negatives(), *speed(count)])
    print(table)
    (ROOT / "bench/results/stories.md").write_text("# Stories\n\n" + table + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
