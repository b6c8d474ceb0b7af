"""Records from files: every export that a desk really has is read, and a bad row costs only itself."""

import json
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UsageError
from core.values import Document
from crawlers.canonical import document_key
from crawlers.record_rows import rows_of
from crawlers.records import LONGEST_BODY, BadRow, read_records
from tests import make

NOW = make.NOW
HOTLINE = make.source(id="hotline", channel="import", kind="complaint", url=None)
HEADER = "工单号,内容,受理时间,客户编号,类别"
FIRST = "T001,星禾科技泄露了我的手机号,2026-11-19 09:30,C7,信息泄露"
SECOND = "T002,客服一直没有回复,2026-11-19,C8,投诉渠道不畅"


def read(path, **changes):
    asked = {"source": HOTLINE, "mapping": {}, "kind": "complaint", "fetched_at": NOW} | changes
    return list(read_records(path, **asked))


def written(folder: Path, name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def bodies(found) -> list[str]:
    return [one.body if isinstance(one, Document) else f"{one.line}: {one.reason}" for one in found]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_csv_reads_the_same_in_every_dress(tmp_path, encoding, delimiter, newline):
    text = newline.join([HEADER, FIRST, SECOND, ""]).replace(",", delimiter)

    first, second = read(written(tmp_path, "export.csv", text, encoding))

    assert first.body == "星禾科技泄露了我的手机号"
    assert (first.key, first.customer, first.given) == ("record:hotline:T001", "C7", {"topic": "信息泄露"})
    assert (first.published_at, first.precision) == (datetime(2026, 11, 19, 1, 30, tzinfo=UTC), "minute")
    assert (second.body, second.precision) == ("客服一直没有回复", "day")


def test_a_quoted_cell_may_hold_line_breaks_quotes_and_delimiters(tmp_path):
    text = f'{HEADER}\nT001,"第一行\n第二行，""退款""，a,b",2026-11-19,C7,\n{SECOND}\n'

    assert bodies(read(written(tmp_path, "export.csv", text))) == ['第一行\n第二行，"退款"，a,b', "客服一直没有回复"]


def test_a_line_that_names_the_delimiter_is_no_header(tmp_path):
    text = "sep=;\r\n" + HEADER.replace(",", ";") + "\r\n" + FIRST.replace(",", ";")

    assert bodies(read(written(tmp_path, "export.csv", text))) == ["星禾科技泄露了我的手机号"]


def test_a_quote_that_is_never_closed_costs_only_its_own_line(tmp_path):
    text = f'{HEADER}\nT009,"忘了关引号,2026-11-19,C9,\n{FIRST}\n{SECOND}\n'

    assert bodies(read(written(tmp_path, "export.csv", text))) == [
        "2: 引号没有配对",
        "星禾科技泄露了我的手机号",
        "客服一直没有回复",
    ]


def test_a_stray_quote_that_meets_another_far_below_swallows_nothing(tmp_path):
    text = f'{HEADER}\nT009,"忘了关引号,2026-11-19,C9,\n{FIRST}\n{SECOND}\nT010,他说"好",2026-11-19,C9,\nT011,"又一条",2026-11-19,C9,\n'  # noqa: E501

    found = bodies(read(written(tmp_path, "export.csv", text)))

    assert found[:3] == ["2: 引号没有配对", "星禾科技泄露了我的手机号", "客服一直没有回复"]
    assert found[-1] == "又一条"


def test_each_bad_row_is_named_with_its_line_and_reason(tmp_path):
    text = f"{HEADER}\nT003,,2026-11-19,C1,\n{FIRST}\nT004,没有时间,前世,C1,\n,没有编号,2026-11-19,C1,\nT005,a,b,c,d,e\n{SECOND}\n"  # noqa: E501

    assert bodies(read(written(tmp_path, "export.csv", text))) == [
        "2: 没有正文",
        "星禾科技泄露了我的手机号",
        "4: 看不懂的时间 前世",
        "5: 既没有记录编号也没有网址，无法避免重复",
        "6: 有 6 列，表头只有 5 列",
        "客服一直没有回复",
    ]


def test_a_time_to_come_is_called_one(tmp_path):
    text = f"{HEADER}\nT003,还没发生,2029-11-19,C1,\n"

    assert bodies(read(written(tmp_path, "export.csv", text))) == ["2: 时间 2029-11-19 在将来；请更正，或把这一格留空"]


def test_a_line_that_is_not_utf8_does_not_turn_the_others_to_rubbish(tmp_path):
    raw = f"{HEADER}\n{FIRST}\n".encode() + b"T003,\xff\xfe\xb0,2026-11-19,C1,\n" + SECOND.encode()

    assert bodies(read(written(tmp_path, "export.csv", raw))) == [
        "星禾科技泄露了我的手机号",
        "3: 有读不出的字节（不是 UTF-8）",
        "客服一直没有回复",
    ]


def test_a_line_of_ten_megabytes_is_a_bad_row(tmp_path):
    text = f"{HEADER}\nT003,{'长' * 3_400_000},2026-11-19,C1,\n{SECOND}"

    found = read(written(tmp_path, "export.csv", text))

    assert bodies(found) == [f"2: 正文有 3400000 字，超过上限 {LONGEST_BODY} 字", "客服一直没有回复"]


def test_characters_that_control_a_terminal_are_dropped(tmp_path):
    (only,) = read(written(tmp_path, "export.csv", f"{HEADER}\nT1,好\x1b[2J的\x00吧,2026-11-19,C1,"))

    assert only.body == "好[2J的吧"


def test_json_lines_cost_only_the_line_that_is_broken(tmp_path):
    lines = [
        b'{"id": 1, "body": "\xe6\x98\x9f\xe7\xa6\xbe", "published_at": "2026-11-19T09:00:00+08:00"}',
        b'{"id": 2, "body": "\xff"}',
        b"{broken",
        b'["a"]',
        b'{"id": 3, "body": ["a", "b"]}',
        rb'{"id": 4, "body": "\ud83d half"}',
        b'{"id": 5, "body": true}',
        b"[" * 100_000,
        '{"工单号": 6, "内容": "好"}'.encode(),
    ]

    found = bodies(read(written(tmp_path, "export.jsonl", b"\n".join(lines))))

    assert [text for text in found if ": " not in text] == ["星禾", "\ufffd half", "好"]
    assert [text.partition(":")[0] for text in found if ": " in text] == ["2", "3", "4", "5", "7", "8"]


def test_a_json_file_may_be_one_list(tmp_path):
    rows = [{"id": 1, "body": "一"}, 7, {"id": 2, "body": "二"}]

    found = read(written(tmp_path, "export.json", json.dumps(rows, indent=1)))

    assert bodies(found) == ["一", "2: 应是一个 JSON 对象", "二"]


def workbook(path: Path, *rows) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_excel_gives_dates_as_dates_and_order_numbers_without_a_point(tmp_path):
    path = workbook(
        tmp_path / "export.xlsx",
        HEADER.split(","),
        [20261119001.0, "星禾科技泄露了我的手机号", datetime(2026, 11, 19, 9, 30), 7.0, None],  # noqa: DTZ001 - a cell has no zone
        [],
        ["T002", "客服一直没有回复", date(2026, 11, 19), "C8", "投诉"],
    )

    first, second = read(path)

    assert (first.key, first.customer) == ("record:hotline:20261119001", "7")
    assert first.published_at == datetime(2026, 11, 19, 1, 30, tzinfo=UTC)
    assert second.published_at == datetime(2026, 11, 18, 16, tzinfo=UTC)


def test_an_order_number_that_excel_has_cut_is_refused(tmp_path):
    """Two of them would look the same, and one record would overwrite the other."""
    path = workbook(
        tmp_path / "export.xlsx", ["工单号", "内容"], [202611190000100017, "一"], ["202611190000100018", "二"]
    )

    assert bodies(read(path)) == ["2: 编号超过 15 位，Excel 已丢掉末尾几位；请把这一列存成文本", "二"]


def test_a_public_post_has_the_key_that_a_crawl_would_give(tmp_path):
    url = "https://weibo.example/detail/42?utm_source=share"
    (post,) = read(written(tmp_path, "posts.csv", f"网址,内容\n{url},星禾科技又上热搜\n"), kind="post")

    assert (post.key, post.kind, post.url) == (document_key(url), "post", url)


@pytest.mark.parametrize("url", ["ftp://a.example/x", "javascript:alert(1)", "weibo.example/1", "http://[broken/"])
def test_an_address_that_is_none_is_a_bad_row(tmp_path, url):
    found = read(written(tmp_path, "posts.csv", f"网址,内容\n{url},星禾\nhttps://a.example/1,好\n"))

    assert [type(one) for one in found] == [BadRow, Document]


def test_a_mapping_names_columns_that_have_other_names(tmp_path):
    path = written(tmp_path, "export.csv", "No,说了什么\n1,好\n")

    assert bodies(read(path, mapping={"id": "No", "body": "说了什么"})) == ["好"]


@pytest.mark.parametrize(
    ("name", "content", "mapping", "said"),
    [
        ("a.csv", "", {}, "空"),
        ("a.csv", " \n \n", {}, "空"),
        ("a.csv", b"PK\x03\x04\x00\x00\x00", {}, "不是文本"),
        ("a.csv", "甲,乙\n1,2\n", {}, "body"),
        ("a.csv", "甲,乙\n1,2\n", {"body": "丙"}, "丙"),
        ("a.csv", "甲,乙\n1,2\n", {"bdoy": "乙"}, "bdoy"),
        ("a.xlsx", b"PK\x03\x04 junk", {}, "xlsx"),
        ("a.pdf", b"%PDF", {}, ".xlsx"),
        ("a.json", "[1, 2", {}, "JSON"),
    ],
)
def test_a_file_that_cannot_be_read_at_all_says_what_to_do(tmp_path, name, content, mapping, said):
    with pytest.raises(UsageError, match=said):
        read(written(tmp_path, name, content), mapping=mapping)


@given(st.binary(max_size=400))
def test_no_bytes_whatsoever_break_the_reader(tmp_path_factory, raw):
    folder = tmp_path_factory.mktemp("any")
    for name in ("a.csv", "a.jsonl", "a.xlsx"):
        with suppress(UsageError):
            read(written(folder, name, raw))


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20), min_size=1, max_size=8)
)
def test_what_was_written_as_csv_is_read_back_whole(tmp_path_factory, texts):
    import csv

    path = tmp_path_factory.mktemp("csv") / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "body"])
        writer.writerows(enumerate(texts))

    rows = [(row.cells.get("id"), row.cells.get("body")) for row in rows_of(path)]

    assert rows == [(str(place), text) for place, text in enumerate(texts)]
