"""Threads of boards that no own reader knows. The pages are written for these tests."""

from __future__ import annotations

from datetime import UTC, datetime

from crawlers.extract import extract

NOW = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
URL = "https://bbs.minsheng.example/topics/4366"
OPENING = "上周在星禾科技的门店办理业务之后，骚扰电话就没有停过，对方能准确说出我的姓名和住址，请问大家遇到过吗？"
ARTICLE = "星禾科技20日晚间发布公告称，公司已经注意到有关报道，并在第一时间成立专项小组进行核查，结果将及时公布。"


def reply(number: int, author: str, when: str, text: str) -> str:
    return f"""<div class="reply" id="reply-{3800 + number}"><div class="infos"><div class="info">
      <a class="user-name" href="/u/{author}">{author}</a> · #{number} · <span class="time">{when}</span></div>
      <div class="markdown"><p>{text}</p></div><div class="actions"><a href="#">2 个赞</a></div></div></div>"""


def topic(*replies: str) -> str:
    return f"""<html><head><title>星禾科技泄露信息？ · 民声社区</title></head><body>
      <div class="nav"><a href="/">首页</a></div>
      <div class="topic-detail"><h1>星禾科技泄露信息？</h1><div class="info"><a>陈某</a> · 发布于 2026-11-20 08:30</div>
      <div class="card-body markdown"><p>{OPENING}</p></div></div>{"".join(replies)}</body></html>"""


REPLIES = (
    reply(1, "甲", "2026-11-20 09:00", "我也是。"),
    reply(2, "乙", "昨天 20:49", "建议打12321。"),
    reply(3, "丙", "3 小时前", "已经投诉了，没有人理。<br>等官方答复。"),
)


def test_every_post_has_its_author_time_and_words() -> None:
    """Names, times and buttons around a post are not its text."""
    found = extract(topic(*REPLIES), url=URL, fetched_at=NOW)

    assert found.kind == "thread"
    assert [(p.floor, p.author, p.body) for p in found.posts[1:]] == [
        (2, "甲", "我也是。"),
        (3, "乙", "建议打12321。"),
        (4, "丙", "已经投诉了，没有人理。\n等官方答复。"),
    ]
    assert found.posts[2].published_at == datetime(2026, 11, 21, 12, 49, tzinfo=UTC)
    assert found.posts[1].id == "3801"


def test_the_opening_post_comes_first_and_carries_the_title() -> None:
    """Its time is the page's."""
    opening = extract(topic(*REPLIES), url=URL, fetched_at=NOW).posts[0]

    assert (opening.floor, opening.title, opening.body) == (1, "星禾科技泄露信息？", OPENING)
    assert opening.published_at == datetime(2026, 11, 20, 0, 30, tzinfo=UTC)


def test_the_body_of_a_thread_is_all_its_posts() -> None:
    """In order, a paragraph a line."""
    found = extract(topic(*REPLIES), url=URL, fetched_at=NOW)

    assert found.body == "\n".join(post.body for post in found.posts)


def test_comments_below_the_news_are_not_the_news() -> None:
    """A page with an outlet stays an article however much is said below it."""
    page = f"""<html><title>星禾科技回应</title><body><h1>星禾科技回应</h1><div>2026-11-20 08:30 来源：青岚新闻网</div>
      <div class="content"><p>{ARTICLE}</p></div><div class="comments">{"".join(REPLIES * 5)}</div></body></html>"""
    found = extract(page, url="https://news.example/a/1.html", fetched_at=NOW)

    assert (found.kind, found.body, found.posts) == ("article", ARTICLE, ())
