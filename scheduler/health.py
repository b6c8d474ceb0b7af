"""How a source fares, judged from its rounds. Pure; an exit code says nothing (Scrapy's is 0 when all failed)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from briefing.values import SourceHealth
from core.i18n import _
from core.values import RoundReport, Source
from scheduler.due import is_open
from scheduler.figures import SourceFigures

SILENT_AFTER = timedelta(days=2)
SILENT_ROUNDS = 3  # one missed round is weather
BROKEN_ROUNDS = 2
LONGER_THAN_EVER = 1.5  # times the longest silence of a month
SHORTEST_SILENCE = timedelta(hours=12)  # less is a slow night


def health_of(
    source: Source,
    rounds: Sequence[RoundReport],
    *,
    last_document: datetime | None,
    documents: int,
    now: datetime,
    figures: SourceFigures | None = None,
) -> SourceHealth:
    """
    The state of one source. `rounds` newest first; `documents` were discovered in the day in question.

    With `figures` it is judged by its own habits: a parser that reads less than it used to, a silence longer
    than any before.
    """
    ended = [report for report in rounds if not is_open(report)]
    errors = sum(sum(report.errors.values()) for report in ended[:1])

    def verdict(state: str, reason: str | None = None) -> SourceHealth:
        last = ended[0].finished_at if ended else None
        return SourceHealth(source.id, source.name, state, last, last_document, documents, errors, reason)  # type: ignore[arg-type]

    if not ended:
        return verdict("never", _("还没有完成过一轮抓取"))
    failed = [report for report in ended[:BROKEN_ROUNDS] if is_failed(report)]
    if ended[0].errors.get("file"):  # a file of records that waits to be put right
        return verdict("broken", reason_of(ended[0]))
    if len(failed) == min(len(ended), BROKEN_ROUNDS):
        return verdict("broken", reason_of(failed[0]))
    if all(lists_unread(report) for report in ended[:BROKEN_ROUNDS]) and len(ended) >= BROKEN_ROUNDS:
        return verdict("broken", reason_of(ended[0]))
    if figures and figures.parser_broke:
        return verdict("broken", _broken_parser(source, figures))
    limit = max(SILENT_AFTER, (source.every_max or source.every) * SILENT_ROUNDS)
    if now - ended[0].finished_at > limit:
        return verdict("silent", _("{d} 天没有抓取过").format(d=(now - ended[0].finished_at).days))
    if last_document is not None and now - last_document > limit * 7:
        return verdict("silent", _("{d} 天没有新内容").format(d=(now - last_document).days))
    if figures and figures.longest_gap and last_document:
        quiet = now - last_document
        if quiet > max(figures.longest_gap * LONGER_THAN_EVER, SHORTEST_SILENCE):
            text = _("{now} 小时没有新内容；一个月来最长 {usual} 小时")
            return verdict("silent", text.format(now=_hours(quiet), usual=_hours(figures.longest_gap)))
    return verdict("ok", _remark(ended[0], figures))


def _broken_parser(source: Source, figures: SourceFigures) -> str:
    text = _("正文读不出（每页 {now:.1f} 条，以往 {usual:.1f}），网站可能改版：yuqing check-source {id}")
    return text.format(now=figures.yield_now, usual=figures.yield_before, id=source.id)


def _remark(last: RoundReport, figures: SourceFigures | None) -> str | None:
    """What is worth a word about a source that is well."""
    if figures and figures.too_fast:
        text = _("请求比声明的快：平均隔 {seen:.1f} 秒，声明 {said:.1f} 秒")
        return text.format(seen=figures.gap_s, said=figures.declared_gap_s)
    return reason_of(last) if last.errors else None


def _hours(span: timedelta) -> int:
    return round(span.total_seconds() / 3600)


def lists_unread(report: RoundReport) -> bool:
    """True for a round that reached the source's lists and could make nothing of them."""
    nothing = not (report.documents or report.not_modified or report.counts.get("opened") or report.counts.get("texts"))
    return bool(report.counts) and nothing and bool(report.errors.get("parse"))


def is_failed(report: RoundReport) -> bool:
    """True for a round that was broken off, or that brought errors alone: a feed that is a web page is reached."""
    errors, reached = sum(report.errors.values()), report.pages + report.not_modified
    return not report.finished or (errors > 0 and errors >= reached and not report.documents)


def reason_of(report: RoundReport) -> str:
    """What a round says of itself in a few words."""
    if report.notes:
        return report.notes[0]
    errors = "、".join(f"{kind} × {count}" for kind, count in report.errors.items())
    return errors or _("这一轮没有跑完")
