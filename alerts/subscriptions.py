"""Which subscriptions a document answers. Queries are parsed once; asking is pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from core.errors import ConfigError
from core.i18n import _
from core.times import SHANGHAI
from core.values import Facts, Subscription
from search_index.query import Query, QueryError, many, parse


class BadSubscriptions(ConfigError):
    """One line for every subscription whose query cannot be read: its id, the column, what to write instead."""


class Subscriptions(list[Subscription]):
    """
    Subscriptions with their compiled queries.

    Raises BadSubscriptions naming every bad query at once. Not to be changed after construction.
    """

    def __init__(self, subscriptions: Iterable[Subscription], *, zone: ZoneInfo = SHANGHAI) -> None:
        super().__init__(subscriptions)
        self.zone = zone
        parsed: list[tuple[str, Query]] = []
        mistakes = []
        for subscription in self:
            try:
                parsed.append((subscription.id, parse(subscription.query, strict=True)))
            except QueryError as error:
                mistakes.append(_mistake(subscription, error))
        mistakes += [_("订阅 {id} 出现了两次；每个订阅要有自己的 id").format(id=name) for name in _repeated(self)]
        if mistakes:
            raise BadSubscriptions("\n".join(mistakes))
        self._queries = many.Subscriptions(parsed, zone=zone)
        self._by_id = {subscription.id: subscription for subscription in self}

    def named(self, name: str) -> Subscription:
        """The subscription with this id. Raises KeyError."""
        return self._by_id[name]

    def matching(self, facts: Facts, *, now: datetime) -> list[str]:
        """The ids of the subscriptions that the document answers, in their own order."""
        return self._queries.matching(facts, now)


def matching(subscriptions: Sequence[Subscription], facts: Facts, *, now: datetime) -> list[str]:
    """
    The ids of the subscriptions that the document answers, in their own order.

    Hand in `Subscriptions` so that queries are parsed once; a plain sequence is parsed on every call.
    """
    compiled = subscriptions if isinstance(subscriptions, Subscriptions) else Subscriptions(subscriptions)
    return compiled.matching(facts, now=now)


def _mistake(subscription: Subscription, error: QueryError) -> str:
    return _("订阅 {id} 的检索式“{query}”有误：{reason}").format(
        id=subscription.id, query=subscription.query, reason=error
    )


def _repeated(subscriptions: Sequence[Subscription]) -> list[str]:
    ids = [subscription.id for subscription in subscriptions]
    return sorted({name for name in ids if ids.count(name) > 1})
