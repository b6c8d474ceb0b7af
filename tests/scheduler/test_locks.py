"""One process per role; the second one says who holds the lock."""

import os
import subprocess
import sys

import pytest

from scheduler.locks import Held, is_held, lock


def test_the_second_holder_is_refused_with_the_firsts_pid(tmp_path):
    with lock(tmp_path, "run"), pytest.raises(Held, match=str(os.getpid())), lock(tmp_path, "run"):
        pass


def test_a_killed_holder_leaves_the_lock_free(tmp_path):
    code = (
        "from pathlib import Path; from scheduler.locks import lock\n"
        f"with lock(Path({str(tmp_path)!r}), 'run'): print('held', flush=True); input()"
    )
    child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    child.stdout.readline()

    assert is_held(tmp_path, "run")
    child.kill()
    child.wait()
    assert not is_held(tmp_path, "run")
