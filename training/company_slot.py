"""
Learns what surroundings a company has: `python -m training.company_slot --data DIR`.

The names in the project's own lines are the places of companies; ordinary words of the same lines, and of microblog
posts and news of the data folder, are the others. So scenery alone (a leak, a hotline) says nothing. The places in
slot_lines.jsonl are of words that are names as well; they weigh more.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import minimize

from analysis.company_slot import BITS, SHARPNESS, slot_buckets
from analysis.names import mention_rules
from analysis.segment import Segmenter
from core.text import fold, is_han
from training.rows import names_for, topic_line_files

HERE = Path(__file__).parent
ORDINARY = 5  # words of each own line
REAL = 30_000  # texts of each file of the data folder, a word of each
FILES = ("weibo_posts.txt.gz", "news_sentences.txt.gz")
DECAY, ROUNDS, HELD_OUT = 1e-5, 60, 5  # every fifth of slot_lines.jsonl is measured on
WEIGHT = 10.0  # of a place in slot_lines.jsonl
_MARKED = re.compile(r"(.*)\[\[(.+)\]\](.*)", re.DOTALL)

_SIGN = re.compile(r"\{([A-Z])\}")
Place = tuple[str, int, int]
Spans = list[tuple[int, int]]


def main() -> None:
    """Learn, measure on files held out, learn from everything, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=HERE.parent / "analysis" / "data" / "company_slot.npz")
    asked = parser.parse_args()
    words, chance = ordinary_words(), random.Random(1)
    marked = list(marked_places())
    others = [one for path in topic_line_files() for one in own_places(path, words, chance)]
    others += [(place, False) for place in real_places(asked.data, words, chance)]
    places, told = zip(*marked, *others, strict=True)
    grams, truth = matrix(places), np.array(told)
    pull = np.where(np.arange(len(truth)) < len(marked), WEIGHT, 1.0)
    out = np.arange(len(truth)) < len(marked)
    out[np.arange(len(truth)) % HELD_OUT != 0] = False
    weights = fitted(grams[~out], truth[~out], pull[~out])
    found = grams[out] @ weights[:-1] + weights[-1]
    print(f"{len(truth)} places; of {out.sum()} held out right {((found > 0) == truth[out]).mean():.3f}")
    weights = fitted(grams, truth, pull)
    scale = np.abs(weights[:-1]).max() / 127
    packed = np.round(weights[:-1] / scale).astype(np.int8)
    np.savez_compressed(asked.out, weights=packed, scale=np.float32(scale), bias=np.float32(weights[-1]))


def marked_places() -> Iterator[tuple[Place, bool]]:
    """The places in slot_lines.jsonl."""
    for line in (HERE / "slot_lines.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        marked = _MARKED.fullmatch(row["text"])
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


def matrix(places: Sequence[Place]) -> sparse.csr_matrix:
    """A row for each place, with the same value in each of its buckets."""
    buckets = [slot_buckets(*place) for place in places]
    sizes = np.array([len(one) for one in buckets])
    values = np.repeat(SHARPNESS / np.sqrt(sizes), sizes).astype(np.float32)
    return sparse.csr_matrix(
        (values, np.concatenate(buckets), np.concatenate(([0], np.cumsum(sizes)))), shape=(len(places), 1 << BITS)
    )


def fitted(
    grams: sparse.csr_matrix, truth: npt.NDArray[np.bool_], pull: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Logistic regression: the weight of each bucket, and the bias last; `pull` is the weight of each row."""
    transposed, sign, pull = grams.T.tocsr(), np.where(truth, 1.0, -1.0), pull / pull.sum()

    def loss(free: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        odds = grams @ free[:-1].astype(np.float32) + free[-1]
        error = (1 / (1 + np.exp(-odds)) - truth) * pull
        slope = np.append(transposed @ error.astype(np.float32) + DECAY * free[:-1], error.sum())
        return float((np.logaddexp(0, -odds * sign) * pull).sum() + DECAY / 2 * (free[:-1] ** 2).sum()), slope

    start = np.zeros(grams.shape[1] + 1)
    found: npt.NDArray[np.float64] = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS}).x
    return found


if __name__ == "__main__":
    main()
