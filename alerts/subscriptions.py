"""Which subscriptions a document answers. Queries are parsed once; asking is pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from core.errors import ConfigError
from core.i18n import _
from core.times import SHANGHAI
from core.values import Facts, Subscription
from search_index.query import Compiled, Prepared, QueryError, compiled, parse


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
        self._compiled: dict[str, Compiled] = {}
        mistakes = []
        for subscription in self:
            try:
                self._compiled[subscription.id] = compiled(parse(subscription.query, strict=True), zone)
            except QueryError as error:
                mistakes.append(_mistake(subscription, error))
        mistakes += [_("订阅 {id} 出现了两次；每个订阅要有自己的 id").format(id=name) for name in _repeated(self)]
        if mistakes:
            raise BadSubscriptions("\n".join(mistakes))

    def matching(self, facts: Facts, *, now: datetime) -> list[str]:
        """The ids of the subscriptions that the document answers, in their own order."""
        prepared = Prepared(facts)
        return [name for name, query in self._compiled.items() if query.of_prepared(prepared, now)]


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
