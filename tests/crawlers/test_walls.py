"""A wall is told from an article that speaks of walls, and nobody's profile is fetched."""

from __future__ import annotations

import pytest

from crawlers.walls import is_profile, wall_of
from tests.crawlers.test_round_articles import article

URL = "https://news.example/1.html"


@pytest.mark.parametrize(
    ("page", "wall"),
    [
        ("<title>安全验证</title><p>请完成安全验证后继续访问</p>", "captcha"),
        ("<title>验证</title><div>请拖动下方滑块完成验证</div>", "captcha"),
        ("<title>提示</title><p>您的访问过于频繁，请稍后再试</p>", "captcha"),
        ("<title>Just a moment...</title><noscript>Enable JavaScript</noscript>", "captcha"),
        ("<title>提示</title><p>请输入图中的验证码</p><input name=seccode>", "captcha"),
        ("<title>登录</title><form><input name=user><input type=password></form>", "login"),
        ("<title>提示信息</title><p>抱歉，您需要登录后才能继续本操作</p>", "login"),
        ("<title>提示</title><p>登录后可查看全文</p>", "login"),
    ],
)
def test_a_wall_is_recognised(page: str, wall: str) -> None:
    assert wall_of(f"<html>{page}</html>", url=URL) == wall


@pytest.mark.parametrize(
    "page",
    [
        article(
            "星禾科技回应验证码泄露", "用户称请输入验证码的页面反复出现，客服称需要登录后才能处理，请完成安全验证。" * 3
        ),
        article("安全验证为何越来越难") + '<form action="/login"><input type="password"></form>',
        "<html><title>财经</title><p>没有内容</p></html>",
        "",
    ],
)
def test_an_article_is_no_wall(page: str) -> None:
    assert wall_of(page, url=URL) is None


def test_where_we_were_sent_tells_as_well() -> None:
    page = "<html><title>欢迎</title><p>手机号</p></html>"

    assert wall_of(page, url="https://passport.news.example/login?from=1") == "login"
    assert wall_of(page, url="https://news.example/logins-rise.html") is None


@pytest.mark.parametrize(
    "url",
    [
        "https://bbs.example/home.php?mod=space&uid=3",
        "https://bbs.example/space-uid-3.html",
        "https://blog.example/author/lin",
        "https://b.example/user/123",
        "https://b.example/u/123/",
    ],
)
def test_a_profile_is_known_by_its_address(url: str) -> None:
    assert is_profile(url)


@pytest.mark.parametrize(
    "url", ["https://news.example/2026/1.html", "https://news.example/users-angry.html", "https://b.example/u/t/1.html"]
)
def test_other_pages_are_no_profiles(url: str) -> None:
    assert not is_profile(url)
