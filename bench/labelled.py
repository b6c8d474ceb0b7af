"""The labelled texts of tests/cases and the watches that lie beside them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

CASES = Path(__file__).resolve().parents[1] / "tests" / "cases"
AUTHORS = (7, 8, 9, 10, 11, 12)  # of unseen_*.jsonl: nothing is learned from them, but from what the others wrote


def watch_of(name: str) -> dict[str, Any]:
    """The watch beside labelled texts, in either form; without companies where the texts name their own."""
    path = CASES / f"{name}_companies.json"
    if not path.is_file():
        return {"companies": []}
    rest = ("cues", "exclude")
    return {
        "companies": [
            {"name": company, "aliases": {kind: names for kind, names in how.items() if kind not in rest}}
            | {key: how[key] for key in rest if key in how}
            for company, how in json.loads(path.read_text("utf-8")).items()
        ]
    }
