"""The errors a person can act on. Each says what happened to which thing, what was seen, what to do."""

from __future__ import annotations


class YuqingError(Exception):
    """Base of every error that reaches a user as a line of text, never as a traceback.

    `exit_code` is the status of a command that ends with it: 1 failure, 2 wrong usage (watch,
    query, arguments), 3 configuration, 4 done in part.
    """

    exit_code = 1


class UsageError(YuqingError):
    """The caller asked for something that cannot be: a wrong argument, watch or query."""

    exit_code = 2


class ConfigError(YuqingError):
    """The configuration is wrong; the text lists every mistake with file and line."""

    exit_code = 3


class PartialError(YuqingError):
    """Some inputs were refused (already named on standard error), the others were done."""

    exit_code = 4


class Unavailable(YuqingError):
    """Something outside did not answer (store, index, mail, source). Safe to try again."""
