"""`yuqing search`: a page of what the index finds, joined with what the store holds."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Literal

import click

from core.i18n import _
from core.times import local_iso
from core.values import CHINESE
from yuqing.cli import Invocation
from yuqing.options import query_text

LIMIT = 200


@click.command(
    "search",
    help=_("用查询语言搜索，如：信息泄露 情感:负面 时间:近7天"),
    context_settings={"ignore_unknown_options": True},  # a query may begin with -
)
@click.argument("query", nargs=-1, required=True)
@click.option("--order", type=click.Choice(["newest", "relevance", "heat"]), default="newest", help=_("排序"))
@click.option("--limit", type=click.IntRange(1, LIMIT), default=20, help=_("每页几条，至多 200"))
@click.option("--cursor", metavar="C", help=_("接着上一页：上一页末尾给出的位置"))
@click.option("--facets", is_flag=True, help=_("同时给出分布"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 对象"))
@click.pass_obj
def command(
    invocation: Invocation,
    query: tuple[str, ...],
    order: Literal["newest", "relevance", "heat"],
    limit: int,
    cursor: str | None,
    facets: bool,
    as_json: bool,
) -> None:
    """Search and print one page."""
    from yuqing.wiring import App

    with App.open(invocation.load()) as app:
        app.drain_index_if_alone()
        page = app.search(query_text(query), order=order, limit=limit, cursor=cursor, facets=facets or as_json)
    if as_json:
        click.echo(json.dumps(page, ensure_ascii=False))
        return
    for line in page_lines(page, zone=app.radar.zone, facets=facets):
        click.echo(line)


def page_lines(page: dict[str, Any], *, zone: Any, facets: bool = False) -> list[str]:
    """A page of results for people."""
    total = page["total"] if page["total_is_exact"] else _("至少 {n}").format(n=page["total"])
    lines = [_("理解为：{query}　共 {total} 篇").format(query=page["understood"], total=total)]
    for item in page["items"]:
        when = item["published_at"] and local_iso(datetime.fromisoformat(item["published_at"]), zone=zone)
        label = CHINESE["label"].get(item["sentiment"] or "", "—")
        topics = " ".join(CHINESE["topic"].get(topic, topic) for topic in item["topics"])
        size = _("（同稿 {n} 篇）").format(n=item["story_size"]) if item["story_size"] > 1 else ""
        lines.append(f"{(when or '—')[:16].replace('T', ' ')}  {label}  {item['title'] or item['snippet'][:30]}{size}")
        lines.append(f"    {item['outlet'] or item['source']}  {topics}  {item['id']}".rstrip())
        if item["url"]:
            lines.append(f"    {item['url']}")
    if facets:
        lines += [f"{field}: {values}" for field, values in (page["facets"] or {}).items() if values]
    if page["next"]:
        lines.append(_("下一页：--cursor {cursor}").format(cursor=page["next"]))
    return lines
