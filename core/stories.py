"""The rules of stories that both the filter and the store follow: which candidates come first. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import chain

KEPT_PER_KEY = 256
"""A key finds so many of the members seen last: one that everybody shares must not make each new text dearer."""

Age = tuple[datetime | int, str]
"""When a document was seen, and its id, which decides between two of one moment."""


def by_closeness(
    sharing: Iterable[Iterable[str]], loosely: Iterable[Iterable[str]], *, age: Callable[[str], Age]
) -> list[str]:
    """
    Documents in the order in which a new text is compared with them, each once.

    `sharing` holds for each band of the text who has it, too: whoever shares most comes first, of equals the oldest.
    `loosely` are those who only name the same; they fill what is left, newest first, for a name never goes away.
    """
    shared = Counter(chain.from_iterable(sharing))
    close = sorted(shared, key=lambda document: (-shared[document], age(document)))
    return close + sorted(set(chain.from_iterable(loosely)).difference(shared), key=age, reverse=True)
