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
_NUMBER = rf"(?:\d{{1,5}}|{_COUNT}{{1,4}})"
_TRIPLE = r"(?<![0-9\-])\d{1,3}-\d{1,2}-\d{3,4}(?![0-9\-])"
_DOOR = re.compile(
    r"\d{1,5} ?(?:号楼|号院|号|室|栋|幢|单元|弄|楼|座|层|巷|户|段|门(?=\d{3})|排(?=\d)|#楼|#(?=\d{3}))"
    rf"|{_COUNT}{{1,4}}(?:号楼|号院|栋|幢|单元)|(?<=[路街道巷弄]){_COUNT}{{1,6}}号|(?<![a-z])[a-z](?:座|栋|幢)(?= ?\d)"
    rf"|第?{_NUMBER}(?:(?:生产|村民)?小?[组队社])|{_TRIPLE}"
)
_DOOR_LIKELY = re.compile(
    r"[0-9a-z一二三四五六七八九十百] ?(?:[号室栋幢弄楼座层巷户段门排#组队社小生村]|单元)|\d-\d{1,2}-\d{3}"
)
_INNER = re.compile(
    rf"{_DOOR.pattern}|{_COUNT}{{1,3}}楼|{_COUNT}{{1,5}}(?:室|户|层|号)(?![{HAN}]{{0,2}}[线店])|[东南西北中](?:单元|户)|宿舍楼(?=\d)"
    r"|(?<![a-z])[a-z] ?(?:户|单元)|(?<![a-z])[a-z]\d-\d{3,4}(?!\d)"
)
_BREAK = re.compile(r"[^0-9a-z\-#附之" + HAN + "]")
# Many write a blank behind each part: 样板市 虚构区 示例路 12 号.
_BREAK_BEFORE = re.compile(r"[^0-9a-z\-#附之 " + HAN + "]|(?<![省市区县镇乡旗路街道巷弄村]) ")
_ROAD = re.compile(
    r"(?:路|街|大道|巷|弄|胡同|里|道|村|庄|屯|小区|花园|苑|公寓|社区|院|街道|园|府|邸|城|湾|段|坊|组|寨|新村|家园|号|村委会"
    r"|[\d一二三四五六七八九十a-z东南西北中]区|雅居|名居|华府|国际|广场|公馆|豪庭|名苑|郡|庭|轩|阁|嘎查|苏木|[\d一二三四五]期|宿舍"
    r"|家属院|大院)[甲乙丙丁东南西北]?附?内?[a-z]?\Z"
)
# Names of estates that end on everyday words: only with a house and a room behind.
_ESTATE = re.compile(
    rf"(?:天地|世家|都会|水岸|山水|时代|半岛|传奇|丽都|小镇|城邦|印象|风景|首府|风情|左岸|原著|御景|阳光|春天|[墅汇玺岸台谷岛都居堡舍第家港峰洲滩庐榭馆厦]|[路街道](?:\d{{1,5}}号)?[{HAN}]{{2,7}})\Z"
)
_REGION = re.compile(r"自治[州区县旗]|省|市|[区县镇乡旗]|街道")
_FLAT = re.compile(
    rf"(?:栋|幢|座|号楼|单元|期|门|#楼?)[^，。,;；]{{0,8}}(?:\d{{3,4}}|{_COUNT}{{3,4}}|[0-9a-z][室房户])|\d-\d{{1,2}}-\d{{3,4}}"
)
"""A house and a room in it: somebody lives or works there, even where no place name says which town."""
_STREET = r"(?:road|rd|street|st|avenue|ave|lane)(?![a-z])"
_STREETS = ("road", "street", "avenue", "lane", " rd", " st", " ave")
_NUMBERED = (
    rf"(?:(?:room|rm|flat|apt|apartment|unit|suite|building|bldg|block|tower|floor)\.? ?[0-9a-z\-]{{1,6}}"
    rf"|(?:no\.? ?)?\d{{1,5}} [a-z ]{{2,30}}{_STREET})"
)
_NAMED = r"[a-z]{3,14}(?: (?:district|city|garden|gardens|estate|province|town|county))?"
_ENGLISH = re.compile(rf"(?<![a-z0-9]){_NUMBERED}(?:, ?(?:{_NUMBERED}|{_NAMED}(?! ?[a-z0-9]))(?![a-z0-9])){{1,7}}")
_STEP = 14  # characters between two parts of one address
_LONGEST = 60  # characters after the first house number
_HEAD = 40  # characters before the first house number
_ROOM = re.compile(
    r" ?(?:[a-z]座)?[0-9a-z\-]{1,6}[室房]?|之\d{1,2}"
    r"|[一二三四五六七八九零〇]{3,4}(?:室|(?![年一二三四五六七八九零〇十百千万]))"
)
_LEAD = re.compile(
    r"(?:地址|住址|收货|收件|寄到|寄往|寄至|寄回|发到|发往|送货到|送到|送至|住在|家在|家住|搬到|位于|我在|户籍地?|现居住?地?|现住|居住[地在]|老家|租的|上门到"
    r"|在|到|至|住|是|为|往|从|写|送|放|寄|我家|家里)[是为了着:\s]?"
)
_HEADING = re.compile(r"(?:地址|住址|收货|收件|现住|户籍|户口|家)[:\s]{1,2}\Z")
_NEAR = 12
_DOOR_REACH = 8  # characters that a house number can have on both sides of its unit
_SUBJECT = 4  # an office so close before 搬到 is what moved


_DWELLING = re.compile("小区|花园|公寓|宿舍|家属院|家园|新村|苑|嘉园|名邸|里")


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
    for match in _ENGLISH.finditer(folded) if any(street in folded for street in _STREETS) else ():
        if re.search(_STREET, match[0]):
            yield Mask("address", *match.span())
    spans = sorted((m.start, m.end) for m in found)
    reached = 0
    for door in _doors(folded):
        if door.start() < reached:
            continue
        start, end, reached = _address(folded, door, reached)
        if start is not None and _is_home(folded, start, door.start(), end, spans):
            yield Mask("address", start, end)


def _doors(folded: str) -> Iterator[re.Match[str]]:
    """What a house number looks like: the costly pattern only where the cheap one found something."""
    reached = 0
    for likely in _DOOR_LIKELY.finditer(folded):
        at = max(reached, likely.start() - _DOOR_REACH)
        door = _DOOR.search(folded, at, likely.end() + _DOOR_REACH) if likely.end() > reached else None
        if door:
            reached = door.end()
            yield door


def _address(folded: str, door: re.Match[str], floor: int) -> tuple[int | None, int, int]:
    """Start (None when it is no address), end, and where to read on."""
    low = max(floor, door.start() - _HEAD)
    head = folded[low : door.start()]
    broken = [m.end() for m in _BREAK_BEFORE.finditer(head)]
    if broken:
        low, head = low + broken[-1], head[broken[-1] :]
    head = head.rstrip()
    road = _ROAD.search(head)
    if not road and not _ESTATE.search(head):
        return None, door.end(), door.end()
    end = _tail(folded, door.end())
    flat = _FLAT.search(folded, door.start(), end)
    if not road and not flat:
        return None, end, door.end()
    lead = 0
    for cue in _LEAD.finditer(head):
        if _REGION.search(head, cue.end()) or not _REGION.search(head):
            lead = cue.end()
    region = _REGION.search(head, lead)
    if not region and not lead and not flat and not _HEADING.search(folded, max(0, low - 8), low):
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


def _is_home(folded: str, start: int, door: int, end: int, spans: Sequence[tuple[int, int]]) -> bool:
    before, after = folded[max(0, start - _NEAR) : start], folded[end : end + _NEAR]
    cut = re.split(r"[。！？!?\n；;]", before)[-1]
    homes, offices = ([m.end() for m in words.finditer(cut)] for words in (_home(), _office()))
    if homes or offices:
        return max(homes, default=-_NEAR) > max(offices, default=-_NEAR) + _SUBJECT
    if _office().search(folded, start, door) and not _DWELLING.search(folded, start, door):
        return False
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
