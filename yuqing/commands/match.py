"""`yuqing match`: the ids of the documents that a query finds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import BinaryIO

import click

from core.i18n import _
from core.times import SHANGHAI
from search_index.facts import facts_of
from search_index.query import compiled, parse
from yuqing.cli import Invocation
from yuqing.jsonl import BadLine, Filter, json_object
from yuqing.options import instant, query_text


@click.command(
    help=_("读入带事实的文档（每行一个 JSON），打印符合 QUERY 的 id，每行一个。"),
    context_settings={"ignore_unknown_options": True},  # a query may begin with -
)
@click.option("--now", "now_text", metavar="ISO", help=_("“今天”“近7天”从这一刻算起；默认现在"))
@click.argument("query")
@click.argument("file", type=click.File("rb"), default="-")
@click.pass_obj
def command(invocation: Invocation, now_text: str | None, query: str, file: BinaryIO) -> None:
    """Print the matching ids."""
    zone = invocation.load().timezone if invocation.config.exists() else SHANGHAI
    now = instant("--now", now_text) if now_text else datetime.now(UTC)
    holds = compiled(parse(query_text([query])), zone)

    def work(line: bytes) -> Iterator[str]:
        facts = facts_of(json_object(line), zone=zone)
        if not facts.id:
            raise BadLine(_("没有 id"))
        if holds(facts, now):
            yield " ".join(facts.id.splitlines())

    Filter(file).run(work)
