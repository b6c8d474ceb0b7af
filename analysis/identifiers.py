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
_PERSONAL = re.compile(
    r"(?<!\d)(?:1[3-9]\d{9}|\d{17}[\dXx])(?!\d)|(?<![\w.+-])[\w.+-]+@[\w-]+\.\w|[\u4e00-\u9fff]{2}|(?<!\d)0\d{2,3}-?\d{7,8}(?!\d)"
)
"""What in a key may be of a person: mobile, id, mail, landline, words in Han. Never to be changed: keys would be."""
_PERSONS_PARAMETER = re.compile(
    r"(?:user_?|real_?|id_?|cell_?)?(?:mobile|phone|tel|qq|wechat|weixin|wx|name|e?mail|idcard|idno|card)(?:_?no)?",
    re.I,
)
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


def key_without_persons(key: str, stand_in: StandIn) -> str:
    """
    The key with a pseudonym in place of a record number, or of a query's value, that may be personal.

    The same key gives the same one, and another key another one: stars would make one document of many. What may be
    personal is decided by the form alone, not by the rules of masking, which get better: a key must stay.
    """
    if key.startswith(_NUMBERED) and key.count(":") > 1:
        kind, source, number = key.split(":", 2)
        kept = PSEUDONYM.fullmatch(number) or not _PERSONAL.search(number)
        return key if kept else f"{kind}:{source}:{stand_in(f'{kind}:{source}', number)}"

    def piece(match: re.Match[str]) -> str:
        name, sign, value = match[0].partition("=")
        if PSEUDONYM.fullmatch(value if sign else name):
            return match[0]
        if sign and value and (_PERSONS_PARAMETER.fullmatch(name) or _PERSONAL.search(unquote_plus(value))):
            return f"{name}={stand_in('address', value)}"
        return stand_in("address", match[0]) if _PERSONAL.search(unquote_plus(match[0])) else match[0]

    return _in_query(key, piece)


def _in_query(address: str, piece: Callable[[re.Match[str]], str]) -> str:
    head, mark, query = address.partition("?")
    return f"{head}{mark}{_PIECE.sub(piece, query)}" if mark else address
