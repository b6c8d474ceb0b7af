"""kill -9 of the indexing process at random moments: nothing acknowledged is lost, replay ends in the same index."""

import os
import random
import signal
import subprocess
import sys
import time

from search_index import open_index
from search_index.digest import digest_of
from search_index.query.ast import All
from tests.search_index.make import NOW

KILLS = 100 if os.environ.get("YUQING_SOAK") else 10
BATCH = 20

WRITER = f"""
import sys
from pathlib import Path
from search_index import open_index
from search_index.base import Put
from tests.search_index.make import facts, moment
index = open_index("tantivy", path=Path(sys.argv[1]), mode="write")
for seq in range(index.applied_seq() + 1, int(sys.argv[2]) + 1):
    rows = [facts(f"d{{n:016x}}", body=f"第{{n}}篇信息泄露", published_at=moment(1 + n % 20)) for n in
            range((seq - 1) * {BATCH}, seq * {BATCH})]
    index.apply([Put(row) for row in rows], seq=seq)
    print(seq, flush=True)
"""


def test_nothing_acknowledged_is_lost_and_replay_gives_the_same_index(tmp_path):
    dice = random.Random(5)
    acknowledged = 0
    for kill in [True] * KILLS + [False]:
        last = acknowledged + (1_000_000 if kill else 5)  # the one that is killed never comes to its end
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), str(last)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=os.getcwd(),
        )
        first = writer.stdout.readline()
        if kill:
            time.sleep(dice.random() * 0.05)
            writer.send_signal(signal.SIGKILL)
        seen = [int(line) for line in [first, *writer.stdout] if line.strip()]
        assert writer.wait() == (-signal.SIGKILL if kill else 0)
        acknowledged = max([acknowledged, *seen])

        reader = open_index("tantivy", path=tmp_path)
        applied = reader.applied_seq()
        assert applied >= acknowledged
        assert reader.count(All(), now=NOW) == applied * BATCH
        acknowledged = applied
        reader.close()

    whole = open_index("tantivy", path=tmp_path)
    rows = [(f"2026-11-{1 + n % 20:02d}", f"d{n:016x}", 1) for n in range(acknowledged * BATCH)]
    assert acknowledged == last
    assert whole.digest() == digest_of(rows)
