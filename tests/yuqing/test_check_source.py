"""`yuqing check-source`: what is shown, what is proposed, and that a refusal is a reason and exit 1."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crawlers.proposal import Proposal
from tests.crawlers.test_check import ARTICLE, LIST
from tests.servers import Answer, Site
from yuqing.cli import main
from yuqing.commands.check_source import yaml_lines
from yuqing.config import load_config

from .make import config_file, source


def configured(folder: Path, url: str, **values: object) -> list[str]:
    """The beginning of a command line over one listing source `a` on loopback."""
    given = {"url": url, "channel": "listing", "allow_private": "true", "delay_s": 0, **values}
    return ["--config", str(config_file(folder, source(**given)))]


def test_a_source_is_shown_with_its_samples(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Site({"/list": LIST}) as site:
        status = main([*configured(tmp_path, site.url("/list")), "check-source", "a"])

    said = capsys.readouterr()
    assert (status, said.err) == (0, "")
    assert "robots.txt：允许：网站没有限制（HTTP 404）" in said.out
    assert "识别：列表页" in said.out
    assert "读出 11 条，前 3 条：" in said.out
    assert "没有时间" in said.out


def test_one_json_object_on_request(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Site({"/1.html": ARTICLE}) as site:
        status = main([*configured(tmp_path, site.url("/1.html")), "check-source", "a", "--json"])

    said = json.loads(capsys.readouterr().out)
    assert status == 0
    assert said["check"]["page"]["sort"] == "article"
    assert said["check"]["robots"]["allowed"] is True
    assert said["proposal"] is None  # it is configured already


def test_what_robots_txt_forbids_is_refused_with_the_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Site({"/list": LIST}, robots="User-agent: *\nDisallow: /\n") as site:
        status = main([*configured(tmp_path, site.url("/list")), "check-source", "a"])

        assert site.paths() == []
    said = capsys.readouterr()
    assert status == 1
    assert "不允许：规则禁止访问这个地址" in said.out
    assert "没有读到这一页" in said.err


def test_a_robots_txt_that_answers_500_is_a_no(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Site({"/list": LIST}, robots=Answer(status=500)) as site:
        status = main([*configured(tmp_path, site.url("/list")), "check-source", "a", "--json"])

    said = json.loads(capsys.readouterr().out)
    assert status == 1
    assert said["check"]["robots"]["refusal"] == "http 500"


def test_an_internal_address_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = main([*configured(tmp_path, "http://127.0.0.1:1/"), "check-source", "http://127.0.0.1:1/list"])

    said = capsys.readouterr()
    assert status == 1
    assert "地址不可访问（loopback）" in said.out


def test_a_name_that_is_none_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*configured(tmp_path, "http://127.0.0.1:1/"), "check-source", "nobody"]) == 2

    assert "没有来源 nobody" in capsys.readouterr().err


@pytest.mark.parametrize(
    "proposed",
    [
        Proposal("news", "青岚新闻网：财经 #1", "feed", "https://news.example/rss?a=1&b=2#c"),
        Proposal("minsheng", "民声论坛", "forum", "https://bbs.example/", "discourse"),
    ],
)
def test_what_is_proposed_can_be_used_as_it_stands(tmp_path: Path, proposed: Proposal) -> None:
    text = "company: 星禾科技\n" + "\n".join(yaml_lines(proposed)) + "\n"

    (made,) = load_config(config_file(tmp_path, text)).sources

    assert (made.name, made.channel, made.url, made.platform) == (
        proposed.name,
        proposed.channel,
        proposed.url,
        proposed.platform,
    )
    assert text.count("← ") == 3
