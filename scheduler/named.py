"""The one document that a person means by an id, a key or an address, as it was or as the gate left it."""

from __future__ import annotations

from datetime import UTC, datetime

from analysis.gate import gate
from core.errors import UsageError
from core.i18n import _
from core.values import Document
from crawlers.canonical import document_key
from scheduler.radar import Radar
from store import documents
from store.engine import Connection


def document_named(radar: Radar, connection: Connection, what: str) -> str:
    """Its id. Raises UsageError when the store has none, or several under a masked address."""
    if found := find_named(radar, connection, what):
        return found
    raise unknown(what)


def find_named(radar: Radar, connection: Connection, what: str) -> str | None:
    """The same, None for no such document."""
    found = (documents.find(connection, form) for form in _stored_forms(radar, what))
    return next(filter(None, found), None)


def unknown(what: str) -> UsageError:
    """What to say of a document that the store does not have."""
    return UsageError(_("库里没有 {what}。用 yuqing search 或 yuqing documents 找它的编号。").format(what=what))


def _stored_forms(radar: Radar, what: str) -> list[str]:
    """What was given, and the keys that it has past the gate: as a key, and as an address of each source."""
    past = gate(radar.key)
    bare = what.partition("://")[2]
    keys = [what, *([bare, *(document_key(what, source=source) for source in (None, *radar.sources))] if bare else ())]
    shown = [past(Document("", "post", key, None, "", datetime.fromtimestamp(0, UTC))).key for key in keys]
    return list(dict.fromkeys([what, *shown]))
