"""Nothing personal passes the gate, and passing twice is passing once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

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
