"""Foreign texts are shown on one line, in reading order, and only web addresses become links."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.display import heading, local_time, one_line, web_link
from core.times import SHANGHAI


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (None, ""),
        ("  两行\r\n标题\t ", "两行 标题"),
        ("\u202egnp.exe\u202c", "gnp.exe"),
        ("\x1b[31m红\x1b[0m", "[31m红 [0m"),
        ("零\u200b宽", "零 宽"),
        ("一家👨\u200d👩\u200d👧", "一家👨\u200d👩\u200d👧"),
        ("全　角", "全 角"),
    ],
)
def test_breaks_controls_and_direction_marks_are_not_shown(text, shown):
    assert one_line(text) == shown


def test_a_cut_is_seen():
    assert one_line("信息泄露事件", 4) == "信息泄…"
    assert one_line("信息泄露", 4) == "信息泄露"


def test_a_document_in_a_list_is_called_by_its_title_or_how_its_text_begins():
    assert heading("云鹭\x1b]0;假\x07致歉", "正文") == "云鹭 ]0;假 致歉"
    assert heading(" ", "一二三四五六", 4) == "一二三…"
    assert heading(None, None) == ""


@given(st.text(max_size=80), st.integers(1, 40))
def test_a_line_is_a_line(text, limit):
    shown = one_line(text, limit)

    assert len(shown) <= limit
    assert shown == shown.strip()
    assert not any(unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs") for c in shown)
    assert one_line(shown, limit) == shown


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        "JaVaScRiPt:1",
        "data:text/html,x",
        "ftp://a.example/",
        "//a.example/",
        "https://",
        "https://bank.example@evil.example/",
        "https://a.example/\nx",
        "https://a.example/ x",
        "http://[::1",
        "https://a.example\\@b.example/",
        "https://a.example/" + "x" * 2000,
    ],
)
def test_what_is_no_plain_web_address_is_no_link(url):
    assert web_link(url) is None


@pytest.mark.parametrize("url", ["http://a.example", "https://a.example:8443/路径?q=1&b=@#x", "HTTPS://A.example/"])
def test_a_web_address_stays_as_it_is(url):
    assert web_link(url) == url


def test_a_time_is_read_in_the_zone():
    assert local_time(datetime(2026, 11, 20, 16, 30, tzinfo=UTC), zone=SHANGHAI) == "2026-11-21 00:30"
    assert local_time(None, zone=SHANGHAI) == ""
