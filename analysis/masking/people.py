"""Names after cue words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from ahocorasick_rs import AhoCorasick

from analysis.masking.words import any_of, lists, spaced_any_of
from core.text import HAN
from core.values import Mask

_END = re.compile(r"[\s,;:。、!?)】\]|/]")
_FOREIGN_SOUND = "[ 都]"  # 都 is a sound in 阿布都, a word elsewhere
_HAN_RUN = re.compile(f"[{HAN}]{{1,8}}")


@cache
def _name_cue() -> re.Pattern[str]:
    strong, weak = spaced_any_of(lists("names")["strong"]), any_of(lists("names")["weak"])
    cue = rf"(?:({strong})|(?<![@{HAN}])我是|(?<![行总副企@]){weak})"
    return re.compile(
        cue + rf"(?:的?(?:姓名|名字))?(?:显示|写着|写的|叫做)?(?:[:是为叫\s=(\"“「]|】){{0,3}}(?=[{HAN}])"
    )


@cache
def _passenger() -> re.Pattern[str]:
    return re.compile(
        "(?<![a-z])"
        + spaced_any_of(lists("names")["passengers"])
        + r"(?:姓名)?[:是为\s]{0,3}([a-z]{2,15}/[a-z]{2,20})(?![a-z])"
    )


@cache
def _titled() -> re.Pattern[str]:
    words = lists("names")
    surname = f"(?:{any_of(words['compound'])}|[{words['surnames']}{words['word_surnames']}])"
    titles, calls = any_of(words["titles"]), any_of(words["calls"])
    return re.compile(
        rf"(?:(?<=[\n，。,;；:】\])\s])|(?<=\A)|(?:{any_of(words['titled'])}))({surname}{titles})(?={calls})"
        rf"|{any_of(words['titled'])}({surname}{titles})"
    )


@cache
def _cue_words() -> AhoCorasick:
    words = [*lists("names")["strong"], *lists("names")["weak"], "我是"]
    return AhoCorasick([*words, *(" ".join(word) for word in words)])


def _cues(folded: str) -> Iterator[re.Match[str]]:
    """Every cue before a name. The words are looked up at once: the pattern alone tries 80 of them at each place."""
    reached = 0
    for start in sorted({start for _, start, _ in _cue_words().find_matches_as_indexes(folded, overlapping=True)}):
        cue = _name_cue().match(folded, start) if start >= reached else None
        if cue:
            reached = cue.end()
            yield cue


def names(folded: str, persons: Sequence[str]) -> Iterator[Mask]:
    """Masks of names after cue words; `persons` (folded) and names of companies are left alone."""
    for cue in _cues(folded):
        end = _name_end(folded, cue.end(), strong=bool(cue[1]))
        if end and not any(folded.startswith(p, cue.end()) for p in persons):
            yield Mask("name", cue.end(), end)
    yield from _in_columns(folded)
    for passenger in _passenger().finditer(folded):
        yield Mask("name", *passenger.span(1))
    if not any(title in folded for title in lists("names")["titles"]):
        return
    for match in _titled().finditer(folded):
        group = 1 if match[1] else 2
        yield Mask("name", *match.span(group))


def _in_columns(folded: str) -> Iterator[Mask]:
    """Names in the cells of a table below a cell that says they are names."""
    if "\n" not in folded:
        return
    columns: list[int] = []
    start = 0
    for line in folded.split("\n"):
        sign = next((s for s in ("|", "\t", ",") if s in line), None)
        cells = line.split(sign) if sign else []
        headed = [at for at, cell in enumerate(cells) if cell.strip() in lists("names")["headers"]]
        columns = headed or (columns if cells else [])
        for at in columns if not headed else ():
            cell = cells[at].strip() if at < len(cells) else ""
            if cell and _name_end(cell, 0, strong=True) == len(cell):
                begin = start + len(sign.join([*cells[:at], ""])) + cells[at].index(cell)  # type: ignore[union-attr]
                yield Mask("name", begin, begin + len(cell))
        start += len(line) + 1


def _name_end(folded: str, start: int, *, strong: bool) -> int | None:
    """Where the name that begins at `start` ends; None when no name stands there."""
    words = lists("names")
    run = _HAN_RUN.match(folded, start)
    if not run:
        return None
    text = run[0]
    other = _other_end(folded, start) if strong else None
    if other:
        return other
    if text[:2] in words["compound"]:
        lengths: tuple[int, ...] = (4, 3)
    elif text[0] in words["surnames"] or (strong and text[0] in words["word_surnames"]):
        lengths = (3, 2)
    else:
        return None
    fits = [n for n in lengths if n <= len(text) and _is_name(text[:n], sure=strong and _ends(folded, start + n))]
    for n in fits:
        if _breaks(folded, start + n):
            return start + n
    if strong and fits and text[0] in words["surnames"] and not _not_person().search(text):
        return start + fits[0]
    return None


def _other_end(folded: str, start: int) -> int | None:
    """Where a name with blanks (马 骁) or one of a minority people (阿依古丽, 买买提·艾力) ends; None otherwise."""
    for pattern in _other_names():
        match = pattern.match(folded, start)
        if match and _is_name(re.sub(_FOREIGN_SOUND, "", match[0]), sure=True):
            return match.end()
    words = lists("names")
    if not any(folded.startswith(begin, start) for begin in words["minority"]):
        return None
    run = _HAN_RUN.match(folded, start)
    lengths = range(min(6, len(run[0]) if run else 0), 2, -1)
    return next(
        (
            start + n
            for n in lengths
            if _is_name(folded[start : start + n].replace("都", "")) and _breaks(folded, start + n)
        ),
        None,
    )


@cache
def _other_names() -> tuple[re.Pattern[str], ...]:
    words = lists("names")
    surname = f"(?:{any_of(words['compound'])}|[{words['surnames']}{words['word_surnames']}])"
    hard_end = f"(?![{HAN}a-z0-9*])"
    return (
        re.compile(f"{surname}(?: [{HAN}] [{HAN}]| {{1,2}}[{HAN}]{{1,2}}){hard_end}"),
        re.compile(f"[{HAN}]{{2,6}}[·•・][{HAN}]{{2,6}}(?:{hard_end}|(?={any_of(words['followers'])}))"),
    )


def _is_name(text: str, *, sure: bool = False) -> bool:
    """True when nothing in the text speaks against a name; `sure` when it stands alone after a strong cue."""
    words = lists("names")
    given = text[2:] if text[:2] in words["compound"] else text[1:]
    never = words["never"] if sure else words["never"] + words["rarely"]
    if not given or any(c in never for c in given):
        return False
    return not any(word in text for word in words["not_names"])


@cache
def _follower() -> re.Pattern[str]:
    return re.compile(rf"[^{HAN}a-z0-9*]|\Z|{any_of(lists('names')['followers'])}")


@cache
def _not_person() -> re.Pattern[str]:
    return re.compile(any_of(lists("names")["organisations"]) + "(?!卡|账|流水)")


def _ends(folded: str, at: int) -> bool:
    return at >= len(folded) or bool(_END.match(folded, at))


def _breaks(folded: str, at: int) -> bool:
    return bool(_follower().match(folded, at)) and not _not_person().match(folded, at)
