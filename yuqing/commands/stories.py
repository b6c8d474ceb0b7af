"""`yuqing stories`: which texts are reprints of one another, and which speak of the same happening."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import BinaryIO

import click

from analysis.stories import band_keys, place
from core.i18n import _
from core.serial import dumps
from core.values import StoryMember
from yuqing.jsonl import Filter, json_object
from yuqing.schemas import DocumentLine, StoryOut, line_of

_UNDATED = datetime.max.replace(tzinfo=UTC)
"""A text without a time is nobody's original while one with a time is there."""


@click.command(help=_("读入文档（每行一个 JSON），读完后按原来的顺序打印每篇的稿件族、事件和角色。"))
@click.argument("file", type=click.File("rb"), default="-")
def command(file: BinaryIO) -> None:
    """Print the place of each document among the stories."""
    out = Filter(file)
    given: list[DocumentLine] = []
    for number, line in out.lines():
        given += out.tried(_("第 {n} 行").format(n=number), _document, line) or ()
    for row in stories_out(given):
        out.write(dumps(row))
    out.finish()


def _document(line: bytes) -> Iterator[DocumentLine]:
    given = line_of(DocumentLine, json_object(line))
    assert given.title_and_body  # a line without any text is a bad line
    yield given


class Memory:
    """`core.ports.StoryMemory` in a dictionary, for as long as one input lasts."""

    def __init__(self) -> None:
        self._members: dict[str, StoryMember] = {}
        self._by_band: dict[int, list[str]] = {}

    def candidates(self, bands: Sequence[int]) -> Iterable[StoryMember]:
        """See `StoryMemory.candidates`."""
        found = {document for band in bands for document in self._by_band.get(band, ())}
        return sorted((self._members[document] for document in found), key=lambda member: member.seen_at)

    def add(self, member: StoryMember, bands: Sequence[int]) -> None:
        """See `StoryMemory.add`."""
        self._members[member.document] = member
        for band in bands:
            self._by_band.setdefault(band, []).append(member.document)


def stories_out(given: Sequence[DocumentLine]) -> Iterator[StoryOut]:
    """The place of each document, in the order given; the earliest published of a story is its first."""
    members = _placed(given)
    sizes = Counter(member.story for member in members)
    for line, member in zip(given, members, strict=True):
        alone = sizes[member.story] == 1
        yield {
            "id": line.id,
            "story": given[int(member.story)].id,
            "event": given[int(member.event)].id,
            "role": "single" if alone else "first" if member.story == member.document else "reprint",
        }


def _placed(given: Sequence[DocumentLine]) -> list[StoryMember]:
    """Each document's member, under the number of its place in the input."""
    memory, members = Memory(), {}
    order = sorted(range(len(given)), key=lambda number: given[number].published_at or _UNDATED)
    for turn, number in enumerate(order):
        line = given[number]
        title, body = line.title_and_body
        member = place(
            str(number),
            title=title,
            text=body,
            published_at=line.published_at,
            seen_at=datetime.fromtimestamp(turn, UTC),
            outlet=line.outlet,
            memory=memory,
        )
        memory.add(member, band_keys(member.sketch))
        members[number] = member
    return [members[number] for number in range(len(given))]
