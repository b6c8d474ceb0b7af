"""The ending of the demo in words: where things lie, what was found, what fired, and how to start in earnest. Pure."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from core.i18n import _
from core.times import local_iso, parse_instant
from yuqing.demo.scan import Leak
from yuqing.demo.world import OUTLETS

TITLE_WIDTH = 40


@dataclass(frozen=True, slots=True)
class Found:
    """A search and the first of its results."""

    query: str
    total: int
    items: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    What came of one run of the demo.

    `added` counts documents added or revised, `new_mails` the mails that arrived, in this run. `alerts` and
    `briefs` are all mails in the folder. `leaks` must be empty. `asked_paths` is what the sites were asked for.
    """

    folder: Path
    first_time: bool
    added: int
    documents: int
    new_mails: int
    quiet_backfill: bool
    alerts: tuple[tuple[Path, EmailMessage], ...]
    briefs: tuple[tuple[Path, EmailMessage], ...]
    brief_html: Path
    found: tuple[Found, ...]
    planted: int
    files_scanned: int
    leaks: tuple[Leak, ...]
    asked_paths: tuple[str, ...]
    seconds: float

    @property
    def as_promised(self) -> bool:
        """True when the run showed what the demo promises."""
        again = self.first_time or (self.added == 0 and self.new_mails == 0)
        return again and self.quiet_backfill and bool(self.alerts) and len(self.briefs) == 1 and not self.leaks


def report(outcome: Outcome) -> Iterator[str]:
    """The closing lines."""
    yield ""
    if not outcome.first_time:
        yield from _again(outcome)
    yield from _brief(outcome)
    yield from _alerts(outcome)
    yield from _searches(outcome)
    yield from _privacy(outcome)
    yield _("库中共 {n} 篇文档；向演示网站发出 {requests} 次请求；用时 {seconds:.0f} 秒。").format(
        n=outcome.documents, requests=len(outcome.asked_paths), seconds=outcome.seconds
    )
    yield from _next_steps(outcome)


def _again(outcome: Outcome) -> Iterator[str]:
    if outcome.added == 0 and outcome.new_mails == 0:
        yield _("再演一遍：没有新增任何文档，也没有再发邮件。")
    else:
        yield _("再演一遍：新增或更新 {n} 篇，新邮件 {mails} 封（本应为 0）。").format(
            n=outcome.added, mails=outcome.new_mails
        )


def _brief(outcome: Outcome) -> Iterator[str]:
    yield _("■ 日报")
    yield "  " + _("网页：{path}").format(path=outcome.brief_html)
    for path, mail in outcome.briefs:
        yield "  " + _("邮件：{path}　{subject}").format(path=path, subject=mail["Subject"])


def _alerts(outcome: Outcome) -> Iterator[str]:
    quiet = outcome.quiet_backfill
    yield _("■ 预警（补采的旧闻没有报警）") if quiet else _("■ 预警（补采的旧闻误报了警，这是个缺陷）")
    for path, mail in outcome.alerts:
        yield "  " + _("{when}　{subject}").format(when=_sent(mail), subject=mail["Subject"])
        yield f"    {path}"
    if not outcome.alerts:
        yield "  " + _("没有预警，这是个缺陷")


def _sent(mail: EmailMessage) -> str:
    return (local_iso(parsedate_to_datetime(str(mail["Date"]))) or "")[:16].replace("T", " ")


def _searches(outcome: Outcome) -> Iterator[str]:
    yield _("■ 搜索")
    for found in outcome.found:
        yield "  " + _("“{query}”　{total} 条").format(query=found.query, total=found.total)
        for item in found.items:
            yield f"    {_when(item)}  {_where(item)}  {_headline(item)}"


def _when(item: Mapping[str, Any]) -> str:
    published = item.get("published_at")
    return (local_iso(parse_instant(published)) or "")[5:16].replace("T", " ") if published else "—"


def _where(item: Mapping[str, Any]) -> str:
    source = str(item.get("source") or "")
    return str(item.get("outlet") or next((name for site, name in OUTLETS.items() if site == source), source))


def _headline(item: Mapping[str, Any]) -> str:
    text = " ".join(str(item.get("title") or item.get("snippet") or "").split())
    return text if len(text) <= TITLE_WIDTH else text[:TITLE_WIDTH] + "…"


def _privacy(outcome: Outcome) -> Iterator[str]:
    yield _("■ 个人信息")
    line = _(
        "网页和工单里埋了 {planted} 处电话、证件号、卡号、邮箱和微信号；逐字节扫描 {files} 个文件（含日志与邮件）："
    )
    result = _("未发现明文。") if not outcome.leaks else _("发现 {n} 处明文，这是个缺陷：").format(n=len(outcome.leaks))
    yield "  " + line.format(planted=outcome.planted, files=outcome.files_scanned) + result
    for path in dict.fromkeys(leak.path for leak in outcome.leaks):
        yield f"    {path}"


def _next_steps(outcome: Outcome) -> Iterator[str]:
    config = outcome.folder / "yuqing.yaml"
    yield _("■ 接着看")
    yield f"  {program()} --config {config} search '公司:云鹭银行 情感:负面'"
    yield _("■ 用起来")
    yield f"  {program()} init      " + _("写一份起步配置，填上公司名、来源和收件人")
    yield f"  {program()} doctor    " + _("逐项检查，并说明怎么办")
    yield f"  {program()} run       " + _("开始值守")


def program() -> str:
    """How the reader starts yuqing: by name when it is on the path, else as this run was started."""
    started = Path(sys.argv[0])
    return os.path.relpath(started) if started.name == "yuqing" and not shutil.which("yuqing") else "yuqing"
