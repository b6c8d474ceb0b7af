"""What one demo folder remembers between runs: the world's last day and instant, and whether the play was ended."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from core.errors import UsageError
from core.i18n import _
from core.times import SHANGHAI, day_of, iso, parse_instant
from yuqing.demo.config import CONFIG_NAME
from yuqing.demo.world import CRAWLED, Site, World, world

STAGE_NAME = "demo.json"
INBOX = "inbox"
"""The hotline's raw export lies here as its owner's file; everything else in the folder is the radar's."""
_LEFT_BEHIND = ("data", "keys", "mail", INBOX)
"""The folders that a play makes, and that a new one replaces when it was broken off."""


@dataclass(frozen=True, slots=True)
class Stage:
    """
    `last_day` and `now` make the world. `finished`: both rounds were played, so the crisis stays broken.
    `ports` is where the sites were found: the frontier remembers addresses with their ports.
    """

    last_day: date
    now: datetime
    finished: bool = False
    ports: Mapping[Site, int] = field(default_factory=dict)

    @property
    def world(self) -> World:
        """The world of this stage, the same at every run."""
        return world(self.last_day, self.now)


def open_stage(folder: Path, now: datetime) -> Stage:
    """
    The finished stage that the folder remembers, or a new one that ends at the aware instant `now`.

    A play that was broken off is cleared away: its crisis is no longer fresh, and its sites went away while
    they were being crawled. Raises UsageError when the folder cannot be used or holds something else.
    """
    path = folder / STAGE_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if path.exists():
            if (stage := _read(path)).finished:
                return stage
            _clear(folder)
        elif (folder / CONFIG_NAME).exists():
            text = _("{folder} 里已有 yuqing.yaml，但不是演示留下的；请用 --folder 换一个文件夹。")
            raise UsageError(text.format(folder=folder))
        return keep_stage(folder, Stage(day_of(now, zone=SHANGHAI), now.replace(microsecond=0)))
    except OSError as error:
        text = _("演示文件夹 {folder} 无法使用（{why}）；请用 --folder 换一个可写的文件夹。")
        raise UsageError(text.format(folder=folder, why=error.strerror or error)) from error


def keep_stage(folder: Path, stage: Stage) -> Stage:
    """Remember a stage. Raises OSError."""
    memory = {
        "last_day": stage.last_day.isoformat(),
        "now": iso(stage.now),
        "finished": stage.finished,
        "ports": dict(stage.ports),
    }
    (folder / STAGE_NAME).write_text(json.dumps(memory) + "\n", "utf-8")
    return stage


def _clear(folder: Path) -> None:
    for name in _LEFT_BEHIND:
        if (folder / name).is_dir():
            shutil.rmtree(folder / name)


def _read(path: Path) -> Stage:
    try:
        memory = json.loads(path.read_text("utf-8"))
        return Stage(
            date.fromisoformat(memory["last_day"]),
            parse_instant(memory["now"]),
            memory["finished"] is True,
            {site: int(memory["ports"][site]) for site in CRAWLED if site in memory["ports"]},
        )
    except (ValueError, KeyError, TypeError) as error:
        text = _("{path} 读不懂；请删掉整个演示文件夹再来一次，或用 --folder 换一个。")
        raise UsageError(text.format(path=path)) from error
