"""What the sentiment model learns from: rows with their labels, and a split that never parts near copies."""

import gzip
import json
from pathlib import Path

import pytest

from training.rows import ALLOWED, NEU, POS, Row, is_held_out, labelled, manifest

RECIPE = {"sets": {"invented": {"kinds": ["post"], "strip_emoticons": True}, "company_lines": {}}}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "sentiment").mkdir()
    with gzip.open(tmp_path / "sentiment" / "invented.jsonl.gz", "wt", encoding="utf-8") as out:
        out.write(json.dumps({"text": "服务真好[鼓掌]", "label": "pos"}, ensure_ascii=False) + "\n")
        out.write(json.dumps({"text": "富和利被查", "entities": ["富和利", "云鹭"], "key": ["富和利"]}) + "\n")
    return tmp_path


def test_rows_carry_the_labels_of_texts_and_of_companies(data: Path) -> None:
    first, second, *_ = labelled(data, RECIPE)

    assert first == Row("invented", "服务真好", ["post"], "pos")
    assert dict(second.targets) == {"富和利": "neg", "云鹭": "other"}


def test_other_allows_neutral_and_positive() -> None:
    assert ALLOWED["other"] == NEU | POS


def test_our_own_lines_name_the_companies_they_judge(data: Path) -> None:
    lines = [row for row in labelled(data, RECIPE) if row.set == "company_lines"]

    assert len(lines) > 700
    assert all(
        name in row.text and label in ("neg", "neu", "pos") for row in lines for name, label in row.targets.items()
    )


def test_near_copies_fall_on_the_same_side() -> None:
    text = "星禾科技发布声明称近期网传用户资料外泄一事不实公司已向公安机关报案"
    rows = [Row("a", f"{text}{n}{end}", ["news"]) for n in range(40) for end in ("", "。")]

    held = is_held_out(rows, 0.5)

    assert len(set(held)) == 1


def test_the_manifest_names_the_data_and_holds_no_text(data: Path) -> None:
    entries = manifest(data, labelled(data, RECIPE))

    assert [entry["set"] for entry in entries] == ["invented", "company_lines"]
    assert all(len(entry["sha256"]) == 64 for entry in entries)
    assert "服务" not in json.dumps(entries, ensure_ascii=False)


def test_lines_of_topics_name_the_companies_they_judge_in_many_forms(data: Path) -> None:
    lines = labelled(data, {"sets": {"topic_lines": {}}})

    assert len(lines) > 300
    assert not any("{" in row.text for row in lines)
    assert all(
        name in row.text and label in ("neg", "neu", "pos") for row in lines for name, label in row.targets.items()
    )
    assert len({name for row in lines for name in row.targets}) > 20
