"""One process per role and data folder, by an OS lock that dies with its holder."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import Unavailable, YuqingError
from core.i18n import _


class Held(YuqingError):
    """Another process has the lock; the text says which one and since when."""


@contextmanager
def lock(folder: Path, role: str, *, wait_s: float = 0.0, what: str = "") -> Iterator[None]:
    """
    Hold the lock of a role while the block runs.

    Waits at most `wait_s` seconds for it, then raises `Held` naming the holder. `what` is written beside
    the holder's pid for people.
    """
    path = lock_file(folder, role)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        message = _("写不了数据目录 {folder}：{seen}。请检查权限与磁盘空间。")
        raise Unavailable(message.format(folder=folder, seen=error.strerror)) from error
    try:
        _acquire(handle, path, role, wait_s)
        os.truncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()} {int(time.time())} {what}".encode(), 0)
        yield
    finally:
        os.close(handle)


def lock_file(folder: Path, role: str) -> Path:
    """The file that the holder of a role's lock writes its name into."""
    return folder / "locks" / f"{role}.lock"


def _acquire(handle: int, path: Path, role: str, wait_s: float) -> None:
    give_up = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= give_up:
                message = _("{role} 已在运行：{holder}。同一数据目录同一时间只能有一个。")
                raise Held(message.format(role=role, holder=holder(path))) from None
            time.sleep(0.1)


def holder(path: Path) -> str:
    """Who wrote the lock file last, for people: "pid 4711, since 08:00:12"."""
    try:
        pid, since, *_what = path.read_text().split(" ", 2)
        return _("进程 {pid}，自 {since} 起").format(pid=pid, since=time.strftime("%F %T", time.localtime(int(since))))
    except (OSError, ValueError):
        return _("另一个进程")


def is_held(folder: Path, role: str) -> bool:
    """True when some process holds the lock of this role now."""
    try:
        with lock(folder, role):
            return False
    except Held:
        return True
