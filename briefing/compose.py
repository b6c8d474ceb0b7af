"""
A day's documents become a Brief. Pure: the same findings give the same brief, in whatever order they come.

    items ─ of the day, newest revision, about the company ─┬─ first-hand ─> KPIs, actions, topics, stories, voice
                                                            └─ 补采 ──────> counted apart
    trend (by publish time) · health · figures of earlier days ─> beside them
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from briefing import wording
from briefing.queries import OWN_KINDS, days_query, kinds_query, quoted, scope_query, topic_query
from briefing.values import (
    Action,
    Brief,
    BriefItem,
    Change,
    DayCount,
    DayFigures,
    Figure,
    Health,
    Kpi,
    RisenWord,
    SourceHealth,
    StoryRow,
    Surge,
    TopicRow,
    TrendDay,
    Voice,
    WordRow,
)
from core.times import day_bounds
from core.values import CHINESE, Flag


@dataclass(frozen=True, slots=True)
class BriefPolicy:
    """
    The numbers of the brief.

    `rising_min` and `rising_ratio`: a topic rises when it has at least so many documents and so many times
    yesterday's. `leading_share`: the share of the negative documents that a topic needs to lead. The others
    say how many of each the brief keeps; what is left out is still counted.
    """

    rising_min: int = 3  # below three a ratio is chance
    rising_ratio: float = 1.5
    leading_share: float = 0.5  # "most" means at least half
    trend_days: int = 14  # two weeks: every weekday stands beside its twin
    kept_actions: int = 30
    kept_stories: int = 20
    kept_heard: int = 5
    kept_backfill: int = 5


DEFAULT_POLICY = BriefPolicy()
ACTION_FLAGS: tuple[Flag, ...] = ("regulator", "minors", "go_public")
"""Flags that make a negative document a thing to do, the gravest first."""


def compose(
    day: date,
    *,
    items: Iterable[BriefItem],
    trend: Sequence[DayCount],
    health: Sequence[SourceHealth],
    company: str,
    zone: ZoneInfo,
    generated_at: datetime,
    previous: DayFigures | None = None,
    week_before: DayFigures | None = None,
    late: str | None = None,
    topic_names: Mapping[str, str] = CHINESE["topic"],
    words: Sequence[RisenWord] = (),
    surge: Surge | None = None,
    policy: BriefPolicy = DEFAULT_POLICY,
) -> Brief:
    """
    The brief of a calendar day in the zone.

    Counted are documents first discovered on that day that are about `company` or are records sent to it
    (complaints, customer voice); others are left to `Brief.others`. The same document twice counts once.
    `previous` and `week_before` are `Brief.day_figures()` of the day before and of the same weekday a week
    ago; None when there was no brief. `late` says why the brief comes late, None when it is in time.
    `words` and `surge` are what the days before make of this one; the figures beside them are counted here.
    """
    start, end = day_bounds(day, zone=zone)
    todays = _newest(item for item in items if start <= item.first_seen < end)
    ours = [item for item in todays if _is_ours(item, company)]
    theirs = [item for item in todays if not _is_ours(item, company) and not item.backfill]
    desk = _Desk(day, company, zone, previous, week_before, topic_names, policy)
    fresh = [item for item in ours if not item.backfill]
    old = [item for item in ours if item.backfill]
    total = desk.kpi("total", fresh)
    negative = desk.kpi("negative", [item for item in fresh if item.label == "neg"], "情感:负面")
    action = desk.kpi("action", [item for item in fresh if needs_action(item)], "(情感:负面 OR 类型:投诉)")
    topics = desk.topics(fresh)
    rising = sorted((row for row in topics if row.rising), key=lambda row: (-_grown(row), row.topic))
    leading = _leading(topics, negative.figure.value, policy)
    public = [item for item in fresh if item.kind not in OWN_KINDS]
    seen = _health(health)
    return Brief(
        day=day,
        company=company,
        zone=zone.key,
        start=start,
        end=end,
        generated_at=generated_at,
        late=late,
        partial=generated_at < end,
        conclusion=wording.conclusion(
            day=day,
            company=company,
            total=total,
            negative=negative,
            action=action,
            rising=rising,
            leading=leading,
            health=seen,
            names=topic_names,
            backfill=len(old),
        ),
        total=total,
        negative=negative,
        action=action,
        voice_total=desk.kpi(
            "own", [item for item in fresh if item.kind in OWN_KINDS], kinds_query(OWN_KINDS), scoped=False
        ),
        kinds=tuple(desk.kind(kind, fresh) for kind in CHINESE["kind"]),
        doubtful=desk.figure(
            "negative.doubtful", [item for item in fresh if item.label == "neg" and item.abstained], "情感:负面"
        ),
        actions=_actions(fresh)[: policy.kept_actions],
        trend=desk.trend(trend),
        topics=topics,
        rising=tuple(row.topic for row in rising),
        leading=leading,
        words=desk.words(words, fresh),
        surge=surge,
        surge_stories=replace(total.stories, name="surge.stories") if surge else None,
        stories=_stories(public)[: policy.kept_stories],
        story_count=len({item.story for item in public}),
        voice=desk.voice(fresh),
        backfill=desk.figure("backfill", old),
        backfill_stories=_stories(old)[: policy.kept_backfill],
        others=desk.others(theirs),
        health=seen,
    )


def needs_action(item: BriefItem) -> bool:
    """True for a complaint, and for a negative text that goes public, names a regulator or touches minors."""
    return item.kind == "complaint" or (item.label == "neg" and any(flag in ACTION_FLAGS for flag in item.flags))


def _is_ours(item: BriefItem, company: str) -> bool:
    return company in item.companies or item.kind in OWN_KINDS


@dataclass(frozen=True, slots=True)
class _Desk:
    """What every figure of one brief needs to know: whose day it is and what to compare with."""

    day: date
    company: str
    zone: ZoneInfo
    previous: DayFigures | None
    week_before: DayFigures | None
    names: Mapping[str, str]
    policy: BriefPolicy

    def figure(self, name: str, items: Sequence[BriefItem], *terms: str, scoped: bool = True) -> Figure:
        """`scoped=False` for records sent to the company: they need not name it."""
        scope = [scope_query(items, self.company)] if scoped else []
        query = " ".join([days_query(items, self.day, zone=self.zone), *scope, *terms])
        return Figure(name, len(items), query, tuple(item.document for item in items))

    def kpi(self, name: str, items: Sequence[BriefItem], *terms: str, scoped: bool = True) -> Kpi:
        figure = self.figure(name, items, *terms, scoped=scoped)
        return Kpi(
            figure=figure,
            stories=_stories_of(figure, items),
            yesterday=_change(self.previous, name),
            week_ago=_change(self.week_before, name),
        )

    def kind(self, kind: str, items: Sequence[BriefItem]) -> Figure:
        found = [item for item in items if item.kind == kind]
        return self.figure(f"kind.{kind}", found, kinds_query([kind]), scoped=kind not in OWN_KINDS)

    def topics(self, items: Sequence[BriefItem]) -> tuple[TopicRow, ...]:
        """Every topic of the day, the one with most stories first."""
        rows = [self._topic(topic, found) for topic, found in _by(items, lambda item: item.topics).items()]
        return tuple(sorted(rows, key=lambda row: (-row.figure.value, -row.negative.value, row.figure.name)))

    def _topic(self, topic: str, items: Sequence[BriefItem]) -> TopicRow:
        term = topic_query(topic, self.names)
        yesterday = _change(self.previous, f"topic.{topic}")
        rising = (
            yesterday.before is not None
            and len(items) >= self.policy.rising_min
            and len(items) >= self.policy.rising_ratio * yesterday.before
        )
        negative = [item for item in items if item.label == "neg"]
        return TopicRow(
            topic=topic,
            figure=self.figure(f"topic.{topic}", items, term),
            negative=self.figure(f"topic.{topic}.negative", negative, term, "情感:负面"),
            yesterday=yesterday,
            rising=rising,
        )

    def words(self, risen: Sequence[RisenWord], items: Sequence[BriefItem]) -> tuple[WordRow, ...]:
        """The words that rose, in their order; one that no document of the day has is left out."""
        with_all = (
            (word, [i for i in items if {*i.keywords}.issuperset(word.parts or (word.word,))]) for word in risen
        )
        return tuple(self._word(word, found) for word, found in with_all if found)

    def _word(self, risen: RisenWord, items: Sequence[BriefItem]) -> WordRow:
        figure = self.figure(f"word.{risen.word}", items, quoted(risen.word))
        return WordRow(figure, _stories_of(figure, items), risen)

    def voice(self, items: Sequence[BriefItem]) -> Voice:
        complaints = [item for item in items if item.kind == "complaint"]
        voices = [item for item in items if item.kind == "voice"]
        own = sorted(complaints + voices, key=_worst_first)
        told = [item for item in own if not needs_action(item)]  # the others stand among the actions
        topics = [
            self.figure(
                f"own.topic.{topic}", found, kinds_query(OWN_KINDS), topic_query(topic, self.names), scoped=False
            )
            for topic, found in _by(own, lambda item: item.topics).items()
        ]
        return Voice(
            complaints=self.figure("complaint", complaints, kinds_query(["complaint"]), scoped=False),
            voices=self.figure("voice", voices, kinds_query(["voice"]), scoped=False),
            topics=tuple(sorted(topics, key=lambda figure: (-figure.value, figure.name))),
            heard=tuple(told[: self.policy.kept_heard]),
        )

    def trend(self, counts: Sequence[DayCount]) -> tuple[TrendDay, ...]:
        """The days up to this one; a day without counts stands there as unknown, not as nothing."""
        known = {count.day: count for count in counts}
        days = [self.day - timedelta(days=back) for back in reversed(range(self.policy.trend_days))]
        return tuple(self._trend_day(day, known.get(day)) for day in days)

    def _trend_day(self, day: date, count: DayCount | None) -> TrendDay:
        if count is None:
            return TrendDay(day, None, None)
        query = f"时间:{day} 公司:{quoted(self.company)}"
        return TrendDay(
            day,
            Figure(f"trend.{day}", count.total, query),
            Figure(f"trend.{day}.negative", count.negative, f"{query} 情感:负面"),
        )

    def others(self, items: Sequence[BriefItem]) -> tuple[Figure, ...]:
        """Other companies of the watch, each with its documents of the day."""
        figures = [
            Figure(
                f"company.{name}",
                len(found),
                f"{days_query(found, self.day, zone=self.zone)} 公司:{quoted(name)}",
                tuple(item.document for item in found),
            )
            for name, found in _by(items, lambda item: item.companies).items()
        ]
        return tuple(sorted(figures, key=lambda figure: (-figure.value, figure.name)))


def _stories_of(figure: Figure, items: Sequence[BriefItem]) -> Figure:
    """The stories of the documents that a figure counts."""
    stories = tuple(dict.fromkeys(item.story for item in items))
    return Figure(f"{figure.name}.stories", len(stories), figure.query, stories)


def _newest(items: Iterable[BriefItem]) -> list[BriefItem]:
    """Each document once, in its newest revision, in the order of discovery."""
    kept: dict[str, BriefItem] = {}
    for item in items:
        if item.document not in kept or item.rev > kept[item.document].rev:
            kept[item.document] = item
    return sorted(kept.values(), key=lambda item: (item.first_seen, item.document))


def _by(items: Iterable[BriefItem], groups_of: Callable[[BriefItem], Iterable[str]]) -> dict[str, list[BriefItem]]:
    grouped: dict[str, list[BriefItem]] = {}
    for item in items:
        for group in dict.fromkeys(groups_of(item)):
            grouped.setdefault(group, []).append(item)
    return grouped


def _change(figures: DayFigures | None, name: str) -> Change:
    """A figure that a kept brief does not name was nothing on that day."""
    return Change(None if figures is None else figures.counts.get(name, 0))


def _leading(topics: Sequence[TopicRow], negative: int, policy: BriefPolicy) -> str | None:
    first = min(topics, key=lambda row: (-row.negative.value, row.topic), default=None)
    if first is None or not first.negative.value or first.negative.value < policy.leading_share * negative:
        return None
    return first.topic


def _grown(row: TopicRow) -> int:
    return row.figure.value - (row.yesterday.before or 0)


def _worst_first(item: BriefItem) -> tuple[bool, int, float, datetime, str]:
    flags = sum(flag in ACTION_FLAGS for flag in item.flags)
    return (item.label != "neg", -flags, item.score, item.first_seen, item.document)


def _actions(items: Sequence[BriefItem]) -> tuple[Action, ...]:
    """One a story; the gravest flag first, then those that spread most."""
    found = _by((item for item in items if needs_action(item)), lambda item: (item.story,))
    actions = [
        Action(
            story=story,
            head=min(members, key=_worst_first),
            documents=tuple(item.document for item in members),
            flags=tuple(flag for flag in ACTION_FLAGS if any(flag in item.flags for item in members)),
        )
        for story, members in found.items()
    ]
    return tuple(sorted(actions, key=_gravest_first))


def _gravest_first(action: Action) -> tuple[int, bool, int, str]:
    gravest = min((ACTION_FLAGS.index(flag) for flag in action.flags), default=len(ACTION_FLAGS))
    return (gravest, action.head.label != "neg", -action.head.story_size, action.story)


def _stories(items: Sequence[BriefItem]) -> tuple[StoryRow, ...]:
    """The stories of the day: negative ones first, then by how often they were printed."""
    found = _by(items, lambda item: (item.story,))
    return tuple(sorted((_story(story, members) for story, members in found.items()), key=_foremost_first))


def _foremost_first(row: StoryRow) -> tuple[bool, int, int, datetime, str]:
    return (row.negative == 0, -len(row.documents), -row.size, row.head.first_seen, row.story)


def _story(story: str, members: Sequence[BriefItem]) -> StoryRow:
    """The head is the first document when it is of this day, else the earliest that is."""
    earliest = min(members, key=lambda item: (item.published_at or item.first_seen, item.document))
    head = next((item for item in members if item.document == story), earliest)
    is_new = head.document == story
    first_outlet, first_at = _first(head, is_new=is_new)
    return StoryRow(
        story=story,
        head=head,
        state="new" if is_new else "going",
        documents=tuple(item.document for item in members),
        size=max(len(members), *(item.story_size for item in members)),
        negative=sum(item.label == "neg" for item in members),
        first_outlet=first_outlet,
        first_at=first_at,
    )


def _first(head: BriefItem, *, is_new: bool) -> tuple[str, datetime | None]:
    """Who told the story first and when. The head's own time is not put beside another's name."""
    if head.first_outlet or not is_new:
        return head.first_outlet or "", head.first_at
    return head.outlet or head.source_name, head.first_at or head.published_at


def _health(health: Sequence[SourceHealth]) -> Health:
    """Broken ones first, then silent, then those never heard of."""
    order = ("broken", "silent", "never")
    troubled = sorted((h for h in health if h.state != "ok"), key=lambda h: (order.index(h.state), h.name, h.source))
    return Health(ok=len(health) - len(troubled), total=len(health), troubled=tuple(troubled))
