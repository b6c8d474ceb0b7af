"""Texts for the encoder that say how they are meant: as a whole, and toward a company."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, get_args

from analysis.encoder import TONE, TOWARD
from analysis.sentiment_model import LONGEST_READ
from core.text import fold
from core.values import Label
from training.rows import ALLOWED, Row, is_held_out, labelled, manifest
from training.sentiment import ALWAYS_LEARNED, Teller
from training.topics import Example

_T = TypeVar("_T")
RECIPE = Path(__file__).with_name("recipe.json")
CLASSES = get_args(Label)


@cache
def _recipe() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(RECIPE.read_text("utf-8"))
    return found


@cache
def _whole(data: Path) -> dict[str, list[Row]]:
    """Set -> its rows labelled as a whole, without those that the model is measured on."""
    recipe = _recipe()
    rows = labelled(data, recipe["document"])
    held = is_held_out(rows, recipe["held_out_share"])
    return {
        name: [row for row, out in zip(rows, held, strict=True) if row.set == name and not out]
        for name in recipe["encoder"]["whole"]
    }


@cache
def _toward(data: Path) -> dict[str, list[Example]]:
    """Set (of our lines: set and label) -> what is said of each company, without what the model is measured on."""
    recipe = _recipe()
    rows = labelled(data, recipe["company"])
    held, teller = is_held_out(rows, recipe["held_out_share"]), Teller()
    found: dict[str, list[Example]] = {}
    for row, out in zip(rows, held, strict=True):
        if out and row.set not in ALWAYS_LEARNED:
            continue
        for name, (told, _hidden) in teller.told(row).items():
            if len(told.whole) > LONGEST_READ:
                continue
            label = row.targets[name]
            known = row.set if row.set != "topic_lines" else f"{row.set}:{label}"
            found.setdefault(known, []).append(_example(told.whole, row.kinds[0], TOWARD, label))
    return found


def tones(data: Path, turn: int) -> list[Example]:
    """What one epoch reads; others in each `turn` where a set holds more than the recipe asks for."""
    recipe, chance = _recipe()["encoder"], random.Random(turn)
    found = []
    for name, rows in _whole(data).items():
        for row in _some(rows, recipe["whole"][name], chance):
            found.append(_example(fold(row.text)[:LONGEST_READ], chance.choice(row.kinds), TONE, row.label))
    for name, examples in _toward(data).items():
        found += _some(examples, recipe["toward"][name], chance)
    return found


def sets_of(data: Path) -> list[dict[str, Any]]:
    """Origin and licence note of each set, as training/manifest.json has them."""
    recipe = _recipe()
    rows = [row for rows in _whole(data).values() for row in rows] + labelled(data, recipe["company"])
    return manifest(data, rows)


def _some(every: Sequence[_T], most: int, chance: random.Random) -> list[_T]:
    return chance.sample(every, min(most, len(every)))


def _example(text: str, kind: str, group: str, label: str) -> Example:
    """`label` may allow several classes ("other")."""
    allowed = frozenset(f"{group}:{one}" for one in CLASSES if ALLOWED[one] & ALLOWED[label])
    return Example(text, kind, allowed, frozenset({group}))
