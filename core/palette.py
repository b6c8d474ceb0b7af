"""The colours of mails and pages, each with its dark twin. A test holds every text at 4.5:1 or more on its ground."""

from __future__ import annotations

from typing import NamedTuple


class Colour(NamedTuple):
    """One role's colour on a light and on a dark screen, as "#rrggbb"."""

    light: str
    dark: str


PALETTE: dict[str, Colour] = {
    "page": Colour("#f3f5f7", "#12161b"),
    "card": Colour("#ffffff", "#1b2128"),
    "soft": Colour("#f6f8fa", "#232b34"),
    "line": Colour("#e3e8ed", "#333d48"),
    "ink": Colour("#1d2733", "#e8ecf0"),
    "quiet": Colour("#566370", "#aab5c0"),
    "link": Colour("#1d5a9e", "#8fbef5"),
    "bad": Colour("#a8281b", "#ff9f94"),
    "good": Colour("#1b6e45", "#7ad6a6"),
    "warn": Colour("#7a4d00", "#f2c572"),
    "warn_soft": Colour("#fff6e2", "#33291a"),
    "bad_soft": Colour("#fdf0ee", "#38211f"),
    "bar": Colour("#a9bacb", "#5b6f84"),
    "bar_bad": Colour("#c2412f", "#e5705f"),
}
