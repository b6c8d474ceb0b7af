"""The mail: what it says first, what no title can do to it, and how large it may grow."""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.messages import marked_possibly_repeated
from briefing.render import HTML_BUDGET, marked_late, render
from briefing.values import DayFigures, RisenWord, Surge
from core.i18n import set_language
from core.values import Message
from tests.briefing.make import DAY, NOON, brief, health, item

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "标题\r\nBcc: everyone@evil.example",
    "{{ 7 * 7 }}{% raw %}",
    "<!--notice-->",
    "‮gnp.exe‬ 反着写",
    "]]></td></table></html>",
    "😀" * 200,
    "长" * 5000,
]


def mail(items=(), **given) -> Message:
    return render(brief(items, **given), to=["pr@xinghe.example"], from_name="舆情雷达")


class Tags(HTMLParser):
    """Names of all tags, all links, and the tags left open."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.links: list[dict[str, str | None]] = []
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        self.attributes |= {name for name, _value in attrs}
        if tag == "a":
            self.links.append(dict(attrs))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_key_names_company_and_day():
    message = mail([item()])

    assert (message.key, message.kind, message.to) == ("brief:星禾科技:2026-11-20", "brief", ("pr@xinghe.example",))


def test_the_subject_carries_the_brief():
    previous = DayFigures(DAY - timedelta(days=1), {"total": 9, "negative": 5, "topic.leak": 2})
    items = [item(label="neg", topics=("leak",), flags=("minors",) if n == 0 else ()) for n in range(9)]

    assert mail(items, previous=previous).subject == (
        "【舆情日报】星禾科技 11-20：负面 9 ↑80% · 信息泄露升温 · 待处理 1"
    )


def test_without_a_rising_topic_the_subject_names_the_leading_one():
    assert mail([item(label="neg", topics=("leak",))]).subject == "【舆情日报】星禾科技 11-20：负面 1 · 信息泄露"


def test_an_empty_day_is_a_short_mail_with_the_health_of_the_sources():
    message = mail(health=[health(), health("bbs", name="民声论坛", state="broken", reason="HTTP 503")])

    assert message.subject == "【舆情日报】星禾科技 11-20：无新增信息 · 1 个来源异常"
    assert len(message.text.strip().splitlines()) <= 6
    assert "1/2 正常" in message.text
    assert "民声论坛" in message.text
    assert "没有数据不等于没有舆情" in message.text


def test_a_late_brief_says_so_in_subject_and_body():
    message = mail([item()], late="邮件服务器 06:00 起没有应答")

    assert message.subject.startswith("【迟发】")
    assert "邮件服务器 06:00 起没有应答" in message.text
    assert "邮件服务器 06:00 起没有应答" in message.html


def test_a_brief_held_up_after_it_was_made_says_so_once():
    message = mail([item()])
    late = marked_late(message, "邮件服务器 6 小时没有应答 <x>")

    assert late.subject == "【迟发】" + message.subject
    assert late.text.startswith("迟发：邮件服务器 6 小时没有应答")
    assert late.html.count("邮件服务器 6 小时没有应答 &lt;x&gt;") == 1
    assert late.key == message.key
    assert marked_late(late, "再次") == late


def test_a_late_alert_sent_twice_says_both():
    """The sender marks whatever it holds; alerts and brief keep the same place for a banner."""
    html = f"<table>{'<!--notice-->'}</table>"
    alert = Message(key="alert:a:d:1", kind="alert", subject="【预警】", text="", html=html, to=())

    both = marked_possibly_repeated(marked_late(alert, "邮件服务器没有应答"))

    assert "邮件服务器没有应答" in both.html
    assert "可能重复" in both.html


@pytest.mark.parametrize("title", HOSTILE)
def test_no_title_can_break_out(title):
    items = [
        item(
            title=title,
            snippet=title,
            outlet=title,
            source_name=title,
            thread_title=title,
            label="neg",
            flags=("minors",),
            topics=(title,),
            first_outlet=title,
            keywords=(title,),
        )
    ]
    words = [RisenWord(title, 0, 28)]
    message = mail(items, words=words, late=title, health=[health(name=title, state="broken", reason=title)])
    tags = Tags(message.html)

    assert tags.names <= {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "table",
        "tr",
        "td",
        "div",
        "span",
        "h1",
        "h2",
        "b",
        "br",
        "a",
    }
    assert not {name for name in tags.attributes if name.startswith("on")}
    assert tags.open == []
    assert "\n" not in message.subject
    assert "\r" not in message.subject
    assert "‮" not in message.subject + message.text + message.html
    assert message.html.count("<!--notice-->") == 1
    assert not re.search(r"^Bcc:", message.text, re.MULTILINE)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "https://bank.example@evil.example/",
        "http://a.example/\r\nX",
        "//evil.example/",
        "",
        "https://",
        "http://[::1",
        "JAVASCRIPT:1",
    ],
)
def test_only_web_addresses_become_links(url):
    message = mail([item(url=url, label="neg", flags=("minors",))])

    assert Tags(message.html).links == []


def test_links_tell_nothing_to_the_other_side():
    links = Tags(mail([item(url='https://news.example/?a=1&b="><x>')]).html).links

    assert links == [
        {
            "class": "link",
            "href": 'https://news.example/?a=1&b="><x>',
            "rel": "noopener noreferrer nofollow",
            "style": links[0]["style"],
        }
    ]


def test_nothing_is_loaded_from_anywhere():
    html = mail([item(label="neg", topics=("leak",)), item(kind="voice")]).html

    assert not re.search(r"<(img|script|link|iframe|object|svg|form)|url\(|@import|src=", html)


def test_ten_thousand_items_stay_below_the_budget_and_are_all_counted():
    long = "星禾科技" * 400
    items = [
        item(
            title=long,
            snippet=long,
            outlet=long,
            url="https://news.example/" + "&" * 950,
            story=f"s{n % 3000}",
            label=("neg", "neu", "pos")[n % 3],
            topics=(f"自家话题{n % 400}", long),
            flags=("minors", "regulator"),
            kind=("news", "post", "complaint", "voice")[n % 4],
            backfill=n % 10 == 0,
        )
        for n in range(10_000)
    ]
    message = mail(items, health=[health(f"s{n}", name=long, state="broken", reason=long) for n in range(900)])

    assert len(message.html.encode()) < HTML_BUDGET
    assert "9000" in message.text


def test_one_item_is_a_brief():
    message = mail([item(title="星禾科技被点名", label="neg", published_at=None, url=None)])

    assert "负面 1" in message.subject
    assert "星禾科技被点名" in message.text
    assert "时间未注明" in message.text


def test_a_date_of_another_year_shows_its_year():
    message = mail([item(backfill=True, published_at=NOON - timedelta(days=900)), item()])

    assert "2024-06-03" in message.text


def test_text_and_html_say_the_same_figures():
    message = mail([item(label="neg", topics=("leak",)), item(), item(backfill=True)])
    html = re.sub(r"<[^>]*>", "", message.html)

    for said in ("占 50.0%", "另有补采 1 篇", "时间:2026-11-20 公司:星禾科技 情感:负面", "1/1 正常"):
        assert said in message.text
        assert said in html


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_same_input_same_output_and_well_formed(title, outlet, company):
    def once() -> Message:
        one = item(
            "d1",
            title=title,
            outlet=outlet,
            snippet=title,
            companies=(company,),
            label="neg",
            flags=("minors",),
            topics=(outlet,),
        )
        return mail([one], company=company)

    message = once()

    assert message == once()
    assert Tags(message.html).open == []
    assert message.subject == " ".join(message.subject.split())


def shown(message: Message) -> list[str]:
    """The text and the HTML without its tags, each on one line."""
    html = re.sub(r"<[^>]*>", "", message.html).replace("&#8195;", " ")
    return [" ".join(part.split()) for part in (message.text, html)]


BURST = Surge(usual=1.23, days=28, chance=0.00004, since=DAY - timedelta(days=2))
RISEN = [item(f"r{n}", keywords=("冒名",), story="r0" if n == 1 else f"r{n}") for n in range(3)]


def test_a_surge_is_one_sentence_with_its_numbers_and_its_days():
    said = "当日 2 族，是按前 28 天平常 1.2 族的 1.6 倍，碰巧这么多的概率不到 0.1%，爆发从 11-18 到 11-20，共 3 天。"

    assert all(said in part for part in shown(mail(RISEN, surge=BURST)))


@pytest.mark.parametrize(
    ("surge", "said"),
    [
        (Surge(0.4, 28, 0.0021, DAY), "按前 28 天平常不到 1 族，碰巧这么多的概率约 0.2%，爆发只在 11-20 一天。"),
        (Surge(1.5, 14, 0.001, None), "是按前 14 天平常 1.5 族的 1.3 倍，碰巧这么多的概率约 0.1%。"),
    ],
)
def test_a_surge_says_only_what_is_known(surge, said):
    assert all(said in part for part in shown(mail(RISEN, surge=surge)))


def test_a_risen_word_shows_its_stories_and_a_query_for_its_documents():
    for part in shown(mail(RISEN, words=[RisenWord("冒名", 3, 28)])):
        assert "上升词 与前 28 天相比，转载合为一族" in part
        assert re.search(r"冒名 ?2 族 ·? ?3 篇 · 此前 3 族", part)
        assert re.search(r"词：冒名 3 ?时间:2026-11-20 公司:星禾科技 冒名", part)


def test_a_word_never_heard_before_says_so():
    assert all("此前没有" in part for part in shown(mail(RISEN, words=[RisenWord("冒名", 0, 28)])))


def test_an_ordinary_day_speaks_of_neither():
    assert not any("上升词" in part or "爆发" in part for part in shown(mail(RISEN)))


def test_words_and_surge_are_said_in_english():
    set_language("en")
    try:
        parts = shown(mail(RISEN, words=[RisenWord("冒名", 3, 28)], surge=BURST))
    finally:
        set_language("zh")

    for part in parts:
        assert "Volume surge" in part
        assert "the burst lasted from 11-18 to 11-20, 3 days." in part
        assert "Rising words against the 28 days before, reprints folded" in part
        assert "3 documents · 3 before" in part


def test_an_english_brief_is_english():
    set_language("en")
    try:
        message = mail(
            [item(title="News", snippet="", outlet="News", label="neg", topics=("leak",), companies=("Xinghe",))],
            company="Xinghe",
        )
    finally:
        set_language("zh")

    assert "negative" in message.subject.lower()
