"""`yuqing backup FILE`: a consistent copy of the store, while it is in use."""

from __future__ import annotations

from pathlib import Path

import click

from core.i18n import _
from yuqing.cli import Invocation


@click.command("backup", help=_("把数据备份成一个文件；值守时也可以。化名密钥不在其中，请另行保管。"))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def command(invocation: Invocation, file: Path) -> None:
    """Write the backup and say where the key is."""
    config = invocation.load()

    from scheduler.care import backup
    from yuqing.wiring import radar_of

    size = backup(radar_of(config), file)
    click.echo(_("已备份到 {path}（{mb:.1f} MB，已校验）。").format(path=file, mb=size / 1e6))
    click.echo(_("化名密钥 {key} 不在备份里，请另存一份。").format(key=config.pseudonym_key_file))
