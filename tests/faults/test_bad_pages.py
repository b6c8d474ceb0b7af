"""Pages that are not what they should be, through the whole crawl: each has its clear line and stops nothing else."""

import json
import random

import pytest

from tests.crawlers.test_round_articles import article
from tests.faults.ground import Ground, is_clear, listing
from tests.servers import Answer, Site

GARBAGE = random.Random(7).randbytes(30_000)
FIVE_MB = "<p>" + "很长的一页。" * 300_000 + "</p>"
GBK_SAID_UTF8 = Answer(
    article("星禾科技回应信息泄露传闻").replace("utf-8", "gbk").encode("gbk"),
    headers={"Content-Type": "text/html; charset=utf-8"},
)
FEED_THAT_IS_HTML = "<html><title>抱歉</title><body>页面搬家了</body></html>"
PLAIN = {"article_pattern": "'/2026/.*'"}


def links(*names):
    found = "".join(f'<li><a href="/2026/{name}.html">星禾科技信息泄露事件的追踪报道 {name}</a></li>' for name in names)
    return f'<html><meta charset="utf-8"><title>财经</title><ul>{found}</ul></html>'


@pytest.fixture(scope="module")
def crawled(tmp_path_factory):
    """One `yuqing crawl` over sources of which each has something wrong; (ground, exit code, what was said)."""
    with Site() as site:
        bad = {
            "garbage": GARBAGE,
            "empty": "",
            "big": FIVE_MB,
            "loop": Answer(status=302, headers={"Location": "/loop"}),
        }
        site.pages |= {f"/list/{name}": page for name, page in bad.items()}
        site.pages |= {f"/2026/{name}.html": page for name, page in bad.items()}
        site.pages |= {
            "/loop": Answer(status=302, headers={"Location": "/loop"}),
            "/feed": FEED_THAT_IS_HTML,
            "/list/mixed": links(*bad, "torn", "gone", "good", "label"),
            "/2026/torn.html": Answer(cut=True),
            "/2026/gone.html": Answer(status=500),
            "/2026/good.html": article("星禾科技公布信息泄露排查结果"),
            "/2026/label.html": GBK_SAID_UTF8,
        }
        ground = Ground(tmp_path_factory.mktemp("pages"))
        ground.configure(
            [
                *(listing(name, site.url(f"/list/{name}"), **PLAIN) for name in bad),
                listing("html-feed", site.url("/feed"), channel="feed"),
                listing("mixed", site.url("/list/mixed"), **PLAIN),
            ]
        )
        done = ground.call("crawl", timeout=100)
        yield ground, done.returncode, done.stdout


def of_source(said, name):
    """The lines that `yuqing crawl` printed below a source."""
    lines = said.splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith(f"{name}："))
    below = []
    for line in lines[first + 1 :]:
        if not line.startswith("  "):
            break
        below.append(line.strip())
    return below


def documents(ground, capsys):
    capsys.readouterr()
    ground.run("documents")
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.timeout(150)
def test_the_command_ends_in_part_and_says_no_bug(crawled):
    _ground, code, said = crawled

    assert code == 4
    assert is_clear(said, lines=60)


@pytest.mark.parametrize("name", ["garbage", "empty", "big", "loop", "html-feed"])
def test_a_source_whose_list_is_bad_says_why_with_its_address(crawled, name):
    _ground, _code, said = crawled

    assert [line for line in of_source(said, name) if "http://127.0.0.1" in line] != []


def test_the_good_pages_between_bad_ones_are_stored_whatever_their_label(crawled, capsys):
    ground, _code, _said = crawled
    found = {row["title"]: row for row in documents(ground, capsys) if row["source"] == "mixed"}

    assert {"星禾科技公布信息泄露排查结果", "星禾科技回应信息泄露传闻"} <= set(found)
    assert "星禾科技App泄露个人信息" in found["星禾科技回应信息泄露传闻"]["body"]


def test_no_garbage_is_stored(crawled, capsys):
    ground, _code, _said = crawled

    for row in documents(ground, capsys):
        assert row["url"].rpartition("/")[2] in ("good.html", "label.html")
        assert "\ufffd" not in row["body"]


def test_each_bad_article_has_its_line(crawled):
    _ground, _code, said = crawled
    lines = " ".join(of_source(said, "mixed"))

    assert [name for name in ("garbage", "empty", "loop", "torn", "gone") if f"/2026/{name}.html" not in lines] == []


def test_sources_shows_what_is_wrong_with_each(crawled, capsys):
    ground, _code, _said = crawled
    capsys.readouterr()
    ground.run("sources", "--json")
    rows = {row["id"]: row for row in map(json.loads, capsys.readouterr().out.splitlines())}

    assert [name for name in ("garbage", "empty", "big", "loop", "html-feed") if not rows[name]["reason"]] == []
    assert rows["mixed"]["state"] == "ok"
    assert rows["mixed"]["documents_today"] >= 2
    assert rows["html-feed"]["state"] == "broken"
