"""`yuqing demo`: see the whole radar at work on this machine, without a network."""

from __future__ import annotations

from pathlib import Path

import click

from core.errors import YuqingError
from core.i18n import _


@click.command("demo", help=_("看一场演示：在本机抓取、研判、预警并生成日报，不用联网。"))
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default="demo",
    show_default=True,
    help=_("演示文件放在哪里；再来一次会接着用"),
)
def command(folder: Path) -> None:
    """Play the demo and say what came of it."""
    from yuqing.demo.run import run_demo
    from yuqing.wiring import system_clock

    outcome = run_demo(folder, echo=click.echo, clock=system_clock)
    if not outcome.as_promised:
        raise YuqingError(
            _("演示没有得到应有的结果，见上面；日志在 {folder}。再来一次会从头演起。").format(folder=folder / "data")
        )
