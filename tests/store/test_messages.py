"""A key is sent once; a delivery is moved by compare-and-set."""

from core.values import Message
from store import messages
from tests import make

ALERT = Message("alert:leak-now:d1:1", "alert", "预警", "正文", None, ("duty@xinghe.example", "pr@xinghe.example"))


def test_the_same_key_is_enqueued_once(store):
    with store.write() as connection:
        assert messages.enqueue(connection, ALERT, now=make.NOW)
        assert not messages.enqueue(connection, ALERT, now=make.NOW)

        assert len(messages.due(connection, now=make.NOW)) == 2


def test_only_one_of_two_senders_gets_a_delivery(store):
    with store.write() as connection:
        messages.enqueue(connection, ALERT, now=make.NOW)
        first = messages.due(connection, now=make.NOW)[0]

        assert messages.move(connection, first, before="pending", after="claimed", now=make.NOW)
        assert not messages.move(connection, first, before="pending", after="claimed", now=make.NOW)
        assert messages.load(connection, [first])[0].attempts == 1


def test_a_later_delivery_is_not_due_yet(store):
    with store.write() as connection:
        messages.enqueue(connection, ALERT, now=make.NOW)
        for identity in messages.due(connection, now=make.NOW):
            messages.move(connection, identity, before="pending", after="claimed", now=make.NOW)
            messages.move(
                connection, identity, before="claimed", after="pending", now=make.NOW, next_at=make.at(minutes=1)
            )

        assert messages.due(connection, now=make.NOW) == []
        assert len(messages.due(connection, now=make.at(minutes=1))) == 2
