"""Words of a text. jieba is the reference; rjieba takes over only when it gives the same words at start."""

from __future__ import annotations

import os
import re
import stat
import tempfile
from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple
from weakref import WeakValueDictionary

_LETTERS_AND_NUMBERS = re.compile(r"([a-zA-Z0-9]+(?:\.\d+)?%?)")
"""What jieba's HMM stage keeps whole of a run that no dictionary knows: `2.0T` is `2.0`, `T`."""

_ASCII_RUN = re.compile(r"[!-~]{2}")

Cut = Callable[[str], list[str]]


class Segmenter:
    """
    Cuts text into words; the words of a text joined again are the text.

    `words` are names of our own that the dictionary shall know. `accelerated` says whether rjieba does
    the work. Loading takes about a second; cutting is pure and deterministic.
    """

    _cut: Callable[[str], list[str]]
    knows: Callable[[str], bool]
    """Whether the dictionary, own words included, has this word."""
    weight: Callable[[str], int]
    """How common the dictionary says this word is; 0 for one it lacks, or that only our own words brought in."""

    def __init__(self, words: Iterable[str] = (), *, accelerate: bool = True, cache_dir: Path | None = None) -> None:
        own = sorted({word for word in words if len(word) > 1})
        shared = _dictionary(cache_dir)
        reference, counts = _reference(shared, own)
        coined = frozenset(word for word in own if not shared.FREQ.get(word))
        quick = _accelerator(own, counts) if accelerate else None
        self.accelerated = quick is not None and _agree(quick.cut, reference.lcut, own)
        if quick is not None and self.accelerated:  # and let the reference go, with the next collection
            self._cut, self.knows, suggested = quick.cut, quick.knows, quick.suggested
        else:
            self._cut, self.knows = reference.lcut, _knower(reference.FREQ)
            suggested = partial(reference.suggest_freq, tune=False)
        self.weight = _weigher(suggested, self.knows, coined)

    def cut(self, text: str) -> list[str]:
        """The words of a text in order, blanks and punctuation among them."""
        return self._cut(text)


def _reference(shared: Any, own: list[str]) -> tuple[Any, dict[str, int]]:
    """jieba's tokenizer that knows our own words, and the frequency it gave each of them."""
    if not own:
        return shared, {}
    import jieba

    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total, tokenizer.initialized = dict(shared.FREQ), shared.total, True
    counts = {}
    for word in own:
        counts[word] = tokenizer.FREQ.get(word) or tokenizer.suggest_freq(word, tune=False)
        tokenizer.add_word(word, counts[word])
    return tokenizer, counts


_LOADED: WeakValueDictionary[Path | None, Any] = WeakValueDictionary()
"""jieba's own dictionaries in use: 70 MB that nobody needs once rjieba does the work."""


def _dictionary(cache_dir: Path | None) -> Any:
    """jieba with its own dictionary alone, never changed; loaded once for all who hold it at a time."""
    found = _LOADED.get(cache_dir)
    if found is None:
        found = _LOADED[cache_dir] = _loaded(cache_dir or _cache_home())
    return found


def _loaded(folder: Path) -> Any:
    import logging

    import jieba

    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    if _make_private(folder):
        tokenizer.tmp_dir = str(folder)
        tokenizer.initialize()
        return tokenizer
    with tempfile.TemporaryDirectory(prefix="yuqing-jieba-") as passing:  # 0700, gone when loaded
        tokenizer.tmp_dir = passing
        tokenizer.initialize()
    return tokenizer


def _cache_home() -> Path:
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path("~/.cache").expanduser()) / "yuqing" / "jieba"


def _make_private(folder: Path) -> bool:
    """
    Make the folder ours alone; False when it cannot be.

    jieba's cache is a marshal file: whoever can write it can crash or steer us, so the shared
    temporary folder, jieba's own choice, is out of the question.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.stat()
        if found.st_uid != os.getuid():
            return False
        if stat.S_IMODE(found.st_mode) & 0o077:
            folder.chmod(0o700)
        return os.access(folder, os.W_OK)
    except OSError:
        return False


def _knower(counts: dict[str, int]) -> Callable[[str], bool]:
    return lambda word: bool(counts.get(word))


def _weigher(
    suggested: Callable[[str], int], knows: Callable[[str], bool], coined: frozenset[str]
) -> Callable[[str], int]:
    """Both engines tell how often a word would have to occur to stay whole; for a known word that is its count."""

    @lru_cache(maxsize=1 << 13)
    def weight(word: str) -> int:
        return suggested(word) if word not in coined and knows(word) else 0

    return weight


class _Quick(NamedTuple):
    cut: Cut
    knows: Callable[[str], bool]
    suggested: Callable[[str], int]


def _accelerator(own: list[str], counts: dict[str, int]) -> _Quick | None:
    """rjieba with the same own words and the repair of ASCII runs; None when it is not installed."""
    try:
        import rjieba
    except ImportError:
        return None
    engine = rjieba.Jieba()
    for word in own:
        engine.add_word(word, counts[word], None)
    whole, known = engine.cut, engine.has_word

    def cut(text: str) -> list[str]:
        words: list[str] = whole(text)
        if not _ASCII_RUN.search(text):
            return words
        odd = [at for at, word in enumerate(words) if word.isascii() and len(word) > 1 and not known(word)]
        for at in reversed(odd):
            words[at : at + 1] = [part for part in _LETTERS_AND_NUMBERS.split(words[at]) if part]
        return words

    return _Quick(cut, known, engine.suggest_freq)


def _agree(quick: Cut, reference: Cut, own: list[str]) -> bool:
    """The start-up check: both cut fixed sentences, and our own words inside them, into the same words."""
    sentences = (files("analysis") / "data" / "segment_check.txt").read_text("utf-8").splitlines()
    probes = sentences + [f"昨天{word}的客服打电话，{word}2.0T上线了" for word in own[:50]]
    try:
        return all(quick(probe) == reference(probe) for probe in probes if not probe.startswith("#"))
    except Exception:  # whatever an extension module may raise, the reference still works
        return False
