"""How a source fares, judged from its rounds. Pure; an exit code says nothing (Scrapy's is 0 when all failed)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from briefing.values import SourceHealth
from core.i18n import _
from core.values import RoundReport, Source
from scheduler.due import is_open

SILENT_AFTER = timedelta(days=2)
SILENT_ROUNDS = 3  # one missed round is weather
BROKEN_ROUNDS = 2


def health_of(
    source: Source, rounds: Sequence[RoundReport], *, last_document: datetime | None, documents: int, now: datetime
) -> SourceHealth:
    """The state of one source. `rounds` newest first; `documents` were discovered in the day in question."""
    ended = [report for report in rounds if not is_open(report)]
    errors = sum(sum(report.errors.values()) for report in ended[:1])

    def verdict(state: str, reason: str | None = None) -> SourceHealth:
        last = ended[0].finished_at if ended else None
        return SourceHealth(source.id, source.name, state, last, last_document, documents, errors, reason)  # type: ignore[arg-type]

    if not ended:
        return verdict("never", _("还没有完成过一轮抓取"))
    failed = [report for report in ended[:BROKEN_ROUNDS] if is_failed(report)]
    if len(failed) == min(len(ended), BROKEN_ROUNDS):
        return verdict("broken", reason_of(failed[0]))
    limit = max(SILENT_AFTER, source.every * SILENT_ROUNDS)
    if now - ended[0].finished_at > limit:
        return verdict("silent", _("{d} 天没有抓取过").format(d=(now - ended[0].finished_at).days))
    if last_document is not None and now - last_document > limit * 7:
        return verdict("silent", _("{d} 天没有新内容").format(d=(now - last_document).days))
    return verdict("ok", reason_of(ended[0]) if errors else None)


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
