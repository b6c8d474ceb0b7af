"""
A real Elasticsearch for the tests, without Docker: Elastic's own minimal distribution from Maven Central.

YUQING_TEST_ES=http://127.0.0.1:9200 names a server that runs already. Otherwise the archive is looked for in
.elasticsearch/ of the checkout; `python -m tests.search_index.elastic_server` fetches it there (130 MB). It is for
tests only: its licence forbids shipping it in this project.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

VERSION = "9.5.0"
ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"
FOLDER = Path(__file__).resolve().parents[2] / ".elasticsearch"
_NOBODY = 65534
_MODULES = ("jdk.incubator.vector", "jdk.jdi")


class Missing(Exception):
    """No server can be had; says why."""


@contextmanager
def server() -> Iterator[str]:
    """The address of a running server; one that we start is stopped afterwards. Raises Missing."""
    if url := os.environ.get("YUQING_TEST_ES"):
        yield url
        return
    home, java = _home(), _java()
    scratch = Path(tempfile.mkdtemp(prefix="yuqing-es-"))
    process = None
    try:
        port = _free_port()
        process = _start(home, java, scratch, port)
        url = f"http://127.0.0.1:{port}"
        _wait(url, process, scratch)
        yield url
    finally:
        if process:
            with suppress(ProcessLookupError):  # it may have ended by itself: then `_wait` has said why
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)
        shutil.rmtree(scratch, ignore_errors=True)


def fetch() -> Path:
    """Fetch the archive with Maven. Raises Missing."""
    archive = FOLDER / f"elasticsearch-{VERSION}.zip"
    if archive.exists():
        return archive
    if not shutil.which("mvn"):
        raise Missing("mvn is not installed")
    FOLDER.mkdir(exist_ok=True)
    command = ["mvn", "-q", "dependency:copy", f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={FOLDER}"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode or not archive.exists():
        raise Missing(f"mvn could not fetch {ARTIFACT}: {done.stdout[-300:]}")
    return archive


def _place() -> Path:
    """Where the distribution is unpacked: beside its archive, or where nobody may walk to when that is closed."""
    walked = [FOLDER.parent, *FOLDER.parents[1:]]
    if os.getuid() != 0 or all(path.stat().st_mode & 0o005 == 0o005 for path in walked):
        return FOLDER
    place = Path(tempfile.gettempdir()) / "yuqing-elasticsearch-of-root"
    place.mkdir(mode=0o755, exist_ok=True)
    if place.stat().st_uid != 0 or place.is_symlink():
        raise Missing(f"{place} belongs to somebody else")
    return place


def _home() -> Path:
    """The unpacked distribution. Fetches it only in CI: a plain run of the tests needs no network."""
    home = _place() / f"elasticsearch-{VERSION}"
    if not home.exists():
        archive = FOLDER / f"elasticsearch-{VERSION}.zip"
        if not archive.exists() and not os.environ.get("CI"):
            raise Missing("no archive in .elasticsearch/, run: python -m tests.search_index.elastic_server")
        with zipfile.ZipFile(fetch()) as packed:
            packed.extractall(home.parent)
        for script in (home / "bin").glob("*"):
            script.chmod(0o755)
    return home


def _java() -> Path:
    """A Java of 21 or newer with the modules the server needs; the default one is often older."""
    homes = [Path(os.environ[name]) for name in ("ES_JAVA_HOME", "JAVA_HOME") if name in os.environ]
    for home in [*homes, *sorted(Path("/usr/lib/jvm").glob("*"), reverse=True)]:
        java = home / "bin" / "java"
        if not java.exists():
            continue
        listed = subprocess.run([java, "--list-modules"], capture_output=True, text=True).stdout
        release = home / "release"
        version = release.read_text("utf-8").partition('JAVA_VERSION="')[2] if release.exists() else ""
        major = version.split(".")[0].strip('"\n')
        if all(name in listed for name in _MODULES) and major.isdigit() and int(major) >= 21:
            return home
    raise Missing("no Java of 21 or newer with jdk.incubator.vector and jdk.jdi")


def _start(home: Path, java: Path, scratch: Path, port: int) -> subprocess.Popen[bytes]:
    """Start it with its own config/ (it writes a keystore there), and as nobody when we are root: it refuses root."""
    shutil.copytree(home / "config", scratch / "config")
    for name in ("data", "logs"):
        (scratch / name).mkdir()
    settings = {
        "discovery.type": "single-node",
        "http.host": "127.0.0.1",
        "http.port": port,
        "transport.host": "127.0.0.1",
        "transport.port": _free_port(),
        "xpack.security.enabled": "false",
        "path.data": scratch / "data",
        "path.logs": scratch / "logs",
        "cluster.routing.allocation.disk.threshold_enabled": "false",
    }
    command = [str(home / "bin/elasticsearch"), *(part for k, v in settings.items() for part in ("-E", f"{k}={v}"))]
    lowered = ["--pdeathsig=TERM"]  # so that it ends with us, however we end
    if os.getuid() == 0:
        for path in [scratch, *scratch.rglob("*")]:
            os.chown(path, _NOBODY, _NOBODY)
        lowered += [f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups"]
    if shutil.which("setpriv"):
        command = ["setpriv", *lowered, *command]
    environment = {
        **os.environ,
        "ES_JAVA_HOME": str(java),
        "ES_JAVA_OPTS": "-Xms512m -Xmx512m",
        "ES_PATH_CONF": str(scratch / "config"),
        "HOME": str(scratch),
    }
    output = (scratch / "output").open("wb")
    return subprocess.Popen(command, env=environment, stdout=output, stderr=output, start_new_session=True)


def _wait(url: str, process: subprocess.Popen[bytes], scratch: Path, *, seconds: float = 90) -> None:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{url}/_cluster/health?wait_for_status=green&timeout=1s", timeout=3)
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise Missing(f"the server did not start: {(scratch / 'output').read_text('utf-8', 'replace')[-600:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    try:
        print(fetch())
    except Missing as missing:
        sys.exit(str(missing))
