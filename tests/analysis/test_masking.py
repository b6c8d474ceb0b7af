"""What is hidden, what is left alone, and that hiding costs little and is done once."""

from __future__ import annotations

import json
import re
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.masking import find_masks, masked
from tests.analysis.growth import assert_linear
from tests.analysis.marked import read_marked

CASES = [
    json.loads(line) for line in (Path(__file__).parents[1] / "cases" / "masking.jsonl").read_text("utf-8").splitlines()
]
PRIVACY = (Path(__file__).parents[2] / "docs" / "privacy.md").read_text("utf-8")
SHOWN = re.findall(r"^\|[^|]+\| `([^`]+)` \| `([^`]+)` \|$", PRIVACY, re.M)
LEFT = re.findall(r"^\|[^|]+\| `([^`]+)` \|$", PRIVACY, re.M)
PIECES = [
    "13800005678",
    "320000198812030047",
    "手机",
    "身份证",
    "姓名：",
    "陆小满",
    "微信",
    "abc7890",
    "@",
    "mail.example",
    "订单号",
    "杭州市滨江区样板路66号",
    "2幢501室",
    "浙A12C45",
    "010-",
    "60000123",
    "*",
    "一三八",
    "，",
    "Q",
    "[at]",
    "住",
    "我叫",
    "李",
    "🍎",
    " - ",
    "B座",
    "十号楼",
    "阿依古丽",
    "·",
    "card no. ",
    " ",
]
UNITS = [
    "1",
    "一",
    "1_",
    "1 ",
    "6 2 ",
    "1*",
    "a",
    "a.",
    "@",
    "a@",
    "号",
    "1号",
    "路1号",
    "省路1号室，",
    "姓名",
    "王",
    "微信",
    "0571-",
    "(",
    "京A",
    "8-",
    "q",
    "1一",
    "138_0000_5678，",
    "住市路1号13800005678，",
]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_labelled_line_is_masked_as_marked(case: dict[str, str]) -> None:
    text, spans = read_marked(case["marked"])

    assert [(m.type, m.start, m.end) for m in find_masks(text)] == spans


@pytest.mark.parametrize(("text", "hidden"), [*SHOWN, *((text, text) for text in LEFT)])
def test_an_example_of_the_privacy_page_is_true(text: str, hidden: str) -> None:
    assert masked(text, find_masks(text)) == hidden


def test_the_privacy_page_has_examples_of_both() -> None:
    assert len(SHOWN) > 10
    assert len(LEFT) > 5


def test_masking_keeps_the_length_and_everything_outside() -> None:
    text = "联系人陆小满，手机13800005678，谢谢"

    assert masked(text, find_masks(text)) == "联系人***，手机***********，谢谢"


def test_lines_of_the_company_are_left_alone() -> None:
    text = "请拨0571-80000456或13800005678"

    assert find_masks(text, hotlines=["0571-80000456", "138 0000 5678"]) == ()


def test_a_person_of_the_watch_is_left_alone() -> None:
    assert find_masks("联系人陆小满", persons=["陆小满"]) == ()


@pytest.mark.parametrize(
    "hotline", ["0571-88000456", "０５７１－８８０００４５６", "+86 571 8800 0456", "(0571)88000456"]
)
@pytest.mark.parametrize(
    "met", ["0571-88000456", "电话88000456", "+86-571-88000456", "电话+8657188000456", "电话０５７１－８８０００４５６"]
)
def test_a_line_of_the_company_is_known_in_every_form(hotline: str, met: str) -> None:
    assert find_masks(met)
    assert find_masks(met, hotlines=[hotline]) == ()


def test_the_same_digits_in_another_area_are_somebody_elses() -> None:
    assert len(find_masks("电话0755-88000456", hotlines=["0571-88000456"])) == 1


def test_a_mobile_of_the_company_is_known_with_its_country() -> None:
    assert find_masks("打+86 138 0000 5678", hotlines=["13800005678"]) == ()


def test_a_person_of_the_watch_shows_nobody_whose_name_begins_like_his() -> None:
    assert masked("联系人陆明远", find_masks("联系人陆明远", persons=["陆明"])) == "联系人***"
    assert find_masks("联系人陆明来了", persons=["陆明"]) == ()


def test_a_company_behind_a_cue_is_no_name() -> None:
    assert find_masks("户名：陈记集团股份") == ()


def test_a_megabyte_of_loose_digits_is_read_in_seconds() -> None:
    """Lists of single digits are the costliest text there is: every digit may begin a number."""
    text, took = "1 " * 500_000, []
    for _ in range(3):  # the quickest counts: 2.5 s on a quick machine, 8 on a slow and busy one
        began = time.process_time()
        assert find_masks(text) == ()
        took.append(time.process_time() - began)
        if took[-1] < 10:
            break

    assert min(took) < 10


@given(st.text(max_size=200) | st.lists(st.sampled_from([*PIECES, " ", "\n"]), max_size=30).map("".join))
@settings(max_examples=300, deadline=None)
def test_any_text_is_masked_once_and_for_all(text: str) -> None:
    """Never raises, spans are in order and apart, the length stays, and a masked text is not changed again."""
    masks = find_masks(text)
    hidden = masked(text, masks)

    assert all(a.end <= b.start for a, b in pairwise(masks))
    assert len(hidden) == len(text)
    assert masked(hidden, find_masks(hidden)) == hidden


@pytest.mark.parametrize("unit", UNITS)
def test_time_grows_with_the_length_only(unit: str) -> None:
    """An adversary's page of one thing over and over costs twice as much when it is twice as long."""
    assert_linear(lambda size: find_masks((unit * size)[:size]), 10_000)
