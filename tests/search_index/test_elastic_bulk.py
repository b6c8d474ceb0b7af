"""The bulk loop against a server that misbehaves on request: every document has a known fate."""

import json
import threading
import time
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from core.errors import ConfigError
from search_index import open_index
from search_index.base import IndexUnavailable
from search_index.elastic_bulk import ATTEMPTS, write
from search_index.elastic_connect import connect

CUT, SLOW, OTHER = "cut", "slow", "other"
POISON = {"type": "action_request_validation_exception", "reason": "id is too long"}


class Scripted(ThreadingHTTPServer):
    """Answers each bulk by the next of `script`: item statuses, one status for all, or CUT; then all is well."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.script, self.seen = deque(), []


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *ignored):
        pass

    def do_PUT(self):
        lines = self.rfile.read(int(self.headers["Content-Length"])).decode().splitlines()
        ids = [json.loads(line)["index"]["_id"] for line in lines[::2]]
        self.server.seen.append(ids)
        step = self.server.script.popleft() if self.server.script else [200] * len(ids)
        if step == SLOW:
            time.sleep(1)
            step = CUT
        if step == OTHER:
            return self.answer(200, {"took": 1, "errors": False, "items": []})
        if isinstance(step, dict):
            return self.answer(400, {"error": step, "status": 400})
        if step == CUT:  # applied, but the answer is lost
            self.close_connection = True
            return
        if isinstance(step, int):
            self.answer(step, {"error": {"type": "refused", "reason": "why"}, "status": step})
            return
        items = [{"index": {"_id": id, "status": s} | error(s)} for id, s in zip(ids, step, strict=True)]
        self.answer(200, {"took": 1, "errors": True, "items": items})

    def answer(self, status, body):
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("X-Elastic-Product", "Elasticsearch")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)


def error(status):
    kinds = {403: "cluster_block_exception", 400: "document_parsing_exception"}
    return {"error": {"type": kinds.get(status, "other"), "reason": "why"}} if status >= 300 else {}


@pytest.fixture
def server():
    scripted = Scripted()
    threading.Thread(target=scripted.serve_forever, args=(0.01,), daemon=True).start()
    yield scripted
    scripted.shutdown()
    scripted.server_close()


@pytest.fixture
def writing(server):
    client = connect(f"http://127.0.0.1:{server.server_port}", timeout_s=0.5)
    pauses = []

    def run(*ids, **script):
        server.script.extend(script.get("script", ()))
        rows = {id: {"uid": id, "version": 1} for id in ids}
        return write(client, rows, into=dict.fromkeys(rows, "docs"), pause=pauses.append)

    run.pauses = pauses
    yield run
    client.close()


def test_every_item_is_filed_under_its_own_fate(writing, server):
    fates = writing("a", "b", "c", "d", script=[[201, 409, 429, 400]])

    assert fates.applied == ["a", "c"]
    assert fates.stale == ["b"]
    assert list(fates.rejected) == ["d"]
    assert "document_parsing_exception" in fates.rejected["d"]
    assert server.seen == [["a", "b", "c", "d"], ["c"]]
    assert len(writing.pauses) == 1


@pytest.mark.parametrize("trouble", [429, 500, 503, CUT, SLOW, OTHER, [429, 429], [500, 503], [403, 403], [401, 403]])
def test_passing_trouble_is_tried_again(writing, trouble):
    assert writing("a", "b", script=[trouble]).applied == ["a", "b"]


@pytest.mark.parametrize("trouble", [429, CUT, [503, 503]])
def test_lasting_trouble_is_said_and_nothing_is_called_applied(writing, server, trouble):
    with pytest.raises(IndexUnavailable, match="2 篇"):
        writing("a", "b", script=[trouble] * ATTEMPTS)

    assert len(server.seen) == ATTEMPTS


def test_a_body_too_large_is_halved(writing, server):
    fates = writing("a", "b", "c", script=[413])

    assert fates.applied == ["a", "b", "c"]
    assert server.seen == [["a", "b", "c"], ["a"], ["b", "c"]]


def test_one_document_too_large_is_rejected_and_the_others_written(writing):
    fates = writing("a", "b", script=[413, 413])

    assert fates.applied == ["b"]
    assert list(fates.rejected) == ["a"]


def test_a_document_that_spoils_the_whole_request_is_found_and_rejected_alone(writing):
    fates = writing("a", "b", "c", script=[POISON, [201], POISON, POISON, [201]])

    assert fates.applied == ["a", "c"]
    assert "too long" in fates.rejected["b"]


def test_what_is_refused_for_the_key_is_never_called_a_bad_document(writing):
    with pytest.raises(IndexUnavailable, match="1 篇"):
        writing("a", "b", script=[[201, 403]] + [[403]] * ATTEMPTS)


def test_pauses_are_random_grow_and_end(writing):
    with pytest.raises(IndexUnavailable):
        writing("a", script=[429] * ATTEMPTS)

    assert len(writing.pauses) == ATTEMPTS - 1
    assert all(0 <= pause <= 0.2 * 2**n for n, pause in enumerate(writing.pauses, start=1))
    assert len(set(writing.pauses)) > 1


def test_a_refused_request_is_not_repeated(writing, server):
    with pytest.raises(IndexUnavailable, match="401"):
        writing("a", script=[401])

    assert len(server.seen) == 1


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://search.example:9200", "https"),
        ("https://user:secret@search.example", "用户名或密码"),
        ("search.example:9200", "https://"),
    ],
)
def test_an_unsafe_address_is_refused(url, said):
    with pytest.raises(ConfigError, match=said) as caught:
        open_index("elasticsearch", url=url)

    assert "secret" not in str(caught.value)


def test_a_missing_key_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match="nowhere"):
        open_index("elasticsearch", url="https://search.example", api_key_file=tmp_path / "nowhere")


def test_a_server_that_does_not_answer_is_said():
    with pytest.raises(IndexUnavailable, match="没有应答"):
        open_index("elasticsearch", url="http://127.0.0.1:1").applied_seq()


def test_an_unknown_backend_is_refused():
    with pytest.raises(ConfigError, match="tantivy"):
        open_index("lucene")


def test_elasticsearch_without_an_address_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"index\.url"):
        open_index("elasticsearch", path=tmp_path)
