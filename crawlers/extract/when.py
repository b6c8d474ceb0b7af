"""
When a page was published: the line near the headline first (it has the clock time that readers see), then the
head of the page, its scripts, and the day in its address. An article's text is no witness.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.times import SHANGHAI, day_of
from core.values import Precision
from crawlers.dates import NOTHING, Parsed, parse_date
from crawlers.extract.dom import first, query
from crawlers.extract.flow import Block, Flow, Line
from crawlers.extract.meta import Meta

BEFORE_TITLE, AFTER_TITLE, INTO_TEXT, AFTER_TEXT = 6, 45, 3, 12
"""How many lines around the headline, into the text and after it may carry the date line."""
MAX_DATE_LINE = 120

_RANK: dict[Precision, int] = {"second": 4, "minute": 4, "hour": 3, "day": 2, "month": 1, "none": 0}
_META = (
    "article:published_time",
    "og:published_time",
    "news:published_time",
    "datepublished",
    "og:release_date",
    "release_date",
    "publish_time",
    "publishtime",
    "pubtime",
    "pubdate",
    "publishdate",
    "publish-date",
    "publication_date",
    "og:time",
    "weibo: article:create_at",
    "weibo:article:create_at",
    "apub:time",
    "sailthru.date",
    "parsely-pub-date",
    "dc.date",
    "dc.date.issued",
    "date",
    "createdate",
    "created",
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_LABEL = re.compile(r"发布|发表|发稿|时间|日期|刊发|上传|published|posted", re.IGNORECASE)
_UPDATE = re.compile(r"更新|修改|编辑于|最后|updated|modified", re.IGNORECASE)
_SCRIPT = re.compile(
    r"""\b(?:pub(?:lish)?_?(?:time|date|at)|published_at|create_?time|created?_?at|ctime|ct|news_?time|post_?time|"""
    r"""show_?time|input_?time|oriCreateTime)["']?\s*[:=]\s*["']?"""
    r"""(\d{4}[-/年]\d{1,2}[-/月]\d{1,2}日?[T ]\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?"""
    r"""(?:Z|[+-]\d\d:?\d\d)?|1\d{9}(?:\d{3})?)\b""",
    re.IGNORECASE,
)
_URL_DAY = re.compile(r"[/_-]t?(20\d\d)[-/_]?(0[1-9]|1[0-2])[-/_]?(0[1-9]|[12]\d|3[01])(?!\d{1,5}(?:\D|$))")


@dataclass(frozen=True, slots=True)
class _Seen:
    """A date on the page: what it says, how far from the headline, and whether it says its year itself."""

    moment: datetime
    precision: Precision
    distance: int
    sure_year: bool
    labelled: bool
    update: bool


def published(
    tree: Any,
    flow: Flow,
    *,
    begin: int | None,
    block: Block | None,
    meta: Meta,
    text: str,
    url: str | None,
    fetched_at: datetime,
) -> Parsed:
    """When the page was published, as aware UTC, and how exactly it says so; NOTHING when it does not."""
    declared = _declared(tree, meta, text, fetched_at)
    address = _address_day(url, fetched_at)
    all_seen = _seen(flow, begin, block, fetched_at)
    if declared[0] is None and not any(s.sure_year for s in all_seen):
        declared = _scripted(text, fetched_at)  # 前天 and 11-20 08:30 were true when the page was made, not for ever
    seen = _best_seen(all_seen, declared, address)
    if seen is None:
        found = _first(declared, _scripted(text, fetched_at), address)
        return found if found[0] is not None else _after_text(flow, block, fetched_at)
    return _reconciled(seen, declared, address)


def _first(*found: Parsed) -> Parsed:
    """The first known; a day is refined by a later one of the same day with a clock time."""
    known = [f for f in found if f[0] is not None]
    if not known:
        return NOTHING
    finer = [f for f in known if _RANK[f[1]] > _RANK[known[0][1]] and _same_day(f[0], known[0][0])]
    return finer[0] if finer else known[0]


def _same_day(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and other is not None and day_of(one) == day_of(other)


# ---------------------------------------------------------------- what readers see


def _after_text(flow: Flow, block: Block | None, fetched_at: datetime) -> Parsed:
    """The last resort: a short line with a clock time just below the text."""
    lines = flow.lines[block.end : block.end + AFTER_TEXT] if block else []
    for line in lines:
        if line.size <= 40 and _YEAR.search(line.text):
            found = parse_date(line.text, fetched_at=fetched_at)
            if _RANK[found[1]] >= 4 or (found[0] is not None and _LABEL.search(line.text)):
                return found
    return NOTHING


def _seen(flow: Flow, begin: int | None, block: Block | None, fetched_at: datetime) -> list[_Seen]:
    if begin is None and block is None:
        return []
    anchor = begin if begin is not None else block.start  # type: ignore[union-attr]
    stop = anchor + AFTER_TITLE
    if block is not None:
        stop = min(stop, block.start + INTO_TEXT) if block.start > anchor else anchor + HEADROOM
    found: list[_Seen] = []
    lines = flow.lines
    for i in range(max(0, anchor - BEFORE_TITLE), min(stop, len(lines))):
        line = lines[i]
        if not _may_be_date_line(line, inside=block is not None and block.start <= i < block.end):
            continue
        following = " ".join(ln.text for ln in lines[i : i + 3] if ln.size <= 16)
        for text in (line.text, following if line.size <= 16 else ""):
            moment, precision = parse_date(text, fetched_at=fetched_at) if text else NOTHING
            if moment is not None:
                found.append(
                    _Seen(
                        moment,
                        precision,
                        abs(i - anchor) + (2 if i < anchor else 0),
                        str(moment.astimezone(SHANGHAI).year) in text or bool(_YEAR.search(text)),
                        bool(_LABEL.search(text)),
                        bool(_UPDATE.search(text)) and not _LABEL.search(_UPDATE.sub("", text)),
                    )
                )
                if _RANK[precision] >= 4:
                    break
    return found


HEADROOM = 8
"""Lines after a headline that stands inside the text's block."""
_PROSE_DATE = re.compile(r"^\S{0,12}[\d年月日号 :：./-]{6,}")


def _may_be_date_line(line: Line, *, inside: bool) -> bool:
    if line.size > MAX_DATE_LINE or (
        not any(c.isdigit() for c in line.text) and "前" not in line.text and "刚" not in line.text
    ):
        return False
    if not inside:
        return True
    return line.size <= 60 and line.marks <= 2 and bool(_PROSE_DATE.match(line.text) or _LABEL.search(line.text))


def _best_seen(seen: list[_Seen], declared: Parsed, address: Parsed) -> _Seen | None:
    def worth(s: _Seen) -> tuple[float, ...]:
        agrees = _same_day(s.moment, declared[0]) or _same_day(s.moment, address[0])
        known = declared[0] is not None or address[0] is not None
        return (
            3.0 * s.sure_year + 3.0 * agrees - 2.0 * (known and not agrees) + 1.0 * s.labelled - 2.5 * s.update
            + min(_RANK[s.precision], 4) * 0.8 - 0.12 * min(s.distance, 10),
        )  # fmt: skip

    best = max(seen, key=worth, default=None)
    if best is None or (
        declared[0] is not None and not best.sure_year and not _same_month_day(best.moment, declared[0])
    ):
        return None
    if declared[0] is not None and address[0] is not None and _same_day(declared[0], address[0]):
        return best if _near(best.moment, declared[0]) else None  # two witnesses against one
    return best


def _near(one: datetime, other: datetime) -> bool:
    return abs((one - other).total_seconds()) < 2 * 86400


def _same_month_day(one: datetime, other: datetime) -> bool:
    a, b = day_of(one), day_of(other)
    return (a.month, a.day) == (b.month, b.day)


def _reconciled(seen: _Seen, declared: Parsed, address: Parsed) -> Parsed:
    """The clock time that readers see, with the year of whoever says one, and a finer time of the same day."""
    moment = seen.moment
    witness = declared[0] or address[0]
    if not seen.sure_year and witness is not None and _same_month_day(moment, witness):
        local = moment.astimezone(SHANGHAI)
        moment = local.replace(year=day_of(witness).year).astimezone(moment.tzinfo)
    return _first((moment, seen.precision), declared, address)


# ---------------------------------------------------------------- what the page declares


def _declared(tree: Any, meta: Meta, text: str, fetched_at: datetime) -> Parsed:
    texts = [meta.linked_text("datePublished", "pubDate", "dateCreated", "uploadDate")]
    texts += [meta.tags.get(name) for name in _META]
    if "datePublished" in text and (node := first(tree, "//*[@itemprop='datePublished']")) is not None:
        texts.append(node.get("datetime") or node.get("content") or node.text)
    times = query(tree, "//time[@datetime]") if "<time" in text else []
    marked = [node for node in times if node.get("pubdate") is not None or node.xpath("ancestor::article")]
    if marked or len(times) == 1:
        texts.append((marked or times)[0].get("datetime"))
    found = [f for text in texts if text and (f := parse_date(text, fetched_at=fetched_at))[0] is not None]
    return _first(*found)


def _scripted(text: str, fetched_at: datetime) -> Parsed:
    """The first time that a script of the page names by a key of publishing."""
    lower = text.lower()
    places = sorted(at for key in _SCRIPT_KEYS for at in _places(lower, key))
    for at in places:
        if match := _SCRIPT.match(text, at):
            found = parse_date(match[1], fetched_at=fetched_at)
            if found[0] is not None:
                return found
    return NOTHING


_SCRIPT_KEYS = ("pub", "creat", "ctime", "ct ", "ct=", "news", "post", "show", "input", "oricreate")
MAX_PLACES = 300


def _places(text: str, key: str) -> Iterator[int]:
    at = text.find(key)
    for _ in range(MAX_PLACES):
        if at < 0:
            return
        yield at
        at = text.find(key, at + 1)


def _address_day(url: str | None, fetched_at: datetime) -> Parsed:
    found = _URL_DAY.search(url or "")
    return parse_date("-".join(found.groups()), fetched_at=fetched_at) if found else NOTHING
