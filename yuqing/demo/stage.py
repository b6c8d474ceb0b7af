"""What one demo folder remembers between runs: the world's last day and instant, and how far the play has come."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from core.errors import UsageError
from core.i18n import _
from core.times import SHANGHAI, day_of, iso, parse_instant
from yuqing.demo.config import CONFIG_NAME
from yuqing.demo.world import CRAWLED, Round, Site, World, world

STAGE_NAME = "demo.json"


@dataclass(frozen=True, slots=True)
class Stage:
    """
    `last_day` and `now` make the world; `round` is the furthest that its sites were opened, `ports` where
    they were found: the frontier remembers addresses with their ports.
    """

    last_day: date
    now: datetime
    round: Round = 1
    ports: Mapping[Site, int] = field(default_factory=dict)

    @property
    def world(self) -> World:
        """The world of this stage, the same at every run."""
        return world(self.last_day, self.now)


def open_stage(folder: Path, now: datetime) -> Stage:
    """
    The stage that the folder remembers, or a new one that ends at the aware instant `now`, remembered at once.

    Raises UsageError when the folder cannot be written or holds something else.
    """
    path = folder / STAGE_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if path.exists():
            return _read(path)
        if (folder / CONFIG_NAME).exists():
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
        "round": stage.round,
        "ports": dict(stage.ports),
    }
    (folder / STAGE_NAME).write_text(json.dumps(memory) + "\n", "utf-8")
    return stage


def _read(path: Path) -> Stage:
    try:
        memory = json.loads(path.read_text("utf-8"))
        return Stage(
            date.fromisoformat(memory["last_day"]),
            parse_instant(memory["now"]),
            2 if memory["round"] == 2 else 1,
            {site: int(memory["ports"][site]) for site in CRAWLED if site in memory["ports"]},
        )
    except (ValueError, KeyError, TypeError) as error:
        text = _("{path} 读不懂；请删掉整个演示文件夹再来一次，或用 --folder 换一个。")
        raise UsageError(text.format(path=path)) from error
