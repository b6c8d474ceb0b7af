"""Looks for personal data in the clear: every file of a folder, byte by byte, and mails decoded."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path

_ENCODINGS = ("utf-8", "gb18030", "utf-16-le")


@dataclass(frozen=True, slots=True)
class Leak:
    """A file that holds one of the wanted strings."""

    path: Path
    text: str


def in_clear(folder: Path, wanted: Iterable[str], *, skip: Iterable[Path] = ()) -> tuple[list[Leak], int]:
    """
    Every (file, string) found below the folder, and the number of files read; `skip` names files and folders.

    A string counts in UTF-8, GB18030 or UTF-16; mails are read decoded too, `.gz` files unpacked.
    """
    needles = [(text, {text.encode(e) for e in _ENCODINGS}) for text in wanted]
    skipped = {path.resolve() for path in skip}
    leaks: list[Leak] = []
    count = 0
    for path in _files(folder.resolve(), skipped):
        count += 1
        haystack = _readable(path)
        leaks += [Leak(path, text) for text, forms in needles if any(form in haystack for form in forms)]
    return leaks, count


def _files(folder: Path, skipped: set[Path]) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path in skipped or path.is_symlink():
            continue
        if path.is_dir():
            yield from _files(path, skipped)
        elif path.is_file():
            yield path


def _readable(path: Path) -> bytes:
    content = path.read_bytes()
    if path.suffix == ".gz":
        return gzip.decompress(content)
    if path.suffix != ".eml":
        return content
    parts = message_from_bytes(content, policy=policy.default).walk()
    return b"\n".join([content, *(bytes(p.get_payload(decode=True) or b"") for p in parts if not p.is_multipart())])
