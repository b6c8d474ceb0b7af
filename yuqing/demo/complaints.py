"""The hotline's export: a CSV file with Chinese headers, as a spreadsheet would write it. Pure."""

from __future__ import annotations

import csv
import io

from yuqing.demo.pages import clock
from yuqing.demo.world import Round, World

HEADERS = ("工单号", "内容", "受理时间", "客户编号", "类别")


def complaints_csv(world: World, round: Round) -> bytes:
    """Every complaint taken by the time of a round; UTF-8 with a byte order mark, CRLF, as spreadsheets do."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADERS)
    for row in world.seen(round, "hotline"):
        writer.writerow((row.number, row.body, clock(row.published_at), row.author, row.category))
    return text.getvalue().encode("utf-8-sig")
