"""The frame of the command line: help without imports, and errors that a person can act on."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from core.errors import ConfigError
from yuqing import cli


@pytest.fixture
def ending(monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception], int]:
    """Run a command that ends with the given error; the exit code of the program."""

    def run(error: BaseException) -> int:
        @click.command()
        def command() -> None:
            raise error

        monkeypatch.setattr(cli.LazyGroup, "get_command", lambda *_: command)
        return cli.main(["any"])

    return run


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]):
    assert cli.main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert [name for name in cli.commands() if name not in shown] == []


def test_help_speaks_english_when_asked(capsys: pytest.CaptureFixture[str]):
    cli.main(["--lang", "en", "--help"])
    assert "Stand watch" in capsys.readouterr().out


@pytest.mark.parametrize("name", cli.commands())
def test_every_command_is_there_and_explains_itself(name: str, capsys: pytest.CaptureFixture[str]):
    assert cli.main([name, "--help"]) == 0
    assert f"yuqing {name}" in capsys.readouterr().out


def test_no_command_shows_the_help(capsys: pytest.CaptureFixture[str]):
    assert cli.main([]) == 2
    assert "doctor" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["serch"], "search"),
        (["--confg", "x"], "--config"),
        (["--lang", "en", "serch"], "search"),
        (["--lang", "fr", "doctor"], "zh、en"),
        (["doctor", "now"], "多了参数 now"),
        (["match", "--now"], "--now 后面要有一个值"),
        (["match"], "缺少参数 QUERY"),
        (["doctor", "--config", "x"], "命令名之前"),
        (["search", "a", "--limit", "many"], "--limit"),
    ],
)
def test_wrong_usage_says_what_to_write(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]):
    assert cli.main(arguments) == 2
    assert said in capsys.readouterr().err


def test_our_errors_are_their_text_and_exit_code(ending, capsys: pytest.CaptureFixture[str]):
    assert ending(ConfigError("yuqing.yaml:3: wrong")) == 3
    assert capsys.readouterr().err == "yuqing.yaml:3: wrong\n"


def test_a_bug_is_one_line_and_its_trace_only_on_request(
    ending, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.delenv("YUQING_DEBUG", raising=False)
    assert ending(ZeroDivisionError("x")) == 1
    quiet = capsys.readouterr().err
    monkeypatch.setenv("YUQING_DEBUG", "1")
    ending(ZeroDivisionError("x"))

    assert "Traceback" not in quiet
    assert "ZeroDivisionError" in quiet
    assert "Traceback" in capsys.readouterr().err


def test_a_full_disk_is_named(ending, capsys: pytest.CaptureFixture[str]):
    assert ending(OSError(28, "No space left on device", "data/radar.db")) == 1
    assert "data/radar.db" in capsys.readouterr().err


def test_an_interrupt_ends_with_130(ending):
    assert ending(KeyboardInterrupt()) == 130


@pytest.mark.parametrize(
    "arguments",
    [
        ["run"], ["status"], ["sources"], ["crawl"], ["add", "https://news.example/"], ["import", "x.csv"],
        ["search", "泄露"], ["why", "d1"], ["documents"], ["brief", "preview"], ["brief", "send"], ["backup", "b"],
        ["restore", "b"], ["purge"], ["forget", "x"], ["doctor", "--config-dump"],
    ],
)  # fmt: skip
def test_a_command_without_its_configuration_points_to_init(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert cli.main(["--config", str(tmp_path / "yuqing.yaml"), *arguments]) == 3
    assert "yuqing init" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["search", "泄露", "--ordr", "newest"], ["match", "--nwo"]])
def test_a_misspelt_option_is_no_query(arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "yuqing.yaml").write_text("company: 星禾科技\n", "utf-8")

    assert cli.main(["--config", str(tmp_path / "yuqing.yaml"), *arguments]) == 2
    assert "--" in capsys.readouterr().err


def test_an_import_says_what_alerts_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "yuqing.yaml").write_text("company: 星禾科技\n", "utf-8")
    rows = tmp_path / "old.csv"
    rows.write_text("网址,内容,时间\nhttps://x.example/1,星禾科技泄露了手机号,2024-11-26\n", "utf-8")

    assert cli.main(["--config", str(tmp_path / "yuqing.yaml"), "import", str(rows)]) == 0
    assert "其中 1 篇是补采" in capsys.readouterr().out


def test_an_address_that_is_none_is_said_to_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "yuqing.yaml").write_text("company: 星禾科技\n", "utf-8")

    assert cli.main(["--config", str(tmp_path / "yuqing.yaml"), "add", "news.example/1"]) == 2
    assert "“news.example/1”，不是网址" in capsys.readouterr().err


def test_what_is_logged_does_not_reach_the_terminal():
    program = (
        "import logging\nfrom yuqing import cli\ncli.main(['--version'])\n"
        "try:\n    1 / 0\nexcept ZeroDivisionError:\n    logging.getLogger('store').exception('failed')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stderr == ""
