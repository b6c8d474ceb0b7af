"""
One transaction for a batch of arrivals: revisions, findings, stories, matches, index orders, alert messages.

Decisions are made by `alerts` and `analysis.stories`; here they are only written down. A kill before the
commit leaves the inbox as it was, so the batch is done again; after it nothing of the batch is left there.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from itertools import chain

from alerts.decide import DEFAULT_POLICY, AlertPolicy, Discovery, Match, NewThing, Past, decide_all, is_backfill
from alerts.messages import AlertItem, alert_message
from alerts.subscriptions import Subscriptions
from analysis.stories import band_keys, place, signed
from core.identity import content_hash, document_id
from core.values import Document, Finding, Gone, Subscription, Watch
from scheduler.facts import facts_of
from scheduler.radar import Radar
from store import alerts as stored_alerts
from store import care, documents, inbox, messages
from store.documents import Standing, Stored
from store.engine import Connection, Store
from store.inbox import Arrival
from store.stories import Beginning, StoredStories, beginnings

log = logging.getLogger(__name__)
SNIPPET = 160
Part = dict[str, tuple[Arrival, Finding | None]]
"""Arrivals of different documents with their findings, by document, in order."""


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
            told: dict[str, list[str]] = {}
            for part in _parts(_welcome(connection, batch)):
                changed, joined = self._apply(connection, part, known, done, now)
                findings = {identity: finding for identity, (_arrival, finding) in part.items() if finding}
                for name, identity in self._match(connection, changed, findings, joined, known, now):
                    told.setdefault(name, []).append(identity)
            done.alerts = self._alert(connection, told, now)
            inbox.remove(connection, [arrival.seq for arrival, _finding in batch])
        return done

    def _apply(
        self, connection: Connection, part: Part, known: Known, done: Ingested, now: datetime
    ) -> tuple[dict[str, Arrival], dict[str, str]]:
        """
        Store different documents. Returns the arrivals that brought something new to match, by document, and of
        the documents seen for the first time the stories they joined, both in order.
        """
        new: list[tuple[Document, Finding, bool]] = []
        revised: list[tuple[Standing, Document, Finding]] = []
        touched: list[tuple[str, datetime]] = []
        grown: list[str] = []
        changed: dict[str, Arrival] = {}
        before = documents.standing(connection, list(part))
        for identity, (arrival, finding) in part.items():
            content, at = arrival.content, before.get(identity)
            if isinstance(content, Gone):
                grown += [identity] * documents.mark_gone(connection, identity, content.at)
            elif finding is None:
                continue
            elif at is None:
                discovery = _discovery(identity, identity, content, arrival, known)
                new.append((content, finding, is_backfill(discovery, policy=self._policy)))
                changed[identity] = arrival
            elif _is_changed(at, content):
                revised.append((at, content, finding))
                changed[identity] = arrival
            else:
                touched.append((identity, content.fetched_at))
        done.new += len(new)
        done.backfill += sum(quiet for _document, _finding, quiet in new)
        done.revised += len(revised)
        done.seen_again += len(touched)
        done.gone += len(grown)
        documents.add_all(connection, new, now=now)
        documents.revise_all(connection, revised, now=now)
        documents.touch_all(connection, touched)
        joined = _placed(connection, [document for document, _finding, _quiet in new])
        grown += [story for identity, story in joined.items() if story != identity]  # its heat grew
        documents.bump_all(connection, grown)
        documents.order_all(connection, [*changed, *grown], now)
        return changed, joined

    def _match(
        self,
        connection: Connection,
        changed: Mapping[str, Arrival],
        findings: Mapping[str, Finding],
        joined: Mapping[str, str],
        known: Known,
        now: datetime,
    ) -> list[tuple[str, str]]:
        """Keep which subscriptions the documents answer. Returns (subscription, document) of what is to be told."""
        stored = documents.load(connection, list(changed), findings=findings)
        to_join = Counter(joined.values())
        asked: list[tuple[str, Discovery]] = []
        for identity, arrival in changed.items():
            one = stored[identity]
            to_join.subtract([joined[identity]] if identity in joined else [])
            heat = one.story_size - to_join[one.story]  # as it was when this document came
            facts = facts_of(replace(one, story_size=heat), source_names=self._radar.source_names)
            for name in self._subscriptions.matching(facts, now=now):
                since = known.subscriptions[subscription_id(self._subscriptions.named(name))]
                asked.append((name, _discovery(identity, one.story, arrival.content, arrival, known, since)))
        decided = [
            m for m in decide_all(asked, past=_past(connection, asked), policy=self._policy) if m.reason != "known"
        ]
        stored_alerts.add_matches(connection, [_match_row(match, stored[match.document]) for match in decided], now=now)
        return [(match.subscription, match.document) for match in decided if match.outcome == "alert"]

    def _alert(self, connection: Connection, told: Mapping[str, Sequence[str]], now: datetime) -> int:
        stored = documents.load(connection, list(dict.fromkeys(chain.from_iterable(told.values()))))
        begun = beginnings(connection, (one.story for one in stored.values()))
        items = {identity: self._item(one, begun.get(one.story)) for identity, one in stored.items()}
        sent = 0
        for name, ids in told.items():
            message = alert_message(
                self._subscriptions.named(name),
                [items[identity] for identity in ids],
                now=now,
                zone=self._radar.zone,
                company=self._radar.company,
                policy=self._policy,
            )
            sent += messages.enqueue(connection, message, now=now)
            stored_alerts.set_message(connection, name, ids, message.key)
        return sent

    def _item(self, stored: Stored, begun: Beginning | None) -> AlertItem:
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
            story_size=begun.size if begun else 1,
            first_outlet=begun.outlet if begun else None,
            first_at=begun.at if begun else None,
        )


def _parts(batch: Iterable[tuple[Arrival, Finding | None]]) -> Iterator[Part]:
    """The batch in its order, cut before a document that comes again: within a part all are different."""
    part: Part = {}
    for arrival, finding in batch:
        identity = document_id(arrival.content.key)
        if identity in part:
            yield part
            part = {}
        part[identity] = arrival, finding
    if part:
        yield part


def _placed(connection: Connection, new: Sequence[Document]) -> dict[str, str]:
    """Put documents that were not known among the stories, in order. Document -> its story."""
    memory = StoredStories(connection)
    signatures = [signed(document.title, document.body) for document in new]
    memory.recall(band for signature in signatures for band in band_keys(signature.raw))
    joined = {}
    for document, signature in zip(new, signatures, strict=True):
        member = place(
            document_id(document.key),
            title=document.title,
            text=document.body,
            published_at=document.published_at,
            seen_at=document.fetched_at,
            outlet=document.outlet,
            memory=memory,
            signature=signature,
        )
        memory.remember(member, band_keys(member.sketch))
        joined[member.document] = member.story
    memory.write()
    return joined


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


def _past(connection: Connection, asked: Sequence[tuple[str, Discovery]]) -> dict[str, Past]:
    found: dict[str, list[Discovery]] = {}
    for name, discovery in asked:
        found.setdefault(name, []).append(discovery)
    past = {}
    for name, discoveries in found.items():
        ids, stories = [one.document for one in discoveries], {one.story for one in discoveries}
        past[name] = Past(*stored_alerts.met_before(connection, name, documents=ids, stories=stories))
    return past


def _match_row(match: Match, stored: Stored) -> dict[str, object]:
    return {
        "subscription": match.subscription,
        "document_id": match.document,
        "rev": stored.rev,
        "story": stored.story,
        "outcome": match.outcome,
        "reason": match.reason,
    }


def counts_line(done: Ingested) -> str:
    """A batch as log fields."""
    counts = Counter(new=done.new, revised=done.revised, seen_again=done.seen_again, gone=done.gone, alerts=done.alerts)
    return " ".join(f"{name}={count}" for name, count in counts.items())
