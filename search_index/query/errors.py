"""What is wrong with a query, where, and what to write instead."""

from __future__ import annotations

from core.errors import UsageError
from core.i18n import _


class QueryError(UsageError):
    """A query that cannot be understood. `position` is a 0-based code point of the query text."""

    def __init__(self, position: int, message: str) -> None:
        super().__init__(_("查询第 {column} 列：{message}").format(column=position + 1, message=message))
        self.position = position
        self.message = message
