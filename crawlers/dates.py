"""
Publish times as Chinese pages write them, as aware UTC with a precision. Pure: "now" is the fetch time.

Silent rather than wrong: what cannot be read surely is (None, "none").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

from core.text import fold
from core.times import SHANGHAI
from core.values import Precision

Parsed = tuple[datetime | None, Precision]
NOTHING: Parsed = (None, "none")

MAX_LENGTH = 400
"""Characters looked at: a date line is short, a longer text is not a date."""
SKEW = timedelta(minutes=10)
"""A year-less time this far ahead is a fast clock, not last year."""
CLAMP = timedelta(days=1)
"""A time this far ahead is a wrong zone label and becomes the fetch time; farther ahead it is no publish time."""
FIRST_YEAR = 1990

_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_NUMERAL = re.compile(r"[〇零一二三四五六七八九十廿卅两]+(?=\s*(?:年|月|日|号|时|点|分|秒|天|小时|个|周|星期前|周前))")
_SPACES = re.compile(r"[\s\u00a0\u200b\u200e\u200f\u2000-\u200a\u202f\ufeff]+")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")
_GLUED = re.compile(r"(?<=\d)([-/.]\d{2})(\d{2}:\d{2})(?!\d)")  # two neighbouring cells: 10-0812:00
_PUBLISHED = re.compile(r"发布|发表|发稿|刊发|published")

_HALF = {
    **dict.fromkeys(("凌晨", "清晨", "早上", "早晨", "早间", "早", "上午", "am", "a.m."), "am"),
    **dict.fromkeys(("中午", "正午", "午间"), "noon"),
    **dict.fromkeys(("下午", "午后", "傍晚", "pm", "p.m."), "pm"),
    **dict.fromkeys(("晚上", "晚间", "夜间", "夜里", "深夜", "晚", "夜"), "night"),
}
_HALF_WORDS = "凌晨|清晨|早上|早晨|早间|上午|中午|正午|午间|下午|午后|傍晚|晚上|晚间|夜间|夜里|深夜|早|晚|夜"
_TIME = (
    rf"(?P<half>{_HALF_WORDS}|am\b|pm\b)?\s*(?P<h>\d{{1,2}})\s*"
    r"(?:(?P<colon>:)\s*(?P<mi>\d{1,2})(?:\s*:\s*(?P<s>\d{1,2})(?:[.,]\d+)?)?"
    r"|(?:时|点)(?:钟|整)?(?:\s*(?P<mi2>\d{1,2})\s*分?(?:\s*(?P<s2>\d{1,2})\s*秒)?|(?P<part>半|一刻|1刻|三刻|3刻))?)"
    r"(?!\d)\s*(?P<after>[ap]\.?m\.?(?![a-z]))?"
    r"(?:\s*\(?(?P<zone>z(?![a-z])|(?:gmt|utc)?\s*[+-]\d{1,2}:?\d{0,2}(?!\d)|gmt|utc|ut(?![a-z])|cst|edt|est|pst|pdt)\)?)?"
)
_WEEKDAY = r"\(?(?:星期|周|礼拜)[一二三四五六日天]\)?|\(?(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?\)?"
_GAP = rf"[\s,t|·/_-]*(?:{_WEEKDAY})?[\s,|·]*"
_MONTHS = {m: i for i, m in enumerate(re.findall("...", "janfebmaraprmayjunjulaugsepoctnovdec"), 1)}
_MONTH = r"(?P<mon>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_OPTIONAL_TIME = rf"(?:{_GAP}{_TIME})?"

_FULL = re.compile(
    r"(?<![\d.])(?P<y>(?:19|20)\d\d)\s*(?:年|[-/.])\s*(?P<m>\d{1,2})\s*(?:月|[-/.])\s*(?P<d>\d{1,2})(?!\d)\s*[日号]?"
    + _OPTIONAL_TIME
)
_STACKED = re.compile(r"(?<!\d)(?P<y>20\d\d)\s+(?P<m>\d\d)\s*[/-]\s*(?P<d>\d\d)\s+" + _TIME)
_COMPACT = re.compile(
    r"(?<![\d.-])(?P<y>(?:19|20)\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])"
    r"(?:(?P<h>[01]\d|2[0-3])(?P<mi>[0-5]\d)(?P<s>[0-5]\d)?)?(?![\d-])"
)
_BASIC = re.compile(
    r"(?<![\d.-])(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)t(?P<h>\d\d):?(?P<mi>\d\d)(?::?(?P<s>\d\d))?(?P<zone>z|[+-]\d\d:?\d\d)?"
)
_COMPACT_TIMED = re.compile(
    r"(?<![\d.-])(?P<y>(?:19|20)\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])[\s-]+" + _TIME
)
_SHORT_YEAR = re.compile(
    r"(?<![\d.-])(?P<y>\d\d)[-.年](?P<m>\d{1,2})[-.月](?P<d>\d{1,2})(?![\d.-])日?" + _OPTIONAL_TIME
)
_DAY_FIRST = re.compile(
    rf"(?<!\d)(?P<d>\d{{1,2}})\s*[- ]?\s*{_MONTH}\s*[-, ]?\s*(?P<y>(?:19|20)\d\d|\d\d)(?!\d)" + _OPTIONAL_TIME
)
_MONTH_FIRST = re.compile(rf"{_MONTH}\s*(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s*,?\s*(?P<y>(?:19|20)\d\d)" + _OPTIONAL_TIME)
_UNIX_DATE = re.compile(rf"{_MONTH}\s+(?P<d>\d{{1,2}})\s+{_TIME}\s*(?P<y>20\d\d)")
_SLASHED = re.compile(
    r"(?<![\d/.-])(?P<a>\d{1,2})(?P<sep>[-/.])(?P<b>\d{1,2})(?P=sep)(?P<y>20\d\d)(?!\d)" + _OPTIONAL_TIME
)
_YEARLESS = re.compile(
    r"(?<!\d)(?P<rel>去年|今年|前年)?\s*(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})(?!\d)\s*[日号]?" + _OPTIONAL_TIME
)
_YEARLESS_TIMED = re.compile(r"(?<![\d./-])(?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?:\s*\(?(?:星期|周).\)?)?\s+" + _TIME)
_YEARLESS_ALONE = re.compile(r"^\W*(?P<m>\d{2})[-/](?P<d>\d{2})\W*$")
_MONTH_ONLY = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d\d)\s*(?:年\s*(?P<m>\d{1,2})\s*月(?:份)?(?!\s*\d)|-(?P<m2>\d\d)(?![\d-]))"
)
_AGO = re.compile(
    r"(?<!\d)(?:(?P<n>\d{1,4})|(?P<halved>半))\s*个?\s*(?P<half>半)?\s*"
    r"(?P<unit>秒钟?|分钟|分|小时|钟头|天|日|周|星期|礼拜|月)\s*(?:(?P<n2>\d{1,2})\s*(?:分钟|分))?\s*(?:以|之)?前"
    rf"(?:\s*{_TIME.replace('?P<half>', '?P<half2>')})?"
)
_AGO_ENGLISH = re.compile(r"(?<!\d)(?P<n>\d{1,3}|an?)\s*(?P<unit>second|sec|minute|min|hour|hr|day|week|month)s?\s+ago")
_JUST = re.compile(r"刚刚|刚才|片刻前|just now")
_DAY_WORD = re.compile(
    r"(?P<word>大前天|前天|前日|前晚|昨天|昨日|昨晚|昨夜|今天|今日|今早|今晨|今晚|昨(?=\s*\d)|今(?=\s*\d)|yesterday|today)\s*,?\s*(?:at\s*)?"
    rf"(?:{_TIME})?"
)
_DAYS_BACK = {
    "大前天": 3,
    "前天": 2,
    "前日": 2,
    "前晚": 2,
    "昨天": 1,
    "昨日": 1,
    "昨晚": 1,
    "昨夜": 1,
    "昨": 1,
    "yesterday": 1,
}
_WEEK_WORD = re.compile(
    rf"(?<![下每双单首])(?P<week>上|本|这)?个?(?:周|星期|礼拜)(?P<wd>[一二三四五六日天])(?!期)\s*,?\s*(?:{_TIME})?"
)
_TIME_ALONE = re.compile(rf"^[^\w]*{_TIME}[^\w]*$")
_UNIX = re.compile(r"^(\d{10})(?:\.\d+)?$|^(\d{13})$")


def parse_date(text: str, *, fetched_at: datetime) -> Parsed:
    """
    The instant that a line of text names, as aware UTC, and how exactly it does so.

    A time without a zone is Asia/Shanghai; a day is its local midnight; relative words count from
    `fetched_at` (aware); a date without a year lies in the past. Words around the date are tolerated.
    Never raises; (None, "none") when nothing is surely a date or the date lies in the future.
    """
    text = _prepared(text)
    now = fetched_at.astimezone(SHANGHAI)
    if unix := _UNIX.match(text):
        return _bounded(_from_unix(unix), "second", now)
    for part in _parts(text):
        for pattern, read in _READERS:
            for match in pattern.finditer(part):
                found = read(match, now)
                if found[0] is not None:
                    return found
    return NOTHING


def _prepared(text: str) -> str:
    text = _SPACES.sub(" ", fold(text[:MAX_LENGTH])).strip().translate(_DASHES).replace("一刻钟", "15分钟")
    text = _GLUED.sub(r"\1 \2", text)
    return _NUMERAL.sub(lambda m: str(_number(m.group())), text)


def _parts(text: str) -> Iterator[str]:
    """What follows a word such as 发布 first, so that an update time before it does not win; then all of it."""
    if label := _PUBLISHED.search(text):
        yield text[label.end() :]
    yield text


def _number(numeral: str) -> int:
    """二〇二六 -> 2026, 二十三 -> 23, 两 -> 2."""
    numeral = numeral.replace("廿", "二十").replace("卅", "三十")
    if "十" in numeral:
        tens, _, units = numeral.partition("十")
        return (_DIGITS.get(tens, 1) if tens else 1) * 10 + (_DIGITS.get(units, 0) if units else 0)
    return int("".join(str(_DIGITS[c]) for c in numeral))


def _from_unix(match: re.Match[str]) -> datetime:
    seconds = int(match[1]) if match[1] else int(match[2]) / 1000
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=0)


def _bounded(moment: datetime, precision: Precision, now: datetime) -> Parsed:
    if moment.year < FIRST_YEAR or moment > now + CLAMP:
        return NOTHING
    return min(moment, now.replace(microsecond=0)).astimezone(UTC), precision


# ---------------------------------------------------------------- clock times and zones


def _clock(match: re.Match[str]) -> tuple[timedelta, Precision, tzinfo] | None:
    """The time of day of a match as (since midnight, precision, zone); None when impossible or absent."""
    groups = match.groupdict()
    if groups.get("h") is None:
        return None
    part = {"半": "30", "一刻": "15", "1刻": "15", "三刻": "45", "3刻": "45"}.get(groups.get("part") or "")
    minute_text = groups.get("mi") or groups.get("mi2") or part
    second_text = groups.get("s") or groups.get("s2")
    half = _HALF.get((groups.get("half2") or groups.get("half") or groups.get("after") or "").replace("a.m", "am"))
    hour = _hour(int(groups["h"]), half, bool(groups.get("colon")))
    minute, second = int(minute_text or 0), int(second_text or 0)
    if hour is None or minute > 59 or second > 60 or hour > 24 or (hour == 24 and minute):
        return None
    precision: Precision = "second" if second_text else "minute" if minute_text else "hour"
    return timedelta(hours=hour, minutes=minute, seconds=min(second, 59)), precision, _zone(groups.get("zone"))


def _hour(hour: int, half: str | None, colon: bool) -> int | None:
    if half is None or hour > 12:
        return hour
    if half == "am":
        return 0 if hour == 12 and colon else hour  # a 12-hour clock prints 上午12:05 for 00:05
    if half == "noon":
        return hour + 12 if hour < 10 else hour
    if half == "night":
        return 24 if hour == 12 else hour + 12 if hour >= 5 else hour
    return hour if hour == 12 else hour + 12


_NAMED_ZONES = {"z": 0, "gmt": 0, "utc": 0, "ut": 0, "cst": 8, "edt": -4, "est": -5, "pst": -8, "pdt": -7}


def _zone(text: str | None) -> tzinfo:
    if not text:
        return SHANGHAI
    if text in _NAMED_ZONES:  # CST on a Chinese page is China Standard Time
        return timezone(timedelta(hours=_NAMED_ZONES[text]))
    sign = -1 if "-" in text else 1
    digits = re.sub(r"\D", " ", text).split()
    joined = digits[0] if len(digits) == 1 else f"{digits[0]:>02}{digits[1]}"
    hours, minutes = (int(joined), 0) if len(joined) <= 2 else (int(joined[:-2]), int(joined[-2:]))
    return timezone(sign * timedelta(hours=hours, minutes=minutes)) if hours <= 14 and minutes < 60 else SHANGHAI


def _at(day: date, match: re.Match[str], now: datetime) -> Parsed:
    """The day with the match's clock time, or the day alone."""
    clock = _clock(match)
    if clock is None:
        return _bounded(datetime(day.year, day.month, day.day, tzinfo=SHANGHAI), "day", now)
    since_midnight, precision, zone = clock
    moment = datetime(day.year, day.month, day.day, tzinfo=zone) + since_midnight
    if not since_midnight and zone is SHANGHAI and precision == "second":
        precision = "day"  # systems that know only the day print 00:00:00
    return _bounded(moment, precision, now)


# ---------------------------------------------------------------- one reader per form


def _absolute(match: re.Match[str], now: datetime) -> Parsed:
    groups = match.groupdict()
    year = int(groups["y"])
    year += 2000 if year < 100 else 0
    month = _MONTHS[groups["mon"]] if groups.get("mon") else int(groups["m"])
    day = _day(year, month, int(groups["d"]))
    return _at(day, match, now) if day else NOTHING


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _short_year(match: re.Match[str], now: datetime) -> Parsed:
    """26-11-20: only a year of the last two decades, else it may be any numbering."""
    return _absolute(match, now) if 0 <= now.year % 100 - int(match["y"]) <= 20 else NOTHING


def _slashed(match: re.Match[str], now: datetime) -> Parsed:
    """11/20/2026 and 20/11/2026 when only one reading exists."""
    a, b = int(match["a"]), int(match["b"])
    if a <= 12 and b <= 12 and a != b:
        return NOTHING
    day = _day(int(match["y"]), min(a, b) if max(a, b) > 12 else a, max(a, b))
    return _at(day, match, now) if day else NOTHING


def _yearless(match: re.Match[str], now: datetime) -> Parsed:
    back = {"去年": 1, "前年": 2}.get(match.groupdict().get("rel") or "", 0)
    for year in range(now.year - back, now.year - back - 8, -1):  # 29 February may be years away
        day = _day(year, int(match["m"]), int(match["d"]))
        if day is None:
            continue
        clock = _clock(match)
        moment = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI) + (clock[0] if clock else timedelta())
        if moment <= now + SKEW:
            return _at(day, match, now)
    return NOTHING


def _month_only(match: re.Match[str], now: datetime) -> Parsed:
    day = _day(int(match["y"]), int(match["m"] or match["m2"]), 1)
    return _bounded(datetime(day.year, day.month, 1, tzinfo=SHANGHAI), "month", now) if day else NOTHING


_UNIT = {
    **dict.fromkeys(("秒", "秒钟", "second", "sec"), ("second", timedelta(seconds=1))),
    **dict.fromkeys(("分", "分钟", "minute", "min"), ("minute", timedelta(minutes=1))),
    **dict.fromkeys(("小时", "钟头", "hour", "hr"), ("hour", timedelta(hours=1))),
    **dict.fromkeys(("天", "日", "day"), ("day", timedelta(days=1))),
    **dict.fromkeys(("周", "星期", "礼拜", "week"), ("month", timedelta(weeks=1))),  # days apart: coarser than a day
    **dict.fromkeys(("月", "month"), ("month", timedelta(days=30))),
}


def _ago(match: re.Match[str], now: datetime) -> Parsed:
    groups = match.groupdict()
    precision, unit = _UNIT[groups["unit"]]
    number = groups["n"]
    count = 0.5 if number is None else 1.0 if number.startswith("a") else float(number)
    count += 0.5 if groups.get("half") else 0.0
    moment = (now - unit * count - timedelta(minutes=int(groups.get("n2") or 0))).replace(microsecond=0)
    if groups.get("n2"):
        precision = "minute"
    if precision == "day" and count == int(count):
        return _at(moment.date(), match, now)
    if precision == "day":
        return _bounded(moment, "hour", now)
    if precision == "month":
        moment = moment.replace(hour=0, minute=0, second=0)
    return _bounded(moment, precision, now)  # type: ignore[arg-type]


def _just(_: re.Match[str], now: datetime) -> Parsed:
    return _bounded(now, "minute", now)


def _day_word(match: re.Match[str], now: datetime) -> Parsed:
    word = match["word"]
    found = _at(now.date() - timedelta(days=_DAYS_BACK.get(word, 0)), match, now)
    if match["h"] and match["half"] is None and word[-1] in "晚夜" and int(match["h"]) < 12:
        evening = timedelta(hours=12 if int(match["h"]) >= 5 else 24)
        return _bounded(found[0] + evening, found[1], now) if found[0] else found
    return found


def _week_word(match: re.Match[str], now: datetime) -> Parsed:
    """周三 is the latest Wednesday that is not ahead; 上周三 the one of the week before this."""
    weekday = "一二三四五六日".find(match["wd"].replace("天", "日"))
    if match["week"]:
        monday = now.date() - timedelta(days=now.weekday() + (7 if match["week"] == "上" else 0))
        return _at(monday + timedelta(days=weekday), match, now)
    day = now.date() - timedelta(days=(now.weekday() - weekday) % 7)
    clock = _clock(match)
    if clock and datetime(day.year, day.month, day.day, tzinfo=SHANGHAI) + clock[0] > now + SKEW:
        day -= timedelta(days=7)
    return _at(day, match, now)


def _time_alone(match: re.Match[str], now: datetime) -> Parsed:
    """08:12 alone is today's, or yesterday's when today's is still ahead."""
    clock = _clock(match)
    if clock is None or match["zone"]:  # 10:30-12:00 is a span
        return NOTHING
    midnight = datetime(now.year, now.month, now.day, tzinfo=SHANGHAI)
    day = now.date() if midnight + clock[0] <= now + SKEW else now.date() - timedelta(days=1)
    return _at(day, match, now)


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], datetime], Parsed]], ...] = (
    (_FULL, _absolute),
    (_STACKED, _absolute),
    (_BASIC, _absolute),
    (_COMPACT_TIMED, _absolute),
    (_COMPACT, _absolute),
    (_UNIX_DATE, _absolute),
    (_DAY_FIRST, _absolute),
    (_MONTH_FIRST, _absolute),
    (_SHORT_YEAR, _short_year),
    (_SLASHED, _slashed),
    (_YEARLESS, _yearless),
    (_YEARLESS_TIMED, _yearless),
    (_YEARLESS_ALONE, _yearless),
    (_AGO, _ago),
    (_AGO_ENGLISH, _ago),
    (_JUST, _just),
    (_DAY_WORD, _day_word),
    (_WEEK_WORD, _week_word),
    (_MONTH_ONLY, _month_only),
    (_TIME_ALONE, _time_alone),
)
"""From the most to the least certain form; the first that gives a time wins."""
