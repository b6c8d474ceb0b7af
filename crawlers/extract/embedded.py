"""The text of pages that a script draws: it lies in JSON-LD, in a textarea, or in a script's JSON. Nothing is run."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from core.text import HAN
from crawlers.extract.dom import paragraphs, parse, query, squeezed
from crawlers.extract.meta import Meta

MIN_HAN = 80
"""Han characters that such a text has at least, so that no label or teaser is taken for it."""
MAX_VALUES = 200

_VALUE = re.compile(
    r'"(?:content|contents|body|html|articleBody|article_content|articleContent|contentHtml|content_html|contentText|detail|text'
    r'|contentDetail|richText|newsContent)"\s*:\s*("(?:[^"\\]|\\.){80,}+")'
)
_HAN = re.compile(f"[{HAN}]")


def embedded_paragraphs(tree: Any, meta: Meta, text: str) -> list[str]:
    """The paragraphs of the longest Chinese text that the page carries without showing it; [] when there is none."""
    best: list[str] = []
    most = MIN_HAN
    for value in _values(tree, meta, text):
        if len(value) < most:
            continue
        found = paragraphs(parse(value)) if "<" in value else [s for part in value.split("\n") if (s := squeezed(part))]
        han = len(_HAN.findall("".join(found)))
        if han > most:
            best, most = found, han
    return best


def _values(tree: Any, meta: Meta, text: str) -> Iterator[str]:
    if said := meta.linked_text("articleBody"):
        yield said
    for node in query(tree, "//textarea"):
        yield "".join(node.itertext())
    for count, match in enumerate(_VALUE.finditer(text)):
        if count >= MAX_VALUES:
            return
        try:
            yield str(json.loads(match[1], strict=False))
        except ValueError:
            continue
