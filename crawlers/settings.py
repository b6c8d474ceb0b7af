"""
The Scrapy project's settings, hardened: what Scrapy ships as open is closed here, and a test pins the outcome.

Reasons stand in docs/architecture.md. Per-source matters (delay, limits, private addresses) are not settings:
they come with each `core.values.Source`.
"""

BOT_NAME = "yuqing-radar"
SPIDER_MODULES = ["crawlers.spiders"]
USER_AGENT = "YuqingRadar (+https://github.com/yuqing-radar)"  # a round sets version and contact

# Plain asyncio, no Twisted reactor: several rounds may run in one process, one after the other.
TWISTED_REACTOR_ENABLED = False

# No listener, no second door: both consoles execute code.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

# One door to the network; everything else is shut. It knows addresses, turns and sizes.
_DOOR = "crawlers.download.GuardedHandler"
DOWNLOAD_HANDLERS = {"http": _DOOR, "https": _DOOR, "file": None, "data": None, "ftp": None, "s3": None}
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_MAXSIZE = 5 * 1024 * 1024  # bytes, before and after decompression
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_TIMEOUT = 30  # seconds for a whole request, body included: a slow drip ends too

# One request at a time for a host. Pauses are kept by `crawlers.hosts` across all sources of a round.
CONCURRENT_REQUESTS = 8
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 0

REDIRECT_MAX_TIMES = 5
METAREFRESH_ENABLED = False
COOKIES_ENABLED = False
HTTPPROXY_ENABLED = False  # a proxy would resolve names where the address guard cannot see it
REFERER_ENABLED = False
RETRY_ENABLED = False  # a failed page waits for the next round: no hammering
HTTPERROR_ALLOW_ALL = True  # every status is judged in one place
AUTOTHROTTLE_ENABLED = False
ROBOTSTXT_OBEY = False  # by `crawlers.robots.RobotsMiddleware` instead: RFC 9309 where Scrapy fetches anyway

DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,
    "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "crawlers.redirects.BareRedirects": 600,
    "crawlers.robots.RobotsMiddleware": 100,
}
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
    # These drop requests without a word; the frontier checks lengths and budgets itself and says so.
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
}
EXTENSIONS = {
    "scrapy.extensions.telnet.TelnetConsole": None,
    "scrapy.extensions.remote_control.RemoteControl": None,
    "scrapy.extensions.feedexport.FeedExporter": None,
    "scrapy.extensions.spiderstate.SpiderState": None,
    "scrapy.extensions.throttle.AutoThrottle": None,
}
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"  # the frontier knows what was seen, by key

MEMUSAGE_ENABLED = True
MEMUSAGE_LIMIT_MB = 512
MEMUSAGE_CHECK_INTERVAL_SECONDS = 10.0

DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,application/json;q=0.9,*/*;q=0.5",
    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",
}
LOG_LEVEL = "WARNING"
LOG_ENABLED = False  # the program that calls decides about logs
LOG_FORMATTER = "crawlers.logs.QuietFormatter"
STATS_DUMP = False
LOGSTATS_INTERVAL = 0
