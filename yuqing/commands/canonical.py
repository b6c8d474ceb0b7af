"""`yuqing canonical`: addresses in, the key of each document out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import click

from core.i18n import _
from crawlers.canonical import document_key
from yuqing.config import load_source
from yuqing.jsonl import Filter, decoded


@click.command(help=_("读入网址（每行一个），打印“网址 TAB 规范键”；同一篇文档的两个网址，键相同。"))
@click.option("--source", "source_file", type=click.Path(path_type=Path), help=_("来源文件，取其中的参数与域名规则"))
@click.argument("file", type=click.File("rb"), default="-")
def command(source_file: Path | None, file: BinaryIO) -> None:
    """Print each address with its key."""
    source = load_source(source_file) if source_file else None

    def work(line: bytes) -> Iterator[str]:
        address = decoded(line).strip()
        yield f"{address}\t{document_key(address, source=source)}"

    Filter(file).run(work)
