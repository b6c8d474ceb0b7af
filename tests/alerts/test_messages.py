"""The alert mail: a subject that is itself the alert, why it came, and no way for a title to break out."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.messages import AlertItem, alert_message, marked_possibly_repeated
from core.times import SHANGHAI
from core.values import Message, Subscription

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
LEAK = Subscription("leak-now", "信息泄露 情感:负面", ("duty@xinghe.example",))


def item(document: str = "d1", **given) -> AlertItem:
    defaults = {
        "rev": 1,
        "title": "星禾科技被曝信息泄露",
        "snippet": "多名用户接到冒名电话。",
        "source_name": "青岚新闻 RSS",
        "outlet": "青岚新闻网",
        "kind": "news",
        "first_seen": NOW,
        "published_at": NOW - timedelta(minutes=9),
        "url": f"https://news.example/{document}.html",
        "companies": ("星禾科技",),
        "label": "neg",
        "topics": ("leak",),
    }
    return AlertItem(document=document, **(defaults | given))


def alert(*items: AlertItem, **given) -> Message:
    return alert_message(LEAK, items, **({"now": NOW, "zone": SHANGHAI, "company": "星禾科技"} | given))


def test_the_subject_is_itself_the_alert():
    message = alert(item("d1"), item("d2"), item("d3"))

    assert message.subject == "【预警】leak-now：星禾科技 信息泄露 负面 3 篇 · 首发 青岚新闻网"
    assert message.to == LEAK.to
    assert message.kind == "alert"


def test_the_key_is_the_same_whatever_the_order():
    items = [item("d9", published_at=NOW - timedelta(hours=1), rev=2), item("d1"), item("d2", published_at=None)]
    shuffled = items[:]
    random.Random(1).shuffle(shuffled)

    assert alert(*items) == alert(*shuffled)
    assert alert(*items).key == "alert:leak-now:d9:2"


def test_an_item_says_where_when_and_why():
    text = alert(item(story_size=4, first_outlet="民声论坛", first_at=NOW - timedelta(hours=2))).text

    assert "青岚新闻网（青岚新闻 RSS）" in text
    assert "发布 2026-11-20 11:51" in text
    assert "原文有“信息泄露” · 话题 信息泄露 · 情感 负面" in text
    assert "稿件族共 4 篇，首发 民声论坛 2026-11-20 10:00" in text
    assert "https://news.example/d1.html" in text
    assert "yuqing why d1" in text


def test_a_doubtful_sentiment_says_so():
    assert "负面（待复核）" in alert(item(abstained=True)).text


def test_what_does_not_fit_is_counted():
    message = alert(*[item(f"d{n:03}") for n in range(25)])

    assert "25 篇" in message.subject
    assert "另有 15 篇未列出" in message.text
    assert "另有 15 篇未列出" in message.html


def test_ten_thousand_documents_are_one_small_mail():
    message = alert(*[item(f"d{n}", title="长" * 3000, snippet="长" * 3000) for n in range(10_000)])

    assert len(message.html.encode()) < 90_000


def test_an_alert_without_a_document_is_a_mistake():
    with pytest.raises(ValueError):
        alert()


def test_a_resend_says_that_it_may_be_a_repeat_once():
    message = alert(item())
    marked = marked_possibly_repeated(message)

    assert marked.subject == "【可能重复】" + message.subject
    assert marked.text.startswith("可能重复：")
    assert marked.html.count("可能重复：") == 1
    assert marked.key == message.key
    assert marked_possibly_repeated(marked) == marked


def test_a_message_without_html_can_be_marked():
    assert marked_possibly_repeated(replace(alert(item()), html=None)).html is None


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.hrefs: list[str | None] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        self.hrefs += [value for name, value in attrs if name == "href"]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize(
    "title",
    [
        "<script>alert(1)</script>",
        "标题\r\nBcc: x@evil.example",
        '"><img src=x onerror=a>',
        "<!--notice-->",
        "\u202egnp",
    ],
)
def test_no_title_can_break_out(title):
    message = marked_possibly_repeated(
        alert(
            item(
                title=title,
                snippet=title,
                outlet=title,
                companies=(title,),
                topics=(title,),
                first_outlet=title,
            )
        )
    )
    tags = Tags(message.html)

    assert not tags.names & {"script", "img"}
    assert tags.open == []
    assert message.html.count("可能重复：") == 1
    assert not {"\r", "\n", "\u202e"} & set(message.subject)
    assert "\nBcc:" not in message.text


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://bank.example@evil.example/", "data:text/html,x", None])
def test_only_web_addresses_become_links(url):
    message = alert(item(url=url))

    assert Tags(message.html).hrefs == []
    assert "javascript:" not in message.text


def test_the_command_in_the_mail_cannot_be_broken_out_of():
    message = alert_message(replace(LEAK, query="'; rm -rf ~; '"), [item()], now=NOW, zone=SHANGHAI, company="星禾科技")

    assert "yuqing search ''\\''; rm -rf ~; '\\'''" in message.text


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=50), st.text(max_size=50), st.sampled_from(["neg", "neu", "pos", None]))
def test_same_input_same_output_and_well_formed(title, outlet, label):
    one = item(title=title, snippet=outlet, outlet=outlet, label=label, topics=())

    assert alert(one) == alert(one)
    assert Tags(alert(one).html).open == []


def test_the_mail_shows_the_sentence_that_matched_and_marks_the_word():
    body = "天气很好。" * 60 + "多名用户怀疑信息泄露，公司未回应。"
    message = alert(item(title="用户投诉", body=body))

    assert "…多名用户怀疑信息泄露，公司未回应。" in message.text
    assert "信息泄露</b>，公司未回应。" in message.html
    assert "原文有“信息泄露”" in message.text
