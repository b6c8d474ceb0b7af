"""Pages that somebody made to be slow: what costs twice as much when it is twice as long is no weapon."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from analysis.identifiers import key_without_persons
from analysis.masking import find_masks
from analysis.mention_rules import Reading
from analysis.mentions import Matcher
from analysis.names import may_hide_names
from analysis.topics.rules import shipped
from core.values import Company
from tests.analysis.growth import assert_linear

COMPANY = Company("星禾科技", {"full": ("星禾科技",), "ambiguous": ("星禾",)}, exclude=("星禾小区",))


def named(text: str) -> object:
    return Matcher([COMPANY]).mentions(Reading(text, text, (text,), lambda word: False))


def keyed(text: str) -> object:
    return key_without_persons(text, lambda space, value: "x")


@pytest.mark.parametrize(
    ("read", "first", "unit", "count"),
    [
        (find_masks, "客服电话12再1", "后四位", 3000),
        (find_masks, "姓名|" * 2000 + "\n", "a|\n", 2000),
        (find_masks, "", "李晓梅|", 3000),
        (shipped().judged, "", "我打算打电话投诉。", 1000),
        (may_hide_names, "星(", " ", 10_000),
        (named, "", "星禾小区", 2000),
        (named, "", "星·禾，", 1000),
        (keyed, "https://x.example/?q=", "a", 10_000),
    ],
    ids=["told", "column", "row", "hidden words", "blanks", "excluded", "hidden names", "key"],
)
def test_twice_the_text_takes_twice_the_time(read: Callable[[str], object], first: str, unit: str, count: int) -> None:
    read(first + unit)
    assert_linear(lambda times: read(first + unit * times), count)
