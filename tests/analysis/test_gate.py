"""Nothing personal passes the gate, and passing twice is passing once."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

import pytest

from analysis.gate import gate
from core.identity import pseudonym
from core.values import Document, Mask

KEY = b"a key of thirty-two bytes for test"


def document(**changes: object) -> Document:
    base = Document(
        source="minsheng",
        kind="post",
        key="k1",
        title="手机13800005678被泄露",
        body="我叫陆小满，还有15900001212",
        fetched_at=datetime(2026, 11, 20, tzinfo=UTC),
        url="https://bbs.example:8080/thread-1-1-1.html",
        author="路人甲",
        customer="C-10086",
        given={"备注": "回电13800005678"},
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def test_title_and_body_are_masked_with_offsets_of_the_whole_text() -> None:
    past = gate(KEY)(document())

    assert past.title == "手机***********被泄露"
    assert past.body == "我叫***，还有***********"
    assert past.masks == (Mask("mobile", 2, 13), Mask("name", 19, 22), Mask("mobile", 25, 36))
    assert all(set(past.text[m.start : m.end]) == {"*"} for m in past.masks)


def test_persons_become_pseudonyms_of_their_platform() -> None:
    past = gate(KEY)(document())

    assert past.author == pseudonym(KEY, "bbs.example", "路人甲")
    assert past.customer == pseudonym(KEY, "customer", "C-10086")


def test_without_an_address_the_source_is_the_platform() -> None:
    assert gate(KEY)(document(url=None)).author == pseudonym(KEY, "minsheng", "路人甲")


def test_a_broken_address_is_no_platform() -> None:
    assert gate(KEY)(document(url="http://[x")).author == pseudonym(KEY, "minsheng", "路人甲")


def test_given_facts_are_masked_too() -> None:
    assert gate(KEY)(document()).given == {"备注": "回电***********"}


PERSONAL = (
    ("record:hotline:13800005678", None),
    ("record:hotline:陆小满-13800005678", None),
    ("feed:news:tag:news.example,2026:13800005678", None),
    ("news.example/a?id=7&mobile=13800005678", "https://news.example/a?mobile=13800005678&id=7"),
    ("news.example/q?kw=%E6%88%91%E5%8F%AB%E9%99%86%E5%B0%8F%E6%BB%A1", "https://news.example/q?kw=我叫陆小满"),
    ("news.example/#/a?13800005678", "https://news.example/#/a?13800005678"),
    ("news.example/a?wechat=linxiaoman88&t=13800005678", None),
)


@pytest.mark.parametrize(("key", "url"), PERSONAL)
def test_no_personal_data_is_left_in_key_and_address(key: str, url: str | None) -> None:
    past = gate(KEY)(document(key=key, url=url, thread=key))
    left = unquote(f"{past.key} {past.thread} {past.url}")

    assert "13800005678" not in left
    assert "陆小满" not in left
    assert "u-" in past.key


@pytest.mark.parametrize(("key", "url"), PERSONAL)
def test_the_same_record_has_the_same_key_and_another_one_another(key: str, url: str | None) -> None:
    past = gate(KEY)(document(key=key, url=url))
    other = gate(KEY)(document(key=key.replace("5678", "5679").replace("%BB%A1", "%BA%A2"), url=url))

    assert gate(KEY)(document(key=key, url=url)).key == past.key
    assert gate(KEY)(past) == past
    assert other.key != past.key
    assert gate(b"another key of an installation")(document(key=key)).key != past.key


def test_keys_hang_neither_on_the_lines_of_the_watch_nor_on_an_encoding() -> None:
    mine = gate(KEY, hotlines=["13800005678"], persons=["陆小满"])
    gbk = [gate(KEY)(document(key=f"x.example/s?q={word}13800005678")).key for word in ("%D0%C7", "%BA%CC")]

    assert all(mine(document(key=key)).key == gate(KEY)(document(key=key)).key for key, _url in PERSONAL)
    assert gbk[0] != gbk[1]


def test_a_masked_address_keeps_what_is_not_personal() -> None:
    past = gate(KEY)(document(url="https://news.example/13/a?id=7&mobile=13800005678&t=%B2%E2#top"))

    assert past.url == "https://news.example/13/a?id=7&mobile=***********&t=%B2%E2#top"


@pytest.mark.parametrize(
    "key",
    [
        "record:hotline:T20261119001",
        "discuz:bbs.example:3:13800005678",
        "toutiao:7412345678901234567",
        "mp.example/s?mid=2651234567&idx=1&sn=0f9a8b7c6d5e4f3a",
        "news.example/a?id=4412345678901233&t=1700000000000",
    ],
)
def test_numbers_of_things_stay_in_keys_and_addresses(key: str) -> None:
    past = gate(KEY)(document(key=key, url=f"https://{key}"))

    assert (past.key, past.url) == (key, f"https://{key}")


def test_the_examples_of_the_privacy_page_are_true() -> None:
    page = (Path(__file__).parents[2] / "docs" / "privacy.md").read_text("utf-8").partition("## 网址和编号")[2]
    rows = re.findall(r"`(\S+)` 成为 `(\S+)`$", page, re.MULTILINE)
    shown = [gate(KEY)(document(key=given, url=given)) for given, _kept in rows]

    assert [re.sub("u-[a-z2-7]{16}", "u-…", p.url if "://" in (p.url or "") else p.key) for p in shown] == [
        kept for _given, kept in rows
    ]
    assert len(rows) == 3


def test_an_outlet_is_masked_too() -> None:
    assert gate(KEY)(document(outlet="热心网友13800005678")).outlet == "热心网友***********"
    assert gate(KEY)(document(outlet="青岚新闻网")).outlet == "青岚新闻网"


def test_a_document_past_the_gate_is_not_changed() -> None:
    past = gate(KEY)(document())

    assert gate(KEY)(past) == past


def test_lines_and_persons_of_the_watch_pass() -> None:
    past = gate(KEY, hotlines=["13800005678", "15900001212"], persons=["陆小满"])(document())

    assert past.text == document().text


def test_a_document_without_title_or_author_stays_so() -> None:
    past = gate(KEY)(document(title=None, author=None, customer=None))

    assert (past.title, past.author, past.customer) == (None, None, None)
    assert past.masks[0] == Mask("name", 2, 5)


def test_a_blank_author_is_nobody() -> None:
    assert gate(KEY)(document(author="  ")).author is None
