"""Pages that somebody made to be slow: what costs twice as much when it is twice as long is no weapon."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import pytest

from analysis.identifiers import key_without_persons
from analysis.masking import find_masks
from analysis.mention_rules import Reading
from analysis.mentions import Matcher
from analysis.names import may_hide_names
from analysis.topics.rules import shipped
from core.values import Company

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
    def seconds(times: int) -> float:
        began = time.process_time()
        read(first + unit * times)
        return time.process_time() - began

    read(first + unit)
    small = large = math.inf
    for _ in range(8):  # the quickest of each counts: a busy machine slows single runs down
        small, large = min(small, seconds(count)), min(large, seconds(2 * count))
        if large <= 2.6 * small + 0.02:
            break

    assert large <= 2.6 * small + 0.02
