"""The daily brief: gathers a day from the store, has it composed, claims the day and puts the mail into the outbox."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from analysis.rising import Spoken
from analysis.summary import summary_of
from briefing.compose import DEFAULT_POLICY, compose
from briefing.queries import OWN_KINDS
from briefing.render import render
from briefing.values import Brief, BriefItem, DayCount, DayFigures, SourceHealth
from core.i18n import _
from core.serial import build, plain
from core.text import fold
from core.times import day_bounds, day_of
from core.values import CHINESE, Message
from scheduler.figures import HABIT, SourceFigures, declared_gap_s, figures_of
from scheduler.health import health_of
from scheduler.radar import Radar
from scheduler.unusual import Unusual, days_before, own_names, unusual, whole_since
from store import documents, messages, reports, slots
from store.alerts import listening_since
from store.arrivals import arrivals_since
from store.crawl import recent_rounds
from store.documents import Stored
from store.engine import Connection, Store
from store.stories import Beginning, beginnings

SNIPPET = 200
ROUNDS_JUDGED = 50


def brief_of(radar: Radar, store: Store, day: date, *, now: datetime, late: str | None = None) -> Brief:
    """The brief of a day as it would be made now; nothing is written."""
    with store.read() as connection:
        start, end = day_bounds(day, zone=radar.zone)
        stored = list(documents.seen_between(connection, start, end))
        strange = _unusual(connection, radar, day, stored, now=now)
        return compose(
            day,
            items=_items(connection, radar, stored),
            trend=_trend(connection, radar, day),
            health=source_health(connection, radar, stored, now=now),
            company=radar.company,
            zone=radar.zone,
            generated_at=now,
            previous=_figures(connection, radar, day - timedelta(days=1)),
            week_before=_figures(connection, radar, day - timedelta(days=7)),
            late=late,
            topic_names=topic_names(radar),
            words=strange.words,
            surge=strange.surge,
        )


def topic_names(radar: Radar) -> dict[str, str]:
    """Topic id -> Chinese name, the radar's own topics included."""
    if not radar.topic_files:
        return dict(CHINESE["topic"])
    from analysis.topics import TopicRules

    own = {topic.id: topic.name for topic in TopicRules.load(radar.topic_files).topics}
    return {**CHINESE["topic"], **own}


def publish(radar: Radar, store: Store, day: date, *, to: Sequence[str], now: datetime, late: str | None) -> Message:
    """
    Make the brief of a day once and put it into the outbox, in one transaction.

    A day that has its brief keeps it: the same message goes to those recipients who have not had it.
    """
    brief = brief_of(radar, store, day, now=now, late=late)
    message = render(brief, to=to, from_name=_("舆情雷达"), topic_names=topic_names(radar))
    kept = {"day": plain(brief.day_figures()), "figures": plain(brief.figures)}
    with store.write() as connection:
        if not slots.add_brief(
            connection, company=radar.company, day=day, figures=kept, message_key=message.key, now=now
        ):
            key = (slots.brief_of(connection, radar.company, day) or {})["message_key"]
            messages.add_recipients(connection, key, to, now=now)
            return messages.message(connection, key)
        messages.enqueue(connection, message, now=now)
    return message


def source_health(
    connection: Connection, radar: Radar, todays: Sequence[Stored], *, now: datetime
) -> list[SourceHealth]:
    """How every configured source fares."""
    return [health for health, _figures in sources_judged(connection, radar, todays, now=now)]


def sources_judged(
    connection: Connection, radar: Radar, todays: Sequence[Stored], *, now: datetime
) -> list[tuple[SourceHealth, SourceFigures]]:
    """How every configured source fares, and the figures that say so."""
    found = Counter(one.source for one in todays)
    last = documents.last_seen_by_source(connection)
    arrivals = arrivals_since(connection, now - HABIT)
    judged = []
    for source in radar.sources:
        rounds = recent_rounds(connection, source.id, limit=ROUNDS_JUDGED)
        gap_s = declared_gap_s(source)
        figures = figures_of(rounds, arrivals.get(source.id, ()), now=now, declared_gap_s=gap_s)
        seen = {"last_document": last.get(source.id), "documents": found[source.id], "now": now, "figures": figures}
        judged.append((health_of(source, rounds, **seen), figures))  # type: ignore[arg-type]
    return judged


def _items(connection: Connection, radar: Radar, stored: Sequence[Stored]) -> list[BriefItem]:
    begun = beginnings(connection, (one.story for one in stored if one.story_size > 1))
    return [_item(connection, radar, one, begun.get(one.story)) for one in stored]


def _item(connection: Connection, radar: Radar, stored: Stored, begun: Beginning | None) -> BriefItem:
    sentiment = stored.finding.sentiment
    return BriefItem(
        document=stored.id,
        rev=stored.rev,
        title=stored.title,
        snippet=_snippet(stored),
        source=stored.source,
        source_name=radar.source_names.get(stored.source, stored.source),
        kind=stored.kind,  # type: ignore[arg-type]
        first_seen=stored.first_seen,
        story=stored.story,
        url=stored.url,
        outlet=stored.outlet,
        published_at=stored.published_at,
        companies=stored.finding.about,
        label=sentiment.label,
        score=sentiment.score,
        abstained=sentiment.abstained,
        topics=tuple(topic.id for topic in stored.finding.topics),
        flags=stored.finding.flags,
        story_size=stored.story_size,
        backfill=stored.backfill,
        thread_title=_thread_title(connection, stored),
        first_outlet=begun.outlet if begun else stored.outlet,
        first_at=begun.at if begun else stored.published_at,
        keywords=stored.finding.keywords,
    )


def _snippet(stored: Stored) -> str:
    """The two sentences that carry most of a text about a company, else how it begins."""
    if not stored.finding.about:
        return stored.body[:SNIPPET]
    return "".join(summary_of(stored.body, names=stored.finding.about))[:SNIPPET] or stored.body[:SNIPPET]


def _thread_title(connection: Connection, stored: Stored) -> str | None:
    if stored.thread is None or stored.title:
        return None
    return documents.thread_title(connection, stored.thread)


def _trend(connection: Connection, radar: Radar, day: date) -> list[DayCount]:
    """Per day by publish time, over the days that a brief shows, days without documents included."""
    days = [day - timedelta(days=back) for back in reversed(range(DEFAULT_POLICY.trend_days))]
    start, _end = day_bounds(days[0], zone=radar.zone)
    _start, end = day_bounds(day, zone=radar.zone)
    labels = reports.published_labels(connection, radar.company, start, end)
    totals = Counter(day_of(at, zone=radar.zone) for at, _label in labels)
    negatives = Counter(day_of(at, zone=radar.zone) for at, label in labels if label == "neg")
    since = listening_since(connection)
    first = day_of(since, zone=radar.zone) if since else day
    # a day before we listened, of which nothing was found later either, is unknown and not empty
    return [DayCount(one, totals[one], negatives[one]) for one in days if totals[one] or one >= first]


def _unusual(connection: Connection, radar: Radar, day: date, stored: Sequence[Stored], *, now: datetime) -> Unusual:
    """The day against the days before it, from one look at the store; nothing while these are too few."""
    since = whole_since(listening_since(connection), radar.sources, now=now)
    days = days_before(day, since=day_of(since, zone=radar.zone) if since else None)
    if not days:
        return Unusual()
    start, _end = day_bounds(days[0], zone=radar.zone)
    _start, end = day_bounds(day, zone=radar.zone)
    told = defaultdict(list)
    for telling in reports.tellings(connection, radar.company, start, end, kinds=OWN_KINDS):
        told[day_of(telling.seen_at, zone=radar.zone)].append(telling)
    spoken = [
        Spoken(one.story, frozenset(one.finding.keywords), fold(f"{one.title or ''}\n{one.body}"))
        for one in stored
        if (radar.company in one.finding.about or one.kind in OWN_KINDS) and not one.backfill
    ]
    return unusual(day, told, days=days, names=own_names(radar.company, radar.watch.companies), spoken=spoken)


def _figures(connection: Connection, radar: Radar, day: date) -> DayFigures | None:
    kept = slots.brief_of(connection, radar.company, day)
    if kept is None:
        return None
    return DayFigures(day, build(dict, kept["figures"]["day"]["counts"]))
