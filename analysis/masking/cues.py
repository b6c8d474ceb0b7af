"""What stands before and behind a number: the name of a thing, of a person's number, a unit."""

from __future__ import annotations

import re
from functools import cache

from analysis.masking.checks import is_id, is_mobile
from analysis.masking.words import any_of, ends_with_cue, lists

CONTEXT = 18
"""Characters of left context that can hold a cue and its filler."""

_GAPS = {
    "thing": r"(?!员|小哥|柜电话)(?:卡?编?号码?|卡|id|号|尾号)?[是为了:#.\[(*\s]{0,5}[a-z]{0,4}[\s:\-]?",
    "perhaps_thing": r"(?!员|小哥|柜电话)(?:卡?[编单]?号码?|[卡单码]|id|尾号)?[是为了:#.\[(*\s]{0,5}[a-z]{0,4}[\s:\-]?",
    "phone": r"[^0-9，。；;!?\n]{0,6}",
    "called": r"[了我他她是为:号码\s(]{0,4}",
    "id": r"[^0-9，。；;!?\n]{0,8}",
    "card": r"(?:\s?(?:no|number|num)\b)?[^0-9，。；;!?\n]{0,6}",
    "sure_card": r"(?:卡?(?:账|帐)?号码?|账户|我念|[是为:=\"'\s(「【\[*]){0,8}",
    "landline": r"[号码是:*\s]{0,5}",
    "public_line": r"[^0-9，。；;!?\n]{0,4}",
}

_SHARED = {"called": "phone"}  # the same words with less between them and the number


@cache
def _cue(key: str) -> re.Pattern[str]:
    return ends_with_cue(lists("numbers")[_SHARED.get(key, key)], _GAPS[key])


def cue_before(key: str, text: str, start: int) -> bool:
    """True when a word of this list stands before `start`, with nothing but its filler between."""
    return bool(_cue(key).search(text[max(0, start - CONTEXT) : start]))


def is_thing(text: str, start: int, digits: str = "") -> bool:
    """
    True when the number at `start` is said to be one of a thing: an order, a parcel, a queue.

    What follows a word such as 会员 may be the person's own: `digits` that are a mobile (unless 号 or the like stands
    between) or begin with a whole id.
    """
    if cue_before("thing", text, start):
        return True
    said = _cue("perhaps_thing").search(text[max(0, start - CONTEXT) : start])
    if not said or (len(digits) >= 18 and is_id(digits[:18])):
        return False
    return bool(_NUMBERED.search(said[0])) or len(digits) < 11 or not is_mobile(digits.removeprefix("86"))


_NUMBERED = re.compile("[号单码证]|id")


@cache
def _unit(*keys: str) -> re.Pattern[str]:
    words = lists("numbers")
    unit = rf"\s?(?!{any_of(words['no_unit'])}){any_of(word for key in keys for word in words[key])}"
    return re.compile(unit + r"|(?:[\-~至到]{1,2}1[3-9]\d{9})?(?:的|这个)?号段")


def is_amount(text: str, start: int, end: int) -> bool:
    """True when the number from `start` to `end` counts something: 13800001234次, not 手机13800001234台."""
    if not _unit("unit", "perhaps_unit").match(text, end):
        return False
    return not cue_before("called", text, start) or bool(_unit("unit").match(text, end))
