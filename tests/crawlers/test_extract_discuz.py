"""Discuz! boards: list rows, posts, pagers and the board's own messages. The pages are written for these tests."""

from __future__ import annotations

from datetime import UTC, datetime

from crawlers.extract.discuz import parse_list, parse_thread

NOW = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
URL = "https://bbs.example/forum.php?mod=viewthread&tid=7&extra=page%3D1"

PAGER = '<div class="pg"><a>1</a><strong>2</strong><a>3</a><a class="nxt" href="forum.php?mod=viewthread&tid=7&amp;extra=page%3D1&amp;page=3">下一页</a></div>'  # noqa: E501


def post(pid: int, floor: str, author: str, when: str, text: str) -> str:
    return f"""<div id="post_{pid}"><div class="authi"><a class="xw1" href="home.php?mod=space&uid=2">{author}</a></div>
      <a id="postnum{pid}">{floor}</a><div class="authi"><em id="authorposton{pid}">{when}</em></div>
      <table><tr><td id="postmessage_{pid}">{text}</td></tr></table></div>"""


def thread(*posts: str) -> str:
    return f'<html><body><span id="thread_subject">客服推诿</span>{PAGER}{"".join(posts)}</body></html>'


def row(tid: int, kind: str = "normalthread", replies: str = "3") -> str:
    return f"""<tbody id="{kind}_{tid}"><tr><th>
      <a class="s xst" href="forum.php?mod=viewthread&amp;tid={tid}&amp;extra=page%3D1">标题{tid}</a></th>
      <td class="by"><cite><a>甲</a></cite><em><span title="2026-11-19">3 天前</span></em></td>
      <td class="num"><a>{replies}</a><em>12</em></td>
      <td class="by"><cite><a>乙</a></cite>
      <em><a><span title="2026-11-21 22:40">昨天 22:40</span></a></em></td></tr></tbody>"""


def test_a_post_has_author_time_floor_and_text() -> None:
    """Lines stay apart, the opening post carries the thread's title."""
    page = parse_thread(
        thread(
            post(31, "楼主", "甲", "发表于 2026-11-7 04:14:30", "\n第一行。<br />\n第二行。"),
            post(
                32,
                "<em>2</em><sup>#</sup>",
                "乙",
                '发表于 <span title="2026-11-21 20:49:01">昨天&nbsp;20:49</span>',
                "我也是",
            ),
        ),
        URL,
        NOW,
    )

    assert [(p.id, p.floor, p.author, p.body, p.title) for p in page.posts] == [
        ("31", 1, "甲", "第一行。\n第二行。", "客服推诿"),
        ("32", 2, "乙", "我也是", None),
    ]
    assert page.posts[1].published_at == datetime(2026, 11, 21, 12, 49, 1, tzinfo=UTC)
    assert page.posts[1].precision == "second"
    assert (page.tid, page.page, page.pages) == ("7", 2, 3)
    assert page.next_url == "https://bbs.example/forum.php?mod=viewthread&tid=7&page=3"


def test_quotes_edit_marks_and_attachment_boxes_are_not_the_authors_text() -> None:
    """Only what the author wrote is the post."""
    text = (
        '<i class="pstatus"> 本帖最后由 甲 编辑 </i><div class="quote"><blockquote>别人的话</blockquote></div>'
        '自己的话<font class="jammer">x9k</font><span style="display:none">q</span>'
        "<ignore_js_op>a.jpg (12 KB)</ignore_js_op>"
    )

    assert parse_thread(thread(post(1, "沙发", "乙", "", text)), URL, NOW).posts[0].body == "自己的话"


def test_a_deleted_thread_is_told_from_a_closed_one() -> None:
    """Gone is evidence, denied is a log-in wall; neither has posts."""
    gone = parse_thread('<div id="messagetext"><p>抱歉，指定的主题不存在或已被删除或正在被审核</p></div>', URL, NOW)
    denied = parse_thread('<div id="messagetext"><p>抱歉，您需要登录后才能查看</p></div>', URL, NOW)

    assert (gone.gone, gone.denied, gone.posts) == ("抱歉，指定的主题不存在或已被删除或正在被审核", None, ())
    assert (denied.gone, denied.denied) == (None, "抱歉，您需要登录后才能查看")


def test_a_board_row_has_counts_and_absolute_times() -> None:
    """The title attribute wins over the relative words; sticky threads are marked."""
    page = parse_list(f"<table>{row(9, 'stickthread')}{row(7)}</table>", "https://bbs.example/forum-2-1.html", NOW)

    pinned, plain = page.rows
    assert (pinned.sticky, plain.sticky) == (True, False)
    assert (plain.tid, plain.title, plain.author, plain.replies, plain.views) == ("7", "标题7", "甲", 3, 12)
    assert plain.url == "https://bbs.example/forum.php?mod=viewthread&tid=7"
    assert (plain.last_poster, plain.last_post_precision) == ("乙", "minute")
    assert plain.last_post_at == datetime(2026, 11, 21, 14, 40, tzinfo=UTC)


def test_a_hidden_count_is_unknown() -> None:
    """ "-" is no number."""
    assert parse_list(f"<table>{row(7, replies='-')}</table>", "https://bbs.example/", NOW).rows[0].replies is None
