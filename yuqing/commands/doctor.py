"""`yuqing doctor`: every check as a line, ok or what to do; ends with 1 when one failed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import click

from core.errors import ConfigError
from core.i18n import _
from core.serial import dumps
from yuqing.cli import Invocation
from yuqing.config import Config
from yuqing.doctor import disk, machine, outside
from yuqing.doctor.check import Check, table


@click.command(help=_("逐项检查环境与配置，每一项要么正常，要么说明怎么办；有一项不行就以 1 结束。"))
@click.option("--online", is_flag=True, help=_("也向每个来源的网站各问一次 robots.txt 和网址"))
@click.option("--config-dump", is_flag=True, help=_("只打印生效的配置，密码遮住"))
@click.option("--json", "as_json", is_flag=True, help=_("每项一行 JSON"))
@click.pass_obj
def command(invocation: Invocation, online: bool, config_dump: bool, as_json: bool) -> int:
    """Look at everything and say what to do."""
    if config_dump:
        return _dump(invocation.load())
    found = list(_checks(invocation, datetime.now(UTC), online))
    if as_json:
        click.echo("\n".join(map(dumps, found)))
    else:
        click.echo(f"{table(found)}\n{_verdict(found)}")
    return 1 if any(check.state == "fail" for check in found) else 0


def _verdict(found: list[Check]) -> str:
    states = {check.state for check in found}
    if "fail" in states:
        return _("有问题，请照 → 处理。")
    return _("可以运行；带 ! 的请看一看。") if "warn" in states else _("都好。")


def _dump(config: Config) -> int:
    import yaml

    click.echo(yaml.safe_dump(dict(config.effective), allow_unicode=True, sort_keys=False), nl=False)
    return 0


def _checks(invocation: Invocation, now: datetime, online: bool) -> Iterator[Check]:
    yield machine.python()
    yield from machine.names()
    config, check = _config(invocation)
    yield check
    yield machine.clock(config, now)
    yield machine.segmenter(config)
    if config is None:
        return
    yield machine.watch(config)
    yield disk.data_folder(config)
    yield disk.store(config)
    yield disk.index(config)
    yield disk.key(config)
    yield outside.mail(config)
    yield from outside.recipients(config)
    yield from outside.sources(config, online=online)
    yield from disk.import_folders(config)


def _config(invocation: Invocation) -> tuple[Config | None, Check]:
    try:
        config = invocation.load()
    except ConfigError as error:
        return None, Check(_("配置"), "fail", str(error), _("改好这些行，再运行 yuqing doctor。"))
    return config, Check(_("配置"), "ok", str(config.path))
