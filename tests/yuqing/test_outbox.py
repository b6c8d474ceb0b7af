"""A mail of unknown fate is shown to a person, who has it sent again (marked) or settles it."""

import pytest

from core.values import Message
from store import messages
from store.engine import open_store
from tests import make
from tests.mailserver import MailServer
from yuqing.cli import main

BRIEF = Message("brief:星禾科技:2026-11-20", "brief", "日报", "正文", None, ("pr@xinghe.example",))


@pytest.fixture
def server():
    with MailServer() as running:
        yield running


@pytest.fixture
def run(tmp_path, server, capsys):
    """Runs a command on a radar whose brief has an unknown fate; gives (exit code, output)."""
    config = tmp_path / "yuqing.yaml"
    config.write_text(
        "company: 星禾科技\nwatch: {companies: [{name: 星禾科技, aliases: {full: [星禾科技]}}]}\n"
        f"mail: {{host: 127.0.0.1, port: {server.port}, from: radar@xinghe.example, security: none}}\n",
        encoding="utf-8",
    )
    store = open_store(f"sqlite:///{tmp_path}/data/radar.db")
    with store.write() as connection:
        messages.enqueue(connection, BRIEF, now=make.NOW)
        for before, after in (("pending", "claimed"), ("claimed", "sending"), ("sending", "unknown")):
            messages.move(connection, 1, before=before, after=after, now=make.NOW)
    store.close()

    def command(*arguments):
        code = main(["--config", str(config), *arguments])
        seen = capsys.readouterr()
        return code, seen.out + seen.err

    return command


def test_an_unknown_brief_is_listed(run):
    code, said = run("outbox")

    assert code == 0
    assert "结果不明" in said
    assert "pr@xinghe.example" in said


def test_resend_sends_it_once_more_and_marks_it(run, server):
    code, _said = run("outbox", "resend", "1")

    (mail,) = server.to("pr@xinghe.example")
    assert code == 0
    assert "可能重复" in mail["Subject"]
    assert "没有未了" in run("outbox")[1]


def test_settle_sends_nothing(run, server):
    code, _said = run("outbox", "settle", "1")

    assert code == 0
    assert server.mails == []
    assert "没有未了" in run("outbox")[1]


def test_what_was_delivered_cannot_be_decided_again(run):
    run("outbox", "settle", "1")
    code, said = run("outbox", "resend", "1")

    assert code == 2
    assert "yuqing outbox" in said
