"""What click itself says, in our languages: headings of the help, and wrong usage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches

import click

from core.i18n import _
from yuqing.command_table import commands


def _click_words() -> dict[str, str]:
    """click's own words -> ours."""
    return {
        "Options": _("选项"),
        "Commands": _("命令"),
        "Show this message and exit.": _("显示本说明"),
    }


class Formatter(click.HelpFormatter):
    """click's help, with its own words translated."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The usage line."""
        super().write_usage(prog, args, prefix or f"{_('用法:')} ")

    @contextmanager
    def section(self, name: str) -> Iterator[None]:
        """A section under a translated heading."""
        with super().section(_click_words().get(name, name)):
            yield

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """A list of terms and their meaning."""
        words = _click_words()
        super().write_dl([(term, words.get(text, text)) for term, text in rows], col_max, col_spacing)


def usage_text(error: click.ClickException) -> str:
    """Wrong usage as text: what is wrong, what was probably meant, where the help is."""
    command = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "yuqing"
    return _("{what}\n用法见：{command} --help").format(what=_what(error), command=command)


def _what(error: click.ClickException) -> str:
    if isinstance(error, click.NoSuchOption):
        return _no_such_option(error)
    if isinstance(error, click.MissingParameter):
        return _("缺少参数 {name}。").format(name=_name_of(error.param))
    if isinstance(error, click.BadParameter):
        return _bad_value(error)
    if isinstance(error, click.BadOptionUsage):
        return _("{name} 后面要有一个值。").format(name=error.option_name)
    return _no_such_command(error) or _too_many(error) or error.format_message()


def _bad_value(error: click.BadParameter) -> str:
    name = _name_of(error.param)
    if error.param is not None and isinstance(error.param.type, click.Choice):
        valid = _("、").join(map(str, error.param.type.choices))
        return _("参数 {name} 只能是：{valid}。").format(name=name, valid=valid)
    return _("参数 {name} 不对：{seen}").format(name=name, seen=error.message)


def _too_many(error: click.ClickException) -> str | None:
    lead, _sign, names = error.message.partition("(")
    if not lead.startswith("Got unexpected extra argument"):
        return None
    return _("多了参数 {names}。").format(names=names.rstrip(")"))


def _name_of(param: click.Parameter | None) -> str:
    if param is None:
        return ""
    return param.opts[-1] if isinstance(param, click.Option) else (param.metavar or (param.name or "").upper())


def _no_such_option(error: click.NoSuchOption) -> str:
    if error.option_name in ("--config", "--lang"):
        text = _("{name} 要写在命令名之前：yuqing {name} … 命令")
        return text.format(name=error.option_name)
    text = _("没有 {name} 这个选项。").format(name=error.option_name)
    return text + _did_you_mean(error.possibilities or ())


def _no_such_command(error: click.ClickException) -> str | None:
    if not (isinstance(error, click.UsageError) and error.message.startswith("No such command")):
        return None
    wrong = error.message.split("'")[1] if "'" in error.message else ""
    return _("没有 {name} 这个命令。").format(name=wrong) + _did_you_mean(get_close_matches(wrong, commands()))


def _did_you_mean(names: Sequence[str]) -> str:
    return _("是不是 {names}？").format(names=" / ".join(names)) if names else ""
