"""Every text colour can be read on every ground, by day and by night."""

from __future__ import annotations

import itertools

import pytest

from core.palette import PALETTE

TEXTS = ("ink", "quiet", "link", "bad", "good", "warn")
GROUNDS = ("page", "card", "soft", "warn_soft", "bad_soft")


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("text", "ground"), list(itertools.product(TEXTS, GROUNDS)))
def test_text_has_at_least_four_and_a_half_to_one(text, ground):
    assert contrast(PALETTE[text].light, PALETTE[ground].light) >= 4.5
    assert contrast(PALETTE[text].dark, PALETTE[ground].dark) >= 4.5


@pytest.mark.parametrize("bar", ["bar", "bar_bad"])
def test_bars_stand_out_from_the_card(bar):
    """Their numbers stand beside them, so a bar needs less than text."""
    assert contrast(PALETTE[bar].light, PALETTE["card"].light) >= 1.9
    assert contrast(PALETTE[bar].dark, PALETTE["card"].dark) >= 1.9


def test_the_two_bars_differ_in_brightness_too():
    assert contrast(PALETTE["bar"].light, PALETTE["bar_bad"].light) >= 1.5
    assert contrast(PALETTE["bar"].dark, PALETTE["bar_bad"].dark) >= 1.5
