"""Personal data in what tells documents apart: queries of addresses, record numbers, keys made of them. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from urllib.parse import quote_plus, unquote_plus

from analysis.masking import masked
from core.identity import PSEUDONYM
from core.values import Mask

Find = Callable[[str], Sequence[Mask]]
"""The personal data in a text."""
StandIn = Callable[[str, str], str]
"""(space, what is replaced) -> its pseudonym."""

_PIECE = re.compile(r"[^?&;#]+")
_NUMBERED = ("record:", "feed:")  # key kinds of a source's own numbers: kind, source, number


def masked_address(url: str, find: Find) -> str:
    """
    The address with personal data in its query as "*"; host and path stay as they are.

    Such an address no longer opens: the page behind it is another one or none.
    """

    def piece(match: re.Match[str]) -> str:
        text = unquote_plus(match[0])
        masks = find(text)
        return quote_plus(masked(text, masks), safe="*=") if masks else match[0]

    return _in_query(url, piece)


def key_without_persons(key: str, find: Find, stand_in: StandIn) -> str:
    """
    The key with a pseudonym in place of a record number, or of a query's value, that holds personal data.

    The same key gives the same one, and another key another one: stars would make one document of many.
    """
    if key.startswith(_NUMBERED) and key.count(":") > 1:
        kind, source, number = key.split(":", 2)
        known = PSEUDONYM.fullmatch(number) or not find(number)
        return key if known else f"{kind}:{source}:{stand_in(f'{kind}:{source}', number)}"

    def piece(match: re.Match[str]) -> str:
        text = unquote_plus(match[0])
        masks = find(text)
        if not masks:
            return match[0]
        name, sign, value = text.partition("=")
        in_value = sign and masks[0].start > len(name)
        return f"{quote_plus(name)}={stand_in('address', value)}" if in_value else stand_in("address", text)

    return _in_query(key, piece)


def _in_query(address: str, piece: Callable[[re.Match[str]], str]) -> str:
    head, mark, query = address.partition("?")
    return f"{head}{mark}{_PIECE.sub(piece, query)}" if mark else address
