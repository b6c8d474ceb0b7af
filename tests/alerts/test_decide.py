"""What is told at once, and the stored reason of what is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.decide import AlertPolicy, Discovery, Match, Past, decide, decide_all

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def found(document: str = "d1", **given) -> Discovery:
    return Discovery(**({"document": document, "story": document, "first_seen": NOW, "published_at": NOW} | given))


def outcome(discovery: Discovery, past: Past | None = None, **policy) -> str:
    match = decide("leak-now", discovery, past=past or Past(), policy=AlertPolicy(**policy))
    return match.reason or match.outcome


def test_a_fresh_document_is_told():
    assert decide("leak-now", found(), past=Past()) == Match("leak-now", "d1", "alert", None)


@pytest.mark.parametrize("thing", ["source", "watch", "subscription"])
def test_what_a_new_thing_brings_is_backfill(thing):
    assert outcome(found(first_round_of=frozenset({thing}))) == "backfill"


def test_a_document_is_backfill_only_past_the_limit():
    assert outcome(found(published_at=NOW - timedelta(hours=24))) == "alert"
    assert outcome(found(published_at=NOW - timedelta(hours=24, seconds=1))) == "backfill"
    assert outcome(found(published_at=NOW - timedelta(hours=2)), backfill_after=timedelta(hours=1)) == "backfill"


def test_a_day_is_old_only_when_all_of_it_is():
    """A page that says "2026-11-19" may have said so at 23:59."""
    midnight = datetime(2026, 11, 18, 16, 0, tzinfo=UTC)  # 2026-11-19 00:00 in Shanghai

    assert outcome(found(published_at=midnight, precision="second")) == "backfill"
    assert outcome(found(published_at=midnight, precision="day")) == "alert"
    assert outcome(found(published_at=midnight - timedelta(days=1), precision="day")) == "backfill"


def test_an_undated_document_is_told():
    assert outcome(found(published_at=None)) == "alert"
    assert outcome(found(published_at=NOW - timedelta(days=9), precision="none")) == "alert"


def test_a_clock_ahead_of_ours_is_told():
    assert outcome(found(published_at=NOW + timedelta(days=400))) == "alert"


def test_a_document_is_told_once():
    assert outcome(found(), Past(documents={"d1"})) == "known"


def test_a_story_is_told_once():
    assert outcome(found("d2", story="d1"), Past(stories={"d1"})) == "reprint"


def test_the_first_true_reason_is_kept():
    past = Past(documents={"d1"}, stories={"d1"})

    assert outcome(found(first_round_of=frozenset({"source"})), past) == "known"
    assert outcome(found("d2", story="d1", first_round_of=frozenset({"source"})), past) == "backfill"


def test_in_a_batch_the_first_of_a_story_is_told_and_its_reprints_are_not():
    batch = [("a", found("d1")), ("a", found("d2", story="d1")), ("b", found("d2", story="d1"))]

    assert [(m.subscription, m.reason) for m in decide_all(batch, past={})] == [
        ("a", None),
        ("a", "reprint"),
        ("b", None),
    ]


def test_an_old_text_that_stayed_quiet_does_not_silence_a_new_print():
    old = found("d1", published_at=NOW - timedelta(days=30))

    assert [m.reason for m in decide_all([("a", old), ("a", found("d2", story="d1"))], past={})] == ["backfill", None]


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 9), st.integers(0, 3), st.integers(0, 60)), max_size=40)
)
def test_no_batch_tells_a_story_or_a_document_twice(rows):
    batch = [
        (subscription, found(f"d{document}", story=f"s{story}", published_at=NOW - timedelta(hours=hours)))
        for subscription, document, story, hours in rows
    ]
    past = {"a": Past({"d0"}, {"s0"})}

    matches = decide_all(batch, past=past)

    told = [(m.subscription, d.story) for m, (_s, d) in zip(matches, batch, strict=True) if m.outcome == "alert"]
    assert len(matches) == len(batch)
    assert len(told) == len(set(told))
    assert ("a", "s0") not in told
    assert all((m.reason is None) == (m.outcome == "alert") for m in matches)
    assert past == {"a": Past({"d0"}, {"s0"})}
