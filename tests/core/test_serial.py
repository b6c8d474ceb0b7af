"""A value written as JSON comes back equal."""

from datetime import UTC, datetime

from core.serial import dumps, loads
from core.values import Document, Mask, Page


def test_a_document_survives_the_round_trip():
    document = Document(
        source="qinglan", kind="news", key="k", title=None, body="正文", fetched_at=datetime(2026, 11, 20, tzinfo=UTC),
        masks=(Mask("mobile", 0, 2),), given={"topic": "骚扰电话"},
    )  # fmt: skip

    assert loads(Document, dumps(document)) == document


def test_a_page_keeps_its_cursor():
    page = Page(source="bbs", key="k", url="https://bbs.example/1", role="thread", cursor={"replies": 3})

    assert loads(Page, dumps(page)) == page
