"""The board's markup carries the hooks that boards have: the program's own reader gets every post exactly."""

from datetime import UTC, date, datetime

from crawlers.extract.discuz import parse_list, parse_thread
from yuqing.demo.sites import site_pages
from yuqing.demo.world import world

WORLD = world(date(2025, 11, 21), datetime(2025, 11, 21, 12, 30, tzinfo=UTC))
PAGES = {
    path: page.content.decode("gbk")
    for path, page in site_pages(WORLD, 2)["minsheng"].items()
    if path.endswith(".html")
}
HOST = "http://127.0.0.13"


def test_every_post_is_read_with_author_time_floor_and_text():
    threads = [parse_thread(html, HOST + path, WORLD.now) for path, html in PAGES.items() if "/thread-" in path]
    read = {(p.id, p.author, p.published_at, p.floor, p.body) for thread in threads for p in thread.posts}

    assert read == {(d.number, d.author, d.published_at, d.floor, d.body) for d in WORLD.seen(2, "minsheng")}


def test_a_long_thread_goes_on_over_several_pages():
    first = parse_thread(PAGES["/thread-1114-1-1.html"], HOST + "/thread-1114-1-1.html", WORLD.now)

    assert (first.page, first.pages, first.next_url) == (1, 3, HOST + "/thread-1114-2-1.html")


def test_the_list_is_read_over_all_its_pages_newest_reply_first():
    lists = [parse_list(html, HOST + path, WORLD.now) for path, html in sorted(PAGES.items()) if "/forum-" in path]
    rows = [row for page in lists for row in page.rows]

    assert {int(row.tid) for row in rows} == {d.thread for d in WORLD.seen(2, "minsheng")}
    assert rows == sorted(rows, key=lambda row: row.last_post_at, reverse=True)
    assert [page.next_url is None for page in lists] == [False, False, True]
