"""`yuqing story`: a person merges, splits, looks at what was done and takes it back."""

import json

import pytest

from tests.faults.ground import Ground

RECORDS = "工单号,内容,受理时间,客户编号\n" + "".join(
    f"{n},{text},2026-11-20 0{n}:00,C{n}\n"
    for n, text in enumerate(
        [
            "星禾科技泄露了我的手机号，每天都有推销电话打来，客服说会处理，一个月过去了还是没有人管，我要投诉到底",
            "星禾科技泄露了我的手机号，每天都有推销电话打来，客服说会处理，一个月过去了还是没有人管，我要投诉到底！！",
            "在星禾科技办的卡，注销跑了三趟网点，每次都说资料不全，柜台让我回家等通知，到现在也没有等到",
        ],
        1,
    )
)


@pytest.fixture
def desk(tmp_path, capfd):
    ground = Ground(tmp_path).configure()
    ground.file("records.csv", RECORDS)
    assert ground.run("import", tmp_path / "records.csv", "--source", "hotline") == 0
    return Desk(ground, capfd)


class Desk:
    """A radar that holds three complaints, two of them alike."""

    def __init__(self, ground, capfd):
        self.ground, self.capfd = ground, capfd
        self.ids = [one["id"] for one in sorted(self.found(), key=lambda one: one["published_at"])]

    def say(self, *arguments, code=0):
        """What a command prints."""
        self.capfd.readouterr()
        assert self.ground.run(*arguments) == code
        seen = self.capfd.readouterr()
        return seen.out + seen.err

    def found(self, *more):
        return json.loads(self.say("search", "星禾科技", "--json", *more))["items"]

    def sizes(self):
        """How many tell each story that a search shows."""
        return sorted(one["story_size"] for one in self.found("--stories"))


def test_merge_split_undo_and_log(desk):
    first, same, other = desk.ids
    assert desk.sizes() == [1, 2]

    assert "记为第 1 号" in desk.say("story", "merge", first, other, "--who", "王敏")
    assert desk.sizes() == [3]
    assert "记为第 2 号" in desk.say("story", "split", other, "--who", "李强")
    assert desk.sizes() == [1, 2]
    assert "第 2 号" in desk.say("story", "undo", "1", code=2)
    desk.say("story", "undo", "2", "--who", "李强")
    desk.say("story", "undo", "1", "--who", "赵丽")

    assert desk.sizes() == [1, 2]
    newest, oldest = desk.say("story", "log").splitlines()
    assert "李强  拆出" in newest
    assert "王敏  合并" in oldest
    assert "已由 赵丽 于" in oldest
    assert same in desk.say("why", same)


def test_a_dry_run_shows_and_writes_nothing(desk):
    first, _same, other = desk.ids

    said = desk.say("story", "merge", first, other, "--dry-run")

    assert f"{other} → {first}" in said
    assert "什么也没有写" in said
    assert desk.sizes() == [1, 2]
    assert "没有人改动过" in desk.say("story", "log")


def test_the_log_comes_in_pages(desk):
    first, _same, other = desk.ids
    for number in (1, 2, 3):
        desk.say("story", "merge", first, other)
        desk.say("story", "undo", str(number))

    assert "yuqing story log --before 2" in desk.say("story", "log", "--limit", "2")
    (line,) = desk.say("story", "log", "--before", "2").splitlines()
    assert line.startswith("第 1 号")


def test_why_names_the_decision(desk):
    first, _same, other = desk.ids
    desk.say("story", "merge", first, other, "--who", "王敏")

    assert "王敏  合并" in desk.say("why", other)


@pytest.mark.parametrize("wrong", [("merge", "1"), ("split", "nobody"), ("undo", "9"), ("undo", "0"), ("merge",)])
def test_what_cannot_be_is_said_without_a_trace(desk, wrong):
    said = desk.say("story", *wrong, code=2)

    assert said.strip()
    assert "Traceback" not in said
