"""
Whether a matched document is told at once, and if not, why not. Pure: the same past gives the same outcome.

Every outcome is a value to be stored, the quiet ones included: a suppressed alert can be explained later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from core.values import Precision

Outcome = Literal["alert", "suppressed"]
Reason = Literal["backfill", "reprint", "known"]
NewThing = Literal["source", "watch", "subscription"]


@dataclass(frozen=True, slots=True)
class AlertPolicy:
    """
    The numbers of alerting.

    `backfill_after`: a document older than this when first discovered is told by the brief alone.
    `shown_items`: how many documents one mail spells out; the rest are counted.
    """

    backfill_after: timedelta = timedelta(hours=24)  # design: "backfill is quiet"
    shown_items: int = 10  # about two screens of a phone


DEFAULT_POLICY = AlertPolicy()


@dataclass(frozen=True, slots=True)
class Discovery:
    """
    How a document came to us.

    `first_seen` is when its first revision was discovered, `published_at` as it says of itself (None: it
    does not say), both aware UTC. `first_round_of` names what was new when it was found: the first round
    of a source, the first pass of a changed watch, the first pass of a new subscription.
    """

    document: str
    story: str
    first_seen: datetime
    published_at: datetime | None = None
    precision: Precision = "second"
    first_round_of: frozenset[NewThing] = frozenset()


@dataclass(frozen=True, slots=True)
class Past:
    """What one subscription has met: documents that matched it (any revision), stories it was told of."""

    documents: Set[str] = frozenset()
    stories: Set[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Match:
    """A subscription met a document; `reason` says why it stayed quiet and is None for an alert."""

    subscription: str
    document: str
    outcome: Outcome
    reason: Reason | None = None


def is_backfill(discovery: Discovery, *, policy: AlertPolicy = DEFAULT_POLICY) -> bool:
    """
    True for a document that was old when we found it, or came with something that was new itself (补采).

    A time given as a day or a month may mean its last moment, so its age counts from there: a text dated
    "today" must not be held back because midnight is long ago. An undated document is not called old.
    """
    if discovery.first_round_of:
        return True
    if discovery.published_at is None or discovery.precision == "none":
        return False
    latest = discovery.published_at + _SLACK[discovery.precision]
    return discovery.first_seen - latest > policy.backfill_after


_SLACK: Mapping[Precision, timedelta] = {
    "second": timedelta(0),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "month": timedelta(days=31),
}


def decide(subscription: str, discovery: Discovery, *, past: Past, policy: AlertPolicy = DEFAULT_POLICY) -> Match:
    """What becomes of one match. `known` is asked first, then `backfill`, then `reprint`."""
    reason = _reason(discovery, past, policy)
    return Match(subscription, discovery.document, "suppressed" if reason else "alert", reason)


def _reason(discovery: Discovery, past: Past, policy: AlertPolicy) -> Reason | None:
    if discovery.document in past.documents:
        return "known"
    if is_backfill(discovery, policy=policy):
        return "backfill"
    if discovery.story in past.stories:
        return "reprint"
    return None


def decide_all(
    matched: Iterable[tuple[str, Discovery]],
    *,
    past: Mapping[str, Past],
    policy: AlertPolicy = DEFAULT_POLICY,
) -> list[Match]:
    """
    What becomes of a batch of (subscription, discovery), in its order; earlier ones are past to later ones.

    `past` is by subscription; one that is absent has met nothing.
    """
    documents = {name: set(met.documents) for name, met in past.items()}
    stories = {name: set(met.stories) for name, met in past.items()}
    outcomes = []
    for subscription, discovery in matched:
        met = Past(documents.setdefault(subscription, set()), stories.setdefault(subscription, set()))
        match = decide(subscription, discovery, past=met, policy=policy)
        documents[subscription].add(discovery.document)
        if match.outcome == "alert":
            stories[subscription].add(discovery.story)
        outcomes.append(match)
    return outcomes
