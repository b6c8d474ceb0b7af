"""Figures over what an index holds that do not depend on the engine: ties, digests, days. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from hashlib import blake2b

from search_index.base import MAX_DAYS, Digest


def tie_key(identity: str) -> int:
    """
    A signed 64-bit number of a document id that breaks ties the same way in every engine.

    The 16 hex digits of our ids keep their own order; of any other id it is a hash.
    """
    if len(identity) == 17 and identity[0] == "d":
        try:
            return int(identity[1:], 16) - 2**63
        except ValueError:
            pass
    digest = blake2b(identity.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def digest_of(rows: Iterable[tuple[str, str, int]]) -> Digest:
    """The digest of (day, id, version) rows; day as the index has it, "" for the undated."""
    return digest_of_keys((day, tie_key(identity), version) for day, identity, version in rows)


def digest_of_keys(rows: Iterable[tuple[str, int, int]]) -> Digest:
    """The same of (day, tie_key, version) rows."""
    found: dict[str, tuple[int, int]] = {}
    for day, key, version in rows:
        mark = int.from_bytes(blake2b(f"{key}:{version}".encode(), digest_size=8).digest(), "big")
        count, total = found.get(day, (0, 0))
        found[day] = (count + 1, (total + mark) % 2**64)
    return found


def filled_days(counts: Mapping[date, int]) -> dict[str, int]:
    """Counts by day with the empty days between them as 0; at most the last MAX_DAYS."""
    if not counts:
        return {}
    last = max(counts)
    first = max(min(counts), last - timedelta(days=MAX_DAYS - 1))
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return {day.isoformat(): counts.get(day, 0) for day in days}


def most_first(counts: Mapping[str, int]) -> dict[str, int]:
    """Values by their count, the largest first; of equal ones by the value."""
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
