"""Names after cue words, and home addresses."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache

from analysis.masking.words import any_of, lists
from core.text import HAN
from core.values import Mask

_HAN_RUN = re.compile(f"[{HAN}]{{1,8}}")


@cache
def _name_cue() -> re.Pattern[str]:
    strong, weak = (any_of(lists("names")[key]) for key in ("strong", "weak"))
    cue = rf"(?:({strong})|(?<![@{HAN}])我是|(?<![行总副企@]){weak})"
    return re.compile(cue + rf"(?:的?(?:姓名|名字))?(?:[:是为叫\s=]|】){{0,3}}(?=[{HAN}])")


@cache
def _titled() -> re.Pattern[str]:
    words = lists("names")
    surname = f"(?:{any_of(words['compound'])}|[{words['surnames']}{words['word_surnames']}])"
    titles, calls = any_of(words["titles"]), any_of(words["calls"])
    return re.compile(
        rf"(?:(?<=[\n，。,;；:】\])\s])|(?<=\A)|(?:{any_of(words['titled'])}))({surname}{titles})(?={calls})"
        rf"|{any_of(words['titled'])}({surname}{titles})"
    )


def names(folded: str, persons: Sequence[str]) -> Iterator[Mask]:
    """Masks of names after cue words; `persons` (folded) and names of companies are left alone."""
    for cue in _name_cue().finditer(folded):
        end = _name_end(folded, cue.end(), strong=bool(cue[1]))
        if end and not any(folded.startswith(p, cue.end()) for p in persons):
            yield Mask("name", cue.end(), end)
    if not any(title in folded for title in lists("names")["titles"]):
        return
    for match in _titled().finditer(folded):
        group = 1 if match[1] else 2
        yield Mask("name", *match.span(group))


def _name_end(folded: str, start: int, *, strong: bool) -> int | None:
    """Where the name that begins at `start` ends; None when no name stands there."""
    words = lists("names")
    run = _HAN_RUN.match(folded, start)
    if not run:
        return None
    text = run[0]
    if text[:2] in words["compound"]:
        lengths: tuple[int, ...] = (4, 3)
    elif text[0] in words["surnames"] or (strong and text[0] in words["word_surnames"]):
        lengths = (3, 2)
    else:
        return None
    fits = [n for n in lengths if n <= len(text) and _is_name(text[:n])]
    for n in fits:
        if _breaks(folded, start + n):
            return start + n
    if strong and fits and text[0] in words["surnames"] and not _not_person().search(text):
        return start + fits[0]
    return None


def _is_name(text: str) -> bool:
    words = lists("names")
    given = text[2:] if text[:2] in words["compound"] else text[1:]
    if not given or any(c in words["never"] for c in given):
        return False
    return not any(word in text for word in words["not_names"])


@cache
def _follower() -> re.Pattern[str]:
    return re.compile(rf"[^{HAN}a-z0-9*]|\Z|{any_of(lists('names')['followers'])}")


@cache
def _not_person() -> re.Pattern[str]:
    return re.compile(any_of(lists("names")["organisations"]) + "(?!卡|账|流水)")


def _breaks(folded: str, at: int) -> bool:
    return bool(_follower().match(folded, at)) and not _not_person().match(folded, at)


# ---------------------------------------------------------------- addresses

_DOOR = re.compile(r"\d{1,5}(?:号楼|号院|号|室|栋|幢|单元|弄|组|楼|座|层|巷|户|段)")
_BREAK = re.compile(r"[^0-9a-z\-#附之" + HAN + "]")
_ROAD = re.compile(
    r"(?:路|街|大道|巷|弄|胡同|里|道|村|庄|屯|小区|花园|苑|公寓|社区|院|街道|园|府|邸|城|湾|段|坊|组|寨|新村|家园|号)\Z"
)
_REGION = re.compile(r"省|市|自治区|[区县镇乡]|街道")
_STEP = 14  # characters between two parts of one address
_LONGEST = 60  # characters after the first house number
_HEAD = 40  # characters before the first house number
_ROOM = re.compile(r"(?:[a-z]座)?[0-9a-z\-]{1,6}室?")
_LEAD = re.compile(
    r"(?:地址|住址|寄到|寄往|寄至|发到|发往|送货到|送到|送至|住在|家在|家住|搬到|位于|我在|户籍地?|老家|租的|上门到|在|到|至|住|是|为|往)[是为:\s]?"
)
_NEAR = 12


@cache
def _home() -> re.Pattern[str]:
    return re.compile(any_of(lists("addresses")["home"]))


@cache
def _perhaps_home() -> re.Pattern[str]:
    return re.compile(any_of(lists("addresses")["perhaps_home"]))


@cache
def _office() -> re.Pattern[str]:
    return re.compile(any_of(lists("addresses")["office"]))


def addresses(folded: str, found: Sequence[Mask]) -> Iterator[Mask]:
    """Masks of home addresses in folded text; `found` are the masks near which an address is somebody's."""
    spans = sorted((m.start, m.end) for m in found)
    reached = 0
    for door in _DOOR.finditer(folded):
        if door.start() < reached:
            continue
        start, end, reached = _address(folded, door, reached)
        if start is not None and _is_home(folded, start, end, spans):
            yield Mask("address", start, end)


def _address(folded: str, door: re.Match[str], floor: int) -> tuple[int | None, int, int]:
    """Start (None when it is no address), end, and where to read on."""
    end = _tail(folded, door.end())
    low = max(floor, door.start() - _HEAD)
    head = folded[low : door.start()]
    broken = [m.end() for m in _BREAK.finditer(head)]
    if broken:
        low, head = low + broken[-1], head[broken[-1] :]
    if not _ROAD.search(head):
        return None, end, door.end()
    lead = 0
    for cue in _LEAD.finditer(head):
        if _REGION.search(head, cue.end()) or not _REGION.search(head):
            lead = cue.end()
    region = _REGION.search(head, lead)
    if not region and not lead:
        return None, end, door.end()
    first = region.start() if region else lead
    if lead == 0 and first > 4:
        lead = first - 2
    return low + lead, end, end


def _tail(folded: str, end: int) -> int:
    last = end + _LONGEST
    while end < last:
        step = _DOOR.search(folded, end, end + _STEP)
        if not step or _BREAK.search(folded, end, step.start()):
            break
        end = step.end()
    room = _ROOM.match(folded, end)
    return room.end() if room else end


def _is_home(folded: str, start: int, end: int, spans: Sequence[tuple[int, int]]) -> bool:
    before, after = folded[max(0, start - _NEAR) : start], folded[end : end + _NEAR]
    cut = re.split(r"[。！？!?\n；;]", before)[-1]
    if _office().search(cut):
        return False
    if _home().search(cut):
        return True
    if _office().search(re.split(r"[。！？!?\n；;，,]", after)[0]):
        return False
    if _perhaps_home().search(cut):
        return True
    if after.startswith(("是我家", "是我住", "是本人", "是我的")):
        return True
    if re.search(r"室|单元|[栋幢]\d|号楼\d|\d\Z", folded[start:end]):
        return True
    near = bisect_left(spans, (start, start))
    return any(s - 2 * _NEAR < end and e + 2 * _NEAR > start for s, e in spans[max(0, near - 1) : near + 2])
