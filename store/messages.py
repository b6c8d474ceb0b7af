"""
The message outbox. A key is written once; each recipient is one delivery, moved by compare-and-set.

    pending -> claimed -> sending -> sent | failed | unknown
       ^---------'           (certain failure goes back to pending with a later `next_at`)

`sending` is committed before DATA: a process that dies in `claimed` has surely sent nothing, one that
dies in `sending` may have.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Row, Select, func, insert, select, update

from core.values import Message
from store.schema import deliveries, messages

LONGEST_PAUSE = timedelta(minutes=45)  # more than any pause between two tries
State = Literal["pending", "claimed", "sending", "sent", "failed", "unknown"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one recipient. `repeats` counts sends after an unknown fate."""

    id: int
    message: Message
    recipient: str
    state: State
    attempts: int
    repeats: int
    next_at: datetime
    changed_at: datetime
    created_at: datetime
    answer: str | None


def enqueue(connection: Connection, message: Message, *, now: datetime) -> bool:
    """Put a message and its deliveries into the outbox. False when its key was there already: nothing is written."""
    if connection.execute(select(messages.c.key).where(messages.c.key == message.key)).first():
        return False
    row = {name: getattr(message, name) for name in ("key", "kind", "subject", "text", "html")}
    connection.execute(insert(messages).values(row | {"created_at": now}))
    add_recipients(connection, message.key, message.to, now=now)
    return True


def add_recipients(connection: Connection, key: str, recipients: Sequence[str], *, now: datetime) -> int:
    """Deliveries for those recipients that have none of this message yet. Returns how many were added."""
    have = set(connection.execute(select(deliveries.c.recipient).where(deliveries.c.message_key == key)).scalars())
    new = [r for r in dict.fromkeys(recipients) if r not in have]
    fixed = {"message_key": key, "channel": "mail", "state": "pending", "attempts": 0, "repeats": 0}
    if new:
        rows = [fixed | {"recipient": r, "next_at": now, "changed_at": now, "answer": None} for r in new]
        connection.execute(insert(deliveries), rows)
    return len(new)


def due(connection: Connection, *, now: datetime, limit: int = 50) -> list[int]:
    """
    Ids of the pending deliveries whose time has come, alerts before briefs, oldest first.

    A time further ahead than any pause was set before the clock was put back: it has come, too.
    """
    come = (deliveries.c.next_at <= now) | (deliveries.c.next_at > now + LONGEST_PAUSE)
    ready = (deliveries.c.state == "pending") & come
    query = select(deliveries.c.id).join(messages, messages.c.key == deliveries.c.message_key).where(ready)
    return list(connection.execute(query.order_by(messages.c.kind, deliveries.c.next_at).limit(limit)).scalars())


def move(
    connection: Connection,
    identity: int,
    *,
    before: State,
    after: State,
    now: datetime,
    next_at: datetime | None = None,
    answer: str | None = None,
    repeat: bool = False,
) -> bool:
    """Compare-and-set. False when the delivery was no longer in the state `before`: somebody else has it."""
    values: dict[str, Any] = {"state": after, "changed_at": now}
    if after == "claimed":
        values["attempts"] = deliveries.c.attempts + 1
    if next_at is not None:
        values["next_at"] = next_at
    if answer is not None:
        values["answer"] = answer
    if repeat:
        values["repeats"] = deliveries.c.repeats + 1
    here = (deliveries.c.id == identity) & (deliveries.c.state == before)
    return connection.execute(update(deliveries).where(here).values(values)).rowcount == 1


def load(connection: Connection, ids: Sequence[int]) -> list[Delivery]:
    """Deliveries with their messages, by id."""
    return [_delivery(row) for row in connection.execute(_query().where(deliveries.c.id.in_(list(ids))))]


def in_states(connection: Connection, *states: State, limit: int = 200) -> list[Delivery]:
    """Deliveries in these states, the longest unchanged first."""
    query = _query().where(deliveries.c.state.in_(states)).order_by(deliveries.c.changed_at).limit(limit)
    return [_delivery(row) for row in connection.execute(query)]


def of_message(connection: Connection, key: str) -> list[Delivery]:
    """The deliveries of one message, by recipient."""
    query = _query().where(deliveries.c.message_key == key).order_by(deliveries.c.recipient)
    return [_delivery(row) for row in connection.execute(query)]


def message(connection: Connection, key: str) -> Message:
    """A message with all its recipients. Raises LookupError for an unknown key."""
    found = of_message(connection, key)
    if not found:
        raise LookupError(key)
    return replace(found[0].message, to=tuple(delivery.recipient for delivery in found))


def counts(connection: Connection) -> dict[str, int]:
    """How many deliveries are in each state."""
    query = select(deliveries.c.state, func.count().label("n")).group_by(deliveries.c.state)
    return {row.state: row.n for row in connection.execute(query)}


def recent(connection: Connection, kind: str, *, limit: int = 10) -> list[Message]:
    """The newest messages of a kind, without recipients."""
    query = select(messages).where(messages.c.kind == kind).order_by(messages.c.created_at.desc()).limit(limit)
    return [Message(r.key, r.kind, r.subject, r.text, r.html, ()) for r in connection.execute(query)]


def _query() -> Select[Any]:
    return select(deliveries, messages).join(messages, messages.c.key == deliveries.c.message_key)


def _delivery(row: Row[Any]) -> Delivery:
    message = Message(row.key, row.kind, row.subject, row.text, row.html, (row.recipient,))
    names = ("id", "recipient", "state", "attempts", "repeats", "next_at", "changed_at", "created_at", "answer")
    return Delivery(message=message, **{name: getattr(row, name) for name in names})
