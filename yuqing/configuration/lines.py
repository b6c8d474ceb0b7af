"""
YAML with the line of every value, and all its own mistakes at once.

Every scalar stays the text that was written (null excepted): the model gives it its type. So the traps of
YAML are none here: `no` stays "no" in a list of names, `8:00` a time, `000001` a stock code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from core.i18n import _

Loc = tuple[str | int, ...]
"""The way to a value: keys of mappings and indices of lists."""

_NULL = {"", "~", "null", "Null", "NULL"}
_ADDRESS = re.compile(r"(?<=[:,\[-][ \t])https?://[^\s'\"]+")
_VARIABLE = re.compile(r"\$(\$?)\{(\w+)\}")


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake at a 1-based line (0: the file as a whole)."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Lines:
    """A YAML file as plain values, the line of each, and which of them came from the environment."""

    value: Any = None
    at: Mapping[Loc, int] = field(default_factory=dict)
    expanded: frozenset[Loc] = frozenset()
    problems: tuple[Problem, ...] = ()

    def line_of(self, loc: Loc) -> int:
        """The line of a value, or of the nearest thing around it that stands in the file."""
        while loc and loc not in self.at:
            loc = loc[:-1]
        return self.at.get(loc, 1)

    def under(self, part: str | int) -> Lines:
        """What stands at one key or index, as if it were the whole file."""
        at = {loc[1:]: line for loc, line in self.at.items() if loc[:1] == (part,)}
        expanded = frozenset(loc[1:] for loc in self.expanded if loc[:1] == (part,))
        return Lines(self.value[part], at, expanded, self.problems)


Environment = Callable[[str], str | None]
"""Gives the value of `${NAME}`, or None when it is set nowhere."""


def read_lines(text: str, *, environment: Environment) -> Lines:
    """The values of a YAML text. Duplicate keys, unknown variables and broken YAML are in `problems`."""
    try:
        node = yaml.compose(_with_quoted_addresses(text), Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        return Lines(problems=(_broken(error, text),))
    walk = _Walk(environment)
    value = walk.value(node, ()) if node else None
    if isinstance(value, str) and "：" in value:  # one long word: no line of it was a key
        return Lines(problems=(Problem(1, _wide_colon()),))
    return Lines(value, walk.at, frozenset(walk.expanded), tuple(walk.problems))


def _with_quoted_addresses(text: str) -> str:
    """The text with bare web addresses quoted: in `{url: https://a.example/?page={page}}` YAML would stop at the ?."""
    return "\n".join(_ADDRESS.sub(_quoted, line) for line in text.split("\n"))


def _quoted(match: re.Match[str]) -> str:
    before, address = match.string[: match.start()], match[0]
    if any(before.count(quote) % 2 for quote in "'\"") or "#" in before:
        return address
    end = _end_of_address(address)
    return f"'{address[:end]}'{address[end:]}" if any(sign in address[:end] for sign in "?{}[]") else address


def _end_of_address(address: str) -> int:
    """Where a bare address ends: before a bracket that it did not open, or a comma that leads on."""
    depth = 0
    for index, sign in enumerate(address):
        depth += (sign in "{[") - (sign in "}]")
        leads_on = sign == "," and re.fullmatch(r"|[\w-]+:|[}\]]+", address[index + 1 :])
        if depth < 0 or leads_on:
            return index
    return len(address)


def _wide_colon() -> str:
    return _("不是 YAML：用了全角冒号“：”；请写成半角冒号加空格“: ”。")


def _broken(error: yaml.YAMLError, text: str) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None:  # a character that YAML does not allow: only its offset is known
        line = text.count("\n", 0, getattr(error, "position", 0)) + 1
        return Problem(line, _("有 YAML 不允许的字符；请删掉它。"))
    row = text.splitlines()[mark.line] if mark.line < len(text.splitlines()) else ""
    around = text.splitlines()[max(mark.line - 1, 0) : mark.line + 1]
    if any("：" in each for each in around):
        return Problem(mark.line + 1, _wide_colon())
    if "\t" in row:
        return Problem(mark.line + 1, _("不是 YAML：缩进用了制表符；请改用空格。"))
    seen = getattr(error, "problem", None) or str(error)
    return Problem(mark.line + 1, _("不是 YAML（{seen}）；请看这一行和上一行的缩进、引号、括号。").format(seen=seen))


class _Walk:
    """Goes through the nodes once, gathering values, lines and mistakes."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.at: dict[Loc, int] = {}
        self.expanded: set[Loc] = set()
        self.problems: list[Problem] = []
        self.open: list[yaml.Node] = []

    def value(self, node: yaml.Node, loc: Loc) -> Any:
        """The plain value of a node that stands at `loc`."""
        self.at[loc] = node.start_mark.line + 1
        if any(node is each for each in self.open):
            self.problem(node, _("锚点引用了它自己；请去掉这个 * 引用。"))
            return None
        self.open.append(node)
        try:
            return self._value(node, loc)
        finally:
            self.open.pop()

    def _value(self, node: yaml.Node, loc: Loc) -> Any:
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, loc)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*loc, index)) for index, item in enumerate(node.value)]
        return self.scalar(node, loc) if isinstance(node, yaml.ScalarNode) else None

    def mapping(self, node: yaml.MappingNode, loc: Loc) -> dict[str, Any]:
        """A mapping; what `<<` brings in comes first, so that the keys beside it win."""
        merged: dict[str, Any] = {}
        own: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.problem(key_node, _("键应是一个词；请检查花括号或引号。"))
                continue
            key = key_node.value
            if key == "<<":
                merged |= self.merged(value_node, loc)
                continue
            if key in own:
                first = self.at[(*loc, key)]
                self.problem(key_node, _("{key} 重复了，第 {first} 行已有；请留一个。").format(key=key, first=first))
                continue
            own[key] = self.value(value_node, (*loc, key))
            self.at[(*loc, key)] = key_node.start_mark.line + 1
        return merged | own

    def merged(self, node: yaml.Node, loc: Loc) -> dict[str, Any]:
        """What `<<: *anchor` (or a list of anchors) brings in."""
        parts = node.value if isinstance(node, yaml.SequenceNode) else [node]
        found: dict[str, Any] = {}
        for part in reversed(parts):
            value = self.value(part, loc)
            if isinstance(value, dict):
                found |= value
            else:
                self.problem(part, _("<< 后面应是一个带键的锚点。"))
        return found

    def scalar(self, node: yaml.ScalarNode, loc: Loc) -> str | None:
        """The text as written, `${NAME}` filled in; None for null."""
        if node.style is None and node.value in _NULL:
            return None
        return _VARIABLE.sub(lambda match: self.variable(match, node, loc), node.value)

    def variable(self, match: re.Match[str], node: yaml.Node, loc: Loc) -> str:
        """What stands for `${NAME}`; `$${NAME}` is the text `${NAME}`."""
        if match[1]:
            return match[0][1:]
        self.expanded.add(loc)
        value = self.environment(match[2])
        if value is None:
            text = _("环境变量 {name} 没有设置；请设置它，或用 {name}_FILE 指向存放它的文件。")
            self.problem(node, text.format(name=match[2]))
        return value or ""

    def problem(self, node: yaml.Node, text: str) -> None:
        """Note a mistake at a node."""
        self.problems.append(Problem(node.start_mark.line + 1, text))


def environment_or_file(variables: Mapping[str, str]) -> Environment:
    """`${NAME}` from the environment, or from the file that NAME_FILE names, without its last line end."""

    def find(name: str) -> str | None:
        if name in variables:
            return variables[name]
        if file := variables.get(f"{name}_FILE"):
            try:
                return Path(file).read_text("utf-8").rstrip("\r\n")
            except (OSError, UnicodeDecodeError):
                return None
        return None

    return find
