"""The key that turns persons into pseudonyms: made once, readable by its owner alone, kept outside the data."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from core.errors import YuqingError
from core.i18n import _

LENGTH_BYTES = 32


def make_key(path: Path) -> None:
    """Write a new random key with mode 0600. Raises FileExistsError (a key is never replaced) or OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(secrets.token_hex(LENGTH_BYTES).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(part, path)  # all of it or nothing, and never over another
    finally:
        part.unlink(missing_ok=True)


def read_key(path: Path) -> bytes:
    """The key. Raises YuqingError when it is missing, unreadable or too short to be one."""
    try:
        key = path.read_bytes().strip()
    except OSError as error:
        text = _("化名密钥 {path} 读不了（{seen}）。请恢复备份里的那一把；换一把，旧的化名就对不上了。")
        raise YuqingError(text.format(path=path, seen=error.strerror)) from None
    if len(key) < LENGTH_BYTES:
        raise YuqingError(_("化名密钥 {path} 太短；请恢复备份里的那一把。").format(path=path))
    return key


def pseudonym_key(path: Path) -> bytes:
    """The key at this path, made when there is none yet. Raises YuqingError when that is not possible."""
    try:
        if not path.exists():  # reading needs no room on the disk
            with suppress(FileExistsError):
                make_key(path)
    except OSError as error:
        text = _("化名密钥 {path} 写不了：{seen}。请检查路径和权限。")
        raise YuqingError(text.format(path=path, seen=error.strerror)) from None
    return read_key(path)
