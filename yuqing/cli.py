"""
The command line: one group, whose commands are imported only when asked for.

A command is a file in `yuqing/commands/` with a click command named `command`; it takes the
`Invocation` with `@click.pass_obj` and raises `core.errors.YuqingError` for what a person can act on.
Its help is `help=_("…")`: the language is chosen before the file is imported. Its line is in
`yuqing.command_table`.
"""

from __future__ import annotations

import logging
import os
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from core.errors import YuqingError
from core.i18n import LANGUAGES, _, set_language
from yuqing.command_table import commands
from yuqing.help import Formatter, usage_text

if TYPE_CHECKING:
    from yuqing.config import Config

INTERRUPTED = 130
"""128 + SIGINT, as shells say it."""


@dataclass(frozen=True, slots=True)
class Invocation:
    """What stands before the command's name: where the configuration is, and the language if one was asked for."""

    config: Path
    language: str | None = None

    def load(self) -> Config:
        """The configuration, read now. Raises ConfigError, which lists every mistake."""
        from yuqing.config import load_config

        config = load_config(self.config)
        if self.language is None:
            set_language(config.language)
        os.environ.setdefault("YUQING_LOG_LEVEL", config.log_level)  # the child processes inherit it
        return config


class LazyGroup(click.Group):
    """A group that shows its commands without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order of the table."""
        return list(commands())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now; None when there is no such name."""
        if cmd_name not in commands():
            return None
        module, attribute = commands()[cmd_name][0].split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, from the table alone."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_line) for name, (_where, help_line) in commands().items()])


class _Context(click.Context):
    formatter_class = Formatter


LazyGroup.context_class = click.Command.context_class = _Context


def root() -> click.Group:
    """The group `yuqing`, its help in the language in force."""

    @click.group("yuqing", cls=LazyGroup, help=_("舆情雷达：先听见，早回应。"))
    @click.option(
        "--config",
        type=click.Path(path_type=Path, dir_okay=False),
        envvar="YUQING_CONFIG",
        default="yuqing.yaml",
        help=_("配置文件；默认 ./yuqing.yaml，或环境变量 YUQING_CONFIG"),
    )
    @click.option(
        "--lang", type=click.Choice(LANGUAGES), envvar="YUQING_LANG", help=_("界面语言；或环境变量 YUQING_LANG")
    )
    @click.version_option(package_name="yuqing-radar", message="%(version)s", help=_("显示版本号"))
    @click.pass_context
    def group(ctx: click.Context, config: Path, lang: str | None) -> None:
        ctx.obj = Invocation(config, lang)

    return group


def _asked_language(arguments: Sequence[str]) -> str:
    """The language of the help, wanted before the arguments are parsed."""
    for before, after in zip(arguments, [*arguments[1:], ""], strict=False):
        if before == "--lang" or before.startswith("--lang="):
            return before.partition("=")[2] or after
    return os.environ.get("YUQING_LANG", "zh")


def _keep_logs_off_the_terminal() -> None:
    """Logs go to files, where a command opens them; on the terminal only with YUQING_DEBUG=1."""
    if os.environ.get("YUQING_DEBUG") == "1":
        logging.basicConfig(level=logging.INFO)
    elif not logging.getLogger().handlers:  # else Python shows warnings, and traces, on standard error
        logging.getLogger().addHandler(logging.NullHandler())


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def _unexpected(error: BaseException) -> int:
    """The exit code for an error that no command foresaw, after one line about it."""
    if os.environ.get("YUQING_DEBUG") == "1":
        traceback.print_exc()
    if isinstance(error, OSError):
        where = error.filename if error.filename is not None else _("系统")
        _say(_("{where}：{seen}。请检查路径、权限和磁盘空间。").format(where=where, seen=error.strerror or error))
    else:
        text = _("这是本程序的缺陷（{kind}），请带上经过告诉我们；设 YUQING_DEBUG=1 再运行可看到详情。")
        _say(text.format(kind=type(error).__name__))
    return 1


def _quiet_end() -> int:
    """The reader of our output went away (`| head`): end without a word."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1


def _run(arguments: Sequence[str]) -> int:
    try:
        result: Any = root().main(list(arguments), prog_name="yuqing", standalone_mode=False)
        sys.stdout.flush()
    except YuqingError as error:
        _say(str(error))
        return error.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        _say(error.format_message())
        return 2
    except click.ClickException as error:
        _say(usage_text(error))
        return 2
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        return _quiet_end()
    except Exception as error:
        return _unexpected(error)
    return result if isinstance(result, int) else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code: 0 done, 1 failed, 2 usage, 3 configuration, 4 in part, 130 interrupted."""
    given = sys.argv[1:] if arguments is None else arguments
    set_language(_asked_language(given))
    _keep_logs_off_the_terminal()
    return _run(given)


if __name__ == "__main__":
    sys.exit(main())
