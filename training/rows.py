"""Reads the labelled sets, and finds texts that are near copies of each other so that a split never parts them."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from core.text import fold
from core.values import Company, Kind

NEG, NEU, POS = 1, 2, 4
ALLOWED: Mapping[str, int] = {"neg": NEG, "neu": NEU, "pos": POS, "other": NEU | POS}
"""Label -> the classes that it allows, as bits: "other" says no more than not negative."""

_EMOTICON = re.compile(r"\[[^\[\]]{1,8}\]")
_SIGN = re.compile(r"\{([A-Z])\}")
_TOPIC_LINES = "topic_lines"
_COMPANIES = ("星禾科技", "云鹭银行", "蓝杉出行", "麦朵商城", "青桐通信", "和安在线", "长风速运", "橙果数码")
_ALL_NAMES = (
    *_COMPANIES,
    *("星禾", "云鹭", "蓝杉", "麦朵", "北栖保险", "小满外卖", "向晚听书", "青岚水务集团", "远帆", "石榴快送"),
    *("知更鸟App", "禾田农商银行", "渡口网约车", "木棉体检中心", "晨读", "松果充电", "海棠里物业"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled text. `targets` maps companies to labels; a text without any is labelled as a whole."""

    set: str
    text: str
    kinds: Sequence[Kind]
    label: str = ""
    targets: Mapping[str, str] = field(default_factory=dict)
    companies: Sequence[Company] = ()
    """How the targets are named; empty when each name is its own full alias."""


def labelled(data: Path, recipe: Mapping[str, Any]) -> list[Row]:
    """The rows of every set of a part of the recipe that is there."""
    rows: list[Row] = []
    for name, how in recipe["sets"].items():
        path = data / "sentiment" / f"{name}.jsonl.gz"
        if name == "cases":
            rows += _cases(data / "cases")
        elif name == "company_lines":
            rows += _company_lines(Path(__file__).with_name("company_lines.txt"))
        elif name == _TOPIC_LINES:
            rows += _topic_lines()
        elif path.is_file():
            rows += _of_file(name, path, how)
        else:
            print(f"training: {path} is not there; going on without it", file=sys.stderr)
    return rows


def _of_file(name: str, path: Path, how: Mapping[str, Any]) -> Iterator[Row]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for raw in map(json.loads, lines):
            text = _EMOTICON.sub("", raw["text"]) if how.get("strip_emoticons") else raw["text"]
            if "entities" in raw:
                targets = {e: "neg" if e in raw["key"] else "other" for e in raw["entities"] if e.strip()}
                yield Row(name, text, how["kinds"], targets=targets)
            else:
                yield Row(name, text, how["kinds"], raw["label"])


def _company_lines(path: Path) -> Iterator[Row]:
    """Our own lines: `kind TAB A=neg,B=pos TAB text with {A} {B}`."""
    for number, line in enumerate(path.read_text("utf-8").splitlines()):
        if line.startswith("#") or not line.strip():
            continue
        kind, labels, text = line.rstrip().split("\t")[:3]
        targets = {}
        for at, pair in enumerate(labels.split(",")):
            sign, label = pair.split("=")
            name = _COMPANIES[(number + 3 * at) % len(_COMPANIES)]
            text = text.replace(f"{{{sign}}}", name)
            targets[name] = label
        yield Row("company_lines", text, [kind], targets=targets)  # type: ignore[list-item]


def topic_line_files() -> list[Path]:
    """The files of our own lines that say of each text its topics and what is meant toward companies."""
    return sorted(Path(__file__).parent.glob(f"{_TOPIC_LINES}_*.jsonl"))


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def named(text: str, number: int, companies: Sequence[str]) -> tuple[str, dict[str, str]]:
    """Line `number` with names of many forms in place of {A}, {B}, and which sign got which name."""
    names = names_for(text, number, companies)
    return _SIGN.sub(lambda sign: names[sign[1]], text), names


def names_for(text: str, number: int, companies: Sequence[str] = ()) -> dict[str, str]:
    """The name for each sign of line `number`, and for those of `companies`."""
    signs = sorted({*_SIGN.findall(text), *companies})
    return {sign: _ALL_NAMES[(number * 7 + 6 * at) % len(_ALL_NAMES)] for at, sign in enumerate(signs)}


def _topic_lines() -> Iterator[Row]:
    for path in topic_line_files():
        for number, raw in enumerate(map(json.loads, path.read_text("utf-8").splitlines())):
            if raw["companies"]:
                text, names = named(raw["text"], number, sorted(raw["companies"]))
                targets = {names[sign]: label for sign, label in raw["companies"].items()}
                yield Row(_TOPIC_LINES, text, [raw["kind"]], targets=targets)


def _cases(folder: Path) -> Iterator[Row]:
    """The labelled cases of the data folder: texts with what is meant toward each company of a small watch."""
    if not (folder / "topics.jsonl").is_file():
        print(f"training: {folder}/topics.jsonl is not there; going on without it", file=sys.stderr)
        return
    watched = json.loads((folder / "topics_companies.json").read_text("utf-8"))
    companies = [
        Company(
            name,
            {kind: tuple(names) for kind, names in how.items() if kind not in ("cues", "exclude")},
            tuple(how["cues"]),
            tuple(how["exclude"]),
        )
        for name, how in watched.items()
    ]
    kinds: dict[str, Kind] = {"complaint": "complaint", "news": "news"}
    for line in (folder / "topics.jsonl").read_text("utf-8").splitlines():
        raw = json.loads(line)
        if raw["targets"]:
            kind = kinds.get(raw["source"], "post")
            yield Row("cases", raw["text"], [kind], targets=raw["targets"], companies=companies)


def is_held_out(rows: Sequence[Row], share: float) -> list[bool]:
    """For each row whether it is kept for measuring; near copies, across sets too, fall on the same side."""
    folded = [fold(row.text) for row in rows]
    first = _clusters(folded)
    return [_share_of(folded[one]) < share for one in first]


def _share_of(text: str) -> float:
    return int(hashlib.md5(text.encode("utf-8", "replace")).hexdigest()[:6], 16) / 0xFFFFFF


def _clusters(texts: Sequence[str]) -> list[int]:
    """For each text the index of the first one of its cluster, by MinHash of 4-grams: 8 bands of 4."""
    random = np.random.default_rng(1)
    factors = random.integers(1, 2**61, 32, dtype=np.uint64) | np.uint64(1)
    shifts = random.integers(0, 2**61, 32, dtype=np.uint64)
    parent = list(range(len(texts)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    seen: dict[tuple[int, bytes], int] = {}
    for at, text in enumerate(texts):
        grams = _four_grams(text)
        sketch = ((grams[None, :] * factors[:, None] + shifts[:, None]) >> np.uint64(20)).min(axis=1)
        for band in range(8):
            held = root(seen.setdefault((band, sketch[4 * band : 4 * band + 4].tobytes()), at))
            mine = root(at)
            parent[max(held, mine)] = min(held, mine)
    return [root(at) for at in range(len(texts))]


def _four_grams(text: str) -> np.typing.NDArray[np.uint64]:
    bare = re.sub(r"\W+", "", text) or text or " "
    codes = np.frombuffer(bare.encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
    size = min(4, len(codes))
    hashes = codes[: len(codes) - size + 1].copy()
    for step in range(1, size):
        hashes = hashes * np.uint64(1000003) + codes[step : len(codes) - size + 1 + step]
    return np.unique(hashes)


def _own_files(name: str, data: Path) -> list[Path]:
    """The files of a set that was written for this purpose; none for the others."""
    if name == _TOPIC_LINES:
        return topic_line_files()
    own = {"company_lines": Path(__file__).with_name("company_lines.txt"), "cases": data / "cases" / "topics.jsonl"}
    return [own[name]] if name in own else []


def manifest(data: Path, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """For each set that was used: rows, SHA-256 of the file, where it is from and the licence note. No texts."""
    path = data / "sentiment" / "manifest.json"
    notes = {e["file"].split(".")[0]: e for e in json.loads(path.read_text("utf-8"))} if path.is_file() else {}
    entries = []
    for name in dict.fromkeys(row.set for row in rows):
        own = _own_files(name, data)
        files = own or [data / "sentiment" / f"{name}.jsonl.gz"]
        note = notes.get(name, {})
        entries.append(
            {
                "set": name,
                "rows": sum(row.set == name for row in rows),
                "sha256": hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest(),
                "source": "invented, written for this project" if own else note.get("source"),
                "licence": "Apache-2.0" if own else note.get("licence"),
            }
        )
    return entries
