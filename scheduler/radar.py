"""What the running radar is made of, as plain values. `yuqing.wiring` builds it from the configuration."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from core.times import SHANGHAI
from core.values import Source, Subscription, Watch


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in. `security`: none (loopback only), starttls or tls. Times in seconds."""

    host: str
    port: int
    sender: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    security: Literal["none", "starttls", "tls"] = "none"
    timeout_s: float = 60.0


@dataclass(frozen=True, slots=True)
class BriefPlan:
    """When the daily brief goes, by the clock of the zone, and to whom. `weekdays`: 0 is Monday."""

    at: time
    to: tuple[str, ...]
    weekdays: frozenset[int] = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class IndexPlace:
    """Where the index is: in the data folder, or with backend "elasticsearch" at `url` under the alias `name`."""

    backend: str = "tantivy"
    url: str | None = None
    name: str = "yuqing"
    api_key: str | None = field(default=None, repr=False)
    ca_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Radar:
    """
    One company's radar.

    `base_dir` is where relative folders of sources stand. `key` makes pseudonyms and lives outside `data_dir`.
    `child` is the command that runs a part of this radar in a process of its own: `[*child, "role", "worker"]`.
    `topic_files` add topics to those that ship; `sentiment_model` stands in place of the weights that do.
    `free_floor_mb`: below it crawling pauses.
    """

    company: str
    contact: str
    watch: Watch
    sources: tuple[Source, ...]
    subscriptions: tuple[Subscription, ...]
    store_url: str
    data_dir: Path
    base_dir: Path
    key: bytes = field(repr=False)
    child: tuple[str, ...]
    zone: ZoneInfo = SHANGHAI
    topic_files: tuple[Path, ...] = ()
    sentiment_model: Path | None = None
    mail: MailServer | None = None
    brief: BriefPlan | None = None
    index: IndexPlace = IndexPlace()
    free_floor_mb: int = 500
    crawl_deadline_s: float = 1800.0

    def source(self, identity: str) -> Source | None:
        """The source with this id; None when it is not configured."""
        return next((source for source in self.sources if source.id == identity), None)

    @property
    def source_names(self) -> dict[str, str]:
        """Source id -> name."""
        return {source.id: source.name for source in self.sources}

    @property
    def channels(self) -> dict[str, str]:
        """Source id -> channel."""
        return {source.id: source.channel for source in self.sources}
