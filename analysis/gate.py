"""
The one door into the store: texts are masked, persons become pseudonyms. Pure, and done once.

A handle in running text ("@somebody") stays: it is how people call each other in public, and without it a
conversation cannot be read. Whoever must not keep handles leaves the author field to this gate and the text out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from analysis.masking import find_masks, masked
from core.identity import pseudonym
from core.ports import Gate
from core.values import Document, Mask

_PSEUDONYM = re.compile(r"u-[a-z2-7]{16}\Z")
CUSTOMERS = "customer"
"""The platform name under which a complaint's customer is known: one space for all sources."""


def gate(key: bytes, *, hotlines: Sequence[str] = (), persons: Sequence[str] = ()) -> Gate:
    """
    The gate of this installation: `key` makes the pseudonyms and stands outside the data.

    `hotlines` and `persons` come from the watch and are never hidden. A document past the gate is not changed by it.
    """

    def past(document: Document) -> Document:
        masks = find_masks(document.text, hotlines=hotlines, persons=persons)
        text = masked(document.text, masks)
        title = text[: len(document.title)] if document.title else document.title
        given = {k: masked(v, find_masks(v, hotlines=hotlines, persons=persons)) for k, v in document.given.items()}
        return replace(
            document,
            title=title,
            body=text[len(document.title) + 1 :] if document.title else text,
            masks=_joined(document.masks, masks),
            author=_stand_in(key, platform_of(document), document.author),
            customer=_stand_in(key, CUSTOMERS, document.customer),
            given=given,
        )

    return past


def platform_of(document: Document) -> str:
    """Where an author's name is unique: the host of the address without port, else the source."""
    try:
        host = urlsplit(document.url or "").hostname
    except ValueError:  # an address such as "http://[" is no platform
        host = None
    return host or document.source


def _stand_in(key: bytes, platform: str, person: str | None) -> str | None:
    if not person or not person.strip():
        return None
    if _PSEUDONYM.match(person):
        return person
    return pseudonym(key, platform, person)


def _joined(old: Sequence[Mask], new: Sequence[Mask]) -> tuple[Mask, ...]:
    return tuple(sorted({*old, *new}, key=lambda mask: mask.start))
