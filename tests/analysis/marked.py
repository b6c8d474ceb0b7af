"""Texts with their spans marked in place: `手机[[mobile|13800005678]]` reads as the text and one span."""

from __future__ import annotations

import re

_MARK = re.compile(r"\[\[(\w+)\|(.*?)\]\]", re.S)


def read_marked(marked: str) -> tuple[str, list[tuple[str, int, int]]]:
    """The plain text and its (type, start, end) spans."""
    text, spans, at = "", [], 0
    for mark in _MARK.finditer(marked):
        text += marked[at : mark.start()]
        spans.append((mark[1], len(text), len(text) + len(mark[2])))
        text += mark[2]
        at = mark.end()
    return text + marked[at:], spans
