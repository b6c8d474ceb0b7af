"""
Writes how characters sound: `python -m training.pinyin`, with pypinyin (MIT, after Unicode's Unihan) of the extra
`train`. The radar itself only reads the list: importing pypinyin costs 56 MiB.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from pypinyin import lazy_pinyin

from core.text import fold

OUT = Path(__file__).resolve().parents[1] / "analysis/data/pinyin.txt"
FIRST, LAST = 0x4E00, 0x9FFF


def main() -> None:
    """One line a syllable, with the characters of GBK, folded, of which it is the most common reading."""
    found: dict[str, list[str]] = defaultdict(list)
    for character in map(chr, range(FIRST, LAST + 1)):
        (syllable,) = lazy_pinyin(character)
        if syllable.isascii() and syllable.isalpha() and _is_gbk(character) and fold(character) == character:
            found[syllable].append(character)
    lines = ["# How characters sound, without tones; made by training/pinyin.py. pinyin_names.txt comes first."]
    lines += [f"{syllable} {''.join(characters)}" for syllable, characters in sorted(found.items())]
    OUT.write_text("\n".join(lines) + "\n", "utf-8")
    print(f"{sum(map(len, found.values()))} characters, {len(found)} syllables")


def _is_gbk(character: str) -> bool:
    try:
        return bool(character.encode("gbk"))
    except UnicodeEncodeError:
        return False


if __name__ == "__main__":
    main()
