"""The demo's sites over real loopback HTTP: pages decode, robots, validators and the two rounds hold."""

import re
from datetime import UTC, date, datetime
from html import unescape
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from yuqing.demo.board import said
from yuqing.demo.complaints import complaints_csv
from yuqing.demo.pages import CLOSED_TO_ROBOTS
from yuqing.demo.sites import DemoSites, bound, site_pages
from yuqing.demo.world import CRAWLED, world

WORLD = world(date(2025, 11, 21), datetime(2025, 11, 21, 12, 30, tzinfo=UTC))
CHARSETS = {"qinglan": "utf-8", "lanwan": "gbk", "minsheng": "gbk", "shuan": "utf-8"}


@pytest.fixture(scope="module")
def sites():
    with DemoSites(WORLD) as up:
        yield up


def get(base_url, path, **headers):
    """(status, headers, body) of one request."""
    connection = HTTPConnection(urlsplit(base_url).netloc, timeout=5)
    connection.request("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})
    answer = connection.getresponse()
    try:
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def test_each_site_answers_at_its_own_loopback_address(sites):
    addresses = {urlsplit(url).netloc for url in sites.base_urls.values()}

    assert len(addresses) == len(CRAWLED)
    assert all(a.startswith("127.0.0.") for a in addresses)


def test_a_site_takes_127_0_0_1_where_its_own_address_is_missing(sites):
    """192.0.2.1 belongs to nobody (RFC 5737), as 127.0.0.11 does on macOS."""
    server = bound(sites, "qinglan", "192.0.2.1", 0)
    server.server_close()

    assert server.base_url.startswith("http://127.0.0.1:")


def test_a_second_time_the_addresses_stay_unless_somebody_took_one(sites):
    with DemoSites(WORLD) as up:
        ports = up.ports
    with DemoSites(WORLD, ports={**ports, "shuan": sites.ports["shuan"]}) as again:
        assert {s: again.ports[s] for s in ("qinglan", "lanwan", "minsheng")} == {
            s: ports[s] for s in ("qinglan", "lanwan", "minsheng")
        }
        assert again.ports["shuan"] != sites.ports["shuan"]


@pytest.mark.parametrize("site", CRAWLED)
def test_every_page_of_the_world_is_served_in_its_charset(sites, site):
    for document in WORLD.seen(1, site):
        status, _headers, body = get(sites.base_urls[site], document.path.partition("#")[0])
        text = unescape(body.decode(CHARSETS[site]))

        assert status == 200
        assert document.body.split("\n")[0] in text
        assert document.title is None or document.title in text


def test_every_planted_string_is_really_served():
    served = complaints_csv(WORLD, 2).decode("utf-8-sig")
    for site, pages in site_pages(WORLD, 2).items():
        served += "".join(p.content.decode(CHARSETS[site]) for p in pages.values())
    written = {p for d in WORLD.documents for p in d.planted}

    assert len(written) >= 20
    assert [p for p in written if p not in served] == []


def test_robots_close_a_page_that_the_list_links_to(sites):
    base = sites.base_urls["qinglan"]

    assert CLOSED_TO_ROBOTS in get(base, "/finance/")[2].decode()
    assert "Disallow: /members/" in get(base, "/robots.txt")[2].decode()


@pytest.mark.parametrize(
    ("site", "path"),
    [("qinglan", "/finance/"), ("lanwan", "/list/"), ("minsheng", "/forum-2-1.html"), ("shuan", "/feed.xml")],
)
def test_an_unchanged_list_or_feed_is_a_304_by_either_validator(sites, site, path):
    base = sites.base_urls[site]
    status, headers, _body = get(base, path)

    assert status == 200
    assert get(base, path, If_None_Match=headers["ETag"])[::2] == (304, b"")
    assert get(base, path, If_Modified_Since=headers["Last-Modified"])[::2] == (304, b"")
    assert get(base, path, If_None_Match='"other"', If_Modified_Since=headers["Last-Modified"])[0] == 200


def test_the_same_world_gives_the_same_bytes_apart_from_the_port():
    assert site_pages(WORLD, 2) == site_pages(world(WORLD.last_day, WORLD.now), 2)


def test_links_that_must_be_absolute_carry_the_address_of_the_site(sites):
    base = sites.base_urls["shuan"]
    feed = get(base, "/feed.xml")[2].decode()

    assert f'href="{base}/posts/' in feed
    assert "base.invalid" not in feed


def test_round_two_adds_the_crisis_and_leaves_every_other_article_and_thread_alone():
    before, after = site_pages(WORLD, 1), site_pages(WORLD, 2)
    crisis = {d.path.partition("#")[0] for d in WORLD.documents if d.round == 2 and d.site != "hotline"}
    lists = re.compile(r"/finance/|/list/|/forum-2-|/feed\.xml|/sitemap\.xml")
    changed = {path for site in CRAWLED for path in after[site] if before[site].get(path) != after[site][path]}

    assert {p for p in changed if not lists.match(p)} == crisis
    assert all(not set(before[s]) - set(after[s]) for s in CRAWLED)


def test_opening_round_two_moves_the_validators_of_every_list():
    with DemoSites(WORLD) as up:
        tags = {s: get(up.base_urls[s], p)[1]["ETag"] for s, p in _LISTS.items()}
        up.open_round(2)

        for site, path in _LISTS.items():
            assert get(up.base_urls[site], path, If_None_Match=tags[site])[0] == 200


_LISTS = {"qinglan": "/finance/", "lanwan": "/list/", "minsheng": "/forum-2-1.html", "shuan": "/feed.xml"}


def test_a_missing_thread_is_404_with_the_boards_message(sites):
    status, _headers, body = get(sites.base_urls["minsheng"], "/thread-9-1-1.html")

    assert status == 404
    assert "指定的主题不存在" in body.decode("gbk")


def test_the_log_keeps_site_path_status_and_agent(sites):
    get(sites.base_urls["lanwan"], "/nowhere", User_Agent="probe")

    assert sites.log[-1] == ("lanwan", "/nowhere", 404, "probe")


def test_the_board_words_times_as_boards_do():
    now = datetime(2025, 11, 21, 12, 30, tzinfo=UTC)

    assert said(datetime(2025, 11, 21, 12, 29, 30, tzinfo=UTC), now).endswith(">30&nbsp;秒前</span>")
    assert said(datetime(2025, 11, 20, 12, 49, tzinfo=UTC), now) == (
        '<span title="2025-11-20 20:49:00">昨天&nbsp;20:49</span>'
    )
    assert said(datetime(2025, 11, 18, 12, 49, tzinfo=UTC), now).endswith(">3&nbsp;天前</span>")
    assert said(datetime(2025, 11, 8, 1, 5, 9, tzinfo=UTC), now) == "2025-11-8 09:05:09"
