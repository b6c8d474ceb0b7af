"""`yuqing check-source NAME|URL`: one polite look at one page, what it is, and the YAML that would read it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from core.errors import UsageError, YuqingError
from core.i18n import _
from core.serial import dumps
from core.times import SHANGHAI
from yuqing.cli import Invocation

if TYPE_CHECKING:
    from core.values import Source
    from crawlers.check import Check
    from crawlers.proposal import Proposal
    from crawlers.samples import Sample
    from yuqing.wiring import App

WAIT_S = 60.0
"""How long a round that is under way is waited for: two requests at once are one too many for a host."""


class SourceRefused(YuqingError):
    """The page was not read; the text says who refused it and why."""


@click.command("check-source", help=_("看一眼一个来源或网址：能不能取、是什么、读出什么，并给出配置建议"))
@click.argument("what", metavar="NAME|URL")
@click.option("--json", "as_json", is_flag=True, help=_("打印一个 JSON 对象"))
@click.pass_obj
def command(invocation: Invocation, what: str, as_json: bool) -> None:
    """Fetch one page and say what it is; exit 1 when it may not or could not be read."""
    from crawlers.proposal import proposal
    from yuqing.wiring import App

    with App.open(invocation.load()) as app:
        source = _source(app, what)
        configured = app.radar.source(what) is not None
        check = _look(app, source, configured=configured)
    proposed = proposal(check.url, check.page) if check.page and not configured else None
    if as_json:
        yaml = "\n".join(yaml_lines(proposed)) if proposed else None
        click.echo(dumps({"check": check, "proposal": proposed, "yaml": yaml}))
    else:
        for line in check_lines(check, proposed, configured=configured):
            click.echo(line)
    if check.page is None:
        raise SourceRefused(_("没有读到这一页：{url}").format(url=check.url))


def _source(app: App, what: str) -> Source:
    from dataclasses import replace

    from scheduler.imports import manual_source

    if configured := app.radar.source(what):
        return app.sources([configured.id])[0]
    if not what.startswith(("http://", "https://")):
        known = "、".join(source.id for source in app.radar.sources) or _("（无）")
        raise UsageError(_("没有来源 {id}。请写配置里的代号（{known}）或完整网址。").format(id=what, known=known))
    return replace(manual_source(), url=what)


def _look(app: App, source: Source, *, configured: bool) -> Check:
    from analysis.gate import gate
    from crawlers.check import check_source
    from scheduler.crawl import persons
    from scheduler.locks import lock
    from store.crawl import StoredCrawl

    with lock(app.radar.data_dir, "crawl", wait_s=WAIT_S, what="check-source"):
        return check_source(
            source,
            configured=configured,
            hosts=StoredCrawl(app.store, app.clock),
            gate=gate(app.radar.key, hotlines=app.radar.watch.hotlines, persons=persons(app.radar)),
            clock=app.clock,
            contact=source.contact or app.radar.contact,
            names=[company.name for company in app.radar.watch.companies],
        )


# ---------------------------------------------------------------- for people


def check_lines(check: Check, proposed: Proposal | None, *, configured: bool) -> Iterator[str]:
    """What a look saw, line by line."""
    yield _("网址：{url}").format(url=check.url)
    yield f"robots.txt{_('：')}{_robots_text(check)}"
    if check.final_url and check.final_url != check.url:
        yield _("转到：{url}").format(url=check.final_url)
    if check.status:
        yield _("回答：HTTP {status}，{kb} KB").format(status=check.status, kb=-(-check.bytes // 1024))
    for note in check.notes:
        yield f"  {note}"
    for kind, count in check.errors.items():
        yield f"  {kind} × {count}"
    if check.page is None:
        return
    yield _("识别：{what}").format(what=recognised_text(check))
    yield _("礼貌：同一网站两次请求至少隔 {delay:g} 秒").format(delay=check.delay_s)
    for feed in check.page.feeds:
        yield _("页面声明的订阅源：{url}").format(url=feed)
    if check.page.trouble:
        yield _("没有读出内容（{why}）。网站可能改版，或来源的选择器、article_pattern 不对。").format(
            why=check.page.trouble
        )
    if check.page.entries:
        yield _("读出 {n} 条，前 {m} 条：").format(n=check.page.entries, m=len(check.page.samples))
    for sample in check.page.samples:
        yield from _sample_lines(sample)
    if not configured:
        yield from _proposal_lines(check, proposed)


def _robots_text(check: Check) -> str:
    robots = check.robots
    if robots is None:
        return _("没有问到（请求还没有发出）")
    if robots.refusal:
        seen = robots.refusal
        return _("不允许：读不到 robots.txt（{seen}），按规矩视为禁止").format(seen=seen)
    if not robots.allowed:
        return _("不允许：规则禁止访问这个地址")
    if not robots.has_rules:
        return _("允许：网站没有限制（HTTP {status}）").format(status=robots.status)
    if robots.crawl_delay_s:
        return _("允许：规则没有禁止，要求间隔 {n:g} 秒").format(n=robots.crawl_delay_s)
    return _("允许：规则没有禁止")


def recognised_text(check: Check) -> str:
    """What the page is, in words."""
    sorts = {
        "feed": _("订阅源"),
        "sitemap": _("站点地图"),
        "list": _("列表页"),
        "board": _("论坛版块"),
        "article": _("文章"),
        "thread": _("帖子"),
        "json": _("JSON 数据"),
        "login": _("登录页，不可作为来源"),
        "captcha": _("验证码页，不可作为来源"),
        "other": _("看不出是列表还是文章"),
    }
    names = {
        "discuz": "Discuz!",
        "discourse": "Discourse",
        "nodebb": "NodeBB",
        "flarum": "Flarum",
        "wordpress": "WordPress",
    }
    page = check.page
    assert page is not None
    return f"{sorts[page.sort]}（{names[page.platform]}）" if page.platform else sorts[page.sort]


def _sample_lines(sample: Sample) -> Iterator[str]:
    fields = {
        "title": _("标题"),
        "body": _("正文"),
        "outlet": _("媒体"),
        "author": _("作者"),
    }
    precisions = {
        "second": _("精确到秒"),
        "minute": _("精确到分"),
        "hour": _("精确到时"),
        "day": _("精确到日"),
        "month": _("精确到月"),
        "none": "",
    }
    at = sample.published_at
    missing = [fields[name] for name in sample.missing if name != "published_at"]
    told = [
        f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}（{precisions[sample.precision]}）" if at else _("没有时间"),
        _("媒体 {name}").format(name=sample.outlet) if sample.outlet else "",
        _("有作者（已化名）") if sample.has_author else "",
        _("缺：{names}").format(names="、".join(missing)) if missing else "",
    ]
    yield f"  · {sample.title or _('（无标题）')}"
    yield "    " + _("；").join(filter(None, told))


def _proposal_lines(check: Check, proposed: Proposal | None) -> Iterator[str]:
    if proposed is None:
        yield _("这一页不适合作来源：请换列表页、版块页或订阅源的网址；只收这一篇用 yuqing add。")
        return
    yield ""
    yield _("建议的来源（标 ← 的三项请自己确认后再用）：")
    yield from yaml_lines(proposed)


def yaml_lines(proposed: Proposal) -> Iterator[str]:
    """The source as it would stand in yuqing.yaml."""
    values: dict[str, Any] = {
        "id": proposed.id,
        "name": dumps(proposed.name),
        "channel": proposed.channel,
        "platform": proposed.platform,
        "url": dumps(proposed.url),
        "every": "30m",
    }
    rows = [f"{key}: {value}" for key, value in values.items() if value]
    yield "sources:"
    yield f"  - {rows[0]}"
    yield from (f"    {row}" for row in rows[1:])
    yield f"    purpose: {_('舆情监测')}  # ← {_('为何收集')}"
    yield f"    basis: {_('公开信息合理范围')}  # ← {_('合法依据')}"
    yield f"    retention_days: 365  # ← {_('保存多少天')}"
