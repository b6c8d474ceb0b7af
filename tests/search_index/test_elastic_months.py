"""One index for each month of publishing: which there are, what goes to the base, and what a break leaves behind."""

import os
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from elasticsearch import BadRequestError

from core.times import SHANGHAI
from search_index import open_index
from search_index.base import Delete, IndexUnavailable, Put
from search_index.digest import digest_of
from search_index.elastic_index import ElasticIndex
from search_index.elastic_parts import Partitions, Parts, month_of
from search_index.query import parse
from tests.search_index.make import NOW, facts, moment
from tests.search_index.test_elastic_faults import CUT_AFTER, DOWN, Faults

pytestmark = pytest.mark.external_service
_numbers = count()


@pytest.fixture
def index(elastic_url):
    made = open_index(
        "elasticsearch", url=elastic_url, mode="write", prefix=f"months{os.getpid()}-{next(_numbers)}", replicas=0
    )
    yield made
    made.close()


def months_of(index):
    found = index._partitions.current()
    return found.months


def in_month(month, id="a", version=1):
    return Put(facts(id, body="甲", version=version, published_at=moment(15).replace(month=month)))


def found(index):
    return sorted(index.search(parse("*"), now=NOW).ids)


def test_each_month_has_an_index_and_the_undated_are_in_the_base(index):
    index.apply([in_month(9, "a"), in_month(11, "b"), Put(facts("c", body="甲"))], seq=1)

    assert months_of(index) == {"2026.09", "2026.11"}
    base = index.health().generation
    held = {hit["_id"]: hit["_index"] for hit in index._client.search(index=index._alias)["hits"]["hits"]}
    assert held == {"a": f"{base}-2026.09", "b": f"{base}-2026.11", "c": base, "_control": base}


def test_a_month_is_a_month_of_the_zone(index):
    index.apply([Put(facts("a", published_at=moment(30, 17)))], seq=1)

    assert months_of(index) == {"2026.12"}


def test_a_new_generation_takes_its_months_along_and_removes_those_of_the_old(index):
    index.apply([in_month(8, "old")], seq=1)
    before = index.health().generation

    with index.new_generation() as fresh:
        fresh.apply([in_month(11, "new"), in_month(10, "more")], seq=2)
        assert found(fresh) == ["more", "new"]
        assert found(index) == ["old"]

    assert found(index) == ["more", "new"]
    assert months_of(index) == {"2026.10", "2026.11"}
    assert list(index._client.indices.get(index=f"{before}*")) == []


def test_what_a_killed_rebuild_left_is_removed_by_the_next(index):
    index.apply([in_month(11)], seq=1)
    filling = index.new_generation()
    left = filling.__enter__()
    left.apply([in_month(10, "half")], seq=1)

    with index.new_generation() as fresh:
        fresh.apply([in_month(9, "whole")], seq=2)

    assert found(index) == ["whole"]
    with pytest.raises(IndexUnavailable):
        left.apply([in_month(7, "half")], seq=3)
    assert len(index._client.indices.get(index=f"{index._alias}-g*")) == 2
    assert not filling.__exit__(ZeroDivisionError, ZeroDivisionError(), None)
    assert found(index) == ["whole"]


def test_where_a_key_may_only_write_the_base_takes_new_months_and_gives_them_back(index, monkeypatch):
    index.apply([in_month(11, "a")], seq=1)
    plain = open_index("elasticsearch", url=url_of(index), mode="write", prefix=index._alias)
    plain._partitions._may_create = False

    plain.apply([in_month(10, "b"), in_month(11, "c")], seq=2)
    assert months_of(index) == {"2026.11"}
    assert found(index) == ["a", "b", "c"]

    index.apply([in_month(10, "b")], seq=3)
    assert months_of(index) == {"2026.10", "2026.11"}
    assert found(index) == ["a", "b", "c"]

    plain.close()


def url_of(index):
    [node] = index._client.transport.node_pool.all()
    return node.base_url


def test_a_generation_that_is_gone_is_not_made_again_by_writing_to_it(index):
    index.apply([in_month(11)], seq=1)
    parts = index._partitions.current()
    index._partitions.drop(parts.base)

    with pytest.raises(IndexUnavailable):
        index.apply([in_month(11)], seq=2)

    assert list(index._client.indices.get(index=f"{index._alias}*")) == []
    assert index.applied_seq() == 0
    index.apply([in_month(11)], seq=3)
    assert found(index) == ["a"]


def again(index, mode="write", **settings):
    return open_index("elasticsearch", url=url_of(index), mode=mode, prefix=index._alias, replicas=0, **settings)


def test_an_index_of_other_rules_answers_until_a_new_one_is_filled_and_is_not_written_to(index):
    """Sequence 0 makes the indexer fill another one. As an index of before there were months."""
    index.apply([in_month(11)], seq=5)
    old = index.health().generation
    index._client.indices.put_mapping(index=old, meta={"layout": 1, "zone": SHANGHAI.key})

    writer, reader = again(index), again(index, "read")
    assert (writer.applied_seq(), writer.fits(), reader.fits()) == (0, False, False)
    assert found(reader) == ["a"]
    assert "另一套规则" in "".join(reader.health().notes)
    with pytest.raises(IndexUnavailable, match="重建"):
        writer.apply([in_month(11, "b")], seq=6)

    with writer.new_generation() as fresh:
        assert fresh.fits()
        fresh.apply([in_month(11), in_month(11, "b")], seq=6)
        assert found(reader) == ["a"]

    assert (writer.applied_seq(), writer.fits(), reader.fits()) == (6, True, True)
    assert found(reader) == ["a", "b"]
    for one in (writer, reader):
        one.close()


def test_another_zone_is_another_rule(index):
    index.apply([in_month(11)], seq=5)

    berlin = again(index, zone=ZoneInfo("Europe/Berlin"))

    assert (berlin.applied_seq(), berlin.fits(), found(berlin)) == (0, False, ["a"])
    berlin.close()


def test_an_index_that_lost_its_base_is_replaced(index):
    """Its months are left and answer meanwhile; a request that names the base, too, would be refused for ever."""
    index.apply([in_month(11), in_month(10, "b")], seq=5)
    base = index.health().generation
    index._client.indices.delete(index=base)

    writer = again(index)
    assert (writer.applied_seq(), writer.fits(), found(writer)) == (0, False, ["a", "b"])
    with writer.new_generation() as fresh:
        fresh.apply([in_month(9, "c")], seq=6)

    assert (writer.applied_seq(), found(writer)) == (6, ["c"])
    assert list(index._client.indices.get(index=f"{base}*")) == []
    writer.close()


@pytest.fixture(scope="module")
def shared(elastic_url):
    made = Faults(elastic_url)
    yield made
    made.client.close()


@pytest.mark.parametrize("broken_at", [0, 1])
@pytest.mark.parametrize("fault", [DOWN, CUT_AFTER])
def test_a_move_that_broke_half_way_leaves_one_document_whatever_comes_next(shared, fault, broken_at):
    """The second bulk of a move takes the document out of its old month; the next order names a third month."""
    shared.node.script = []
    with shared.index.new_generation():
        pass
    shared.index.apply([in_month(9)], seq=1)
    shared.node.script = [None] * broken_at + [fault] * 6
    with pytest.raises(IndexUnavailable):
        shared.index.apply([in_month(10, version=2)], seq=2)
    shared.node.script = []
    again = ElasticIndex(shared.client, shared.name, mode="write", zone=SHANGHAI, replicas=0)

    again.apply([in_month(11, version=3)], seq=3)

    assert found(again) == ["a"]
    assert again.digest() == digest_of([("2026-11-15", "a", 3)])
    again.apply([Delete("a", 4)], seq=4)
    assert found(again) == []


def test_beyond_the_most_months_the_base_serves():
    refusing = Partitions(None, "p", {})
    full = Parts("p-g000001-abcdef", frozenset(f"20{n:02d}.01" for n in range(60, 60 + 120)))

    assert refusing.add(full, "2026.01", visible=True) is None


@pytest.mark.parametrize(("day", "month"), [(0, ""), (1, "0001.01"), (739941, "2026.11")])
def test_months_are_named_so_that_their_order_is_that_of_time(day, month):
    assert month_of(day) == month


def test_an_unknown_error_of_making_a_month_is_said(index):
    with pytest.raises((IndexUnavailable, BadRequestError)):
        index._partitions.add(Parts("UPPER"), "2026.01", visible=False)


@pytest.fixture
def broken(index, monkeypatch):
    """Gives what takes one month of an index away: from then on its shard answers no more."""
    monkeypatch.setattr("search_index.elastic_index._SCAN_STEP", 1)
    index.apply([in_month(month, f"d{month:016x}") for month in (8, 9, 11)], seq=1)
    base = index.health().generation

    def lose():
        """As a node that dies with the only copy: the index is there and has no shard that could be asked."""
        lost = {"index.routing.allocation.require._name": "nobody"}
        index._client.indices.delete(index=f"{base}-2026.11")
        index._client.indices.create(
            index=f"{base}-2026.11", settings=lost, aliases={index._alias: {}}, wait_for_active_shards=0
        )

    index.lose = lose
    yield index
    index._client.options(ignore_status=404).indices.delete(index=f"{base}-2026.11")


def test_a_walk_that_loses_a_shard_on_its_way_fails_instead_of_ending_short(broken):
    walk = broken.scan(parse("*"), now=NOW)
    next(walk)
    broken.lose()

    with pytest.raises(IndexUnavailable):
        list(walk)


@pytest.mark.parametrize(
    "asked",
    [
        lambda index: index.search(parse("甲"), now=NOW),
        lambda index: index.count(parse("甲"), now=NOW),
        lambda index: list(index.scan(parse("甲"), now=NOW)),
        lambda index: index.get_versions([f"d{8:016x}"]),
        lambda index: index.explain(parse("甲"), f"d{8:016x}", now=NOW),
        lambda index: index.digest(),
        lambda index: index.hours(parse("甲"), now=NOW, first=moment(1).date(), last=moment(2).date()),
    ],
    ids=["search", "count", "scan", "get_versions", "explain", "digest", "hours"],
)
def test_a_lost_shard_is_no_shorter_answer(broken, asked):
    broken.lose()

    with pytest.raises(IndexUnavailable):
        asked(broken)


def test_an_answer_that_names_failed_shards_is_refused_whoever_allowed_it(broken, monkeypatch):
    broken.lose()
    send = broken._client.search
    monkeypatch.setattr(broken._client, "search", lambda **more: send(**more | {"allow_partial_search_results": True}))

    with pytest.raises(IndexUnavailable):
        broken.search(parse("甲"), now=NOW)
