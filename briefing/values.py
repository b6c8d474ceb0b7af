"""What a brief is made from and what it says. Frozen, JSON-ready; no behaviour beyond what a value knows of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from core.values import Flag, Kind, Label

HealthState = Literal["ok", "silent", "broken", "never"]
StoryState = Literal["new", "going"]


# ---------------------------------------------------------------- what goes in


@dataclass(frozen=True, slots=True)
class BriefItem:
    """
    One document of the day: its newest revision, masked, with what analysis made of it.

    The day is that of `first_seen` (first discovery), never of `published_at`; both are aware UTC.
    `companies` are those the text is about. `label`, `score`, `topics` are the ones the index holds, so
    that a query finds the same documents; `abstained` says that a person should look. `story` is the id
    of the document that had the text first, `story_size` counts it and its reprints of all days,
    `first_outlet` and `first_at` describe that first document (None: unknown). `backfill`: 补采.
    `keywords` are the words that say most about the text.
    """

    document: str
    rev: int
    title: str | None
    snippet: str
    source: str
    source_name: str
    kind: Kind
    first_seen: datetime
    story: str
    url: str | None = None
    outlet: str | None = None
    published_at: datetime | None = None
    companies: tuple[str, ...] = ()
    label: Label = "neu"
    score: float = 0.0
    abstained: bool = False
    topics: tuple[str, ...] = ()
    flags: tuple[Flag, ...] = ()
    story_size: int = 1
    backfill: bool = False
    thread_title: str | None = None
    first_outlet: str | None = None
    first_at: datetime | None = None
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """
    How a source fared in the window. `reason` says in a few words what was seen.

    ok: rounds ended and brought something within its habit · silent: rounds end, nothing new for longer
    than its habit · broken: rounds fail · never: no round has ended yet.
    """

    source: str
    name: str
    state: HealthState
    last_round: datetime | None = None
    last_document: datetime | None = None
    documents: int = 0
    errors: int = 0
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class DayCount:
    """A day of the trend, by publish time: documents about the company, and the negative ones among them."""

    day: date
    total: int
    negative: int


@dataclass(frozen=True, slots=True)
class DayFigures:
    """The figures of one day's brief by name, as they were sent; what the next brief compares with."""

    day: date
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RisenWord:
    """
    A word that rose: `before` stories of the `days` before the day had it.

    `parts` are the keywords that it is made of, where they are neighbours that never part; empty where it is one.
    """

    word: str
    before: int
    days: int
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Surge:
    """
    爆发: the day has far more stories about the company than the `days` before it let expect.

    `usual` stories were expected of such a weekday; `chance` is the probability of so many without a cause.
    `since` is the first day of the burst that the day belongs to; None when the days form none.
    """

    usual: float
    days: int
    chance: float
    since: date | None


# ---------------------------------------------------------------- what comes out


@dataclass(frozen=True, slots=True)
class Figure:
    """
    A number that can be checked: the documents (or stories) it counts and the query that finds them.

    `value == len(ids)` wherever `ids` is given; a figure of the trend has none, its query alone re-runs it.
    The query goes by publish time over the days on which the ids were published, so it finds every one of
    them that says when it was published, and it may find others that were discovered on another day.
    """

    name: str
    value: int
    query: str
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A figure's value on an earlier day; None when that day has no brief to compare with."""

    before: int | None


@dataclass(frozen=True, slots=True)
class Kpi:
    """A headline number: documents and stories side by side, and how both earlier days stood (documents)."""

    figure: Figure
    stories: Figure
    yesterday: Change
    week_ago: Change


@dataclass(frozen=True, slots=True)
class Action:
    """One thing for a person to do today: a story and why it is listed."""

    story: str
    head: BriefItem
    documents: tuple[str, ...]
    flags: tuple[Flag, ...]


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A topic of the day: documents, the negative ones, and yesterday's documents."""

    topic: str
    figure: Figure
    negative: Figure
    yesterday: Change
    rising: bool


@dataclass(frozen=True, slots=True)
class WordRow:
    """A word that rose: the day's documents and stories with all its parts as keywords, and the stories before."""

    figure: Figure
    stories: Figure
    risen: RisenWord


@dataclass(frozen=True, slots=True)
class StoryRow:
    """A story of the day: who had it first, how many times it was printed today and in all."""

    story: str
    head: BriefItem
    state: StoryState
    documents: tuple[str, ...]
    size: int
    negative: int
    first_outlet: str
    first_at: datetime | None


@dataclass(frozen=True, slots=True)
class Voice:
    """Complaints and customer voice: how many of each, by topic, and some in their own words."""

    complaints: Figure
    voices: Figure
    topics: tuple[Figure, ...]
    heard: tuple[BriefItem, ...]


@dataclass(frozen=True, slots=True)
class TrendDay:
    """A day of the trend; both figures are None when the day's counts are not known."""

    day: date
    total: Figure | None
    negative: Figure | None


@dataclass(frozen=True, slots=True)
class Health:
    """Sources that brought what they should, all sources, and those that did not."""

    ok: int
    total: int
    troubled: tuple[SourceHealth, ...]


@dataclass(frozen=True, slots=True)
class Brief:
    """
    日报: one company's day as it is told. Everything in it recounts from `Figure.ids`.

    `start` and `end` bound the day [start, end) in UTC, `zone` names where the day is a day.
    `late` says why the brief comes late (None: in time); `partial` that the day was not over when it
    was made. `rising` are topics well above yesterday, the steepest first; `leading` is the topic that most
    of the negative documents share, None when no topic does. `words` rose against the weeks before, the
    strongest first. `surge` and `surge_stories` stand together: why the day is a surge, and its stories.
    """

    day: date
    company: str
    zone: str
    start: datetime
    end: datetime
    generated_at: datetime
    late: str | None
    partial: bool
    conclusion: str
    total: Kpi
    negative: Kpi
    action: Kpi
    voice_total: Kpi
    kinds: tuple[Figure, ...]
    doubtful: Figure
    actions: tuple[Action, ...]
    trend: tuple[TrendDay, ...]
    topics: tuple[TopicRow, ...]
    rising: tuple[str, ...]
    leading: str | None
    words: tuple[WordRow, ...]
    surge: Surge | None
    surge_stories: Figure | None
    stories: tuple[StoryRow, ...]
    story_count: int
    voice: Voice
    backfill: Figure
    backfill_stories: tuple[StoryRow, ...]
    others: tuple[Figure, ...]
    health: Health

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every figure that the brief prints, in its order."""
        kpis = (self.total, self.negative, self.action, self.voice_total)
        shown = [figure for kpi in kpis for figure in (kpi.figure, kpi.stories)]
        shown += [*self.kinds, self.doubtful]
        shown += [self.surge_stories] if self.surge_stories else []
        shown += [figure for row in self.topics for figure in (row.figure, row.negative)]
        shown += [figure for row in self.words for figure in (row.figure, row.stories)]
        shown += [self.voice.complaints, self.voice.voices, *self.voice.topics, self.backfill, *self.others]
        shown += [figure for day in self.trend for figure in (day.total, day.negative) if figure]
        return tuple(shown)

    def day_figures(self) -> DayFigures:
        """What is kept so that the next day and the same weekday of next week can compare."""
        counts = {figure.name: figure.value for figure in self.figures if not figure.name.startswith("trend.")}
        return DayFigures(self.day, counts)
