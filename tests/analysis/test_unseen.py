"""What the shipped rules and judges reach on texts of authors that they were not made from (see bench/topics.py)."""

from __future__ import annotations

import json
from pathlib import Path

from analysis.text_type import text_type_of
from analysis.topics import topics_of
from bench.masking import own, score
from core.text import fold

CASES = Path(__file__).parents[1] / "cases"


def test_topics_are_found_in_the_words_of_other_authors() -> None:
    right = named = alarms = empty = 0
    for path in sorted(CASES.glob("unseen_*.jsonl")):
        for row in map(json.loads, path.read_text("utf-8").splitlines()):
            kind = row["kind"]
            hits = topics_of(row["text"], kind=kind, text_type=text_type_of(fold(row["text"]), kind))
            got, want = {hit.id for hit in hits}, set(row["topics"])
            right += len(got & want)
            named += len(got) + len(want)
            empty += not want
            alarms += bool(got and not want)
    assert 2 * right / named >= 0.85
    assert alarms / empty <= 0.10


def test_personal_data_is_masked_in_the_lines_of_another_hand() -> None:
    sure, recall, precision, _exact = score(own("masking_unseen"), show=False)
    assert sure >= 0.98
    assert recall >= 0.97
    assert precision >= 0.97
