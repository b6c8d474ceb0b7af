"""Publish times as Chinese pages write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.times import local_iso
from crawlers.dates import parse_date

NOW = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)  # Sunday, 09:30 in Shanghai

ABSOLUTE = [
    ("2026-11-20 08:30", "2026-11-20T08:30:00", "minute"),
    ("2026-11-20 08:30:15", "2026-11-20T08:30:15", "second"),
    ("2026年11月20日 08:30", "2026-11-20T08:30:00", "minute"),
    ("2026年11月20日08时30分", "2026-11-20T08:30:00", "minute"),
    ("2026年11月20日 星期五 下午3:05", "2026-11-20T15:05:00", "minute"),
    ("2026-11-20(周五) 08:30", "2026-11-20T08:30:00", "minute"),
    ("二〇二六年十一月二十日", "2026-11-20T00:00:00", "day"),
    ("二零二六年十一月二十日下午三点半", "2026-11-20T15:30:00", "minute"),
    ("２０２６－１１－２０　０８：３０", "2026-11-20T08:30:00", "minute"),
    ("2026.11.20", "2026-11-20T00:00:00", "day"),
    ("2026/11/20 8:5", "2026-11-20T08:05:00", "minute"),
    ("20261120083000", "2026-11-20T08:30:00", "second"),
    ("20261120", "2026-11-20T00:00:00", "day"),
    ("2026-11-20T00:30:00Z", "2026-11-20T08:30:00", "second"),
    ("2026-11-20T08:30:00.123+0800", "2026-11-20T08:30:00", "second"),
    ("Fri, 20 Nov 2026 00:30:00 GMT", "2026-11-20T08:30:00", "second"),
    ("Fri Nov 20 10:00:00 CST 2026", "2026-11-20T10:00:00", "second"),
    ("1793996070", "2026-11-07T04:14:30", "second"),
    ("1793996070123", "2026-11-07T04:14:30", "second"),
    ("发表于 2026-11-7 04:14:30", "2026-11-07T04:14:30", "second"),
    ("来源：青岚新闻网 2026年11月20日 08:30 编辑：某某", "2026-11-20T08:30:00", "minute"),
    ("更新时间：2026-11-21 10:00 发布时间：2026-11-20 09:00", "2026-11-20T09:00:00", "minute"),
    ("2026-11-20 00:00:00", "2026-11-20T00:00:00", "day"),
    ("2026年11月", "2026-11-01T00:00:00", "month"),
    ("2026-11-20 12:05:33 AM", "2026-11-20T00:05:33", "second"),
    ("11月20日晚上11点40分", "2026-11-20T23:40:00", "minute"),
    ("26-11-20 08:12", "2026-11-20T08:12:00", "minute"),
    ("20261120T003000Z", "2026-11-20T08:30:00", "second"),
    ("2026—11—20", "2026-11-20T00:00:00", "day"),
    ("2026-11-2008:30", "2026-11-20T08:30:00", "minute"),
    ("20/11/2026", "2026-11-20T00:00:00", "day"),
]
YEARLESS = [
    ("11月21日8时12分", "2026-11-21T08:12:00", "minute"),
    ("11月21日 08:12", "2026-11-21T08:12:00", "minute"),
    ("11-21 08:12", "2026-11-21T08:12:00", "minute"),
    ("12-21 08:12", "2025-12-21T08:12:00", "minute"),
    ("12月31日", "2025-12-31T00:00:00", "day"),
    ("2月29日", "2024-02-29T00:00:00", "day"),
    ("去年11月20日", "2025-11-20T00:00:00", "day"),
]
RELATIVE = [
    ("刚刚", "2026-11-22T09:30:00", "minute"),
    ("3分钟前", "2026-11-22T09:27:00", "minute"),
    ("3\u00a0分钟前", "2026-11-22T09:27:00", "minute"),
    ("二十三分钟前", "2026-11-22T09:07:00", "minute"),
    ("半小时前", "2026-11-22T09:00:00", "hour"),
    ("一个半小时前", "2026-11-22T08:00:00", "hour"),
    ("昨天\u00a020:49", "2026-11-21T20:49:00", "minute"),
    ("昨 20:49", "2026-11-21T20:49:00", "minute"),
    ("一刻钟前", "2026-11-22T09:15:00", "minute"),
    ("昨晚8点", "2026-11-21T20:00:00", "hour"),
    ("前天", "2026-11-20T00:00:00", "day"),
    ("两天前", "2026-11-20T00:00:00", "day"),
    ("今天 08:12", "2026-11-22T08:12:00", "minute"),
    ("周三", "2026-11-18T00:00:00", "day"),
    ("星期三 14:05", "2026-11-18T14:05:00", "minute"),
    ("上周三", "2026-11-11T00:00:00", "day"),
    ("周日 12:00", "2026-11-15T12:00:00", "minute"),
    ("下午2:05", "2026-11-21T14:05:00", "minute"),
    ("08:12", "2026-11-22T08:12:00", "minute"),
    ("3 minutes ago", "2026-11-22T09:27:00", "minute"),
]
NO_DATE = [
    "",
    "ICP备2023014号-1",
    "010-12345678",
    "1.2.3",
    "2026-13-45",
    "05/06/2026",
    "共 3 页",
    "价格 12-15 元",
    "2030-01-01",
    "下周三",
    "10:30-12:00",
    "2026年2月30日",
    "20/11/26",
    "3-1",
]


@pytest.mark.parametrize(("text", "moment", "precision"), ABSOLUTE + YEARLESS + RELATIVE)
def test_a_date_is_read_with_its_precision(text: str, moment: str, precision: str) -> None:
    """Every common form gives the instant in Shanghai and how exactly it was said."""
    found, how = parse_date(text, fetched_at=NOW)

    assert (local_iso(found), how) == (moment + "+08:00", precision)
    assert found is not None
    assert found.tzinfo is UTC


@pytest.mark.parametrize("text", NO_DATE)
def test_what_is_not_surely_a_date_stays_unknown(text: str) -> None:
    """Numbers that only look like dates, impossible days and the far future give nothing."""
    assert parse_date(text, fetched_at=NOW) == (None, "none")


def test_a_time_slightly_ahead_becomes_the_fetch_time() -> None:
    """A wrong zone label must not put a document into the future."""
    assert parse_date("2026-11-22T09:00:00Z", fetched_at=NOW)[0] == NOW


@given(st.text(max_size=500) | st.text(alphabet="0123456789年月日时点分秒天前周 :-/.上下午昨今半十二〇", max_size=40))
def test_any_text_gives_an_instant_that_is_not_ahead_or_nothing(text: str) -> None:
    """Never raises, never answers with the future, and says "none" exactly when it is silent."""
    found, precision = parse_date(text, fetched_at=NOW)

    assert (found is None) == (precision == "none")
    assert found is None or found <= NOW
