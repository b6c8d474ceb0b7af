"""
The guided run of the demo: two rounds over the invented sites with a crisis between them, told step by step.

Uses the radar as anybody would (`yuqing.wiring.App`); what it proves it reads from the mailbox, the store and
the bytes on the disk. `report.py` words the ending.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import Unavailable
from core.i18n import _
from core.times import Clock
from core.values import RoundReport
from yuqing.demo.complaints import complaints_csv
from yuqing.demo.config import write_config
from yuqing.demo.mailbox import Mailbox
from yuqing.demo.report import Found, Outcome, report
from yuqing.demo.scan import in_clear
from yuqing.demo.sites import DemoSites
from yuqing.demo.stage import INBOX, Stage, keep_stage, open_stage
from yuqing.demo.world import OUTLETS, Round

if TYPE_CHECKING:
    from yuqing.wiring import App, Drained

Echo = Callable[[str], None]
ON_DUTY = "duty@xinghe.example"
QUERIES = (
    "公司:星禾科技 情感:负面 话题:信息泄露",
    "公司:云鹭银行 (刷脸 | 人脸)",
    "身份证照片 -来源:民声论坛",
)
SHOWN = 3


def run_demo(folder: Path, *, echo: Echo, clock: Clock) -> Outcome:
    """
    Play the demo in the folder (made when absent) and tell about it line by line; what came of it.

    A second run in the same folder serves the same sites and should add nothing. Raises UsageError for a
    folder that cannot be used, Unavailable when loopback cannot be.
    """
    return _Play(folder.resolve(), echo, clock).run()


@dataclass(slots=True)
class _Play:
    folder: Path
    echo: Echo
    clock: Clock
    began: float = 0.0

    def run(self) -> Outcome:
        self.began = time.monotonic()
        stage = open_stage(self.folder, self.clock())
        with ExitStack() as open_doors:
            try:
                sites = open_doors.enter_context(DemoSites(stage.world, 2 if stage.finished else 1, ports=stage.ports))
                mailbox = open_doors.enter_context(Mailbox(self.folder / "mail"))
            except OSError as error:
                text = _("无法在本机回环地址上提供演示网站或邮箱（{why}）；请检查 127.0.0.1 是否可用。")
                raise Unavailable(text.format(why=error.strerror or error)) from error
            outcome = self._acts(stage, sites, mailbox)
            if outcome.as_promised:
                keep_stage(self.folder, replace(stage, finished=True, ports=sites.ports))
        for line in report(outcome):
            self.echo(line)
        return outcome

    def _acts(self, stage: Stage, sites: DemoSites, mailbox: Mailbox) -> Outcome:
        from yuqing.config import load_config
        from yuqing.wiring import App

        config = load_config(write_config(self.folder, sites.base_urls, mailbox.port))
        self._say(_("演示网站已在本机开放：{sites}").format(sites="、".join(_site_lines(sites))))
        before = len(mailbox.files())
        quiet = True
        with App.open(config) as app:
            added = 0
            if not stage.finished:
                self._say(_("第一轮：抓取此前两周的内容（补采，不应报警）"))
                added += self._round(app, stage, 1)
                quiet = len(mailbox.files()) == before
                sites.open_round(2)
                self._say(_("危机爆发：论坛出现第一帖，随后见报、转载，投诉上升。第二轮："))
            else:
                self._say(_("这个文件夹已演示过：再抓一轮同样的网站"))
            added += self._round(app, stage, 2)
            brief_html = self._brief(app, stage)
            found = [_found(app, query) for query in QUERIES]
            documents = _document_count(app)
        leaks, files = in_clear(self.folder, [*stage.world.planted, *stage.world.persons], skip=[self.folder / INBOX])
        mails = list(zip(mailbox.files(), mailbox.mails(), strict=True))
        return Outcome(
            folder=self.folder,
            first_time=not stage.finished,
            added=added,
            documents=documents,
            new_mails=len(mails) - before,
            quiet_backfill=quiet,
            alerts=tuple((path, mail) for path, mail in mails if _is_for(mail, ON_DUTY)),
            briefs=tuple((path, mail) for path, mail in mails if not _is_for(mail, ON_DUTY)),
            brief_html=brief_html,
            found=tuple(found),
            planted=sum(len(d.planted) for d in stage.world.documents),
            files_scanned=files,
            leaks=tuple(leaks),
            asked_paths=tuple(asked.path for asked in sites.log),
            seconds=time.monotonic() - self.began,
        )

    def _round(self, app: App, stage: Stage, round: Round) -> int:
        """Crawl, import, and let everything through; how many documents were added or revised."""
        reports = app.crawl_once(force=False, progress=_nothing)
        for one in reports:
            self._say("  " + _site_report(one, app.radar.source_names))
        done = app.import_file(_complaints(self.folder, stage, round), source="hotline")
        self._say("  " + _("客服热线工单：读入 {rows} 行").format(rows=done.rows))
        drained = app.drain()
        self._say("  " + _drained_line(drained))
        return drained.new + drained.revised

    def _brief(self, app: App, stage: Stage) -> Path:
        """Publish the last day's brief, send it, and keep its HTML beside the mails."""
        message = app.publish_brief(stage.last_day)
        app.drain()
        path = self.folder / "brief.html"
        path.write_text(message.html or "", "utf-8")
        self._say(_("日报：{subject}").format(subject=message.subject))
        return path

    def _say(self, line: str) -> None:
        self.echo(f"[{time.monotonic() - self.began:5.1f} s] {line}")


def _nothing(_event: Mapping[str, Any]) -> None:
    """The demo tells of a round when it ends."""


def _site_lines(sites: DemoSites) -> list[str]:
    return [f"{OUTLETS[site]} {url}" for site, url in sites.base_urls.items()]


def _site_report(done: RoundReport, names: Mapping[str, str]) -> str:
    line = _("{name}：取 {pages} 页，得 {documents} 篇，{same} 页未变").format(
        name=names[done.source], pages=done.pages, documents=done.documents, same=done.not_modified
    )
    words = {"robots": _("按 robots.txt 不取")}
    trouble = "，".join(f"{words.get(kind, kind)} × {count}" for kind, count in done.errors.items())
    return f"{line}（{trouble}）" if trouble else line


def _drained_line(done: Drained) -> str:
    return _(
        "研判：新增 {new} 篇，更新 {revised} 篇；入索引 {indexed} 篇；触发预警 {alerts} 条，发出 {sent} 封"
    ).format(new=done.new, revised=done.revised, indexed=done.indexed, alerts=done.alerts, sent=done.sent)


def _complaints(folder: Path, stage: Stage, round: Round) -> Path:
    """The hotline's export of a round, put where its source looks for files; replaced in one step."""
    path = folder / INBOX / "hotline" / "complaints.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(".complaints.part")
    part.write_bytes(complaints_csv(stage.world, round))
    os.replace(part, path)
    return path


def _found(app: App, query: str) -> Found:
    page = app.search(query, limit=SHOWN)
    return Found(query, int(page["total"]), tuple(page["items"]))


def _document_count(app: App) -> int:
    from store import documents

    with app.store.read() as connection:
        return documents.count(connection)


def _is_for(mail: EmailMessage, recipient: str) -> bool:
    return recipient in str(mail["To"])
