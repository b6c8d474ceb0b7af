"""What is wrong in a topic file: all of it at once, each with its place. Pure; opens no file and builds no rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, get_args

from core.i18n import _
from core.values import TextType

Lists = Mapping[str, Sequence[str]]
Found = Iterator[tuple[str, str]]
"""Places (outage.2.when is a key of the second rule of the topic outage), each with what is wrong there."""
_Check = Callable[[Any, Lists], Iterator[str]]

_WORD = r"(?:<[^<>…~]+>|[^<>…~]+)"
_PATTERN = re.compile(rf"{_WORD}(?:[…~]?{_WORD})*")
_LIST = re.compile(r"<([^<>…~]+)>")


def problems(raw: Mapping[str, Any], words: Lists) -> list[tuple[str, str]]:
    """Everything that is wrong in the table of a file; `words` are the word lists of the files before it."""
    lists = with_lists(words, raw)
    return [
        *_table(raw, "", _FILE, (), lists),
        *_word_lists(raw.get("words"), lists),
        *_topics(raw.get("topic"), lists),
        *_frames(raw.get("frame"), lists),
        *(hit for name, checks in _LOOSE.items() if name in raw for hit in _table(raw[name], name, checks, (), lists)),
    ]


def with_lists(words: Lists, raw: Mapping[str, Any]) -> dict[str, list[str]]:
    """The word lists with those of one more file, as far as they are lists of texts."""
    joined = {name: list(entries) for name, entries in words.items()}
    own = raw.get("words")
    for name, entries in own.items() if isinstance(own, Mapping) else ():
        if isinstance(entries, list):
            joined.setdefault(name, []).extend(entry for entry in entries if isinstance(entry, str))
    return joined


# ---------------------------------------------------------------- tables


def _table(raw: Any, where: str, checks: Mapping[str, _Check], required: Iterable[str], lists: Lists) -> Found:
    if not isinstance(raw, Mapping):
        yield where, _("应是一张表（键 = 值）")
        return
    for key in (key for key in raw if key not in checks):
        yield _at(where, key), _("不认识的键；可用的键：{known}").format(known="、".join(checks))
    for key in required:
        if key not in raw:
            yield _at(where, key), _("缺少这个键")
    for key, value in raw.items():
        yield from ((_at(where, key), text) for text in (checks[key](value, lists) if key in checks else ()))


def _at(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key


def _topics(raw: Any, lists: Lists) -> Found:
    for number, topic in enumerate(_tables_in(raw), 1):
        named = topic.get("id")
        where = named if isinstance(named, str) and named else f"topic.{number}"
        yield from _table(topic, where, _TOPIC, ("id", "rule"), lists)
        for at, rule in enumerate(_tables_in(topic.get("rule")), 1):
            yield from _table(rule, f"{where}.{at}", _RULE, ("when",), lists)


def _frames(raw: Any, lists: Lists) -> Found:
    for number, frame in enumerate(_tables_in(raw), 1):
        yield from _table(frame, f"frame.{frame.get('id', number)}", _FRAME, ("id", "when"), lists)


def _tables_in(raw: Any) -> list[Mapping[str, Any]]:
    """The tables of a list of tables; what is none is told by the check of its key."""
    return [each for each in raw if isinstance(each, Mapping)] if isinstance(raw, list) else []


def _word_lists(raw: Any, lists: Lists) -> Found:
    for name, entries in raw.items() if isinstance(raw, Mapping) else ():
        yield from ((f"words.{name}", text) for text in _entries(entries, lists))
        if circle := _circle(name, lists):
            yield f"words.{name}", _("词表绕回了自己：{circle}").format(circle=" → ".join(circle))


def _circle(name: str, lists: Lists) -> list[str]:
    """The way from a list through the lists in it back to itself; empty when there is none."""
    ways, seen = [[name]], {name}
    while ways:
        way = ways.pop()
        for inner in (part for entry in lists.get(way[-1], ()) for part in _LIST.findall(entry)):
            if inner == name:
                return [*way, name]
            if inner not in seen:
                seen.add(inner)
                ways.append([*way, inner])
    return []


# ---------------------------------------------------------------- values


def _text(value: Any, _lists: Lists) -> Iterator[str]:
    if not isinstance(value, str) or not value.strip():
        yield _("应是一段文字")


def _id(value: Any, lists: Lists) -> Iterator[str]:
    yield from _text(value, lists)
    if isinstance(value, str) and "." in value:
        yield _("代号里不能有点号")  # a rule is called outage.2


def _texts(value: Any, lists: Lists) -> Iterator[str]:
    if not isinstance(value, list):
        yield _('应是列表，写成 ["…", "…"]')
        return
    for each in value:
        yield from _text(each, lists)


def _some_texts(value: Any, lists: Lists) -> Iterator[str]:
    yield from _texts(value, lists)
    if value == []:
        yield _("一项也没有")


def _entries(value: Any, lists: Lists) -> Iterator[str]:
    """A word list: words, and other lists as <name>; a pattern has no place in it."""
    yield from _texts(value, lists)
    for entry in _patterns_in(value):
        yield from _unknown_lists(entry, lists)
        if not re.fullmatch(_WORD, entry):
            yield _("词表里的“{text}”应是一个词或一个 <词表>").format(text=entry)


def _patterns(value: Any, lists: Lists) -> Iterator[str]:
    yield from _texts(value, lists)
    for text in _patterns_in(value):
        yield from _unknown_lists(text, lists)
        if not _PATTERN.fullmatch(text):
            yield _("看不懂“{text}”；… 和 ~ 写在两个词之间，词表写成 <名字>").format(text=text)


def _patterns_in(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str) and each.strip()] if isinstance(value, list) else []


def _unknown_lists(text: str, lists: Lists) -> Iterator[str]:
    for name in _LIST.findall(text):
        if name not in lists:
            yield _("没有词表 <{name}>").format(name=name)


def _some_patterns(value: Any, lists: Lists) -> Iterator[str]:
    yield from _patterns(value, lists)
    if value == []:
        yield _("一项也没有")


def _groups(value: Any, lists: Lists) -> Iterator[str]:
    """A list of patterns, or a list of such lists: of each one must stand there."""
    if not isinstance(value, list) or not any(isinstance(each, list) for each in value):
        yield from _patterns(value, lists)
    elif not all(isinstance(each, list) for each in value):
        yield _("要么全是文字，要么全是列表")
    else:
        yield from (text for group in value for text in _some_patterns(group, lists))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _share(value: Any, _lists: Lists) -> Iterator[str]:
    if not _is_number(value) or not 0 < value <= 1:
        yield _("应是大于 0、不超过 1 的数")


def _count(value: Any, _lists: Lists) -> Iterator[str]:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        yield _("应是 0 或正的整数")


def _truth(value: Any, _lists: Lists) -> Iterator[str]:
    if not isinstance(value, bool):
        yield _("应是 true 或 false")


def _counts(value: Any, lists: Lists) -> Iterator[str]:
    if not isinstance(value, list) or any(text for each in value for text in _count(each, lists)):
        yield _("应是整数的列表，写成 [9, 51]")


def _tables(value: Any, _lists: Lists) -> Iterator[str]:
    if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
        yield _("应是若干张表，如 [[topic]]")


def _some_tables(value: Any, lists: Lists) -> Iterator[str]:
    yield from _tables(value, lists)
    if value == []:
        yield _("一项也没有")


def _mapping(value: Any, _lists: Lists) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield _("应是一张表（键 = 值）")


def _shares(value: Any, lists: Lists) -> Iterator[str]:
    yield from _mapping(value, lists)
    for key, share in value.items() if isinstance(value, Mapping) else ():
        yield from (f"{key}：{text}" for text in _share(share, lists))


def _bars(value: Any, lists: Lists) -> Iterator[str]:
    yield from _shares(value, lists)
    if isinstance(value, Mapping) and not value.keys() <= set(_BARS):
        yield _("不认识的键；可用的键：{known}").format(known="、".join(_BARS))


def _types(value: Any, lists: Lists) -> Iterator[str]:
    yield from _texts(value, lists)
    if isinstance(value, list) and not set(map(str, value)) <= set(get_args(TextType)):
        yield _("只能是：{known}").format(known="、".join(get_args(TextType)))


_BARS = ("sure", "seen", "met", "unseen", "framed", "silent", "certain")
_RULE: Mapping[str, _Check] = {
    "when": _some_patterns,
    "with": _groups,
    "without": _patterns,
    "anywhere": _groups,
    "nowhere": _patterns,
    "within": _count,
    "score": _share,
    "negatable": _truth,
}
_TOPIC: Mapping[str, _Check] = {"id": _id, "name": _text, "pipl": _counts, "rule": _some_tables}
_FRAME: Mapping[str, _Check] = {"id": _id, **_RULE}
_LOOSE: Mapping[str, Mapping[str, _Check]] = {
    "negation": {"words": _some_texts, "light": _some_texts, "rhetorical": _some_texts},
    "hidden": {"words": _entries},
    "denial": {"when": _patterns},
    "settings": {
        "threshold": _share,
        "most": _count,
        "sure": _share,
        "silent_types": _types,
        "hotlines": _some_texts,
        "bars": _bars,
        "unseen_bars": _shares,
    },
}
_FILE: Mapping[str, _Check] = {
    **dict.fromkeys(("topic", "frame"), _tables),
    **dict.fromkeys(("words", *_LOOSE), _mapping),
}
