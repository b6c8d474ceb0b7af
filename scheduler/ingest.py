"""
One transaction for a batch of arrivals: revisions, findings, stories, matches, index orders, alert messages.

Decisions are made by `alerts` and `analysis.stories`; here they are only written down. A kill before the
commit leaves the inbox as it was, so the batch is done again; after it nothing of the batch is left there.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from alerts.decide import DEFAULT_POLICY, AlertPolicy, Discovery, NewThing, Past, decide, is_backfill
from alerts.messages import AlertItem, alert_message
from alerts.subscriptions import Subscriptions
from analysis.stories import band_keys, place
from core.identity import content_hash, document_id
from core.values import Document, Finding, Gone, Subscription, Watch
from scheduler.facts import facts_of
from scheduler.radar import Radar
from store import alerts as stored_alerts
from store import care, documents, inbox, messages
from store.documents import Standing, Stored
from store.engine import Connection, Store
from store.inbox import Arrival
from store.stories import StoredStories, members

log = logging.getLogger(__name__)
SNIPPET = 160


@dataclass(frozen=True, slots=True)
class Known:
    """Since when the watch and each subscription are known."""

    watch: datetime
    subscriptions: dict[str, datetime]


@dataclass(slots=True)
class Ingested:
    """What a batch came to, for the log and the progress line."""

    new: int = 0
    revised: int = 0
    seen_again: int = 0
    gone: int = 0
    alerts: int = 0
    backfill: int = 0


class Ingest:
    """Writes batches of analysed arrivals. One instance per worker process."""

    def __init__(self, radar: Radar, store: Store, *, policy: AlertPolicy = DEFAULT_POLICY) -> None:
        self._radar = radar
        self._store = store
        self._policy = policy
        self._subscriptions = Subscriptions(radar.subscriptions, zone=radar.zone)

    def write(self, batch: Sequence[tuple[Arrival, Finding | None]], *, now: datetime) -> Ingested:
        """Store a batch, in its order. A finding is None for a gone-mark."""
        done = Ingested()
        with self._store.write() as connection:
            known = get_known(connection, self._radar, now)
            matched: dict[str, list[str]] = {}
            for arrival, finding in _welcome(connection, batch):
                if isinstance(arrival.content, Gone):
                    done.gone += _mark_gone(connection, arrival.content, now)
                elif finding is not None:
                    changed = self._apply(connection, arrival, arrival.content, finding, known, done, now)
                    if changed:
                        self._match(connection, changed, arrival, known, matched, now)
            done.alerts = self._alert(connection, matched, now)
            inbox.remove(connection, [arrival.seq for arrival, _finding in batch])
        return done

    def _apply(
        self,
        connection: Connection,
        arrival: Arrival,
        document: Document,
        finding: Finding,
        known: Known,
        done: Ingested,
        now: datetime,
    ) -> str | None:
        """Store one document. Its id when there is something new to match, None when it was seen before as it is."""
        identity = document_id(document.key)
        at = documents.standing(connection, [identity]).get(identity)
        if at is None:
            discovery = _discovery(identity, identity, document, arrival, known)
            quiet = is_backfill(discovery, policy=self._policy)
            documents.add(connection, document, finding, backfill=quiet, now=now)
            self._place(connection, identity, document, now)
            done.new += 1
            done.backfill += quiet
            return identity
        if not _is_changed(at, document):
            documents.touch(connection, identity, document.fetched_at)
            done.seen_again += 1
            return None
        documents.revise(connection, at, document, finding, now=now)
        done.revised += 1
        return identity

    def _place(self, connection: Connection, identity: str, document: Document, now: datetime) -> None:
        memory = StoredStories(connection)
        member = place(
            identity,
            title=document.title,
            text=document.body,
            published_at=document.published_at,
            seen_at=document.fetched_at,
            outlet=document.outlet,
            memory=memory,
        )
        memory.add(member, band_keys(member.sketch))
        if member.story != identity:
            documents.bump(connection, member.story, now)  # its heat grew

    def _match(
        self,
        connection: Connection,
        identity: str,
        arrival: Arrival,
        known: Known,
        matched: dict[str, list[str]],
        now: datetime,
    ) -> None:
        stored = documents.load(connection, [identity])[identity]
        facts = facts_of(stored, source_names=self._radar.source_names)
        for name in self._subscriptions.matching(facts, now=now):
            subscription = self._subscriptions.named(name)
            since = known.subscriptions[subscription_id(subscription)]
            discovery = _discovery(identity, stored.story, arrival.content, arrival, known, since)
            decision = decide(name, discovery, past=_past(connection, name, stored), policy=self._policy)
            if decision.reason == "known":
                continue
            stored_alerts.add_match(
                connection,
                subscription=name,
                document=identity,
                rev=stored.rev,
                story=stored.story,
                outcome=decision.outcome,
                reason=decision.reason,
                message_key=None,
                now=now,
            )
            if decision.outcome == "alert":
                matched.setdefault(name, []).append(identity)

    def _alert(self, connection: Connection, matched: dict[str, list[str]], now: datetime) -> int:
        sent = 0
        for name, ids in matched.items():
            subscription = self._subscriptions.named(name)
            stored = documents.load(connection, ids)
            items = [self._item(connection, stored[identity]) for identity in ids]
            message = alert_message(
                subscription, items, now=now, zone=self._radar.zone, company=self._radar.company, policy=self._policy
            )
            sent += messages.enqueue(connection, message, now=now)
            stored_alerts.set_message(connection, name, ids, message.key)
        return sent

    def _item(self, connection: Connection, stored: Stored) -> AlertItem:
        story = members(connection, stored.story)
        first = story[0] if story else None
        sentiment = stored.finding.sentiment
        return AlertItem(
            document=stored.id,
            rev=stored.rev,
            title=stored.title,
            snippet=stored.body[:SNIPPET],
            body=stored.body,
            source_name=self._radar.source_names.get(stored.source, stored.source),
            kind=stored.kind,  # type: ignore[arg-type]
            first_seen=stored.first_seen,
            url=stored.url,
            outlet=stored.outlet,
            published_at=stored.published_at,
            companies=stored.finding.about,
            label=sentiment.label,
            abstained=sentiment.abstained,
            topics=tuple(topic.id for topic in stored.finding.topics),
            flags=stored.finding.flags,
            story_size=max(1, len(story)),
            first_outlet=first.outlet if first else None,
            first_at=first.published_at if first else None,
        )


def _welcome(
    connection: Connection, batch: Sequence[tuple[Arrival, Finding | None]]
) -> list[tuple[Arrival, Finding | None]]:
    """The batch without what was forgotten on request: it must not come back with the next crawl."""
    contents = [arrival.content for arrival, _finding in batch]
    ids = {document_id(content.key) for content in contents}
    people = {p for c in contents if isinstance(c, Document) for p in (c.author, c.customer) if p}
    unwanted = care.refused(connection, "document", ids)
    strangers = care.refused(connection, "person", people)

    def is_welcome(content: Document | Gone) -> bool:
        persons = {content.author, content.customer} if isinstance(content, Document) else set()
        return document_id(content.key) not in unwanted and not persons & strangers

    return [(arrival, finding) for arrival, finding in batch if is_welcome(arrival.content)]


def get_known(connection: Connection, radar: Radar, now: datetime) -> Known:
    """Since when watch and subscriptions are known; new ones from `now`. Called before a round begins, too."""
    watch = watch_id(radar.watch)
    subscriptions = [subscription_id(subscription) for subscription in radar.subscriptions]
    return Known(
        stored_alerts.known_since(connection, "watch", [watch], now=now)[watch],
        stored_alerts.known_since(connection, "subscription", subscriptions, now=now),
    )


def analysed(
    arrivals: Sequence[Arrival], analyse: Callable[[Document], Finding]
) -> tuple[list[tuple[Arrival, Finding | None]], list[tuple[Arrival, str]]]:
    """The arrivals with their findings, and those whose analysis failed with the reason (a bug of ours)."""
    good: list[tuple[Arrival, Finding | None]] = []
    bad: list[tuple[Arrival, str]] = []
    for arrival in arrivals:
        if isinstance(arrival.content, Gone):
            good.append((arrival, None))
            continue
        try:
            good.append((arrival, analyse(arrival.content)))
        except Exception as error:  # one bad document must not stop the others
            log.exception("analysis failed seq=%d", arrival.seq)
            bad.append((arrival, f"{type(error).__name__}: {error}"[:300]))
    return good, bad


def watch_id(watch: Watch) -> str:
    """Changes when a name that is looked for does."""
    names = repr([(c.name, sorted(c.aliases.items())) for c in watch.companies])
    return blake2b(names.encode(), digest_size=8).hexdigest()


def subscription_id(subscription: Subscription) -> str:
    """Changes when the query does: a rewritten subscription starts quiet as a new one."""
    return f"{subscription.id}:{blake2b(subscription.query.encode(), digest_size=8).hexdigest()}"


def _is_changed(at: Standing, document: Document) -> bool:
    """Another source that shows the same address differently (a teaser) does not make a revision."""
    same_source = at.source == document.source
    return same_source and at.content_hash != content_hash(document.title, document.body)


def _mark_gone(connection: Connection, gone: Gone, now: datetime) -> int:
    identity = document_id(gone.key)
    if not documents.mark_gone(connection, identity, gone.at):
        return 0
    documents.bump(connection, identity, now)
    return 1


def _discovery(
    identity: str,
    story: str,
    document: Document | Gone,
    arrival: Arrival,
    known: Known,
    subscription_since: datetime | None = None,
) -> Discovery:
    """
    How a document came to us. It is of a "first round" until its source has ended a full round that began
    after the watch (and the subscription) became known.
    """
    assert isinstance(document, Document)
    settled = arrival.settled_at
    fresh: dict[NewThing, bool] = {
        "source": settled is None,
        "watch": settled is not None and settled < known.watch,
        "subscription": settled is not None and subscription_since is not None and settled < subscription_since,
    }
    return Discovery(
        document=identity,
        story=story,
        first_seen=document.fetched_at,
        published_at=document.published_at,
        precision=document.precision,
        first_round_of=frozenset(thing for thing, new in fresh.items() if new),
    )


def _past(connection: Connection, subscription: str, stored: Stored) -> Past:
    matched = stored_alerts.matched_before(connection, subscription, stored.id)
    told = stored_alerts.story_alerted(connection, subscription, stored.story)
    return Past(frozenset({stored.id}) if matched else frozenset(), frozenset({stored.story}) if told else frozenset())


def counts_line(done: Ingested) -> str:
    """A batch as log fields."""
    counts = Counter(new=done.new, revised=done.revised, seen_again=done.seen_again, gone=done.gone, alerts=done.alerts)
    return " ".join(f"{name}={count}" for name, count in counts.items())
