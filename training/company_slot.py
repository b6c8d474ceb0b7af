"""
Learns what surroundings a company has: `python -m training.company_slot --data DIR`.

The names in the project's own lines are the places of companies; ordinary words of the same lines, and of microblog
posts and news of the data folder, are the others. So scenery alone (a leak, a hotline) says nothing. The places in
slot_lines.jsonl are of words that are names as well; they weigh more.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import minimize

from analysis.company_slot import BITS, SHARPNESS, slot_buckets
from training.places import MARKED, Place, marked_places, ordinary_words, own_places, real_places
from training.rows import digest, topic_line_files

OUT = Path(__file__).resolve().parents[1] / "analysis" / "data" / "company_slot.npz"
DECAY, ROUNDS, HELD_OUT = 1e-5, 60, 5  # every fifth of slot_lines.jsonl is measured on
WEIGHT = 10.0  # of a place in slot_lines.jsonl


def main() -> None:
    """Learn, measure on marked lines held out, learn from everything, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
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
    np.savez_compressed(OUT, weights=packed, scale=np.float32(scale), bias=np.float32(weights[-1]))
    OUT.with_suffix(".json").write_text(json.dumps(manifest(len(truth)), ensure_ascii=False, indent=1) + "\n", "utf-8")


def manifest(places: int) -> dict[str, object]:
    """What the weights were learned from."""
    return {
        "made_by": "python -m training.company_slot",
        "places": places,
        "lines": {p.name: digest(p) for p in (MARKED, *topic_line_files())},
        "licence": "lines: invented for this purpose; real texts serve as places of ordinary words, none is kept",
    }


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
