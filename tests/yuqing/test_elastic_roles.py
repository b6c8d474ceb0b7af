"""The roles of docs/elasticsearch.md on a real server over TLS, and the API key as the client sends it."""

import base64
import hashlib
import http.server
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import pytest

from core.errors import Unavailable
from core.times import SHANGHAI
from scheduler.indexer import open_index_at
from scheduler.radar import IndexPlace
from search_index import open_index
from search_index.base import IndexUnavailable, Put
from search_index.query import parse
from tests import make
from tests.search_index import elastic_server

ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65534
SETTINGS = {
    "discovery.type": "single-node",
    "http.host": "127.0.0.1",
    "transport.host": "127.0.0.1",
    "xpack.security.enabled": "true",
    "xpack.security.http.ssl.enabled": "true",
    "xpack.security.http.ssl.key": "node.key",
    "xpack.security.http.ssl.certificate": "node.crt",
    "cluster.routing.allocation.disk.threshold_enabled": "false",
}


def roles():
    """The role bodies of the guide, by name."""
    guide = (ROOT / "docs/elasticsearch.md").read_text("utf-8")
    return {name: json.loads(body) for name, body in re.findall(r"```json role=(\w+)\n(.*?)```", guide, re.S)}


def certificates(folder):
    """A certificate authority and the server's certificate for 127.0.0.1."""

    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    new = ("req", "-newkey", "rsa:2048", "-nodes")
    openssl(*new, "-x509", "-days", "2", "-subj", "/CN=test ca", "-keyout", "ca.key", "-out", "ca.crt")
    openssl(*new, "-subj", "/CN=node", "-keyout", "node.key", "-out", "node.csr")
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1\n")
    signed = ("-in", "node.csr", "-out", "node.crt", "-extfile", "names", "-days", "2")
    openssl("x509", "-req", *signed, "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial")


class Secured:
    """A server with TLS and a user for each role, whose password is the role's name and a bit."""

    def __init__(self, folder):
        self.folder, self.config = folder, folder / "config"
        home, java = elastic_server._home(), elastic_server._java()
        shutil.copytree(home / "config", self.config)
        for name in ("data", "logs"):
            (folder / name).mkdir()
        certificates(self.config)
        users = [f"{name}:{{SHA}}{base64.b64encode(hashlib.sha1(self.password(name).encode()).digest()).decode()}\n"
                 for name in roles()]  # fmt: skip
        (self.config / "users").write_text("".join(users))
        (self.config / "users_roles").write_text("".join(f"{name}:{name}\n" for name in roles()))
        (self.config / "roles.yml").write_text(
            "".join(f"{name}: {json.dumps(body)}\n" for name, body in roles().items())
        )
        for name in roles():
            (folder / name).write_text(self.password(name))
        port = elastic_server._free_port()
        self.url = f"https://127.0.0.1:{port}"
        settings = SETTINGS | {
            "http.port": port,
            "transport.port": elastic_server._free_port(),
            "path.data": folder / "data",
            "path.logs": folder / "logs",
        }
        command = [str(home / "bin/elasticsearch"), *(p for k, v in settings.items() for p in ("-E", f"{k}={v}"))]
        if os.getuid() == 0:
            for path in [folder, *folder.rglob("*")]:
                os.chown(path, NOBODY, NOBODY)
            command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *command]
        environment = os.environ | {
            "ES_JAVA_HOME": str(java),
            "ES_JAVA_OPTS": "-Xms512m -Xmx512m",
            "ES_PATH_CONF": str(self.config),
            "HOME": str(folder),
        }
        output = (folder / "output").open("wb")
        self.process = subprocess.Popen(command, env=environment, stdout=output, stderr=output, start_new_session=True)

    def password(self, role):
        return f"{role}-invented-0"

    def open(self, role, mode="read", **changes):
        given = {"user": role, "password_file": self.folder / role, "ca_certs": self.config / "ca.crt"}
        return open_index("elasticsearch", mode=mode, url=self.url, timeout_s=30, **(given | changes))

    def wait(self, seconds=150):
        until = time.monotonic() + seconds
        while True:
            try:
                return self.open("admin", "write").close()
            except Unavailable:
                if self.process.poll() is not None or time.monotonic() > until:
                    pytest.fail((self.folder / "output").read_text()[-800:])
                time.sleep(1)


@pytest.fixture(scope="module")
def secured():
    try:
        elastic_server._home(), elastic_server._java()
    except elastic_server.Missing as missing:
        if os.environ.get("CI"):
            pytest.fail(f"CI must test on Elasticsearch: {missing}")
        pytest.skip(f"no Elasticsearch: {missing}")
    folder = Path(tempfile.mkdtemp(prefix="yuqing-tls-"))
    folder.chmod(0o755)
    made = Secured(folder)
    try:
        made.wait()
        yield made
    finally:
        os.killpg(made.process.pid, signal.SIGTERM)
        made.process.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.external_service
@pytest.mark.timeout(300)
def test_each_role_can_do_its_work_and_no_more(secured):
    admin, indexer, reader = secured.open("admin", "write"), secured.open("indexer", "write"), secured.open("reader")
    with admin.new_generation() as fresh:
        fresh.apply([Put(make.facts(id="d1"))], seq=1)
    indexer.apply([Put(make.facts(id="d2"))], seq=2)

    assert reader.applied_seq() == 2
    assert reader.count(parse("推销"), now=make.NOW) == 2
    assert {identity for identity, _version in reader.scan(parse("推销"), now=make.NOW)} == {"d1", "d2"}
    assert reader.search(parse("推销"), now=make.NOW, facets=["source"], days=True).total == 2
    assert (reader.health().documents, len(reader.digest())) == (2, 1)
    with pytest.raises(IndexUnavailable, match="403"):
        secured.open("reader", "write").apply([Put(make.facts(id="d3"))], seq=3)
    with pytest.raises(IndexUnavailable, match="403"), indexer.new_generation():
        pass
    for role in ("reader", "indexer", "admin"):
        with pytest.raises(IndexUnavailable, match="403"):
            secured.open(role, prefix="other").count(parse("推销"), now=make.NOW)


@pytest.mark.external_service
@pytest.mark.timeout(300)
def test_an_unknown_authority_and_a_wrong_password_are_refused(secured, tmp_path):
    wrong = tmp_path / "wrong"
    wrong.write_text("wrong")

    with pytest.raises(IndexUnavailable, match="没有应答"):
        secured.open("reader", ca_certs=None).applied_seq()
    with pytest.raises(IndexUnavailable, match="401"):
        secured.open("reader", password_file=wrong).applied_seq()


def test_the_api_key_is_sent_as_such_and_shown_nowhere():
    """The test server has no API keys, so what the client sends is looked at."""
    seen = []

    class Asked(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append(self.headers["Authorization"])
            self.send_error(503)

        def log_message(self, *_):
            pass

    listening = http.server.HTTPServer(("127.0.0.1", 0), Asked)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    place = IndexPlace("elasticsearch", f"http://127.0.0.1:{listening.server_port}", api_key="a2V5OmludmVudGVk")
    index = open_index_at(place, data_dir=ROOT, mode="read", zone=SHANGHAI)

    with pytest.raises(IndexUnavailable) as raised:
        index.applied_seq()
    listening.shutdown()

    assert seen == ["ApiKey a2V5OmludmVudGVk"]
    assert "a2V5" not in f"{raised.value} {place!r}"
