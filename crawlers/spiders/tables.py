"""Sources that answer questions: JSON lists and searches."""

from __future__ import annotations

from collections.abc import Iterable

from core.i18n import _
from crawlers.json_lists import api_entry, api_finds
from crawlers.results import search_address, search_finds
from crawlers.spiders.articles import ArticleSpider


class ApiSpider(ArticleSpider):
    """WordPress REST, and any JSON list by a declared mapping."""

    name = "api"
    finds = staticmethod(api_finds)

    def entries(self) -> Iterable[str]:
        """The first page of the list."""
        yield api_entry(self.source)


class SearchSpider(ArticleSpider):
    """A search for each name of the watch."""

    name = "search"
    finds = staticmethod(search_finds)

    def entries(self) -> Iterable[str]:
        """One search for each name; the address itself when it has no place for a name."""
        template = self.source.url or ""
        if "{name}" not in template:
            yield template
            return
        if not self.trip.names:
            self.tally.note(_("监测方案里没有公司名，搜索来源未执行"))
        for name in self.trip.names:
            yield search_address(template, name, encoding=self.source.encoding)
