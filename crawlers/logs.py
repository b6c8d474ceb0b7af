"""What Scrapy may write into logs: never an address's content, a body or an item."""

from __future__ import annotations

from typing import Any

from scrapy.logformatter import LogFormatter


class QuietFormatter(LogFormatter):
    """Says nothing of single pages; counts are in the round's report."""

    def crawled(self, request: Any, response: Any, spider: Any) -> Any:
        return None

    def scraped(self, item: Any, response: Any, spider: Any) -> Any:
        return None

    def dropped(self, item: Any, exception: Any, response: Any, spider: Any) -> Any:
        return None
