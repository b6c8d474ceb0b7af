"""Names before their titles, before papers of their owners, before what was done in their name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from analysis.masking.person import is_likely_name, surname
from analysis.masking.words import any_of, lists
from core.values import Mask


def before_word(folded: str, at: int) -> Iterator[Mask]:
    """A name of three characters before a paper of its owner or a deed: 汪子墨身份证, 章小慧代收."""
    end = at - (folded[at - 1 : at] == "的")
    if end >= 3 and is_likely_name(folded[end - 3 : end]):
        yield Mask("name", end - 3, end)


@cache
def _addressed() -> re.Pattern[str]:
    return re.compile(any_of(lists("names")["addressed"]) + r"[:\s,]{0,2}\Z")


@cache
def _thanked() -> re.Pattern[str]:
    return re.compile(any_of(lists("names")["thanks"]) + r"[^，。；;,!?\n:]{0,10}\Z")


@cache
def _served() -> re.Pattern[str]:
    return re.compile(any_of(lists("names")["served"]) + r"\Z")


@cache
def _deed() -> re.Pattern[str]:
    calls, deeds = any_of(lists("names")["calls"]), any_of(lists("names")["deeds"])
    return re.compile(rf"{calls}|{deeds}|[,，:(\s]{{0,2}}(?:\*|1\d{{6}}|电话|手机)")


@cache
def _titled_call() -> re.Pattern[str]:
    words = lists("names")
    return re.compile(rf"(?:\A|[\n，。,;；:】\])\s]|({any_of(words['titled'])}))({surname()})\Z")


def before_title(folded: str, at: int, end: int, *, is_post: bool) -> Iterator[Mask]:
    """
    A name before 先生, or before a post such as 经理.

    A surname alone with its title counts behind 客户 and the like, or where it calls in (赵女士来电). A whole name
    counts where it is spoken to (尊敬的…), does something in a complaint (…表示, …的护照), or has served the author.
    """
    left = folded[max(0, at - 12) : at]
    old = left.endswith("老")  # 钟老先生 is said of somebody's age
    length = next((n for n in (4, 3, 2) if n <= len(left) and not old and is_likely_name(left[-n:])), 0)
    first = tuple(lists("names")["minority"])
    length = next((n for n in (5, 4, 3) if n > length and len(left) >= n and left[-n:].startswith(first)), length)
    if not (length or is_post or old) and is_likely_name(left[-3:], alone=True) and _addressed().search(left[:-3]):
        length = 3
    before = folded[max(0, at - length - 16) : at - length]
    if length and (_speaks_of(before, folded, end, is_post=is_post) or (is_post and _thanked().search(before))):
        yield Mask("name", at - length, at)
    elif not is_post:
        alone = _titled_call().search(left)
        if alone and (alone[1] or _call().match(folded, end)):
            yield Mask("name", at - len(alone[2]), end)


def _speaks_of(before: str, folded: str, end: int, *, is_post: bool) -> bool:
    if is_post:
        return bool(_served().search(before)) or (bool(_deed().match(folded, end)) and not _HEAD_OF.search(before))
    return bool(_addressed().search(before)) or (bool(_deed().match(folded, end)) and not _HEAD_OF.search(before))


_HEAD_OF = re.compile(r"(?:[长裁席记家总]|总经理|ceo|创始人)\s?\Z")  # 董事长, 总经理: somebody public


@cache
def _call() -> re.Pattern[str]:
    return re.compile(any_of(lists("names")["calls"]))
