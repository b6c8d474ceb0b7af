"""The encoder: its pieces, its arithmetic against the formulas written out, and what the judge makes of it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import encoder
from analysis.encoder import MARK, OTHER, SLOT, TONE, TOWARD, Encoder, Pieces
from analysis.topics import model
from analysis.topics.judge import Judge
from training.encoder_graph import HEADS, MOST, model_of, read_back

PIECES = ["[CLS]", "[SEP]", "[UNK]", "[unused1]", "[unused2]", "[unused3]", "[unused4]", "电", "话", "app", "##le", "a"]
LABELS = ["leak", "type:news", "type:joke", "flag:denial", *(f"{TOWARD}:{label}" for label in ("neg", "neu", "pos"))]
WIDE, INNER, LENGTH = 16, 6, 9


def stored(depth: int = 2) -> dict[str, Any]:
    """Small weights by chance."""
    chance = np.random.default_rng(5)
    shapes = {"query": (WIDE, WIDE), "shown": (WIDE, 2 * WIDE), "out": (WIDE, WIDE)}
    shapes |= {"in": (WIDE, INNER), "back": (INNER, WIDE)}
    matrices = {f"{n}.{name}": shape for n in range(depth) for name, shape in shapes.items()}
    arrays: dict[str, Any] = {
        "embedding": chance.integers(-127, 128, (len(PIECES), WIDE)).astype(np.int8),
        "embedding.scale": chance.uniform(0.01, 0.02, len(PIECES)).astype(np.float16),
        "positions": chance.normal(size=(LENGTH, WIDE)).astype(np.float16),
    }
    for name, shape in (matrices | {"head": (WIDE, len(LABELS))}).items():
        arrays[name] = chance.integers(-MOST, MOST + 1, shape).astype(np.int8)
        arrays[f"{name}.scale"] = chance.uniform(0.002, 0.01, shape[1]).astype(np.float16)
        arrays[f"{name}.bias"] = chance.normal(size=shape[1]).astype(np.float16)
    for name in ("norm", *(f"{n}.norm{k}" for n in range(depth) for k in (1, 2))):
        arrays[name] = chance.normal(size=(2, WIDE)).astype(np.float16)
    return arrays


def by_hand(arrays: dict[str, Any], places: list[int], depth: int = 2) -> list[float]:
    """The logits by the formulas, every piece through every layer, in double precision and without a shortcut."""

    def normal(row: np.ndarray, name: str) -> np.ndarray:
        gain, bias = arrays[name].astype(float)
        return (row - row.mean()) / math.sqrt(row.var() + 1e-12) * gain + bias

    def times(row: np.ndarray, name: str) -> np.ndarray:
        return row @ (arrays[name] * arrays[f"{name}.scale"].astype(float)) + arrays[f"{name}.bias"].astype(float)

    def gelu(row: np.ndarray) -> np.ndarray:
        return np.array([0.5 * x * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))) for x in row])

    rows = [
        normal(
            arrays["embedding"][p] * float(arrays["embedding.scale"][p]) + arrays["positions"][at].astype(float), "norm"
        )
        for at, p in enumerate(places)
    ]
    for n in range(depth):
        shown = [times(row, f"{n}.shown") for row in rows]
        after = []
        for row in rows:
            asked, told = times(row, f"{n}.query"), []
            for head in range(HEADS):
                own = slice(head * WIDE // HEADS, (head + 1) * WIDE // HEADS)
                keys, values = [s[:WIDE][own] for s in shown], [s[WIDE:][own] for s in shown]
                weights = [math.exp(float(asked[own] @ key) / math.sqrt(WIDE / HEADS)) for key in keys]
                told.append(sum(w * v for w, v in zip(weights, values, strict=True)) / sum(weights))
            row = normal(row + times(np.concatenate(told), f"{n}.out"), f"{n}.norm1")
            after.append(normal(row + times(gelu(times(row, f"{n}.in")), f"{n}.back"), f"{n}.norm2"))
        rows = after
    return times(rows[0], "head").tolist()


def test_pieces_are_characters_and_the_longest_known_parts_of_words() -> None:
    def pieces(text: str) -> list[str]:
        return [PIECES[place] for place in Pieces(PIECES).of(text, "post")]

    assert pieces("电话 apple") == ["[CLS]", "[unused2]", "电", "话", "app", "##le", "[SEP]"]
    assert pieces("犇a") == ["[CLS]", "[unused2]", "[UNK]", "a", "[SEP]"]
    assert pieces("applex") == ["[CLS]", "[unused2]", "[UNK]", "[SEP]"]


def small(pieces: list[str] = PIECES, labels: list[str] = LABELS, *, exact: bool = True) -> Encoder:
    return Encoder(model_of(stored(), pieces, labels, exact=exact))


@pytest.mark.parametrize("text", ["", "电", "电话app", "话话电a"])
def test_the_arithmetic_is_that_of_the_formulas(text: str) -> None:
    leak, news, joke, denial, *toward = by_hand(stored(), small().pieces.of(text, "news"))

    types = math.exp(news) + math.exp(joke)
    wanted = [1 / (1 + math.exp(-leak)), math.exp(news) / types, math.exp(joke) / types, 1 / (1 + math.exp(-denial))]
    assert list((small().chances(text, "news") or {}).values()) == pytest.approx(wanted, abs=1e-4)
    odds = [toward[0] - toward[1], toward[2] - toward[1]]
    assert small().tone(text, "news", TOWARD) == pytest.approx(odds, abs=1e-4)


def test_bytes_give_nearly_what_floats_give() -> None:
    exact, quick = (small(exact=way).tone("话话电a", "post", TOWARD) for way in (True, False))

    assert quick == pytest.approx(exact, abs=0.05)
    assert list(quick) != list(exact)  # type: ignore[arg-type]


def test_no_shipped_weight_overflows_on_a_processor_without_vnni() -> None:
    arrays, _pieces, _labels = read_back(Path(encoder.__file__).parent / "data/encoder.onnx")

    matrices = [name.removesuffix(".scale") for name in arrays if name.endswith(".scale") and name[0] != "e"]
    assert len(matrices) == 21
    assert max(int(np.abs(arrays[name].astype(int)).max()) for name in matrices) == MOST


def test_marked_places_have_answers_of_their_own() -> None:
    assert small().slot_odds(f"电{MARK}") is None  # it never learned any
    assert small().tone("电", "post", TONE) is None
    pieces = ["[unused10]" if p == "[unused4]" else "[unused11]" if p == "a" else p for p in PIECES]
    marked = small(pieces, [*LABELS[:3], SLOT, *LABELS[4:]])

    places = marked.pieces.of(f"电{MARK}话{OTHER}", "post")
    assert places[3::2] == [pieces.index("[unused10]"), pieces.index("[unused11]")]
    assert marked.slot_odds(f"电{MARK}话{OTHER}") == pytest.approx(by_hand(stored(), places)[3], abs=1e-4)
    assert marked.chances(f"电{MARK}话", "post") == marked.chances("电话", "post")
    assert {SLOT, *LABELS[4:]}.isdisjoint(marked.chances("电话", "post") or {SLOT})


def test_a_file_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    (tmp_path / "small.onnx").write_bytes(model_of(stored(), PIECES, LABELS))

    arrays, pieces, labels = read_back(tmp_path / "small.onnx")

    assert (pieces, labels) == (PIECES, LABELS)
    assert all(np.array_equal(arrays[name], value.astype(arrays[name].dtype)) for name, value in stored().items())


def test_a_text_too_long_is_left_to_others() -> None:
    assert small().chances("电" * (LENGTH - 3), "news") is not None
    assert small().chances("电" * (LENGTH - 2), "news") is None
    assert small().tone("电" * (LENGTH - 2), "news", TOWARD) is None


SMALL = small(exact=False)


@given(st.text(st.one_of(st.characters(), st.sampled_from(f"电{MARK}{OTHER}\ud800 a")), max_size=LENGTH + 2))
def test_any_text_is_read(text: str) -> None:
    chances, toward = SMALL.chances(text, "voice"), SMALL.tone(text, "voice", TOWARD)

    short = len(SMALL.pieces.of(text, "voice")) <= LENGTH
    assert (toward is not None) == short
    assert chances is not None if short else True
    assert chances is None or all(0 <= chance <= 1 for chance in chances.values())


def test_the_judge_asks_the_encoder_only_where_words_see_something() -> None:
    class Asked(Encoder):
        calls = 0

        def chances(self, folded: str, kind: Any) -> dict[str, float] | None:
            Asked.calls += 1
            return dict.fromkeys(words.labels, 0.9)

    words = model.TopicModel(["卖"], ["leak", "type:news"], np.array([[1.25, 0], [-6, 0]], np.float32))
    judge = Judge(words, Asked(model_of(stored(), PIECES, LABELS)), share=0.5, lowest=0.1)

    quiet, heard = judge.chances("无", (), "post"), judge.chances("卖", (), "post")

    assert Asked.calls == 1
    assert quiet == words.chances("无", ())
    assert words.chances("卖", ())["leak"] < heard["leak"] < 0.95
    odds = math.log(0.9 / 0.1)
    assert math.log(heard["type:news"] / (1 - heard["type:news"])) == pytest.approx(odds / 2)


def test_what_ships_knows_the_same_labels_as_the_words() -> None:
    words, whole = model.learned(), encoder.shipped()

    assert words is not None
    assert whole is not None
    tones = {f"{group}:{label}" for group in (TONE, TOWARD) for label in ("neg", "neu", "pos")}
    assert {*words.labels, SLOT, *tones} == set(whole.labels)
