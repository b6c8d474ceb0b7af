"""A demo folder remembers its world, so that a second run sees the same sites."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from core.errors import UsageError
from yuqing.demo.stage import keep_stage, open_stage

FIRST = datetime(2025, 11, 21, 17, 30, tzinfo=UTC)  # 01:30 of the 22nd in Shanghai


def test_the_last_day_is_fixed_at_the_first_run(tmp_path):
    first = open_stage(tmp_path / "demo", FIRST)
    later = open_stage(tmp_path / "demo", datetime(2025, 12, 1, tzinfo=UTC))

    assert first.last_day == date(2025, 11, 22)
    assert later == first


def test_a_crisis_that_broke_stays_broken_at_the_same_addresses(tmp_path):
    broken = replace(open_stage(tmp_path, FIRST), round=2, ports={"qinglan": 40123, "shuan": 40124})
    keep_stage(tmp_path, broken)

    assert open_stage(tmp_path, FIRST) == broken


def test_a_folder_with_another_configuration_is_refused(tmp_path):
    (tmp_path / "yuqing.yaml").write_text("company: 别家\n")

    with pytest.raises(UsageError, match="--folder"):
        open_stage(tmp_path, FIRST)


@pytest.mark.parametrize("content", ["{", "[]", '{"last_day": "x"}'])
def test_a_spoilt_memory_says_what_to_do(tmp_path, content):
    (tmp_path / "demo.json").write_text(content)

    with pytest.raises(UsageError, match="删掉"):
        open_stage(tmp_path, FIRST)


def test_a_file_in_place_of_the_folder_says_what_to_do(tmp_path):
    (tmp_path / "demo").write_text("")

    with pytest.raises(UsageError, match="--folder"):
        open_stage(tmp_path / "demo", FIRST)
