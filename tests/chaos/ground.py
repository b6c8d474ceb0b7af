"""A news site that keeps publishing, a mail server, and `yuqing run` between them: the ground for kills."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.times import SHANGHAI
from tests.mailserver import MailServer
from tests.servers import Answer, Site

DUTY = "duty@xinghe.example"
PR = "pr@xinghe.example"
CONFIG = """\
company: 星禾科技
contact: https://xinghe.example/radar
watch:
  companies:
    - name: 星禾科技
      aliases: {{full: [星禾科技]}}
sources:
  - {{id: news, name: 青岚新闻网, channel: listing, url: "{list}", article_pattern: '/2026/\\d+\\.html$',
     purpose: 舆情监测, basis: 公开信息合理范围, retention_days: 30, every: 2s, delay_s: 0, allow_private: true,
     max_pages: 500}}
subscriptions:
  - {{id: leak, query: 公司:星禾科技 泄露, to: [{duty}], at: once}}
brief: {{at: "08:00", to: [{pr}]}}
mail: {{host: 127.0.0.1, port: {port}, from: radar@xinghe.example, security: none, timeout_s: 5}}
store: {{url: "sqlite:///data/radar.db"}}
free_space_floor: 1MB
"""


class News:
    """A site whose list grows. Every article tells of another leak at 星禾科技, in words of its own."""

    def __init__(self) -> None:
        self.site = Site()
        self.site.fallback = self._answer
        self.count = 0
        self._times: dict[int, datetime] = {}

    def publish(self, count: int) -> None:
        """Put that many more articles on the list."""
        for number in range(self.count, self.count + count):
            self._times[number] = datetime.now(UTC) - timedelta(minutes=1)
        self.count += count

    def key(self, number: int) -> str:
        """The key of an article."""
        return f"127.0.0.1/2026/{number}.html"

    def _answer(self, asked):  # type: ignore[no-untyped-def]
        if asked.path == "/list":
            links = "".join(
                f'<li><a href="/2026/{n}.html">星禾科技泄露第{n}号通报来了</a></li>' for n in range(self.count)
            )
            return f"<html><head><title>新闻</title></head><body><ul>{links}</ul></body></html>"
        number = int(asked.path.split("/")[-1].split(".")[0])
        if number >= self.count:
            return Answer(status=404)
        at = self._times[number].astimezone(SHANGHAI)
        own = random.Random(number)
        body = "".join(f"<p>{''.join(chr(own.randrange(0x4E00, 0x9FA0)) for _ in range(60))}。</p>" for _ in range(4))
        return (
            f"<html><head><title>星禾科技泄露第{number}号通报</title></head><body><h1>星禾科技泄露第{number}号通报</h1>"
            f'<div class="info">{at:%Y-%m-%d %H:%M} 来源：青岚新闻网</div>'
            f'<div class="article"><p>用户在星禾科技注册后信息泄露，编号{number * 7919}。</p>{body}</div></body></html>'
        )


class Radar:
    """`yuqing run` on a folder, started again when it is killed."""

    def __init__(self, folder: Path, news: News, mail: MailServer) -> None:
        self.folder = folder
        self.config = folder / "yuqing.yaml"
        text = CONFIG.format(list=news.site.url("/list"), duty=DUTY, pr=PR, port=mail.port)
        self.config.write_text(text, encoding="utf-8")
        self._process: subprocess.Popen[bytes] | None = None
        self._log = (folder / "run.out").open("ab")

    def command(self, *arguments: str) -> list[str]:
        """A yuqing command on this radar."""
        return [sys.executable, "-m", "yuqing", "--config", str(self.config), *arguments]

    def tend(self) -> None:
        """Start the supervisor where it does not run."""
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(self.command("run"), stdout=self._log, stderr=self._log)

    def processes(self) -> dict[str, int]:
        """Role -> pid of all that runs now, the supervisor and a crawl child included."""
        if self._process is None or self._process.poll() is not None:
            return {}
        found = {"run": self._process.pid}
        for pid in _below(self._process.pid):
            words = _command_line(pid)
            if "role" in words:
                found[words[words.index("role") + 1]] = pid
            elif "crawl" in words:
                found["crawl"] = pid
        return found

    def stop(self) -> int:
        """Ctrl-C; returns the exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        code = self._process.wait(40)
        self._log.close()
        return code


def _below(pid: int) -> Iterator[int]:
    """All descendants; a child belongs to the thread that started it (the clock's crawls to a worker thread)."""
    try:
        lists = [task / "children" for task in Path(f"/proc/{pid}/task").iterdir()]
        children = [int(child) for one in lists for child in one.read_text().split()]
    except OSError:
        return
    for child in children:
        yield child
        yield from _below(child)


def _command_line(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    except OSError:
        return []


def kill(pid: int) -> None:
    """SIGKILL, unless it is gone."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def wait_until(done, seconds: float, what: str) -> None:  # type: ignore[no-untyped-def]
    """Poll until `done()`; fails naming what was waited for."""
    until = time.monotonic() + seconds
    while not done():
        if time.monotonic() > until:
            raise AssertionError(f"waited {seconds:.0f} s in vain for {what}")
        time.sleep(0.3)
