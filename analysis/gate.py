"""
The one door into the store: texts are masked, persons become pseudonyms. Pure, and done once.

Addresses are masked in their queries, and keys keep a pseudonym there, so that a document is known again.

A handle in running text ("@somebody") stays: it is how people call each other in public, and without it a
conversation cannot be read. Whoever must not keep handles leaves the author field to this gate and the text out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from urllib.parse import urlsplit

from analysis.identifiers import key_without_persons, masked_address
from analysis.masking import find_masks, masked
from core.identity import PSEUDONYM, pseudonym
from core.ports import Gate
from core.values import Document, Mask

CUSTOMERS = "customer"
"""The platform name under which a complaint's customer is known: one space for all sources."""


def gate(key: bytes, *, hotlines: Sequence[str] = (), persons: Sequence[str] = ()) -> Gate:
    """
    The gate of this installation: `key` makes the pseudonyms and stands outside the data.

    `hotlines` and `persons` come from the watch and are never hidden. A document past the gate is not changed by it.
    """

    find = partial(find_masks, hotlines=hotlines, persons=persons)

    def hidden(text: str) -> str:
        return masked(text, find(text))

    def key_of(given: str) -> str:
        return key_without_persons(given, partial(pseudonym, key))

    def past(document: Document) -> Document:
        masks = find(document.text)
        text = masked(document.text, masks)
        title = text[: len(document.title)] if document.title else document.title
        return replace(
            document,
            key=key_of(document.key),
            thread=key_of(document.thread) if document.thread else document.thread,
            url=masked_address(document.url, find) if document.url else document.url,
            outlet=hidden(document.outlet) if document.outlet else document.outlet,
            title=title,
            body=text[len(document.title) + 1 :] if document.title else text,
            masks=_joined(document.masks, masks),
            author=_stand_in(key, platform_of(document), document.author),
            customer=_stand_in(key, CUSTOMERS, document.customer),
            given={name: hidden(value) for name, value in document.given.items()},
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
    if PSEUDONYM.fullmatch(person):
        return person
    return pseudonym(key, platform, person)


def _joined(old: Sequence[Mask], new: Sequence[Mask]) -> tuple[Mask, ...]:
    return tuple(sorted({*old, *new}, key=lambda mask: mask.start))
