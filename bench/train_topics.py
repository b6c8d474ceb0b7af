"""
Train the second opinion on topics: reads tests/cases/topics.jsonl, and real posts as texts without a topic where the
data folder exists; writes analysis/data/topic_weights.npz with a manifest of what it was made from. No text is kept.
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
from bench.topics import lines_of  # noqa: E402
from core.text import fold  # noqa: E402

NAMES = re.compile("云鹭银行|云鹭|星禾科技|星禾钱包|星禾|蓝杉出行|蓝杉|麦朵商城|麦朵|青桐通信|青桐|和安在线|和安")
POSTS, NEWS = 1200, 400  # real texts taken as having no topic
STEPS, RATE, DECAY, POSITIVE = 300, 1.0, 0.0005, 4.0

Example = tuple[str, set[str]]


def unrelated(chance: random.Random) -> list[str]:
    """Real texts that no rule finds a topic in."""
    texts = []
    for name, count in (("weibo_posts.txt.gz", POSTS), ("news_sentences.txt.gz", NEWS)):
        lines = [line for line in lines_of(name) if 10 < len(line) < 300]
        texts += chance.sample(lines[: len(lines) // 2], min(count, len(lines) // 2))  # the other half stays for bench
    return [text for text in texts if not shipped().topics_of(text, learned=None)]


def features_of(text: str) -> set[str]:
    folded = fold(NAMES.sub("", text))
    return set(grams(folded)) | {f"<{name}>" for name in shipped().classes_of(folded)}


def train(examples: list[Example], topics: list[str]) -> TopicModel:
    """Fit by plain gradient descent; the same examples give the same weights."""
    texts = [features_of(text) for text, _ in examples]
    labelled = [found for found, (_, labels) in zip(texts, examples, strict=True) if labels is not None]
    counts = Counter(feature for found in labelled for feature in found)
    features = sorted(feature for feature, count in counts.items() if count >= 2)
    places = {feature: place for place, feature in enumerate(features)}
    matrix = np.zeros((len(texts), len(features) + 1), np.float32)
    for row, found in enumerate(texts):
        at, values = vector(found, places)
        matrix[row, at] = values
    matrix[:, -1] = 1
    wanted = np.array([[topic in labels for topic in topics] for _, labels in examples], np.float32)
    pull = np.where(wanted > 0, POSITIVE, 1.0).astype(np.float32)
    weights = np.zeros((matrix.shape[1], len(topics)), np.float32)
    size = sum(1 for _, labels in examples if labels) * 1.4
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-(matrix @ weights)))
        weights -= RATE * (matrix.T @ ((chance - wanted) * pull) / size + DECAY * weights)
    keep = np.abs(weights[:-1]).max(axis=1) > 0.02
    kept = [feature for feature, good in zip(features, keep, strict=True) if good]
    return TopicModel(kept, topics, np.vstack([weights[:-1][keep], weights[-1:]]).astype(np.float16).astype(np.float32))


def examples_of(paths: list[Path]) -> list[Example]:
    """Labelled texts of these files and texts of no concern."""
    rows = [json.loads(line) for path in paths for line in path.read_text("utf-8").splitlines()]
    made: list[Example] = [(row["text"], set(row["topics"])) for row in rows]
    return made + [(text, set()) for text in unrelated(random.Random(1))]


def main() -> None:
    """Train and write."""
    paths = [Path(arg) for arg in sys.argv[1:]] or [ROOT / "tests/cases/topics.jsonl"]
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
