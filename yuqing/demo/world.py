"""
The invented world that the demo crawls: who published what, when, and what is true of it. Pure.

All texts are written for this project (`texts/*.toml`); persons, companies, places and numbers are invented.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Literal, cast

from core.text import fold
from core.times import SHANGHAI, day_bounds
from core.values import Kind, Label

Site = Literal["qinglan", "lanwan", "minsheng", "shuan", "hotline"]
Round = Literal[1, 2]
CRAWLED: tuple[Site, ...] = ("qinglan", "lanwan", "minsheng", "shuan")
"""The sites served over HTTP; `hotline` is a file."""

OUTLETS: Mapping[Site, str] = {
    "qinglan": "青岚新闻网",
    "lanwan": "澜湾财经",
    "minsheng": "民声论坛",
    "shuan": "数安观察",
    "hotline": "客服热线",
}

LONGEST_CRISIS = timedelta(minutes=120)
"""The crisis texts are dated at most this long before the present (the earliest stands at 112 minutes)."""
SHORTEST_CRISIS = timedelta(minutes=10)
"""Nearer to midnight than this the crisis begins the evening before rather than within seconds."""


@dataclass(frozen=True, slots=True)
class DemoDocument:
    """
    One text of the world and the truth about it.

    `path` is where it stands on its site (a post: the page of its thread and its anchor), `number` the site's
    own number of it. `about` names the companies it is really about; `label` is how it is meant toward them
    (None: not judged). Personal data in it stand in `planted` exactly as written. `round` 2 means that it
    appears only when the crisis breaks. `of` is the id of the text that it reprints, `category` what the
    hotline filed a complaint under (its `author` is the customer's number).
    """

    id: str
    site: Site
    kind: Kind
    number: str
    path: str
    title: str | None
    body: str
    author: str
    published_at: datetime
    about: tuple[str, ...] = ()
    label: Label | None = None
    topics: tuple[str, ...] = ()
    planted: tuple[str, ...] = ()
    round: Round = 1
    thread: int | None = None
    floor: int | None = None
    of: str | None = None
    editor: str | None = None
    category: str | None = None

    @property
    def outlet(self) -> str:
        """The name of its site; a reprint names its original's on the page."""
        return OUTLETS[self.site]


@dataclass(frozen=True, slots=True)
class World:
    """
    Everything that was ever published in it, up to `now` on `last_day` (Asia/Shanghai).

    `planted` holds every personal datum in every spelling (as written, and folded without separators);
    `persons` the board's user names and the customers' numbers, which must become pseudonyms.
    """

    last_day: date
    now: datetime
    documents: tuple[DemoDocument, ...]
    planted: tuple[str, ...]
    persons: tuple[str, ...]

    def seen(self, round: Round, site: Site | None = None) -> tuple[DemoDocument, ...]:
        """What is published by the time of a round, on one site or on all, oldest first."""
        return tuple(d for d in self.documents if d.round <= round and site in (None, d.site))


POSTS_PER_PAGE = 10


def world(last_day: date, now: datetime) -> World:
    """
    The world of the 14 days that end on `last_day`, seen at the aware instant `now` of that day.

    The same arguments give the same world. Crisis texts are dated minutes to two hours before `now`, within
    `last_day` unless that has barely begun; everything else is older than the crisis.
    """
    calendar = _Calendar(last_day, now)
    originals = {d.id: d for d in _articles(calendar)}
    documents = [*originals.values(), *_reprints(originals, calendar), *_posts(calendar), *_rows(calendar)]
    documents.sort(key=lambda d: (d.published_at, d.id))
    written = dict.fromkeys(p for d in documents for p in d.planted)
    spellings = dict.fromkeys(s for p in written for s in spellings_of(p))
    persons = dict.fromkeys(d.author for d in documents if d.site in ("minsheng", "hotline"))
    return World(last_day, now, tuple(documents), tuple(spellings), tuple(persons))


def spellings_of(planted: str) -> tuple[str, ...]:
    """A personal datum as written, folded, and folded without separators."""
    folded = fold(planted)
    joined = folded.replace(" [at] ", "@").replace(" ", "").replace("-", "")
    return tuple(dict.fromkeys((planted, folded, joined, joined.upper())))


class _Calendar:
    """Turns the days and clocks of the texts into instants."""

    def __init__(self, last_day: date, now: datetime) -> None:
        midnight, _end = day_bounds(last_day)
        elapsed = now - midnight
        span = min(LONGEST_CRISIS, elapsed) if elapsed >= SHORTEST_CRISIS else LONGEST_CRISIS
        self.last_day = last_day
        self.now = now.replace(microsecond=0)
        self.crisis_scale = span / LONGEST_CRISIS
        self.crisis_start = self.now - span
        self.last_morning = min(midnight, self.crisis_start - timedelta(hours=1))

    def before_now(self, minutes: float) -> datetime:
        """An instant of the crisis."""
        return self.now - timedelta(seconds=round(minutes * 60 * self.crisis_scale))

    def at(self, day: int, clock: str) -> datetime:
        """A clock time on a day counted from the last; the last day is squeezed to end where the crisis begins."""
        moment = time.fromisoformat(clock)
        if day < 0:
            local = datetime.combine(self.last_day + timedelta(days=day), moment, SHANGHAI)
            return min(local, self.now - LONGEST_CRISIS).astimezone(self.now.tzinfo)
        share = (moment.hour * 60 + moment.minute) / (24 * 60)
        return (self.last_morning + (self.crisis_start - self.last_morning) * share).replace(microsecond=0)

    def of(self, when: str) -> tuple[datetime, Round]:
        """ "-3 09:10" or, within the crisis, "-52m"."""
        if when.endswith("m"):
            return self.before_now(-int(when[:-1])), 2
        day, clock = when.split()
        return self.at(int(day), clock), 1


@cache
def _texts(name: str) -> dict[str, Any]:
    return tomllib.loads((files("yuqing.demo") / "texts" / f"{name}.toml").read_text("utf-8"))


def _moment(entry: Mapping[str, Any], calendar: _Calendar) -> tuple[datetime, Round]:
    if "crisis" in entry:
        return calendar.before_now(entry["crisis"]), 2
    return calendar.at(entry["day"], entry["at"]), 1


def _path(site: Site, number: str, moment: datetime) -> str:
    """Paths differ between sites, so that they stay apart even when all share one address."""
    if site == "qinglan":
        return f"/{moment.astimezone(SHANGHAI).year}/{number}.html"
    return f"/news/{number}.shtml" if site == "lanwan" else f"/posts/{number}/"


def _articles(calendar: _Calendar) -> Iterator[DemoDocument]:
    for site, table in (("qinglan", "article"), ("lanwan", "article"), ("shuan", "entry")):
        for place, entry in enumerate(_texts(site)[table]):
            yield _article(cast(Site, site), entry, place, calendar)


def _article(site: Site, entry: Mapping[str, Any], place: int, calendar: _Calendar) -> DemoDocument:
    published_at, seen_in = _moment(entry, calendar)
    number = entry["id"] if site == "shuan" else str({"qinglan": 30210, "lanwan": 71400}[site] + place * 7)
    return DemoDocument(
        id=entry["id"],
        site=site,
        kind="news",
        number=number,
        path=_path(site, number, published_at),
        title=entry["title"],
        body=entry["body"].strip(),
        author=entry["author"],
        published_at=published_at,
        about=tuple(entry["about"]),
        label=entry["label"],
        topics=tuple(entry["topics"]),
        planted=tuple(entry.get("planted", ())),
        round=seen_in,
    )


def _reprints(originals: Mapping[str, DemoDocument], calendar: _Calendar) -> Iterator[DemoDocument]:
    for place, entry in enumerate(_texts("lanwan")["reprint"]):
        original = originals[entry["of"]]
        published_at, seen_in = _moment(entry, calendar)
        number = str(72003 + place * 11)
        body = "\n\n".join(original.body.split("\n\n")[: entry["keep"]])
        yield replace(
            original,
            id=entry["id"],
            site="lanwan",
            number=number,
            path=_path("lanwan", number, published_at),
            title=entry["title"],
            body=body,
            published_at=published_at,
            planted=tuple(p for p in original.planted if p in body),
            round=seen_in,
            of=original.id,
            editor=entry["editor"],
        )


def _posts(calendar: _Calendar) -> Iterator[DemoDocument]:
    number = 50211
    for thread in _texts("minsheng")["thread"]:
        for floor, (when, author, body, label) in enumerate(thread["posts"], start=1):
            number += 3
            published_at, seen_in = calendar.of(when)
            page = (floor - 1) // POSTS_PER_PAGE + 1
            yield DemoDocument(
                id=f"t{thread['id']}-{floor}",
                site="minsheng",
                kind="post",
                number=str(number),
                path=f"/thread-{thread['id']}-{page}-1.html#pid{number}",
                title=thread["title"] if floor == 1 else None,
                body=body.strip(),
                author=author,
                published_at=published_at,
                about=tuple(thread["about"]) if floor == 1 else (),
                label=label,
                topics=tuple(thread["topics"]) if floor == 1 else (),
                planted=tuple(p for p in thread.get("planted", ()) if p in body),
                round=seen_in,
                thread=thread["id"],
                floor=floor,
            )


def _rows(calendar: _Calendar) -> Iterator[DemoDocument]:
    table = _texts("complaints")
    planted: Sequence[str] = table["planted"]
    for place, (when, customer, category, body) in enumerate(table["rows"]):
        published_at, seen_in = calendar.of(when)
        number = f"GD{70000 + place * 13}"
        yield DemoDocument(
            id=number,
            site="hotline",
            kind="complaint",
            number=number,
            path=f"#{number}",
            title=None,
            body=body,
            author=customer,
            published_at=published_at,
            topics=(),
            planted=tuple(p for p in planted if p in body),
            round=seen_in,
            category=category,
        )
