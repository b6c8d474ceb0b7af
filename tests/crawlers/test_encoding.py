"""Bytes become text although labels lie."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.encoding import decode

SIMPLIFIED = (
    "星禾科技今天发布公告，称已经发现部分用户的信息被第三方获取，公司将对此事负责，并向所有受到影响的用户道歉。"
)
TRADITIONAL = (
    "星禾科技今天發佈公告，稱已經發現部分用戶的信息被第三方獲取，公司將對此事負責，並向所有受到影響的用戶道歉。"
)


@pytest.mark.parametrize(
    ("text", "codec", "declared", "used"),
    [
        (SIMPLIFIED, "utf-8", None, "utf-8"),
        (SIMPLIFIED, "utf-8", "gb2312", "utf-8"),
        (SIMPLIFIED, "gb18030", "text/html; charset=gb2312", "gb18030"),
        (SIMPLIFIED, "gb18030", None, "gb18030"),
        (SIMPLIFIED, "gb18030", "utf-8", "gb18030"),
        (SIMPLIFIED, "gb18030", "iso-8859-1", "gb18030"),
        (SIMPLIFIED, "gb18030", "big5", "gb18030"),
        (TRADITIONAL, "big5hkscs", "big5", "big5hkscs"),
        (TRADITIONAL, "big5hkscs", None, "big5hkscs"),
        (TRADITIONAL, "big5hkscs", "gbk", "big5hkscs"),
        (TRADITIONAL, "gb18030", None, "gb18030"),
        ("今日はとても良い天気ですね", "cp932", "shift_jis", "cp932"),
    ],
)
def test_the_text_survives_a_wrong_label(text: str, codec: str, declared: str | None, used: str) -> None:
    """The evidence in the bytes wins over what the server says."""
    assert decode(text.encode(codec), declared=declared) == (text, used)


def test_a_byte_order_mark_decides() -> None:
    """UTF-16 pages carry one."""
    assert decode(codecs.BOM_UTF16_LE + SIMPLIFIED.encode("utf-16-le"), declared="gbk") == (SIMPLIFIED, "utf-16-le")


def test_the_label_inside_the_page_is_read() -> None:
    """Few characters are no evidence, so the <meta> decides."""
    page = '<meta charset="big5"><title>公告</title>'

    assert decode(page.encode("big5")) == (page, "big5hkscs")


def test_a_character_cut_off_at_the_end_does_not_change_the_encoding() -> None:
    """Size limits cut pages anywhere."""
    assert decode(SIMPLIFIED.encode()[:-1])[1] == "utf-8"


def test_a_few_broken_bytes_do_not_turn_utf8_into_something_else() -> None:
    """One bad byte in a page costs one character."""
    text, used = decode(SIMPLIFIED.encode() + b"\xff" + SIMPLIFIED.encode())

    assert used == "utf-8"
    assert text.startswith(SIMPLIFIED)


@given(st.binary(max_size=300), st.none() | st.text(max_size=20) | st.sampled_from(["hex", "utf-7", "rot13", "gbk"]))
def test_decoding_never_raises(raw: bytes, declared: str | None) -> None:
    """Any bytes under any label give text."""
    text, used = decode(raw, declared=declared)

    assert isinstance(text, str)
    assert used
