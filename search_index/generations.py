"""
A folder of index generations: one is current, named by a pointer file that is replaced in one step.

<path>/CURRENT       the name of the generation that readers use
<path>/g000001-…/    one generation, a folder of the engine's own
<path>/writer.lock   held by the one writing process; says its process id
"""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from core.i18n import _
from search_index.base import IndexBusy, IndexUnavailable


class Generations:
    """The generations of one folder. Makes nothing until asked to."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: int | None = None

    def current(self) -> Path | None:
        """The folder that readers use; None when there is no index (yet, or any more)."""
        try:
            name = (self.path / "CURRENT").read_text("utf-8").strip()
        except OSError:
            return None
        folder = self.path / name
        return folder if name and folder.is_dir() else None

    def create(self) -> Path:
        """A new empty generation, not current yet. Raises IndexUnavailable when the folder cannot be written."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            numbers = [int(name[1:7]) for name in self._names() if name[1:7].isdigit()]
            folder = self.path / f"g{max(numbers, default=0) + 1:06d}-{token_hex(3)}"
            folder.mkdir()
        except OSError as error:
            raise IndexUnavailable(
                _("索引目录 {path} 不能写入（{reason}），请检查权限与空间").format(
                    path=self.path, reason=error.strerror
                )
            ) from error
        return folder

    def switch(self, folder: Path) -> None:
        """Make a generation current, in one step that survives a power cut."""
        pending = self.path / f"CURRENT.{os.getpid()}"
        with pending.open("w", encoding="utf-8") as file:
            file.write(folder.name)
            file.flush()
            os.fsync(file.fileno())
        pending.replace(self.path / "CURRENT")
        _sync_folder(self.path)

    def drop_others(self) -> None:
        """Remove every generation but the current one. Readers that still have one open keep it until they look up."""
        current = self.current()
        for name in self._names():
            if current and name != current.name:
                shutil.rmtree(self.path / name, ignore_errors=True)

    def drop(self, folder: Path) -> None:
        """Remove one generation."""
        shutil.rmtree(folder, ignore_errors=True)

    def lock(self) -> None:
        """Become the one writer, until `unlock` or the process ends. Raises IndexBusy naming the process that is."""
        if self._lock is not None and self._holds_lock():
            return
        self.unlock()
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.path / "writer.lock", os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise IndexUnavailable(
                _("索引目录 {path} 不能写入（{reason}），请检查权限与空间").format(
                    path=self.path, reason=error.strerror
                )
            ) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.read(handle, 20).decode("ascii", "replace").strip() or "?"
            os.close(handle)
            message = _("索引 {path} 正由另一个进程写入（进程号 {pid}），请等它结束或先停下它")
            raise IndexBusy(message.format(path=self.path, pid=holder)) from error
        self._lock = handle
        with suppress(OSError):  # a full disk: the number is for people only
            os.ftruncate(handle, 0)
            os.write(handle, str(os.getpid()).encode())

    def unlock(self) -> None:
        """Give up the right to write."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _holds_lock(self) -> bool:
        """False when the folder was removed under us: our lock then guards a file that nobody sees."""
        assert self._lock is not None
        try:
            return os.fstat(self._lock).st_ino == (self.path / "writer.lock").stat().st_ino
        except OSError:
            return False

    def _names(self) -> list[str]:
        return sorted(entry.name for entry in self.path.glob("g*") if entry.is_dir())


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
