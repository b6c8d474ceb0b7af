"""Three Elasticsearch nodes on loopback that form one cluster, each of which can be killed and started again."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.search_index import elastic_server

_NOBODY = 65534
_START_S = 300.0


class Node:
    """One node with its own folder and ports."""

    def __init__(self, name: str, scratch: Path) -> None:
        self.name, self.folder = name, scratch / name
        self.port, self.transport = elastic_server._free_port(), elastic_server._free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def prepare(self, home: Path) -> None:
        """Make its folders, owned by an unprivileged user when we are root: the server refuses root."""
        shutil.copytree(home / "config", self.folder / "config")
        for name in ("data", "logs"):
            (self.folder / name).mkdir()
        if os.getuid() == 0:
            for path in [self.folder, *self.folder.rglob("*")]:
                os.chown(path, _NOBODY, _NOBODY)

    def start(self, home: Path, java: Path, others: list[Node]) -> None:
        """Start it, or start it again on the same data."""
        settings = {
            "cluster.name": "yuqing-test",
            "node.name": self.name,
            "http.host": "127.0.0.1",
            "http.port": self.port,
            "transport.host": "127.0.0.1",
            "transport.port": self.transport,
            "discovery.seed_hosts": ",".join(f"127.0.0.1:{node.transport}" for node in others),
            "cluster.initial_master_nodes": ",".join(node.name for node in others),
            "cluster.routing.allocation.disk.threshold_enabled": "false",
            "xpack.security.enabled": "false",
            "path.data": self.folder / "data",
            "path.logs": self.folder / "logs",
        }
        command = [str(home / "bin/elasticsearch"), *(p for k, v in settings.items() for p in ("-E", f"{k}={v}"))]
        if os.getuid() == 0:
            command = ["setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups", *command]
        environment = {
            **os.environ,
            "ES_JAVA_HOME": str(java),
            "ES_JAVA_OPTS": "-Xms512m -Xmx512m",
            "ES_PATH_CONF": str(self.folder / "config"),
            "HOME": str(self.folder),
        }
        with (self.folder / "output").open("ab") as output:
            self._process = subprocess.Popen(
                command, env=environment, stdout=output, stderr=output, start_new_session=True
            )

    def kill(self) -> None:
        """kill -9, of the launcher and the server behind it."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None


class Cluster:
    """The running nodes."""

    def __init__(self, nodes: list[Node], home: Path, java: Path) -> None:
        self.nodes, self._home, self._java = nodes, home, java

    @property
    def urls(self) -> str:
        """The addresses of all nodes, as the index is told them."""
        return ",".join(node.url for node in self.nodes)

    def start(self, node: Node) -> None:
        """Start a node (again)."""
        node.start(self._home, self._java, self.nodes)

    def master(self) -> Node:
        """The node that was elected."""
        [row] = self.ask("/_cat/master?format=json")
        return next(node for node in self.nodes if node.name == row["node"])

    def ask(self, path: str) -> Any:
        """What the first node that answers says."""
        for node in self.nodes:
            try:
                with urllib.request.urlopen(node.url + path, timeout=10) as answer:
                    return json.load(answer)
            except (urllib.error.URLError, OSError, ValueError):
                continue
        return None

    def wait(self) -> None:
        """Until all nodes are in and every copy is in its place."""
        until = time.monotonic() + _START_S
        while time.monotonic() < until:
            health = self.ask("/_cluster/health")
            if health and health["status"] == "green" and health["number_of_nodes"] == len(self.nodes):
                return
            time.sleep(0.5)
        raise elastic_server.Missing(f"the cluster is not whole after {_START_S:.0f} s: {health}")


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Three nodes, removed with their data afterwards. Raises Missing."""
    home, java = elastic_server._home(), elastic_server._java()
    scratch = Path(tempfile.mkdtemp(prefix="yuqing-cluster-"))
    scratch.chmod(0o755)
    made = Cluster([Node(f"node{n}", scratch) for n in (1, 2, 3)], home, java)
    try:
        for node in made.nodes:
            node.prepare(home)
            made.start(node)
        made.wait()
        yield made
    finally:
        for node in made.nodes:
            node.kill()
        shutil.rmtree(scratch, ignore_errors=True)
