"""Where companies stand in texts, and ordinary words: in our own lines, in marked lines, in real texts."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from analysis.names import mention_rules
from analysis.segment import Segmenter
from core.text import fold, is_han
from training.rows import names_for

MARKED = Path(__file__).with_name("slot_lines.jsonl")
ORDINARY = 5  # words of each own line
REAL = 30_000  # texts of each file of the data folder, a word of each
FILES = ("weibo_posts.txt.gz", "news_sentences.txt.gz")

_MARK = re.compile(r"(.*)\[\[(.+)\]\](.*)", re.DOTALL)
_SIGN = re.compile(r"\{([A-Z])\}")
Place = tuple[str, int, int]
"""A folded text, and where in it the name or word starts and ends."""
Spans = list[tuple[int, int]]


def marked_places() -> Iterator[tuple[Place, bool]]:
    """The places in slot_lines.jsonl, each with whether a company stands there."""
    for line in MARKED.read_text("utf-8").splitlines():
        row = json.loads(line)
        marked = _MARK.fullmatch(row["text"])
        assert marked, line
        left, name, right = map(fold, marked.groups())
        yield (left + name + right, len(left), len(left + name)), row["company"]


def ordinary_words() -> Callable[[str], Spans]:
    """A function from a folded text to the places of its words of two and three characters that name no company."""
    segmenter, of_business = Segmenter(), set(mention_rules()["business"])

    def places(folded: str) -> Spans:
        found, at = [], 0
        for word in segmenter.cut(folded):
            ordinary = 2 <= len(word) <= 3 and all(map(is_han, word)) and segmenter.knows(word)
            if ordinary and word not in of_business:
                found.append((at, at + len(word)))
            at += len(word)
        return found

    return places


def own_places(path: Path, words: Callable[[str], Spans], chance: random.Random) -> Iterator[tuple[Place, bool]]:
    """The places of companies in the lines of a file, and of ordinary words."""
    for number, line in enumerate(path.read_text("utf-8").splitlines()):
        text = json.loads(line)["text"]
        names = names_for(text, number)
        pieces = _SIGN.split(text)  # text, sign, text, sign, …
        folded = [fold(piece) if at % 2 == 0 else fold(names[piece]) for at, piece in enumerate(pieces)]
        starts = np.cumsum([0, *map(len, folded)])
        whole = "".join(folded)
        companies = [(int(starts[at]), int(starts[at + 1])) for at in range(1, len(pieces), 2)]
        for start, end in companies:
            yield (whole, start, end), True
        others = [(s, e) for s, e in words(whole) if all(e <= a or s >= b for a, b in companies)]
        for start, end in chance.sample(others, min(ORDINARY, len(others))):
            yield (whole, start, end), False


def real_places(folder: Path, words: Callable[[str], Spans], chance: random.Random) -> Iterator[Place]:
    """A word of each of some real texts."""
    for name in FILES:
        with gzip.open(folder / "text" / name, "rt", encoding="utf-8") as lines:
            texts = [line.strip() for line in lines if line.strip()]
        for text in chance.sample(texts, min(REAL, len(texts))):
            folded = fold(text)
            if found := words(folded):
                yield (folded, *chance.choice(found))
