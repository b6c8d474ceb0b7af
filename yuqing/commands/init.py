"""`yuqing init`: a commented configuration and the key for pseudonyms; nothing that exists is touched."""

from __future__ import annotations

import os
from contextlib import suppress
from importlib.resources import files
from pathlib import Path

import click

from core.errors import YuqingError
from core.i18n import _, language
from yuqing.keys import make_key

NAME = "yuqing.yaml"
KEY = "keys/pseudonym.key"


@click.command(help=_("在 FOLDER（默认当前文件夹）写一份带注释的 yuqing.yaml 和化名密钥；已有的不动。"))
@click.argument("folder", type=click.Path(path_type=Path), default=".")
def command(folder: Path) -> None:
    """Write the starter."""
    try:
        path = write_starter(folder)
    except OSError as error:
        text = _("{path} 写不了：{seen}。请换一个可写的文件夹，或检查权限和磁盘空间。")
        raise YuqingError(text.format(path=error.filename or folder, seen=error.strerror)) from None
    click.echo(_("已写好 {path}。").format(path=path))
    where = "" if folder == Path(".") else f" --config {path}"
    click.echo(_("接着：改好其中的公司、来源和收件人，再运行 yuqing{where} doctor").format(where=where))


def write_starter(folder: Path) -> Path:
    """
    The path of the new configuration, in the language in force; its key lies beside it.

    Raises YuqingError when there is one already, OSError when the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / NAME
    text = (files("yuqing") / "starter" / f"{language()}.yaml").read_text("utf-8")
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError:
        text = _("{path} 已经有了，没有动它；要重来，请先把它改名。")
        raise YuqingError(text.format(path=path)) from None
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    with suppress(FileExistsError):
        make_key(folder / KEY)
    return path
