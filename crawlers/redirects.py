"""Redirects without a Referer: where we came from is nobody's business."""

from __future__ import annotations

from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.http import Request, Response


class BareRedirects(RedirectMiddleware):
    """Follows at most REDIRECT_MAX_TIMES hops; every hop passes robots.txt and the address guard again."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> BareRedirects:
        """Scrapy's constructor, without looking for the middleware that would add a Referer."""
        middleware = cls(crawler.settings)
        middleware.crawler = crawler
        return middleware

    def handle_referer(self, request: Request, response: Response) -> None:
        """Scrapy's hook: no Referer."""
        request.headers.pop("Referer", None)
