"""
Learns to judge topics, text types and flags: `python -m training.topics --data DIR`.

From the labelled texts of tests/cases and training/topic_lines_*.jsonl, those of the data folder's cases where they
exist, and real posts and news there as texts without a topic. No text is kept. `--check` writes nothing of the model:
it holds each file of lines out in turn.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import minimize

from analysis.text_type import text_type_of
from analysis.topics.judge import Judge
from analysis.topics.model import TopicModel, grams, vector
from analysis.topics.rules import shipped
from bench.topics import measure
from core.text import fold
from core.values import Flag, TextType
from training.rows import digest, named, topic_line_files

ROOT = Path(__file__).resolve().parents[1]
CASES = ROOT / "tests/cases/topics.jsonl"
REAL = {"weibo_posts.txt.gz": ("post", 20000), "news_sentences.txt.gz": ("news", 8000)}
KINDS = {"weibo": "post", "forum": "post", "web": "news"}
REAL_WEIGHT, POSITIVE = 0.5, 3.0  # of a real text, which may have a topic after all; of a topic against its absence
DECAY, ROUNDS = 1.0, 150
SEEN, SMALL = 2, 0.24  # a feature of one text, and a weight below, say next to nothing (.19 weighs 6 MB more in memory)


@dataclass(frozen=True, slots=True)
class Example:
    """A text with its labels; `told` are the groups ("", "type", "flag") that were labelled, `weight` how surely."""

    text: str
    kind: str
    labels: frozenset[str]
    told: frozenset[str] = frozenset({""})
    weight: float = 1.0

    def features(self) -> set[str]:
        """All that the judge is told of the text, by the code that the radar runs."""
        folded = fold(self.text)
        return {*grams(folded), *shipped().signs_of(self.text, self.kind, text_type_of(folded, self.kind))}  # type: ignore[arg-type]


def labelled(paths: Sequence[Path], *, turn: int = 0) -> list[Example]:
    """The texts of labelled files; the signs of companies get names of many forms, others in each `turn`."""
    found = []
    for path in paths:
        for number, row in enumerate(map(json.loads, path.read_text("utf-8").splitlines())):
            text, _names = named(row["text"], number + turn, sorted(row.get("companies", ())))
            kind = row.get("kind") or KINDS.get(row["source"], row["source"])
            labels, told = {*row["topics"]}, {""}
            if "text_type" in row:
                labels |= {f"type:{row['text_type']}", *(f"flag:{flag}" for flag in row["flags"])}
                told |= {"type", "flag"}
            found.append(Example(text, kind, frozenset(labels), frozenset(told)))
    return found


def unrelated(data: Path) -> list[Example]:
    """Real texts that no rule finds a topic in; the other half of each file stays for bench/topics.py."""
    chance, found = random.Random(1), []
    for name, (kind, count) in REAL.items():
        path = data / "text" / name
        if path.is_file():
            lines = [line for line in gzip.decompress(path.read_bytes()).decode().split("\n") if 10 < len(line) < 300]
            half = lines[: len(lines) // 2]
            texts = chance.sample(half, min(count, len(half)))
            quiet = (t for t in texts if not shipped().topics_of(t, kind=kind, text_type="other"))
            found += [Example(text, kind, frozenset(), weight=REAL_WEIGHT) for text in quiet]
    return found


def learn(examples: Sequence[Example]) -> TopicModel:
    """One logistic regression a label, all fitted at once."""
    labels = [topic.id for topic in shipped().topics]
    labels += [f"type:{type_}" for type_ in get_args(TextType)] + [f"flag:{flag}" for flag in get_args(Flag)]
    texts = [example.features() for example in examples]
    counts = Counter(feature for found in texts for feature in found)
    features = sorted(feature for feature, count in counts.items() if count >= SEEN)
    wanted = np.array([[label in example.labels for label in labels] for example in examples], np.float32)
    groups = [label.rpartition(":")[0] for label in labels]
    pull = np.array([[example.weight * (group in example.told) for group in groups] for example in examples])
    pull *= np.where(wanted > 0, [1 if group == "type" else POSITIVE for group in groups], 1)
    weights = _fitted(_matrix(texts, features), wanted, pull.astype(np.float32))
    keep = np.abs(weights[:-1]).max(axis=1) > SMALL
    kept = [feature for feature, good in zip(features, keep, strict=True) if good]
    rounded = np.vstack([weights[:-1][keep], weights[-1:]]).astype(np.float16).astype(np.float32)
    return TopicModel(kept, labels, rounded)


def _matrix(texts: Sequence[set[str]], features: Sequence[str]) -> Any:
    places = {feature: place for place, feature in enumerate(features)}
    columns, values, starts = [], [], [0]
    for found in texts:
        at, value = vector(found, places)
        columns += [*at, len(features)]
        values += [value] * len(at) + [1.0]
        starts.append(len(columns))
    return sparse.csr_matrix((np.array(values, np.float32), columns, starts), shape=(len(texts), len(features) + 1))


def _fitted(matrix: Any, wanted: npt.NDArray[np.float32], pull: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    transposed, shape = matrix.T.tocsr(), (matrix.shape[1], wanted.shape[1])
    decay = np.full((shape[0], 1), DECAY, np.float32)
    decay[-1] = 0  # the bias is free

    def loss(flat: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        weights = flat.reshape(shape).astype(np.float32)
        logits = matrix @ weights
        missed = np.logaddexp(0, logits) - wanted * logits
        slope = transposed @ ((1 / (1 + np.exp(-logits)) - wanted) * pull) + decay * weights
        value = float((missed * pull).sum()) + 0.5 * float((decay * weights**2).sum())
        return value, slope.astype(np.float64).ravel()

    start = np.zeros(shape[0] * shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS, "maxcor": 6}).x
    return np.asarray(found.reshape(shape), np.float32)


def check(data: Path, given: Sequence[Path]) -> None:
    """Figures for each file of lines with a judge that saw all but it."""
    table = ["| held out | n | micro-F1 | P | R | macro-F1 | false alarms |", "|---" * 7 + "|"]
    rest, files = unrelated(data), topic_line_files()
    for held in files:
        model = learn([*labelled([*given, *(path for path in files if path != held)]), *rest])
        rows = [json.loads(line) for line in held.read_text("utf-8").splitlines()]
        rows = [r | {"text": named(r["text"], n, sorted(r["companies"]))[0]} for n, r in enumerate(rows)]
        table.append(f"| {held.stem} | {measure(rows, model=Judge(model))} |")
        print(table[-1], flush=True)
    title = "# Topics in files of lines that the judge never saw\n\n`python -m training.topics --data DIR --check`\n"
    (ROOT / "bench/results/topics_held_out.md").write_text("\n".join([title, *table, ""]), "utf-8")


def write(model: TopicModel, examples: Sequence[Example], paths: Sequence[Path]) -> None:
    """The weights, and what they were learned from."""
    out = ROOT / "analysis/data/topic_weights.npz"
    text = {
        "features": np.frombuffer("\n".join(model.features).encode(), np.uint8),
        "labels": np.frombuffer("\n".join(model.labels).encode(), np.uint8),
    }
    np.savez_compressed(out, weights=model.weights.astype(np.float16), **text)
    manifest = {
        "made_by": "python -m training.topics",
        "examples": [{"file": p.name, "sha256": digest(p)} for p in paths],
        "real_texts": sum(example.weight < 1 for example in examples),
        "licence": "labelled texts: invented for this purpose; real ones serve as texts without a topic, none is kept",
        "features": len(model.features),
    }
    target = ROOT / "analysis/data/topic_weights.json"
    target.write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(f"{len(examples)} examples, {len(model.features)} features, {out.stat().st_size} bytes")


def main() -> None:
    """Learn and write, or only check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with text/ and cases/")
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args()
    given = [path for path in (CASES, asked.data / "cases" / "topics.jsonl") if path.is_file()]
    if asked.check:
        return check(asked.data, given)
    paths = [*given, *topic_line_files()]
    examples = [*labelled(paths), *unrelated(asked.data)]
    write(learn(examples), examples, paths)


if __name__ == "__main__":
    main()
