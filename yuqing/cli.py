"""
The command line: one group, whose commands are imported only when asked for.

A command is a file in `yuqing/commands/` with a click command named `command`; it takes the
`Invocation` with `@click.pass_obj` and raises `core.errors.YuqingError` for what a person can act on.
Its help is `help=_("…")`: the language is chosen before the file is imported. Add its line to `commands()`.
"""

from __future__ import annotations

import logging
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from core.errors import YuqingError
from core.i18n import LANGUAGES, _, set_language
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


def commands() -> Mapping[str, tuple[str, str]]:
    """Command name -> (where it lives, its one-line help in the language in force), in the order of the help."""
    home = "yuqing.commands"
    return {
        "demo": ("yuqing.demo.command:command", _("看一场演示：在本机抓取、研判、预警并生成日报，不用联网")),
        "init": (f"{home}.init:command", _("写一份带注释的起步配置")),
        "doctor": (f"{home}.doctor:command", _("逐项检查环境与配置，并说明怎么办")),
        "run": (f"{home}.run:command", _("开始值守：抓取、研判、索引、预警、日报")),
        "status": (f"{home}.status:command", _("现在怎么样：积压、延迟、来源健康、上一份日报")),
        "sources": (f"{home}.sources:command", _("列出来源和它们的健康状况")),
        "crawl": (f"{home}.crawl:command", _("立刻抓取一轮")),
        "check-source": (
            f"{home}.check_source:command",
            _("看一眼一个来源或网址：能不能取、是什么、读出什么，并给出配置建议"),
        ),
        "add": (f"{home}.add:command", _("抓取并存入一个公开网页")),
        "import": (f"{home}.import_:command", _("导入投诉、客户声音或外部数据（CSV、Excel、JSON 行）")),
        "search": (f"{home}.search:command", _("用查询语言搜索")),
        "index": (f"{home}.index:command", _("索引的状况、核对、修补与重建")),
        "why": (f"{home}.why:command", _("说明一篇文档为何这样研判")),
        "documents": (f"{home}.documents:command", _("以 JSON 行列出库中文档")),
        "brief": (f"{home}.brief:command", _("预览或发送日报")),
        "lint": (f"{home}.lint:command", _("找出监测方案里没用的或危险的名字")),
        "replay": (f"{home}.replay:command", _("改了监测方案，库中文档会多出、少掉哪些")),
        "train": (f"{home}.train:command", _("用人的更正再训练情感模型")),
        "outbox": (f"{home}.outbox:command", _("未送达的邮件：查看、重发、了结")),
        "analyse": (f"{home}.analyse:command", _("过滤器：文档进，研判出（JSON 行）")),
        "extract": (f"{home}.extract:command", _("过滤器：网页文件进，标题、正文、时间出")),
        "stories": (f"{home}.stories:command", _("过滤器：把转载归为同一稿件族")),
        "match": (f"{home}.match:command", _("过滤器：哪些文档符合查询")),
        "canonical": (f"{home}.canonical:command", _("过滤器：网址的规范键")),
        "backup": (f"{home}.backup:command", _("备份数据")),
        "restore": (f"{home}.restore:command", _("从备份恢复")),
        "purge": (f"{home}.purge:command", _("删除超过保存期限的文档")),
        "forget": (f"{home}.forget:command", _("按请求删除或更正某人的内容")),
    }


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
