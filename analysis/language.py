"""Which language a text is in, as far as the radar cares."""

from __future__ import annotations

import re

from core.text import HAN

_HAN = re.compile(f"[{HAN}]")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]{2,}")
_KANA = re.compile("[\u3040-\u30ff]")
_HANGUL = re.compile("[\uac00-\ud7af]")


def language_of(text: str) -> str:
    """
    "zh" Chinese, "mixed" Chinese with as many foreign words as Han characters, "en" Latin letters alone,
    "ja", "ko" where their own letters are many, "other" without any letters. Reads the first 500 characters.
    """
    head = text[:500]
    han, words = len(_HAN.findall(head)), len(_LATIN.findall(head))
    if len(_KANA.findall(head)) > max(2, han // 4):
        return "ja"
    if len(_HANGUL.findall(head)) > max(2, han // 4):
        return "ko"
    if not han:
        return "en" if words else "other"
    return "mixed" if words * 2 > han else "zh"
