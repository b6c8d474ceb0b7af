"""`yuqing search`: a page of what the index finds, joined with what the store holds; or all of it as a file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from core.display import heading, one_line
from core.errors import UsageError
from core.i18n import _
from core.times import local_iso
from core.values import CHINESE
from yuqing.cli import Invocation
from yuqing.options import query_text

if TYPE_CHECKING:
    from search_index.explain import Clause

LIMIT = 200
SHOWN_DAYS = 31
BAR = 40  # columns of the longest bar
SHOWN_VALUES = 10
LEVELS = "·▁▂▃▄▅▆▇█"


@click.command(
    "search",
    help=_("用查询语言搜索，如：话题:信息泄露 情感:负面 时间:近7天"),
    context_settings={"ignore_unknown_options": True},  # a query may begin with -
)
@click.argument("query", nargs=-1, required=True)
@click.option("--order", type=click.Choice(["newest", "relevance", "heat"]), default="newest", help=_("排序"))
@click.option("--limit", type=click.IntRange(1, LIMIT), default=20, help=_("每页几条，至多 200"))
@click.option("--cursor", metavar="C", help=_("接着上一页：上一页末尾给出的位置"))
@click.option("--stories", is_flag=True, help=_("同一稿件族只列一次，并数出符合的篇数"))
@click.option("--why", metavar="DOCUMENT", help=_("这一篇符合查询的哪些部分、不符合哪些；用编号、键或网址指明"))
@click.option("--facets", is_flag=True, help=_("同时给出分布和每天的篇数"))
@click.option("--hours", is_flag=True, help=_("同时给出最近 7 天每小时的篇数"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 对象"))
@click.option(
    "--export", metavar="FILE", type=click.Path(path_type=Path), help=_("把符合的全部文档写成 .jsonl 或 .csv 文件")
)
@click.pass_obj
def command(
    invocation: Invocation,
    query: tuple[str, ...],
    order: Literal["newest", "relevance", "heat"],
    limit: int,
    cursor: str | None,
    stories: bool,
    why: str | None,
    facets: bool,
    hours: bool,
    as_json: bool,
    export: Path | None,
) -> None:
    """Search and print one page, or write the whole match set."""
    from yuqing.wiring import App

    if export and cursor:
        raise UsageError(_("--export 写出全部结果，不能再给 --cursor。"))
    with App.open(invocation.load()) as app:
        app.drain_index_if_alone()
        if export:
            click.echo(_exported(app, query_text(query), export))
            return
        if why:
            click.echo(_explained(app, query_text(query), why, as_json=as_json))
            return
        page = app.search(
            query_text(query),
            order=order,
            limit=limit,
            cursor=cursor,
            facets=facets or as_json,
            hours=hours,
            by_story=stories,
        )
    if as_json:
        click.echo(json.dumps(page, ensure_ascii=False))
        return
    for line in page_lines(page, zone=app.radar.zone, facets=facets, sources=app.radar.source_names):
        click.echo(line)


def _exported(app: Any, query: str, path: Path) -> str:
    from yuqing.exports import write_export
    from yuqing.progress import Counter

    def counted(rows: Iterable[Mapping[str, Any]], counter: Counter) -> Iterator[Mapping[str, Any]]:
        for row in rows:
            yield row
            counter.add("export")

    with app.searching() as search, Counter() as counter:
        count = write_export(path, counted(search.whole(query), counter))
    return _("{n} 篇写入 {path}").format(n=count, path=path)


def _explained(app: Any, query: str, document: str, *, as_json: bool) -> str:
    identity, clause = app.explain(query, document)
    if as_json:
        return json.dumps({"id": identity, "clause": asdict(clause) if clause else None}, ensure_ascii=False)
    return "\n".join(clause_lines(clause)) if clause else _("索引里没有 {id}").format(id=identity)


def clause_lines(clause: Clause, depth: int = 0) -> list[str]:
    """A clause and those in it, each on a line: ✓ where the document matches it."""
    line = f"{'  ' * depth}{'✓' if clause.matched else '✗'} {clause.text}"
    return [line, *(inner for part in clause.parts for inner in clause_lines(part, depth + 1))]


def page_lines(
    page: dict[str, Any], *, zone: Any, facets: bool = False, sources: Mapping[str, str] | None = None
) -> list[str]:
    """A page of results for people. `sources`: id -> name."""
    lines = [_("理解为：{query}　共 {total} 篇").format(query=page["understood"], total=_total(page))]
    if "stories" in page:
        known = page["stories"] if page["stories_is_exact"] else _("至少 {n}").format(n=page["stories"])
        lines.append(_("合为 {n} 个稿件族").format(n=known))
    lines += [f"  {note['message']}" for note in page.get("notes", ())]
    for item in page["items"]:
        lines += _item_lines(item, zone)
    if facets:
        lines += [*_facet_lines(page["facets"] or {}, sources or {}), *_day_lines(page["days"])]
    lines += _hour_lines(page.get("hours", {}))
    if page["next"]:
        lines.append(_("下一页：--cursor {cursor}").format(cursor=page["next"]))
    return lines


def _total(page: Mapping[str, Any]) -> str:
    return str(page["total"]) if page["total_is_exact"] else _("至少 {n}").format(n=page["total"])


def _item_lines(item: Mapping[str, Any], zone: Any) -> list[str]:
    when = item["published_at"] and local_iso(datetime.fromisoformat(item["published_at"]), zone=zone)
    label = CHINESE["label"].get(item["sentiment"] or "", "—")
    topics = " ".join(CHINESE["topic"].get(topic, topic) for topic in item["topics"])
    size = _("（同稿 {n} 篇）").format(n=item["story_size"]) if item["story_size"] > 1 else ""
    if size and "story_hits" in item:
        size = _("（同稿 {n} 篇，符合 {hits} 篇）").format(n=item["story_size"], hits=item["story_hits"])
    lines = [f"{(when or '—')[:16].replace('T', ' ')}  {label}  {heading(item['title'], item['snippet'])}{size}"]
    lines.append(f"    {one_line(item['outlet']) or item['source']}  {topics}  {item['id']}".rstrip())
    return [*lines, f"    {item['url']}"] if item["url"] else lines


def _facet_lines(facets: Mapping[str, Mapping[str, int]], sources: Mapping[str, str]) -> list[str]:
    """Each facet on a line, its largest values first."""
    titles = {
        "source": _("来源"),
        "channel": _("取法"),
        "outlet": _("媒体"),
        "sentiment": _("情感"),
        "topic": _("话题"),
        "company": _("公司"),
        "level": _("等级"),
        "status": _("状态"),
        "kind": _("类型"),
    }
    names = {**CHINESE, "sentiment": CHINESE["label"], "source": sources}
    lines = []
    for field, counts in facets.items():
        known = names.get(field, {})
        values = [f"{known.get(value, value)} {count}" for value, count in list(counts.items())[:SHOWN_VALUES]]
        more = _("，另有 {n} 个").format(n=len(counts) - SHOWN_VALUES) if len(counts) > SHOWN_VALUES else ""
        if values:
            lines.append(_("{field}：{values}").format(field=titles.get(field, field), values="，".join(values)) + more)
    return lines


def _day_lines(days: Mapping[str, int]) -> list[str]:
    """The last days as bars."""
    shown = list(days.items())[-SHOWN_DAYS:]
    if not shown:
        return []
    most = max(1, *(count for _day, count in shown))
    lines = [_("每天的篇数（最近 {n} 天）：").format(n=len(shown))]
    for day, count in shown:
        bar = "█" * round(count / most * BAR) or ("▏" if count else "")
        lines.append(f"  {date.fromisoformat(day):%m-%d}  {count:>6}  {bar}".rstrip())
    return lines


def _hour_lines(hours: Mapping[str, int]) -> list[str]:
    """A day on a line, of each hour a bar as high as its share of the most."""
    if not hours:
        return []
    most = max(1, *hours.values())
    bars: dict[str, str] = {}
    for hour, count in hours.items():
        bars[hour[:10]] = bars.get(hour[:10], "") + LEVELS[-(-count * (len(LEVELS) - 1) // most)]
    lines = [_("每小时的篇数（0 点起，最高 {most} 篇）：").format(most=most)]
    return lines + [f"  {date.fromisoformat(day):%m-%d}  {bar}" for day, bar in bars.items()]
