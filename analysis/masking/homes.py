"""Home addresses: a road with a house number, and what of house, flat and room stands behind it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache

from analysis.masking.words import any_of, lists
from core.text import HAN
from core.values import Mask

_COUNT = "[一二三四五六七八九十百零〇]"
_DOOR = re.compile(
    r"\d{1,5} ?(?:号楼|号院|号|室|栋|幢|单元|弄|组|楼|座|层|巷|户|段)"
    rf"|{_COUNT}{{1,4}}(?:号楼|号院|栋|幢|单元)|(?<![a-z])[a-z](?:座|栋|幢)(?=\d)"
    r"|(?<![0-9\-])\d{1,3}-\d{1,2}-\d{3,4}(?![0-9\-])"
)
_INNER = re.compile(
    rf"{_DOOR.pattern}|{_COUNT}{{1,5}}(?:室|户|层|号)(?![{HAN}]{{0,2}}[线店])"
    r"|(?<![a-z])[a-z] ?(?:户|单元)|(?<![a-z])[a-z]\d-\d{3,4}(?!\d)"
)
_BREAK = re.compile(r"[^0-9a-z\-#附之" + HAN + "]")
_ROAD = re.compile(
    r"(?:路|街|大道|巷|弄|胡同|里|道|村|庄|屯|小区|花园|苑|公寓|社区|院|街道|园|府|邸|城|湾|段|坊|组|寨|新村|家园|号"
    r"|[\d一二三四五六七八九十a-z]区|雅居|名居|华府|国际|广场|公馆|豪庭|名苑|郡|庭|轩|阁|嘎查|苏木|[\d一二三四五]期|宿舍"
    r"|家属院|大院)[甲乙丙丁]?附?\Z"
)
_REGION = re.compile(r"省|市|自治区|[区县镇乡旗]|街道")
_FLAT = re.compile(
    rf"(?:栋|幢|座|号楼|单元|期)[^，。,;；]{{0,8}}(?:\d{{3,4}}|{_COUNT}{{3,4}}|[0-9a-z][室房户])|\d-\d{{1,2}}-\d{{3,4}}"
)
"""A house and a room in it: somebody lives or works there, even where no place name says which town."""
_ENGLISH = re.compile(
    r"(?<![a-z])(?:room|rm|flat|apt|apartment|unit)\.? ?[0-9a-z\-]{1,6}, ?[a-z0-9 ,.\-]{3,60}"
    r"(?<![a-z])(?:road|rd|street|st|avenue|ave|lane)(?![a-z])(?:, ?[a-z ]{3,24}){0,3}"
)
_STEP = 14  # characters between two parts of one address
_LONGEST = 60  # characters after the first house number
_HEAD = 40  # characters before the first house number
_ROOM = re.compile(
    r" ?(?:[a-z]座)?[0-9a-z\-]{1,6}[室房]?|[一二三四五六七八九零〇]{3,4}(?:室|(?![年一二三四五六七八九零〇十百千万]))"
)
_LEAD = re.compile(
    r"(?:地址|住址|寄到|寄往|寄至|发到|发往|送货到|送到|送至|住在|家在|家住|搬到|位于|我在|户籍地?|老家|租的|上门到"
    r"|在|到|至|住|是|为|往|从)[是为:\s]?"
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
    for match in _ENGLISH.finditer(folded):
        yield Mask("address", *match.span())
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
    if not region and not lead and not _FLAT.search(folded, door.start(), end):
        return None, end, door.end()
    first = region.start() if region else lead
    if lead == 0 and first > 4:
        lead = first - 2
    return low + lead, end, end


def _tail(folded: str, end: int) -> int:
    last = end + _LONGEST
    while end < last:
        step = _INNER.search(folded, end, end + _STEP)
        if not step or _BREAK.search(folded[end : step.start()].replace(" ", "")):
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
