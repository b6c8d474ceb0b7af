"""
Where a document belongs among the stories. Pure: the memory is asked, never written.

Exact text, reprint (enough of the shorter text in the longer and no other name or number in it), and, looser, the
same event. The cost of one document does not grow with the memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import chain, islice, pairwise
from typing import NamedTuple

from analysis.stories.compare import conflict, share
from analysis.stories.sketch import Sketch, normal, read, sketch
from analysis.stories.words import limits
from core.ports import Span, StoryMemory
from core.stories import KEPT_PER_KEY, Rank, by_closeness
from core.values import StoryMember

_LEAD = 300  # characters of the beginning that tell one happening from another


class DictMemory:
    """Stories in a dictionary: for the filter and for tests. Holds to the StoryMemory contract."""

    def __init__(self) -> None:
        self._members: dict[str, StoryMember] = {}
        self._sharing: dict[int, dict[str, None]] = {}  # key -> who has it, in the order of coming
        self._keys: dict[str, tuple[int, ...]] = {}

    def candidates(
        self, bands: Sequence[int], *, events: Sequence[int] = (), within: Span | None = None
    ) -> Iterable[StoryMember]:
        """See `StoryMemory.candidates`."""
        named = chain.from_iterable(self._sharing.get(key, ()) for key in events)
        timely = [document for document in named if within is None or within[0] <= self._moment(document) <= within[1]]
        ids = by_closeness((self._sharing.get(band, ()) for band in bands), [timely], rank=self._rank)
        return [self._members[document] for document in ids]

    def add(self, member: StoryMember, keys: Sequence[int]) -> None:
        """See `StoryMemory.add`."""
        for key in self._keys.pop(member.document, ()):
            self._sharing[key].pop(member.document, None)
        self._members[member.document] = member
        self._keys[member.document] = tuple(keys)
        for key in keys:
            sharing = self._sharing.setdefault(key, {})
            sharing[member.document] = None
            if len(sharing) > KEPT_PER_KEY:
                del sharing[next(iter(sharing))]

    def _rank(self, document: str) -> Rank:
        member = self._members[document]
        return not member.apart, member.seen_at, document

    def _moment(self, document: str) -> datetime:
        member = self._members[document]
        return member.published_at or member.seen_at


class Signed(NamedTuple):
    """A text with its signature: what it is placed by."""

    raw: bytes
    clean: str


def signed(title: str | None, text: str) -> Signed:
    """`text` is the body; the title stands in for it when there is none."""
    body = text or title or ""
    clean = normal(body)
    return Signed(sketch(body, title=title or "", clean=clean), clean)


def place(
    document_id: str,
    *,
    title: str | None,
    text: str,
    published_at: datetime | None,
    seen_at: datetime,
    outlet: str | None,
    memory: StoryMemory,
    signature: Signed | None = None,
) -> StoryMember:
    """
    The document as a member of its story and event; alone it founds both. The caller adds it to the memory.

    `text` is the body (the title alone when there is none); times are aware UTC. `signature` is `signed(title, text)`
    where the caller has it already.
    """
    raw, clean = signature or signed(title, text)
    mine = read(raw)
    member = StoryMember(document_id, document_id, document_id, raw, seen_at, published_at, outlet)
    others = [m for m in _candidates(memory, mine, published_at or seen_at) if m.document != document_id]
    found = _reprint_of(mine, clean, others)
    if found:
        return replace(member, story=found.story, event=found.event, apart=found.apart)
    event = _event_of(mine, member, others)
    return replace(member, event=event) if event else member


def _candidates(memory: StoryMemory, mine: Sketch, moment: datetime) -> Iterator[StoryMember]:
    window = timedelta(hours=limits()["event_hours"])
    first, last = moment.min.replace(tzinfo=UTC) + window, moment.max.replace(tzinfo=UTC) - window
    within = (max(moment, first) - window, min(moment, last) + window)  # a broken clock says year 1 or 9999
    found = memory.candidates(mine.bands, events=mine.events, within=within)
    return islice(found, int(limits()["examined"]))


def _reprint_of(mine: Sketch, clean: str, others: Sequence[StoryMember]) -> StoryMember | None:
    if len(clean) < limits()["blank"]:
        return None
    scored = []
    for member in others:
        theirs = read(member.sketch)
        if theirs.exact == mine.exact and theirs.size == mine.size:
            return member
        part = share(mine, theirs)
        if part >= limits()["reprint_share"]:
            scored.append((part, member, theirs))
    scored.sort(key=lambda entry: -entry[0])  # stable: of equals the oldest
    return next((member for _part, member, theirs in scored if not conflict(theirs, mine, clean)), None)


def _event_of(mine: Sketch, member: StoryMember, others: Sequence[StoryMember]) -> str | None:
    """The event of the first story that shares names, numbers and much of its words within the window."""
    for other in others:
        theirs = read(other.sketch)
        gap = abs((other.published_at or other.seen_at) - (member.published_at or member.seen_at))
        if gap > timedelta(hours=limits()["event_hours"]):
            continue
        if len(mine.terms & theirs.terms) < limits()["event_terms"] or share(mine, theirs) > limits()["reprint_share"]:
            continue  # a template filled for another company is no event of this one
        if _pair_share(mine.line[:_LEAD], theirs.line[:_LEAD]) >= limits()["event_share"]:
            return other.event
    return None


def _pair_share(one: bytes, other: bytes) -> float:
    pairs = _pairs(one), _pairs(other)
    least = min(map(len, pairs))
    return len(pairs[0] & pairs[1]) / least if least else 0.0


@lru_cache(maxsize=64)  # the one is compared with many others; under 2 MB
def _pairs(line: bytes) -> frozenset[tuple[int, int]]:
    return frozenset(pairwise(line))
