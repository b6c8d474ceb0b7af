"""What extraction hands on: frozen values, unknown is None."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.values import PageKind, Precision


@dataclass(frozen=True, slots=True)
class Post:
    """One post of a thread. `id` is the platform's own, `floor` counts from 1 (the opening post)."""

    author: str | None
    published_at: datetime | None
    precision: Precision
    body: str
    id: str | None = None
    floor: int | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Extracted:
    """
    What a page says. Unknown is None; `author` is empty when nobody is named.

    For a thread `body` is all posts in order, one paragraph after the other, and `posts` holds them.
    `canonical` is the address that the page gives for itself, only when it is on the same site.
    """

    title: str | None
    body: str | None
    published_at: datetime | None
    precision: Precision
    author: tuple[str, ...]
    outlet: str | None
    canonical: str | None
    kind: PageKind
    posts: tuple[Post, ...] = ()
