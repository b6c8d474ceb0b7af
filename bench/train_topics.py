"""
Train the second opinion on topics: reads tests/cases/topics.jsonl and training/topic_lines_*.jsonl, and real posts as
texts without a topic where the data folder exists; writes analysis/data/topic_weights.npz with a manifest of what it
was made from. No text is kept. `--check` trains nothing that stays: it holds each file of lines out in turn.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import sys
from collections import Counter
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from analysis.topics.model import TopicModel, grams, vector  # noqa: E402
from analysis.topics.rules import shipped  # noqa: E402
from bench.topics import lines_of, measure, rows_of, type_of  # noqa: E402
from core.text import fold  # noqa: E402

NAMES = re.compile("云鹭银行|云鹭|星禾科技|星禾钱包|星禾|蓝杉出行|蓝杉|麦朵商城|麦朵|青桐通信|青桐|和安在线|和安")
PLACE = re.compile(r"\{[A-C]\}")  # where the lines name a company
POSTS, NEWS = 1200, 400  # real texts taken as having no topic
STEPS, DECAY, POSITIVE = 150, 1.0, 4.0  # DECAY and POSITIVE by --check, 2026-11-22
SMALL = 0.04  # a weight below says nothing
CASES = ROOT / "tests/cases/topics.jsonl"

Example = tuple[str, set[str]]


def unrelated(chance: random.Random) -> list[str]:
    """Real texts that no rule finds a topic in."""
    texts = []
    for name, count in (("weibo_posts.txt.gz", POSTS), ("news_sentences.txt.gz", NEWS)):
        lines = [line for line in lines_of(name) if 10 < len(line) < 300]
        texts += chance.sample(lines[: len(lines) // 2], min(count, len(lines) // 2))  # the other half stays for bench
    return [text for text in texts if not shipped().topics_of(text, learned=None)]


def features_of(text: str) -> set[str]:
    folded = fold(PLACE.sub("", NAMES.sub("", text)))
    return set(grams(folded)) | {f"<{name}>" for name in shipped().classes_of(folded)}


def train(examples: list[Example], topics: list[str]) -> TopicModel:
    """Logistic regression fitted by its dual, since texts are fewer than features; the same examples, same weights."""
    texts = [features_of(text) for text, _ in examples]
    counts = Counter(feature for found in texts for feature in found)
    features = sorted(feature for feature, count in counts.items() if count >= 2)
    places = {feature: place for place, feature in enumerate(features)}
    matrix = np.zeros((len(texts), len(features) + 1), np.float32)
    for row, found in enumerate(texts):
        at, values = vector(found, places)
        matrix[row, at] = values
    matrix[:, -1] = 1
    wanted = np.array([[topic in labels for topic in topics] for _, labels in examples], np.float32)
    weights = matrix.T @ _dual(matrix @ matrix.T, wanted)
    keep = np.abs(weights[:-1]).max(axis=1) > SMALL
    kept = [feature for feature, good in zip(features, keep, strict=True) if good]
    return TopicModel(kept, topics, np.vstack([weights[:-1][keep], weights[-1:]]).astype(np.float16).astype(np.float32))


def _dual(kernel: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The weight of each text for each topic, by accelerated gradient descent."""
    pull = np.where(wanted > 0, POSITIVE, 1.0).astype(np.float32)
    steep = np.ones(len(kernel), np.float32)
    for _ in range(15):  # the greatest eigenvalue bounds the step
        steep = kernel @ steep
        steep /= np.linalg.norm(steep)
    bound = np.float32(np.linalg.norm(kernel @ steep) * 0.25 * POSITIVE * 1.05 + DECAY)
    now = ahead = np.zeros_like(wanted)
    for step in range(STEPS):
        chance = 1 / (1 + np.exp(-(kernel @ ahead)))
        new = ahead - ((chance - wanted) * pull + DECAY * ahead) / bound
        ahead = new + np.float32(step / (step + 3)) * (new - now)
        now = new
    return now


def examples_of(paths: list[Path]) -> list[Example]:
    """Labelled texts of these files and texts of no concern."""
    rows = [json.loads(line) for path in paths for line in path.read_text("utf-8").splitlines()]
    made: list[Example] = [(row["text"], set(row["topics"])) for row in rows]
    return made + [(text, set()) for text in unrelated(random.Random(1))]


def lines_files() -> list[Path]:
    """The files of labelled lines."""
    return sorted((ROOT / "training").glob("topic_lines_*.jsonl"))


def check() -> None:
    """Figures for each file of lines with a model that saw all but it, by the bar that the model must pass alone."""
    topics = [topic.id for topic in shipped().topics]
    usual = dict(shipped()._settings)
    table = ["| held out | bar | n | micro-F1 | P | R | macro-F1 | false alarms |", "|---" * 8 + "|"]
    for held in lines_files():
        model = train(examples_of([CASES, *(p for p in lines_files() if p != held)]), topics)
        rows = [r | {"text": PLACE.sub("禾木", r["text"])} for r in rows_of(held)]
        for bar in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.1):
            shipped()._settings |= {"raises_for": usual["raises_for"] if bar == usual["model_raises"] else {}}
            shipped()._settings |= {"model_raises": bar}
            table.append(f"| {held.stem} | {bar} | {measure(rows, type_of(), show=False, model=model)} |")
    shipped()._settings |= usual
    print("\n".join(table))
    title = "# Topics on files of lines that the model never saw"
    (ROOT / "bench/results/topics_held_out.md").write_text("\n".join([title, "", *table, ""]), "utf-8")


def main() -> None:
    """Train and write, or only check."""
    if "--check" in sys.argv:
        return check()
    paths = [Path(arg) for arg in sys.argv[1:]] or [CASES, *lines_files()]
    examples = examples_of(paths)
    topics = [topic.id for topic in shipped().topics]
    model = train(examples, topics)
    out = ROOT / "analysis/data/topic_weights.npz"
    text = {
        "features": np.frombuffer("\n".join(model.features).encode(), np.uint8),
        "topics": np.frombuffer("\n".join(topics).encode(), np.uint8),
    }
    np.savez_compressed(out, weights=model.weights.astype(np.float16), **text)
    manifest = {
        "made_by": "python bench/train_topics.py",
        "examples": [{"file": p.name, "sha256": hashlib.sha256(p.read_bytes()).hexdigest()} for p in paths],
        "without_topic": len(examples) - sum(len(p.read_text("utf-8").splitlines()) for p in paths),
        "licence": "labelled texts: the project's own; real posts serve as texts without a topic, none is kept",
        "features": len(model.features),
    }
    (ROOT / "analysis/data/topic_weights.json").write_text(
        json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", "utf-8"
    )
    print(f"{len(examples)} examples, {len(model.features)} features, {out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
