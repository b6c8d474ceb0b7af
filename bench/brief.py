"""How long a brief takes and how large its mail is, over the number of documents of the day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter

from briefing.compose import compose
from briefing.render import HTML_BUDGET, render
from briefing.values import BriefItem, SourceHealth
from core.times import SHANGHAI
from core.values import CHINESE

DAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
TOPICS = tuple(CHINESE["topic"])
KINDS = ("news", "news", "news", "post", "complaint", "voice")
RESULT = Path(__file__).parent / "results" / "brief.md"


def item(number: int) -> BriefItem:
    """Invented: a third negative, five documents a story, every tenth backfill."""
    return BriefItem(
        document=f"d{number:016x}",
        rev=1,
        title=f"星禾科技第 {number} 条：多名用户称注册后接到冒名贷款电话，公司回应正在核查",
        snippet="用户称对方能准确说出姓名与申请金额，手机号为 138********，客服让其等待三个工作日。" * 2,
        source="qinglan",
        source_name="青岚新闻网",
        kind=KINDS[number % len(KINDS)],
        first_seen=NOON,
        published_at=NOON - timedelta(minutes=number % 1200),
        story=f"d{number - number % 5:016x}",
        story_size=5,
        url=f"https://news.example/2026/11/{number}.html",
        companies=("星禾科技",),
        label=("neg", "neu", "pos")[number % 3],
        score=-0.5,
        topics=(TOPICS[number % 14], TOPICS[number % 5]),
        flags=("go_public",) if number % 15 == 0 else (),
        backfill=number % 10 == 9,
    )


def measure(count: int) -> tuple[float, float, int]:
    """Milliseconds to compose, to render (best of three each), and bytes of HTML."""
    items = [item(number) for number in range(count)]
    health = [SourceHealth(f"s{n}", f"来源{n}", "ok" if n % 10 else "broken") for n in range(20)]
    composing, rendering, size = [], [], 0
    for _round in range(3):
        began = perf_counter()
        brief = compose(DAY, items=items, trend=[], health=health, company="星禾科技", zone=SHANGHAI, generated_at=NOON)
        composed = perf_counter()
        message = render(brief, to=["pr@xinghe.example"], from_name="舆情雷达")
        composing.append(composed - began)
        rendering.append(perf_counter() - composed)
        size = len((message.html or "").encode())
    return 1000 * min(composing), 1000 * min(rendering), size


def main() -> None:
    """Print the table and keep it."""
    lines = ["| documents | compose ms | render ms | HTML bytes |", "|---|---|---|---|"]
    for count in (0, 1, 100, 1_000, 10_000):
        compose_ms, render_ms, size = measure(count)
        lines.append(f"| {count} | {compose_ms:.1f} | {render_ms:.1f} | {size} |")
    table = "\n".join(lines)
    print(table)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(f"# Brief: time and size\n\n{table}\n\nBudget: {HTML_BUDGET} bytes. Run: python bench/brief.py\n")


if __name__ == "__main__":
    main()
