"""Reprints and events: signatures, the comparison, and where a document belongs."""

from analysis.stories.by_hand import merged, split_off, undone
from analysis.stories.listing import stories_of
from analysis.stories.place import DictMemory, place, signed
from analysis.stories.sketch import band_keys, sketch

__all__ = [
    "DictMemory",
    "band_keys",
    "merged",
    "place",
    "signed",
    "sketch",
    "split_off",
    "stories_of",
    "undone",
]
