"""Why a page was not read: the exceptions of the crawl, each with the kind that a round's report counts."""

from __future__ import annotations

import traceback

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    NotSupported,
    UnsupportedURLSchemeError,
)


class Refused(IgnoreRequest):
    """We chose not to fetch or not to read a page. `kind` is one word, `reason` says what was seen."""

    kind = "refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class AddressRefused(Refused):
    """The address is not one that a crawl may touch."""

    kind = "address"


class RobotsRefused(Refused):
    """
    The site's robots.txt says no, or could not be read.

    `passing` when that may change by itself: the page stays open for a later round.
    """

    kind = "robots"

    def __init__(self, reason: str, *, passing: bool = False) -> None:
        super().__init__(reason)
        self.passing = passing


class HostResting(Refused):
    """The host asked for a pause or failed several times in a row; its pages wait for a later round."""

    kind = "resting"


class TooLarge(Refused):
    """A body went past the limit."""

    kind = "size"


class NotText(Refused):
    """A picture, a film, an archive: nothing to read."""

    kind = "type"


class Stopping(Refused):
    """The round ends; the page waits for the next one."""

    kind = "stopped"


class Unreadable(Exception):
    """A page came but is not what it should be. `kind` is "parse", "login", "captcha" or "gone"."""

    def __init__(self, why: str, *, kind: str = "parse") -> None:
        super().__init__(why)
        self.kind = kind


_KINDS: tuple[tuple[type[Exception], str], ...] = (
    (DownloadTimeoutError, "timeout"),
    (CannotResolveHostError, "dns"),
    (DownloadConnectionRefusedError, "connect"),
    (UnsupportedURLSchemeError, "address"),
    (NotSupported, "address"),
    (DownloadFailedError, "connect"),
)


def kind_of(error: BaseException) -> str:
    """The kind of error that a report counts, such as "timeout", "robots", "size" or "connect"."""
    if isinstance(error, Refused):
        return error.kind
    if isinstance(error, IgnoreRequest):
        text = str(error)
        return "size" if "DOWNLOAD_MAXSIZE" in text else "redirect" if "redirection" in text else "refused"
    return next((kind for known, kind in _KINDS if isinstance(error, known)), "error")


def where(error: BaseException) -> tuple[str, str]:
    """The kind of an unexpected error and the line it came from, for logs: its text may quote a document."""
    frames = traceback.extract_tb(error.__traceback__)
    last = frames[-1] if frames else None
    return type(error).__name__, f"{last.filename}:{last.lineno}" if last else "?"
