"""
Learns the sentiment model: `python -m training.sentiment --data DIR`.

1. both models are learned without the held-out near-duplicate clusters, and measured on those, with the shipped
   encoder, which never learns them, as second reader
2. both are learned again from everything, and written with a manifest of what they learned from
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from analysis.features import buckets_of
from analysis.mention_rules import Reading
from analysis.mentions import Matcher, counted_spans
from analysis.segment import Segmenter
from analysis.sentiment import SecondReader, policy
from analysis.sentiment_model import (
    Blend,
    SentimentModel,
    Table,
    company_parts,
    company_signals,
    document_parts,
    nameless,
    packed,
    sentiment_model,
    told_of,
    write_model,
)
from analysis.text_type import text_type_of
from analysis.windows import stretches_of
from core.text import fold
from core.values import Company, Kind
from training.blend import blended
from training.fit import Examples, Floats, fitted, grams_of
from training.rows import ALLOWED, NEG, NEU, POS, Row, is_held_out, labelled, manifest

ALWAYS_LEARNED = ("company_lines", "topic_lines", "cases")
"""Small sets of texts written for this purpose; tests/cases/sentiment.jsonl is what they are measured on."""
HERE = Path(__file__).parent


def main() -> None:
    """Learn, measure, learn again from everything, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with sentiment/*.jsonl.gz")
    parser.add_argument("--out", type=Path, default=HERE.parent / "analysis" / "data" / "sentiment.npz")
    parser.add_argument("--no-measure", action="store_true", help="learn from everything at once")
    parser.add_argument("--keep-document", action="store_true", help="learn only the model toward companies anew")
    parser.add_argument("--no-write", action="store_true", help="only measure")
    asked = parser.parse_args()
    recipe = json.loads((HERE / "recipe.json").read_text("utf-8"))
    texts, companies = labelled(asked.data, recipe["document"]), labelled(asked.data, recipe["company"])
    measured: dict[str, dict[str, float]] = {}
    if not asked.no_measure:
        measured = _measured(texts, companies, recipe)
        print(json.dumps(measured, indent=1))
    if asked.no_write:
        return
    if asked.keep_document:
        document = sentiment_model().document
    else:
        document = _document_blend(texts, recipe["document"])
    company = _company_table(companies, document, recipe["company"])
    write_model(SentimentModel(document, company), asked.out)
    note = {"sets": manifest(asked.data, texts + companies), "recipe": recipe, "held_out": measured}
    if asked.keep_document and not measured:
        note["held_out"] = json.loads((HERE / "manifest.json").read_text("utf-8"))["held_out"]
    (HERE / "manifest.json").write_text(json.dumps(note, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _measured(texts: list[Row], companies: list[Row], recipe: dict[str, Any]) -> dict[str, dict[str, float]]:
    """Set -> how many of its texts were held out, and the macro-F1 (accuracy without neutral texts) on them."""
    held = is_held_out(texts, recipe["held_out_share"])
    document = _document_blend([row for row, out in zip(texts, held, strict=True) if not out], recipe["document"])
    measured = {}
    for name in recipe["document"]["sets"]:
        rows = [row for row, out in zip(texts, held, strict=True) if out and row.set == name]
        if rows:
            measured[name] = {"texts": len(rows), "score": round(_document_score(rows, document), 4)}
    held = is_held_out(companies, recipe["held_out_share"])
    known = [row for row, out in zip(companies, held, strict=True) if not out or row.set in ALWAYS_LEARNED]
    company = _company_table(known, document, recipe["company"])
    rows = [r for r, out in zip(companies, held, strict=True) if out and r.set not in ALWAYS_LEARNED]
    if rows:
        score = _entity_f1(rows, SentimentModel(document, company))
        measured["bdci2019_fin_entity (negative entity F1)"] = {"texts": len(rows), "score": round(score, 4)}
    return measured


# ---------------------------------------------------------------- whole texts


def _document_blend(rows: Sequence[Row], how: dict[str, Any]) -> Blend:
    parts = [document_parts(fold(row.text)) for row in rows]
    buckets = [buckets_of(part, longest=how["longest"], bits=how["bits"]) for part in parts]
    allowed = np.array([ALLOWED[row.label] for row in rows])
    signals = np.zeros((len(rows), 0), dtype=np.float32)
    examples = Examples(grams_of(buckets, how["bits"]), signals, allowed, _balanced(rows, how))
    is_news, is_voice = (np.array([kind in row.kinds for row in rows]) for kind in ("news", "voice"))
    return blended(examples, is_news, is_voice, how)


def _balanced(rows: Sequence[Row], how: dict[str, Any]) -> Floats:
    """The weight of each row: that of its set, shared evenly among the labels of the set."""
    labels = Counter((row.set, row.label) for row in rows)
    sizes, kinds = Counter(row.set for row in rows), Counter(name for name, _ in labels)
    return np.array(
        [how["sets"][r.set].get("weight", 1.0) * sizes[r.set] / (kinds[r.set] * labels[r.set, r.label]) for r in rows],
        dtype=np.float32,
    )


def _document_score(rows: Sequence[Row], blend: Blend) -> float:
    truth = np.array([ALLOWED[row.label] for row in rows])
    bias = np.array(policy()["document_bias"][rows[0].kinds[0]])
    found = []
    for row in rows:
        folded, kind = nameless(fold(row.text), []), row.kinds[0]
        odds = blend.of_text(folded, kind) + bias
        neg, pos = SecondReader(kind, policy()["encoder"]).whole(folded, odds, blend, length=len(row.text))
        found.append((NEG, NEU, POS)[int(np.argmax((neg, 0, pos)))])
    if not (truth == NEU).any():
        return float((truth == np.array(found)).mean())
    return _macro_f1(truth, np.array(found))


def _macro_f1(truth: Any, found: Any) -> float:
    scores = []
    for one in (NEG, NEU, POS):
        right, claimed = ((truth == one) & (found == one)).sum(), (truth == one).sum() + (found == one).sum()
        scores.append(2 * right / max(claimed, 1))
    return float(np.mean(scores))


# ---------------------------------------------------------------- toward companies


class Teller:
    """Finds what a text says of each of its companies, with the same code that the radar runs."""

    def __init__(self) -> None:
        self._segmenter = Segmenter()
        self._known: dict[int, Matcher] = {}

    def told(self, row: Row) -> dict[str, tuple[Any, str]]:
        """Company -> (what is said of it, the text with all names hidden)."""
        folded = fold(row.text)
        reading = Reading(row.text, folded, self._segmenter.cut(folded), self._segmenter.knows)
        matcher = self._matcher(row)
        spans = {n: places for n, found in matcher.mentions(reading).items() if (places := counted_spans(found))}
        everyone = sorted({span for places in spans.values() for span in places})
        hidden = nameless(folded, everyone)
        text_type = text_type_of(folded, row.kinds[0])
        told = {}
        for name, stretches in stretches_of(folded, spans).items():
            others = [span for span in everyone if span not in set(spans[name])]
            if stretches and name in row.targets:
                told[name] = (
                    told_of(folded, stretches, spans[name], others, companies=len(spans), text_type=text_type),
                    hidden,
                )
        return told

    def _matcher(self, row: Row) -> Matcher:
        if not row.companies:
            return Matcher([Company(name, {"full": (name,)}) for name in row.targets], disguises=False)
        key = id(row.companies)
        if key not in self._known:
            self._known[key] = Matcher(row.companies)
        return self._known[key]


def _company_table(rows: Sequence[Row], document: Blend, how: dict[str, Any]) -> Table:
    teller = Teller()
    buckets, signals, allowed, weights = [], [], [], []
    for row in rows:
        kind: Kind = row.kinds[0]
        for name, (told, hidden) in teller.told(row).items():
            buckets.append(buckets_of(company_parts(told, kind), longest=how["longest"], bits=how["bits"]))
            view, whole = document.of_text(told.view, kind), document.of_text(hidden, kind)
            signals.append(company_signals(told, kind, view, whole))
            allowed.append(ALLOWED[row.targets[name]])
            weights.append(_weight(how["sets"][row.set], row.targets[name]))
    grams = grams_of(buckets, how["bits"])
    examples = Examples(grams, np.array(signals), np.array(allowed), np.array(weights, dtype=np.float32))
    weights, toward, bias = fitted(examples, how)
    return Table(*packed(weights), toward, bias, how["longest"], how["bits"])


def _weight(how: dict[str, Any], label: str) -> float:
    """The weight of one target: that of its label where the recipe states one, else that of its set."""
    return float(how.get("of_label", {}).get(label, how["weight"]))


def _entity_f1(rows: Sequence[Row], model: SentimentModel) -> float:
    teller, right, found, wanted = Teller(), 0, 0, 0
    bias = np.array(policy()["company_bias"])
    for row in rows:
        kind: Kind = row.kinds[0]
        key = {name for name, label in row.targets.items() if label == "neg"}
        negative, second = set(), SecondReader(kind, policy()["encoder"])
        for name, (told, hidden) in teller.told(row).items():
            neg, pos = second.toward(told, model.toward(told, kind, model.of_text(hidden, kind)) + bias)
            if neg > max(pos, 0):
                negative.add(name)
        right, found, wanted = right + len(key & negative), found + len(negative), wanted + len(key)
    return 2 * right / max(found + wanted, 1)


if __name__ == "__main__":
    main()
