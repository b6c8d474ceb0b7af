"""Names of things that stay the same: document ids, content hashes, keyed pseudonyms."""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b32encode

PSEUDONYM = re.compile(r"u-[a-z2-7]{16}")
"""The form of a pseudonym."""


def document_id(key: str) -> str:
    """The id of the document with this address key: "d" and 16 hex digits (64 bits of BLAKE2b)."""
    return "d" + hashlib.blake2b(key.encode(), digest_size=8).hexdigest()


def content_hash(title: str | None, body: str) -> str:
    """32 hex digits that change when the text does; None and "" titles are the same."""
    return hashlib.blake2b(f"{title or ''}\n{body}".encode(), digest_size=16).hexdigest()


def raw_hash(raw: bytes) -> str:
    """SHA-256 of the bytes as received, in hex: evidence of what was published."""
    return hashlib.sha256(raw).hexdigest()


def pseudonym(key: bytes, platform: str, person: str) -> str:
    """
    A stand-in for a person: "u-" and 16 base32 characters of HMAC-SHA256(key, platform, person).

    The same person on the same platform has the same pseudonym while the key lasts; without the key
    nobody can walk back from it (a plain hash of a phone number can be walked in hours).
    """
    message = f"{platform}\x00{person.strip()}".encode()
    return "u-" + b32encode(hmac.digest(key, message, "sha256")[:10]).decode().lower()
