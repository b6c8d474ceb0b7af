"""How text falls into atoms: Han characters, Latin/digit runs, single other characters. The rule of every evaluator."""

from __future__ import annotations

import re

from core.text import HAN

WORD = (
    "0-9A-Za-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af"  # Latin
    "\u0300-\u036f\u0370-\u0373\u0376\u0377\u037b-\u037d\u037f\u0386\u0388-\u03ff\u0400-\u0481\u048a-\u0556\u0560-\u0588"
    "\u1e00-\u1fbc\u1fc2-\u1fcc\u1fd0-\u1fdb\u1fe0-\u1fec\u1ff2-\u1ffc"
)
"""The body of a regex class: Latin, Greek, Cyrillic and Armenian letters, combining marks, digits. They form runs."""

_ATOM = re.compile(f"[{WORD}]+|.", re.DOTALL)
_WORD = re.compile(f"[{WORD}]")
_RUN = re.compile(f"[{WORD}]+")
_HAN_RUN = re.compile(f"[{HAN}]+")


def atoms(folded: str) -> list[str]:
    """The folded text cut into Latin/digit runs and single characters; joined again they are the text."""
    return _ATOM.findall(folded)


def is_word(character: str) -> bool:
    """True for a character of a Latin/digit run."""
    return bool(_WORD.match(character))


def is_run(text: str) -> bool:
    """True when the whole text is one Latin/digit run."""
    return bool(_RUN.fullmatch(text))


def literal_pattern(text: str) -> str:
    """A regex that finds the folded literal: as written, Latin/digit runs at its ends only whole."""
    before = f"(?<![{WORD}])" if is_word(text[0]) else ""
    after = f"(?![{WORD}])" if is_word(text[-1]) else ""
    return f"{before}{re.escape(text)}{after}"


def prefix_pattern(text: str) -> str:
    """A regex that finds every Latin/digit run that begins with the folded text, to the run's end."""
    return f"(?<![{WORD}]){re.escape(text)}[{WORD}]*"


def spans(pattern: re.Pattern[str], folded: str) -> list[tuple[int, int]]:
    """Every place of a pattern, overlapping ones included."""
    found, at = [], 0
    while match := pattern.search(folded, at):
        found.append(match.span())
        at = match.start() + 1
    return found
