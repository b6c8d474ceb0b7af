"""What the shipped rules and judges reach on texts of authors that they were not made from (see bench/topics.py)."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from analysis.masking import find_masks
from analysis.text_type import text_type_of
from analysis.topics import topics_of
from core.text import fold
from tests.analysis.marked import read_marked

CASES = Path(__file__).parents[1] / "cases"


def test_topics_are_found_in_the_words_of_other_authors() -> None:
    right = named = alarms = empty = 0
    for path in sorted(CASES.glob("unseen_[0-9].jsonl")):
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
    wanted, found, masks, good = Counter[str](), Counter[str](), 0, 0
    for row in map(json.loads, (CASES / "masking_unseen.jsonl").read_text("utf-8").splitlines()):
        text, spans = read_marked(row["marked"])
        got = find_masks(text)
        for type_, start, end in spans:
            wanted[type_] += 1
            found[type_] += any(m.type == type_ and m.start < end and m.end > start for m in got)
        masks += len(got)
        good += sum(any(m.type == t and m.start < e and m.end > s for t, s, e in spans) for m in got)
    sure = ("id_card", "mobile", "bank_card", "email")
    assert sum(found[t] for t in sure) / sum(wanted[t] for t in sure) >= 0.98
    assert found.total() / wanted.total() >= 0.97
    assert good / masks >= 0.97
