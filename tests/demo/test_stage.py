"""A demo folder remembers its world, so that a second run sees the same sites."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from core.errors import UsageError
from yuqing.demo.stage import keep_stage, open_stage

FIRST = datetime(2025, 11, 21, 17, 30, tzinfo=UTC)  # 01:30 of the 22nd in Shanghai
LATER = datetime(2025, 12, 1, tzinfo=UTC)


def test_the_last_day_is_fixed_once_the_play_was_ended(tmp_path):
    first = open_stage(tmp_path / "demo", FIRST)
    ended = keep_stage(tmp_path / "demo", replace(first, finished=True, ports={"qinglan": 40123, "shuan": 40124}))

    assert first.last_day == date(2025, 11, 22)
    assert open_stage(tmp_path / "demo", LATER) == ended


def test_a_play_that_was_broken_off_starts_anew(tmp_path):
    """Its sites went away while they were crawled, and by now its crisis may be old news."""
    open_stage(tmp_path, FIRST)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "radar.db").write_text("half")
    (tmp_path / "mine.txt").write_text("kept")

    assert open_stage(tmp_path, LATER).now == LATER
    assert not (tmp_path / "data").exists()
    assert (tmp_path / "mine.txt").exists()


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
