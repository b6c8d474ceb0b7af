"""Delivery tells the truth: sent once, later, unknown, or refused; one recipient never costs another."""

from datetime import timedelta

import pytest

from core.values import Message
from scheduler import radar
from scheduler.sender import Sender
from store import messages
from store.engine import open_store
from tests import make
from tests.mailserver import MailServer

DUTY, PR = "duty@xinghe.example", "pr@xinghe.example"


def alert(*to: str) -> Message:
    return Message("alert:leak-now:d1:1", "alert", "【预警】信息泄露", "正文", "<p>正文</p>", to or (DUTY,))


def brief(*to: str) -> Message:
    return Message("brief:星禾科技:2026-11-20", "brief", "日报", "正文", "<p>正文</p>", to or (PR,))


class Desk:
    """A store, a mail server, a sender and a clock that is moved by hand."""

    def __init__(self, folder, server):
        self.now = make.NOW
        self.server = server
        self.store = open_store(f"sqlite:///{folder}/radar.db")
        place = radar.MailServer("127.0.0.1", server.port, "radar@xinghe.example", timeout_s=1.0)
        self.sender = Sender(self.store, place, lambda: self.now)

    def post(self, message):
        with self.store.write() as connection:
            messages.enqueue(connection, message, now=self.now)

    def send_after(self, **later):
        self.now += timedelta(**later)
        return self.sender.drain()

    def states(self):
        with self.store.read() as connection:
            every = messages.in_states(connection, "pending", "claimed", "sending", "sent", "failed", "unknown")
        return {delivery.recipient: delivery.state for delivery in every}


@pytest.fixture
def desk(tmp_path):
    with MailServer() as server:
        yield Desk(tmp_path, server)


def test_each_recipient_gets_one_mail(desk):
    desk.post(alert(DUTY, PR))
    desk.send_after(seconds=1)
    desk.send_after(seconds=1)

    assert [address for address, _mail in desk.server.mails] == [DUTY, PR]
    assert desk.states() == {DUTY: "sent", PR: "sent"}


def test_a_refused_recipient_does_not_cost_the_others(desk):
    desk.server.answers[f"rcpt {DUTY}"] = "550 no such user"
    desk.post(alert(DUTY, PR))
    desk.send_after(seconds=1)

    assert desk.states() == {DUTY: "failed", PR: "sent"}


def test_greylisting_is_tried_again_for_that_recipient_only(desk):
    desk.server.answers[f"rcpt {DUTY}"] = "451 later"
    desk.post(alert(DUTY, PR))
    desk.send_after(seconds=1)
    desk.server.answers.clear()
    desk.send_after(minutes=1)

    assert (len(desk.server.to(DUTY)), len(desk.server.to(PR))) == (1, 1)


def test_a_server_that_was_down_gets_the_mail_later_and_the_mail_says_so(desk):
    desk.server.answers["connect"] = "421 down"
    desk.post(brief())
    desk.send_after(seconds=1)
    desk.send_after(hours=1)
    desk.server.answers.clear()
    desk.send_after(hours=1)

    (mail,) = desk.server.to(PR)
    assert "迟" in mail["Subject"]
    assert "120 分钟" in mail.get_body(("plain",)).get_content()


def test_a_line_dropped_before_data_is_tried_again_unmarked(desk):
    desk.server.answers["mail"] = "drop"
    desk.post(alert())
    desk.send_after(seconds=1)
    desk.server.answers.clear()
    desk.send_after(minutes=1)

    (mail,) = desk.server.to(DUTY)
    assert mail["Subject"] == "【预警】信息泄露"


@pytest.mark.parametrize("answer", ["drop", "stall"])
def test_an_alert_of_unknown_fate_is_sent_once_more_and_marked(desk, answer):
    desk.server.answers["end"] = answer
    desk.post(alert())
    desk.send_after(seconds=1)
    desk.server.answers.clear()
    desk.send_after(minutes=1)

    first, second = desk.server.to(DUTY)
    assert first["Message-ID"] == second["Message-ID"]
    assert "可能重复" in second["Subject"]
    assert desk.states() == {DUTY: "sent"}


def test_an_alert_unknown_twice_waits_for_a_person(desk):
    desk.server.answers["end"] = "drop"
    desk.post(alert())
    desk.send_after(seconds=1)
    desk.send_after(minutes=1)
    desk.send_after(hours=1)

    assert len(desk.server.to(DUTY)) == 2
    assert desk.states() == {DUTY: "unknown"}


def test_a_brief_of_unknown_fate_is_held(desk):
    desk.server.answers["end"] = "drop"
    desk.post(brief())
    desk.send_after(seconds=1)
    desk.server.answers.clear()
    desk.send_after(hours=1)

    assert len(desk.server.to(PR)) == 1
    assert desk.states() == {PR: "unknown"}


def test_a_sender_that_died_before_data_is_followed_by_a_plain_send(desk):
    desk.post(brief())
    with desk.store.write() as connection:
        (identity,) = messages.due(connection, now=desk.now)
        messages.move(connection, identity, before="pending", after="claimed", now=desk.now)
    desk.sender.recover()
    desk.send_after(seconds=1)

    (mail,) = desk.server.to(PR)
    assert mail["Subject"] == "日报"


def test_a_sender_that_died_after_data_began_leaves_a_brief_held_and_an_alert_marked(desk):
    for message in (brief(), alert()):
        desk.post(message)
    with desk.store.write() as connection:
        for identity in messages.due(connection, now=desk.now):
            messages.move(connection, identity, before="pending", after="claimed", now=desk.now)
            messages.move(connection, identity, before="claimed", after="sending", now=desk.now)
    desk.sender.recover()
    desk.send_after(seconds=1)

    assert desk.states() == {PR: "unknown", DUTY: "sent"}
    assert "可能重复" in desk.server.to(DUTY)[0]["Subject"]


def test_the_mail_has_both_parts_and_says_that_a_machine_wrote_it(desk):
    desk.post(alert())
    desk.send_after(seconds=1)

    (mail,) = desk.server.to(DUTY)
    assert mail.get_body(("plain",)).get_content().strip() == "正文"
    assert mail.get_body(("html",)).get_content().strip() == "<p>正文</p>"
    assert mail["Auto-Submitted"] == "auto-generated"
