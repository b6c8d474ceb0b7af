"""A radar in a folder for the fault tests: a configuration as a person would write it, and its commands."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from yuqing import cli

ROOT = Path(__file__).resolve().parents[2]
LAWFUL = "purpose: 舆情监测, basis: 公开信息合理范围, retention_days: 365"
HOTLINE = (
    "{id: hotline, name: 客服工单, channel: import, folder: inbox, kind: complaint, "
    f"fields: {{id: 工单号, body: 内容, published_at: 受理时间, customer: 客户编号}}, {LAWFUL}}}"
)
COMPLAINTS = "工单号,内容,受理时间,客户编号\n1,星禾科技泄露了我的手机号，天天有推销电话,2026-11-20 09:00,C1\n"
CLOSED_PORT = 9  # "discard": nobody listens there


def listing(identity: str, url: str, **more: object) -> str:
    """A source line of the configuration, crawled from loopback without pauses."""
    values = {"channel": "listing", "every": "1h", "delay_s": 0, "allow_private": "true"} | more
    plain = ", ".join(f"{key}: {value}" for key, value in values.items())
    return f"{{id: {identity}, name: {identity}, url: '{url}', {plain}, {LAWFUL}}}"


@dataclass
class Ground:
    """One folder with a configuration. `run` calls a command in this process, `start` in one of its own."""

    folder: Path
    port: int = CLOSED_PORT

    @property
    def config(self) -> Path:
        return self.folder / "yuqing.yaml"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def configure(self, sources: Iterable[str] = (HOTLINE,), *, more: str = "") -> Ground:
        """Write the configuration; `more` are further lines of YAML."""
        lines = [
            "company: 星禾科技",
            "contact: https://xinghe.example/radar",
            "watch: {companies: [{name: 星禾科技, aliases: {full: [星禾科技], short: [星禾]}}]}",
            "subscriptions: [{id: leak, query: '公司:星禾科技 泄露', to: [duty@xinghe.example]}]",
            f"mail: {{host: 127.0.0.1, port: {self.port}, from: radar@xinghe.example, security: none, timeout_s: 2}}",
            "free_space_floor: 1MB",
            "sources:",
            *(f"  - {source}" for source in sources),
            more,
        ]
        self.folder.mkdir(parents=True, exist_ok=True)
        self.config.write_text("\n".join(lines) + "\n", "utf-8")
        return self

    def file(self, name: str, content: str | bytes) -> Path:
        """A file in the folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def run(self, *arguments: str | Path) -> int:
        """A command in this process; its exit code."""
        return cli.main(["--config", str(self.config), *map(str, arguments)])

    def command(self, *arguments: str | Path) -> list[str]:
        """The command line that runs a command in a process of its own."""
        return [sys.executable, "-m", "yuqing", "--config", str(self.config), *map(str, arguments)]

    def start(self, *arguments: str | Path, **options: object) -> subprocess.Popen[str]:
        """A command in a process of its own, standard output and error together in a pipe."""
        return subprocess.Popen(
            self.command(*arguments),
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **options,  # type: ignore[call-overload]
        )

    def call(self, *arguments: str | Path, timeout: float = 60) -> subprocess.CompletedProcess[str]:
        """A command in a process of its own, to its end; what it said stands in `stdout`."""
        process = self.start(*arguments)
        try:
            said, _nothing = process.communicate(timeout=timeout)
        finally:
            process.kill()
        return subprocess.CompletedProcess(process.args, process.returncode, said, "")


def is_clear(said: str, *, lines: int = 6) -> bool:
    """True for a message that a person can read: something, few lines, no traceback, no bug of ours."""
    shown = [line for line in said.splitlines() if line.strip()]
    return 0 < len(shown) <= lines and "Traceback" not in said and "缺陷" not in said


def pids_of(children_of: int) -> Sequence[int]:
    """The living processes whose parent is this one."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == children_of and fields[0] != "Z":
            found.append(int(status.parent.name))
    return found
