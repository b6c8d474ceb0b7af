"""
The indexes of one generation: a base and one for each month of publishing, all behind one alias.

<alias>-g000001-abcdef            the base: the undated, what remains of the deleted, the last applied sequence
<alias>-g000001-abcdef-2026.11    what was published in this month
<either>-w                        an alias to write through: writing to one that is gone makes no index by accident
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from secrets import token_hex
from typing import Any

from elasticsearch import ApiError, BadRequestError, Elasticsearch, NotFoundError

from search_index.elastic_connect import speaking, type_of

Json = dict[str, Any]

MOST_MONTHS = 120
"""Ten years; what would need one more goes to the base, for every shard costs the server memory."""

_NAME = re.compile(r"(-g(\d{6})-[0-9a-f]{6})(?:-(\d{4}\.\d\d))?")
_NAMES_AT_ONCE = 50  # a request line has at most 4,096 bytes


@dataclass(frozen=True, slots=True)
class Parts:
    """The base of a generation and the months, such as 2026.11, that have an index. A base may have been deleted."""

    base: str
    months: frozenset[str] = frozenset()
    has_base: bool = True

    def names(self) -> list[str]:
        """All its indexes that there are: a request that names another one is refused as a whole."""
        base = [self.base] if self.has_base else []
        return [*base, *(f"{self.base}-{month}" for month in sorted(self.months))]


def month_of(day: int) -> str:
    """The month of a day ordinal; empty for 0, the undated."""
    if not day:
        return ""
    found = date.fromordinal(day)
    return f"{found.year:04d}.{found.month:02d}"


def writing(name: str) -> str:
    """The alias through which this index is written."""
    return f"{name}-w"


class Partitions:
    """Makes, lists, switches and drops the indexes behind one alias. Every method raises IndexUnavailable."""

    def __init__(self, client: Elasticsearch, alias: str, body: Json) -> None:
        self._client, self._alias, self._body = client, alias, body
        self._may_create = True

    def current(self) -> Parts | None:
        """What the alias stands for; None when there is no index."""
        with speaking(self._alias):
            try:
                return self._one(list(self._client.indices.get_alias(name=self._alias)))
            except NotFoundError:
                return None

    def of(self, base: str) -> Parts | None:
        """The parts of this generation, current or not; None when it is gone."""
        with speaking(self._alias):
            names = list(self._client.indices.get_alias(index=f"{base}*"))
        return self._one(names) if base in names else None

    def create(self, current: Parts | None) -> Parts:
        """A new generation; one that a killed process left half made is removed, its request may still be under way."""
        with speaking(self._alias):
            listed = [name for name in self._client.indices.get_alias(index=f"{self._alias}-g*") if self._match(name)]
        kept = current.base if current else ""
        self._delete([name for name in listed if not (kept and name.startswith(kept))])
        numbers = [int(match[2]) for name in listed if (match := self._match(name))]
        base = f"{self._alias}-g{max(numbers, default=0) + 1:06d}-{token_hex(3)}"
        with speaking(self._alias):
            self._make(base, visible=False)
        return Parts(base)

    def add(self, parts: Parts, month: str, *, visible: bool) -> str | None:
        """The index of a month, made now; None where it is not to be had, and the base serves."""
        if not self._may_create or len(parts.months) >= MOST_MONTHS:
            return None
        name = f"{parts.base}-{month}"
        with speaking(self._alias):
            try:
                self._make(name, visible=visible)
            except BadRequestError as error:
                if type_of(error.body) != "resource_already_exists_exception":
                    raise
            except ApiError as error:
                if error.status_code != 403 or type_of(error.body) != "security_exception":
                    raise
                self._may_create = False  # a key that may write only
                return None
        return name

    def _make(self, name: str, *, visible: bool) -> None:
        aliases: Json = {writing(name): {}} | ({self._alias: {}} if visible else {})
        self._client.indices.create(index=name, wait_for_active_shards="1", aliases=aliases, **self._body)

    def switch(self, base: str, old: Parts | None) -> None:
        """One request moves the alias, so no search finds nothing or both."""
        new = self.of(base) or Parts(base)
        actions: list[Json] = [{"add": {"index": name, "alias": self._alias}} for name in new.names()]
        actions += [{"remove_index": {"index": name}} for name in (old.names() if old else [])]
        with speaking(self._alias):
            self._client.indices.update_aliases(actions=actions)

    def drop(self, base: str) -> None:
        """Remove a whole generation."""
        self._delete((self.of(base) or Parts(base)).names())

    def _delete(self, names: list[str]) -> None:
        with speaking(self._alias):
            for at in range(0, len(names), _NAMES_AT_ONCE):
                self._client.indices.delete(index=names[at : at + _NAMES_AT_ONCE], ignore_unavailable=True)

    def _match(self, name: str) -> re.Match[str] | None:
        return _NAME.fullmatch(name.removeprefix(self._alias)) if name.startswith(self._alias) else None

    def _one(self, names: list[str]) -> Parts | None:
        found = [match for name in names if (match := self._match(name))]
        if not found:  # an index of that name that is none of ours, or one made by hand
            return Parts(names[0]) if names else None
        months = frozenset(match[3] for match in found if match[3])
        return Parts(self._alias + found[0][1], months, has_base=any(not match[3] for match in found))
