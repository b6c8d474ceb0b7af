"""`yuqing extract`: page files in, title, text and time out, one JSON object a file."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import click

from core.i18n import _
from core.serial import dumps
from core.times import local_iso
from crawlers.extract import Extracted, Post, extract
from yuqing.jsonl import BadLine, Filter
from yuqing.options import instant
from yuqing.schemas import PageOut, PostOut

LARGEST_FILE_BYTES = 64 * 2**20


@click.command(help=_("读入网页文件，每个文件打印一行：标题、正文、时间、作者、媒体、楼层。"))
@click.option("--url", metavar="URL", help=_("网页自己的地址"))
@click.option("--fetched-at", metavar="ISO", help=_("抓取时刻，“3 分钟前”从它算起；默认现在"))
@click.argument("files", metavar="FILE…", nargs=-1, required=True)
def command(url: str | None, fetched_at: str | None, files: tuple[str, ...]) -> None:
    """Print what each page says."""
    moment = instant("--fetched-at", fetched_at) if fetched_at else datetime.now(UTC)
    out = Filter(sys.stdin.buffer)

    def work(name: str) -> Iterator[str]:
        yield dumps(page_out(extract(_read(name), url=url, fetched_at=moment)))

    for name in files:
        for text in out.tried(name, work, name) or ():
            out.write(text)
    out.finish()


def _read(name: str) -> bytes:
    try:
        if name == "-":
            raw = sys.stdin.buffer.read(LARGEST_FILE_BYTES + 1)
        else:
            with open(name, "rb") as file:
                raw = file.read(LARGEST_FILE_BYTES + 1)
    except OSError as error:
        raise BadLine(_("读不了（{seen}）").format(seen=error.strerror)) from None
    if len(raw) > LARGEST_FILE_BYTES:
        raise BadLine(_("超过 {n} MB").format(n=LARGEST_FILE_BYTES // 2**20))
    return raw


def page_out(page: Extracted) -> PageOut:
    """A page in the form of the contract; times carry the offset of Beijing, where days are meant."""
    return {
        "title": page.title,
        "body": page.body,
        "published_at": local_iso(page.published_at),
        "precision": page.precision,
        "author": list(page.author),
        "outlet": page.outlet,
        "canonical": page.canonical,
        "kind": page.kind,
        "posts": [_post_out(post) for post in page.posts],
    }


def _post_out(post: Post) -> PostOut:
    return {
        "author": post.author,
        "published_at": local_iso(post.published_at),
        "precision": post.precision,
        "body": post.body,
    }
