"""The sender: claims deliveries one by one, hands them to their channel, records what became of them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from alerts.messages import marked_possibly_repeated
from briefing.render import marked_late
from core.errors import Unavailable
from core.i18n import _
from core.times import Clock
from core.values import Message
from scheduler.mail import Fate, Outcome, send
from scheduler.radar import MailServer
from store import messages
from store.engine import Store
from store.messages import Delivery, State

log = logging.getLogger(__name__)
FIRST_RETRY = timedelta(seconds=30)
LONGEST_RETRY = timedelta(minutes=30)
GIVE_UP_AFTER = timedelta(days=3)  # by then the brief is history and the alert is known
LATE_AFTER = timedelta(minutes=15)  # trust: escalate by then; later than this the mail says so
Progress = Callable[[int], None]


def retry_at(attempts: int, now: datetime) -> datetime:
    """When to try again after this many attempts that surely failed: doubling from half a minute to half an hour."""
    return now + min(FIRST_RETRY * 2 ** min(max(attempts - 1, 0), 12), LONGEST_RETRY)


def state_after(fate: Fate, age: timedelta) -> State:
    """The state a delivery of this age is in after a try that ended so."""
    if fate == "retry":
        return "failed" if age > GIVE_UP_AFTER else "pending"
    return fate


def text_to_send(delivery: Delivery, now: datetime) -> Message:
    """The message as it must read now: marked as possibly repeated, as late, or as it is."""
    message = delivery.message
    late = now - delivery.created_at
    if late > LATE_AFTER:
        why = _("邮件服务器一时收不下，晚了 {minutes} 分钟").format(minutes=int(late.total_seconds() // 60))
        message = marked_late(message, why)
    return marked_possibly_repeated(message) if delivery.repeats else message


class Sender:
    """Sends what is due. One per data folder recovers what a dead one left; claims keep any number apart."""

    def __init__(self, store: Store, server: MailServer, clock: Clock) -> None:
        self._store = store
        self._server = server
        self._clock = clock
        self._unsettled: tuple[Delivery, Outcome] | None = None  # known, but the store could not be written

    def recover(self) -> None:
        """
        Settle what a process that died left behind. Call once, holding the sender's lock.

        Claimed: nothing was handed over, back to pending. Sending: unknown; an alert is sent once more and
        marked, a brief is held for a person.
        """
        now = self._clock()
        with self._store.write() as connection:
            for delivery in messages.in_states(connection, "claimed", limit=10_000):
                messages.move(connection, delivery.id, before="claimed", after="pending", now=now, next_at=now)
            for delivery in messages.in_states(connection, "sending", limit=10_000):
                messages.move(connection, delivery.id, before="sending", after="unknown", now=now, answer="")
                log.warning("fate unknown after a crash delivery=%d kind=%s", delivery.id, delivery.message.kind)
        self._repeat_unknown_alerts(pause=timedelta(0))

    def _repeat_unknown_alerts(self, *, pause: timedelta) -> None:
        """An alert of unknown fate is sent once more, marked; a second unknown and every brief wait for a person."""
        now = self._clock()
        with self._store.write() as connection:
            for delivery in messages.in_states(connection, "unknown", limit=10_000):
                if delivery.message.kind == "alert" and delivery.repeats == 0:
                    messages.move(
                        connection,
                        delivery.id,
                        before="unknown",
                        after="pending",
                        now=now,
                        next_at=now + pause,
                        repeat=True,
                    )

    def step(self) -> int:
        """One delivery if one is due; returns 1, or 0 when none is."""
        if self._unsettled:
            self._settle(*self._unsettled)
        now = self._clock()
        with self._store.read() as connection:
            due = messages.due(connection, now=now, limit=20)
        return next((1 for identity in due if self._deliver(identity)), 0)

    def drain(self, progress: Progress = lambda done: None) -> int:
        """Send all that is due now; the number of deliveries tried."""
        total = 0
        while self.step():
            total += 1
            progress(1)
        return total

    def _deliver(self, identity: int) -> bool:
        now = self._clock()
        with self._store.write() as connection:
            if not messages.move(connection, identity, before="pending", after="claimed", now=now):
                return False
            delivery = messages.load(connection, [identity])[0]

        def before_data() -> None:
            with self._store.write() as connection:
                messages.move(connection, identity, before="claimed", after="sending", now=self._clock())

        message = text_to_send(delivery, now)
        try:
            outcome = send(message, delivery.recipient, server=self._server, now=now, before_data=before_data)
        except Unavailable:  # the store refused the step before DATA: nothing was handed over
            self._unsettled = delivery, Outcome("retry", "")
            raise
        self._settle(delivery, outcome)
        return True

    def _settle(self, delivery: Delivery, outcome: Outcome) -> None:
        """Record what became of a delivery. What cannot be recorded now is kept and recorded at the next step."""
        self._unsettled = delivery, outcome
        now = self._clock()
        with self._store.write() as connection:
            at = messages.load(connection, [delivery.id])[0]
            after = state_after(outcome.fate, now - at.created_at)
            next_at = retry_at(at.attempts, now) if after == "pending" else None
            messages.move(
                connection,
                delivery.id,
                before=at.state,
                after=after,
                now=now,
                next_at=next_at,
                answer=outcome.answer,
            )
        if outcome.fate == "unknown":
            self._repeat_unknown_alerts(pause=FIRST_RETRY)
        self._unsettled = None
        log.info("delivery=%d kind=%s fate=%s", delivery.id, delivery.message.kind, outcome.fate)
