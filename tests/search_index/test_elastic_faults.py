"""A real Elasticsearch behind a connection that misbehaves: nothing is lost, nothing doubled."""

import json
import os
from itertools import count

import pytest
from elastic_transport import ConnectionError as Cut
from elastic_transport import ConnectionTimeout, Urllib3HttpNode
from elasticsearch import Elasticsearch

from core.times import SHANGHAI
from search_index import elastic_bulk
from search_index.base import Delete, IndexUnavailable, Put
from search_index.digest import digest_of
from search_index.elastic_bulk import ATTEMPTS
from search_index.elastic_index import ElasticIndex
from search_index.query import parse
from tests.search_index.make import NOW, facts, moment

pytestmark = pytest.mark.external_service
_numbers = count()
DOWN, CUT_AFTER, SLOW, BUSY = "down", "cut after apply", "slow", "all items but the first refused"


class Faulty(Urllib3HttpNode):
    """Sends a bulk by the next of `script`, and then as it should; `lost` lets other requests fail by their path."""

    script: list = []  # noqa: RUF012 the client makes the node, so what it does is told to the class
    lost: list = []  # noqa: RUF012

    def perform_request(self, method, target, body=None, headers=None, **more):
        path = target.partition("?")[0]
        if any(path.endswith(end) for end in self.lost):
            raise Cut(f"{path} lost")
        step = self.script.pop(0) if path.endswith("_bulk") and self.script else None
        if step == DOWN:
            raise Cut("refused")
        if step == BUSY:
            return self._busy(method, target, body, headers, more)
        answer = super().perform_request(method, target, body=body, headers=headers, **more)
        if step == CUT_AFTER:
            raise Cut("reset by peer")
        if step == SLOW:
            raise ConnectionTimeout("no answer in time")
        return answer

    def _busy(self, method, target, body, headers, more):
        """The server takes the first document; the others are answered 429."""
        lines = body.decode().splitlines()
        pairs = list(zip(lines[::2], lines[1::2], strict=True))
        kept = "".join(f"{head}\n{row}\n" for head, row in pairs[:1]).encode()
        answer = super().perform_request(method, target, body=kept, headers=headers, **more)
        items = iter(json.loads(answer.body)["items"])
        busy = {"index": {"status": 429, "error": {"type": "es_rejected_execution_exception", "reason": "busy"}}}
        told = [next(items) if n == 0 else busy for n in range(len(pairs))]
        return answer._replace(body=json.dumps({"took": 1, "errors": True, "items": told}).encode())


class Faults:
    """An index behind a Faulty connection."""

    def __init__(self, url):
        self.node = type("Scripted", (Faulty,), {"script": [], "lost": []})
        self.client = Elasticsearch(
            url, node_class=self.node, max_retries=0, retry_on_status=(), retry_on_timeout=False, request_timeout=30
        )
        self.name = f"faults{os.getpid()}-{next(_numbers)}"
        self.on_pause = lambda: None
        self.index = ElasticIndex(
            self.client, self.name, mode="write", zone=SHANGHAI, replicas=0, pause=lambda _seconds: self.on_pause()
        )

    def holds(self, rows):
        expected = digest_of((f"2026-11-{n + 1:02d}", f"d{n:016x}", version) for n, version in rows)
        return self.index.digest() == expected and self.index.count(parse("*"), now=NOW) == len(rows)


@pytest.fixture(scope="module")
def shared(elastic_url):
    made = Faults(elastic_url)
    yield made
    made.client.close()


@pytest.fixture
def faults(shared):
    shared.node.script, shared.node.lost, shared.on_pause = [], [], lambda: None
    with shared.index.new_generation():
        pass
    return shared


def batch(version=1, many=9):
    return [
        Put(facts(f"d{n:016x}", body=f"第{n}篇泄露", version=version, published_at=moment(n + 1, 3)))
        for n in range(many)
    ]


@pytest.mark.parametrize("fault", [DOWN, CUT_AFTER, SLOW, BUSY])
def test_passing_faults_lose_and_double_nothing(faults, fault):
    faults.node.script = [fault, fault]

    report = faults.index.apply(batch(), seq=9)

    assert sorted(report.applied) == sorted(put.facts.id for put in batch())
    assert faults.holds([(n, 1) for n in range(9)])
    assert faults.index.applied_seq() == 9


@pytest.mark.parametrize("fault", [DOWN, CUT_AFTER, SLOW, BUSY])
def test_lasting_faults_leave_the_sequence_where_it_was_and_a_repeat_mends_all(faults, fault):
    faults.index.apply(batch(), seq=9)
    faults.node.script = [fault] * ATTEMPTS

    with pytest.raises(IndexUnavailable):
        faults.index.apply(batch(version=2), seq=18)
    assert faults.index.applied_seq() == 9

    faults.index.apply(batch(version=2), seq=18)
    assert faults.holds([(n, 2) for n in range(9)])
    assert faults.index.applied_seq() == 18


@pytest.mark.parametrize("lost", ["/_doc/_control", "/_refresh"])
def test_a_break_after_the_documents_is_repeated_without_harm(faults, lost):
    faults.node.lost = [lost]
    with pytest.raises(IndexUnavailable):
        faults.index.apply(batch(), seq=9)
    faults.node.lost = []

    faults.index.apply(batch(), seq=9)

    assert faults.holds([(n, 1) for n in range(9)])
    assert faults.index.applied_seq() == 9


def test_a_read_only_block_is_waited_for(faults):
    def block(on):
        faults.client.indices.put_settings(index=faults.name, settings={"index.blocks.read_only_allow_delete": on})

    faults.index.apply(batch(many=2), seq=1)
    block(True)
    faults.on_pause = lambda: block(None)

    assert len(faults.index.apply(batch(version=2, many=2), seq=2).applied) == 2
    assert faults.holds([(0, 2), (1, 2)])


def test_poison_is_refused_with_its_reason_and_the_rest_is_written(faults):
    poison = [
        Put(facts("dffffffffffffff01", body="甲", heat=float("nan"))),
        Put(facts("dffffffffffffff02", body="甲", heat=float("inf"))),
        Put(facts("d" + "f" * 600, body="甲")),
        Put(facts("dffffffffffffff03", body="甲", version=-1)),
    ]

    report = faults.index.apply([*poison, *batch()], seq=13)

    assert sorted(report.rejected) == sorted(put.facts.id for put in poison)
    assert all(report.rejected.values())
    assert faults.holds([(n, 1) for n in range(9)])
    assert faults.index.applied_seq() == 13


def test_a_mapping_that_does_not_fit_refuses_the_document_and_says_why(faults):
    """As after somebody changed the mapping by hand."""
    faults.client.indices.put_mapping(index=faults.name, dynamic="strict", properties={"odd": {"type": "integer"}})
    rows = {"a": {"odd": "no number", "version": 1}, "b": {"new": 1, "version": 1}}
    base = faults.index.health().generation

    fates = elastic_bulk.write(faults.client, rows, into=dict.fromkeys(rows, f"{base}-w"))

    assert "document_parsing_exception" in fates.rejected["a"]
    assert "strict_dynamic_mapping_exception" in fates.rejected["b"]


def test_a_delete_that_was_cut_is_repeated(faults):
    faults.index.apply(batch(many=3), seq=3)
    faults.node.script = [CUT_AFTER]

    faults.index.apply([Delete(f"d{1:016x}", 2)], seq=4)

    assert faults.holds([(0, 1), (2, 1)])
