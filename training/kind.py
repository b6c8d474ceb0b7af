"""
Learns what kind of document a text is: `python -m training.kind --data DIR`.

From the project's own lines (their kind is written beside them), and from microblog posts and news of the data folder.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections import Counter
from pathlib import Path

import numpy as np

from analysis.features import buckets_of
from analysis.kind import BITS, HEAD, KINDS, LONGEST
from core.text import fold
from training.rows import topic_line_files

HERE = Path(__file__).parent
STEPS, RATE, DECAY = 200, 6.0, 2e-4
SHARE = 2000  # texts of each file of the data folder
FILES = {"weibo_posts.txt.gz": "post", "news_sentences.txt.gz": "news", "news_passages.txt.gz": "news"}
SAME = {"voice": "complaint"}


def main() -> None:
    """Learn, measure on a fifth held out, learn from everything, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=HERE.parent / "analysis" / "data" / "kind.npz")
    asked = parser.parse_args()
    rows = own_rows() + real_rows(asked.data)
    random.Random(0).shuffle(rows)
    fifth = len(rows) // 5
    weights = fitted(rows[fifth:])
    print(f"{len(rows)} texts, held out {fifth}: right {right(weights, rows[:fifth]):.3f}")
    weights = fitted(rows)
    scale = np.abs(weights).max() / 127
    np.savez_compressed(asked.out, weights=np.round(weights / scale).astype(np.int8), scale=np.float32(scale))


def own_rows() -> list[tuple[str, str]]:
    """(text, kind) of the project's own lines."""
    rows = []
    for line in (HERE / "company_lines.txt").read_text("utf-8").splitlines():
        if line.count("\t") == 2 and not line.startswith("#"):
            kind, _labels, text = line.split("\t")
            rows.append((text, kind))
    for path in topic_line_files():
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            rows.append((row["text"], row["kind"]))
    named = [text.replace("{A}", "星禾科技").replace("{B}", "云鹭银行").replace("{C}", "麦朵商城") for text, _ in rows]
    return [(text, SAME.get(kind, kind)) for text, (_, kind) in zip(named, rows, strict=True)]


def real_rows(folder: Path) -> list[tuple[str, str]]:
    """(text, kind) of real texts."""
    rows = []
    for name, kind in FILES.items():
        with gzip.open(folder / "text" / name, "rt", encoding="utf-8") as lines:
            texts = [line.strip() for line in lines if len(line) > 15]
        rows += [(text, kind) for text in random.Random(1).sample(texts, min(SHARE, len(texts)))]
    return rows


def fitted(rows: list[tuple[str, str]]) -> np.ndarray:
    """Plain gradient descent on a softmax, each kind counting the same."""
    matrix = np.zeros((len(rows), (1 << BITS) + 1), np.float32)
    for at, (text, _kind) in enumerate(rows):
        buckets = buckets_of([(fold(text[:HEAD]), (0,))], longest=LONGEST, bits=BITS)
        matrix[at, buckets] = 1 / max(len(buckets), 1) ** 0.5
    matrix[:, -1] = 1
    counts = Counter(kind for _text, kind in rows)
    wanted = np.array([[kind == one for one in KINDS] for _text, kind in rows], np.float32)
    pull = np.array([len(rows) / (len(KINDS) * counts[kind]) for _text, kind in rows], np.float32)[:, None]
    weights = np.zeros((matrix.shape[1], len(KINDS)), np.float32)
    for _step in range(STEPS):
        scores = matrix @ weights
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        weights -= RATE * (matrix.T @ ((shares - wanted) * pull) / len(rows) * 10 + DECAY * weights)
    return weights


def right(weights: np.ndarray, rows: list[tuple[str, str]]) -> float:
    """The share of rows whose kind is found."""
    hits = 0
    for text, kind in rows:
        buckets = buckets_of([(fold(text[:HEAD]), (0,))], longest=LONGEST, bits=BITS)
        scores = weights[buckets].sum(axis=0) / max(len(buckets), 1) ** 0.5 + weights[-1]
        hits += KINDS[int(np.argmax(scores))] == kind
    return hits / len(rows)


if __name__ == "__main__":
    main()
