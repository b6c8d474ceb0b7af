"""
kill -9 of any process at random moments: nothing lost, nothing doubled.

`make test` kills ten times, `make soak` a hundred (YUQING_SOAK=1) and writes the table under bench/results.
The seed is fixed; `YUQING_KILL_SEED` tries another.
"""

from __future__ import annotations

import os
import random
import subprocess
import time
from collections import Counter
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from core.identity import document_id
from core.times import SHANGHAI
from search_index import open_index
from search_index.query import parse
from store import documents, inbox, index_outbox, messages
from store.engine import open_store
from tests.chaos.ground import DUTY, PR, News, Radar, kill, wait_until
from tests.mailserver import MailServer

SOAK = bool(os.environ.get("YUQING_SOAK"))
KILLS = 100 if SOAK else 10
SEED = int(os.environ.get("YUQING_KILL_SEED", "20261120"))


@pytest.mark.timeout(1800 if SOAK else 240)
def test_kills_at_random_moments_lose_and_double_nothing(tmp_path):
    """Ends with every article stored once, told once (or marked), and the index equal to the store."""
    chance = random.Random(SEED)
    news = News()
    with MailServer() as mail, news.site:
        radar = Radar(tmp_path, news, mail)
        news.publish(5)
        radar.tend()
        wait_until(lambda: settled(tmp_path, 5), 60, "the first round")
        killed = kill_at_random(radar, news, chance, tmp_path)
        radar.tend()
        wait_until(lambda: settled(tmp_path, news.count), 120, f"{news.count} documents; {tail(tmp_path)}")
        wait_until(lambda: quiet(tmp_path), 60, f"the outbox to empty; {tail(tmp_path)}")
        wait_until(lambda: indexed(tmp_path), 60, f"the index to follow; {tail(tmp_path)}")
        assert radar.stop() == 0
        verdict = check(tmp_path, news, mail, killed)
    write_table(killed, verdict)


def kill_at_random(radar, news, chance, folder) -> Counter[str]:
    """The kills by role. New articles keep coming; a brief is sent by hand now and then, and killed as well."""
    killed: Counter[str] = Counter()
    brief = None
    while killed.total() < KILLS:
        radar.tend()
        news.publish(chance.randrange(3))
        time.sleep(chance.uniform(0.2, 2.0))
        if brief is None or brief.poll() is not None:
            today = datetime.now(SHANGHAI).date().isoformat()
            brief = subprocess.Popen(
                radar.command("brief", "send", "--date", today),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        running = radar.processes() | ({"brief": brief.pid} if brief.poll() is None else {})
        wanted = [role for role in running if killed[role] <= KILLS // 7]  # each of the seven its share
        if wanted:
            victim = chance.choice(sorted(wanted))
            kill(running[victim])
            killed[victim] += 1
            if victim == "brief":
                brief.wait()
    brief.wait(60)
    return killed


def settled(folder: Path, count: int) -> bool:
    """True when that many documents are stored and none waits."""
    if not (folder / "data" / "radar.db").exists():
        return False
    store = open_store(f"sqlite:///{folder}/data/radar.db")
    try:
        with store.read() as connection:
            return documents.count(connection) >= count and inbox.backlog(connection)[0] == 0
    finally:
        store.close()


def quiet(folder: Path) -> bool:
    """True when no message is on its way."""
    store = open_store(f"sqlite:///{folder}/data/radar.db")
    try:
        with store.read() as connection:
            return not messages.in_states(connection, "pending", "claimed", "sending")
    finally:
        store.close()


def indexed(folder: Path) -> bool:
    """True when no order waits for the indexer."""
    store = open_store(f"sqlite:///{folder}/data/radar.db")
    try:
        with store.read() as connection:
            return index_outbox.first(connection) is None
    finally:
        store.close()


def tail(folder: Path) -> str:
    """The last lines of each log: what to look at when this fails."""
    logs = sorted((folder / "data" / "logs").glob("*.log"))
    return "\n".join(f"{log.name}: {log.read_text('utf-8')[-600:]}" for log in logs)


def check(folder: Path, news: News, mail: MailServer, killed: Counter[str]) -> dict[str, int]:
    """Every promise, from the store, the index and what the mail server took."""
    store = open_store(f"sqlite:///{folder}/data/radar.db")
    with store.read() as connection:
        stored = dict(documents.every_id(connection))
        loaded = documents.load(connection, list(stored))
        held = messages.in_states(connection, "unknown")
    wanted = {document_id(news.key(number)) for number in range(news.count)}
    index = open_index("tantivy", path=folder / "data" / "index", mode="read", zone=SHANGHAI)
    found = dict(index.scan(parse("星禾科技"), now=datetime.now(SHANGHAI)))
    index.close()
    store.close()
    fresh = {identity for identity, one in loaded.items() if not one.backfill}
    told = "".join(str(mail.get_body(("plain",)).get_content()) for mail in mail.to(DUTY))
    unmarked = repeats(mail.to(DUTY))
    briefs = mail.to(PR)

    assert set(stored) == wanted, "lost or doubled documents"
    assert {one.rev for one in loaded.values()} == {1}
    assert found == stored, "the index is not what the store holds"
    assert all(f"/{loaded[identity].url.rsplit('/', 1)[1]}" in told for identity in fresh if len(fresh) <= 10)
    assert unmarked == 0, "an alert came twice without its mark"
    assert len(fresh) >= KILLS // 4
    assert alerts_cover(folder, fresh)
    assert len({brief["Message-ID"] for brief in briefs}) <= 1
    assert len(briefs) == 1 or any(one.message.kind == "brief" for one in held)
    return {
        "documents": len(stored),
        "documents lost": len(wanted - set(stored)),
        "documents doubled": len(stored) - len(set(stored)),
        "alert mails": len(mail.to(DUTY)),
        "of them marked 可能重复": sum("可能重复" in m["Subject"] for m in mail.to(DUTY)),
        "alert mails doubled without mark": unmarked,
        "briefs at the server": len(briefs),
        "briefs held as unknown": sum(one.message.kind == "brief" for one in held),
    }


def alerts_cover(folder: Path, fresh: set[str]) -> bool:
    """True when every fresh document has an alert whose message was delivered."""
    from sqlalchemy import select

    from store.schema import deliveries, matches

    store = open_store(f"sqlite:///{folder}/data/radar.db")
    with store.read() as connection:
        rows = connection.execute(
            select(matches.c.document_id, deliveries.c.state).join(
                deliveries, deliveries.c.message_key == matches.c.message_key
            )
        ).all()
    store.close()
    return {row.document_id for row in rows if row.state in ("sent", "unknown")} >= fresh


def repeats(mails: list[EmailMessage]) -> int:
    """How many mails repeat an earlier one without saying so."""
    seen: set[str] = set()
    bad = 0
    for mail in mails:
        bad += mail["Message-ID"] in seen and "可能重复" not in mail["Subject"]
        seen.add(mail["Message-ID"])
    return bad


def write_table(killed: Counter[str], verdict: dict[str, int]) -> None:
    """Keep the figures of a soak run."""
    if not SOAK:
        return
    lines = [
        f"# kill -9 at random moments\n\n`make soak`, seed {SEED}, {killed.total()} kills.\n",
        "| killed | times |\n| --- | --- |",
    ]
    lines += [f"| {role} | {count} |" for role, count in sorted(killed.items())]
    lines += ["\n| afterwards | |\n| --- | --- |", *(f"| {name} | {value} |" for name, value in verdict.items())]
    path = Path(__file__).parents[2] / "bench" / "results" / "kills.md"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
