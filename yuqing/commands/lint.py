"""`yuqing lint`: names and rules of the watch that are useless or dangerous."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import click

from core.i18n import _
from core.text import fold
from core.values import Watch
from yuqing.cli import Invocation
from yuqing.config import load_watch
from yuqing.wiring import App


@click.command("lint", help=_("找出监测方案里没用的或危险的名字；有数据时也看它们在库里的表现"))
@click.option("--watch", "watch_file", type=click.Path(path_type=Path), help=_("监测方案文件；默认用配置里的"))
@click.option("--json", "as_json", is_flag=True, help=_("每条一行 JSON"))
@click.pass_obj
def command(invocation: Invocation, watch_file: Path | None, as_json: bool) -> int:
    """Print the remarks; exit 1 when one is dangerous."""
    from analysis.lint import lint, lint_finds
    from analysis.segment import Segmenter

    stored = invocation.config.exists()
    watch = load_watch(watch_file) if watch_file else invocation.load().watch
    remarks = lint(watch, is_word=Segmenter().knows)
    if stored:
        with App.open(invocation.load()) as app:
            if finds := finds_in_store(app, watch):
                remarks += lint_finds(watch, finds)
    weights = {"danger": _("危险"), "useless": _("没用")}
    for one in remarks:
        if as_json:
            fields = {"weight": one.weight, "company": one.company, "kind": one.kind, "name": one.name}
            click.echo(json.dumps({**fields, "text": one.text}, ensure_ascii=False))
        else:
            click.echo(f"{weights[one.weight]}  {one.company} {one.kind} “{one.name}”：{one.text}")
    if not remarks and not as_json:
        click.echo(_("没有发现问题。"))
    return 1 if any(one.weight == "danger" for one in remarks) else 0


def finds_in_store(app: App, watch: Watch) -> dict[tuple[str, str], Counter[str]]:
    """(company, folded alias) -> verdict -> mentions over the stored texts, read again under this watch."""
    from yuqing.commands.replay import findings_anew

    finds: dict[tuple[str, str], Counter[str]] = {}
    for _stored, finding in findings_anew(app, watch):
        for name, company in finding.companies.items():
            for mention in company.mentions:
                finds.setdefault((name, fold(mention.text)), Counter())[mention.verdict] += 1
    return finds
