"""`yuqing stories`: which texts are reprints of one another, and which speak of the same happening."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

import click

from analysis.stories import stories_of
from core.i18n import _
from core.serial import dumps
from yuqing.jsonl import Filter, json_object
from yuqing.schemas import DocumentLine, line_of


@click.command(help=_("读入文档（每行一个 JSON），读完后按原来的顺序打印每篇的稿件族、事件和角色。"))
@click.argument("file", type=click.File("rb"), default="-")
def command(file: BinaryIO) -> None:
    """Print the place of each document among the stories."""
    out = Filter(file)
    rows: list[dict[str, Any]] = []
    for number, line in out.lines():
        rows += out.tried(_("第 {n} 行").format(n=number), _row, line) or ()
    for told in named(rows):
        out.write(dumps(told))
    out.finish()


def _row(line: bytes) -> Iterator[dict[str, Any]]:
    given = line_of(DocumentLine, json_object(line))
    title, body = given.title_and_body
    moment, outlet = given.published_at, given.outlet
    yield {"id": given.id, "title": title, "text": body, "published_at": moment, "outlet": outlet}


def named(rows: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """
    The place of each row, under the ids as given.

    Two rows may bear one id, or a number: among themselves they go by their place in the input.
    """
    placed = stories_of({**row, "id": str(place)} for place, row in enumerate(rows))
    for told in placed:
        yield {key: told[key] if key == "role" else rows[int(told[key])]["id"] for key in told}
