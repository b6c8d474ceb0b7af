"""E-mail addresses, also with the signs spelled out: name[at]mail点com."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analysis.masking.words import SPACE
from core.values import Mask

_AT = re.compile(
    r"@{1,2}|#|[*&](?=(?:qq|163|126|139|gmail|outlook|foxmail|sina)[.。点])|艾特|爱特|小?老鼠|[🐭🐁ⓐ]|圈a"
    r"|(?<=[(\[【<{〔])a(?=[)\]】〕>}])|(?<![a-z0-9])at(?![a-z0-9])"
)
_LEFT, _RIGHT = r"(\[【〔<{", r")\]】〕>}"
_OPEN = rf"(?:{SPACE}{{0,2}}[{_LEFT}_\-]?{SPACE}{{0,2}})"
_CLOSE = re.compile(rf"{SPACE}{{0,2}}[{_RIGHT}_\-]?{SPACE}{{0,2}}")
_JOIN = rf"{SPACE}?(?:下划线|底线|中划线|横线|横杠|短杠|减号|杠){SPACE}?(?=[a-z0-9])"
_SPACED = r"(?<![a-z0-9])(?:[a-z0-9._] ){3,20}[a-z0-9]?"  # l i h u a @ …
_LOCAL = re.compile(rf"(?:{_SPACED}|[a-z0-9](?:[a-z0-9._%+\-]|[点。](?=[a-z0-9])|{_JOIN}){{0,63}}?){_OPEN}\Z")
_HIDDEN = re.compile(r"[a-z0-9._]\*+\Z")  # l***8@…: somebody has hidden it already
_DOT_WORD = rf"[{_LEFT}](?:dot|点|[.。])[{_RIGHT}]|(?:[ _\-]|\b)dot(?:[ _\-]|\b)"
_DOT = rf"(?:{SPACE}{{0,2}}(?:[.。·•,]|点|{_DOT_WORD}){SPACE}{{0,2}})"
_LABEL = r"(?:[a-z0-9](?:[a-z0-9]|-(?!dot-)){0,62}|[一幺][二三六八][三六九]|扣扣)"
_DOMAIN = re.compile(rf"{_LABEL}(?:{_DOT}{_LABEL}){{1,5}}")
_PLAIN = re.compile(r"[a-z0-9\-]+(?:\.[a-z0-9\-]+)+")
_TOP = re.compile(r"[a-z]{2,24}\Z")
_KNOWN_TOP = re.compile(
    r"(?:com|cn|net|org|edu|gov|example|test|invalid|io|me|cc|top|xyz|info|vip|hk|tw|co|app|email)\Z"
)
_LOOSE_DOT = re.compile(r"\.\s|\s\.")  # behind "at" it ends a sentence
_PROVIDER = re.compile(r"(?:qq|163|126|139|189|gmail|outlook|hotmail|foxmail|sina|yeah|icloud)(?![a-z0-9])")


_SIGNS = ("@", "*qq", "*1", "&qq", "&1", "#", "艾特", "爱特", "老鼠", "🐭", "🐁", "圈a", "ⓐ", "at", "(a)", "[a]")


_IN = re.compile(r"在(?=(?:qq|163|126|139)(?:点|\.)c)")  # amy在qq点com


def emails(folded: str) -> Iterator[Mask]:
    """Masks of e-mail addresses in folded text."""
    for at in _signs(folded):
        low = max(0, at.start() - 64)
        local = _LOCAL.search(folded[low : at.start()])
        if not local or _HIDDEN.search(folded, max(0, at.start() - 80), low + local.start()):
            continue
        close = _CLOSE.match(folded, at.end())
        begin = close.end() if close else at.end()
        end = _domain_end(folded, begin, sure="@" in at[0])
        if not end or _is_word(at[0], local[0].strip(), folded[begin:end]):
            continue
        if at[0] != "at" or _apart(folded, at):
            yield Mask("email", low + local.start(), end)


def _signs(folded: str) -> Iterator[re.Match[str]]:
    if any(sign in folded for sign in _SIGNS):
        yield from _AT.finditer(folded)
    if "在q" in folded or "在1" in folded:
        yield from _IN.finditer(folded)


# Before "at" they are words of a sentence: read more at example.com.
_WORD = re.compile(
    r"(?:us|me|more|it|him|her|them|you|look|looking|here|there|available|found|online|live|page|pages|site|website|out"
    r"|now|app|apps|news|store|shop|up|work|works|working|hosted|video|videos|tickets|register|free)\Z"
)


def _is_word(sign: str, local: str, domain: str) -> bool:
    """True where the sign is a word of English or the name of a language (c#), and no part of an address."""
    if sign == "#":
        return len(local) < 2
    return sign == "at" and (domain.startswith("www") or bool(_WORD.match(local)))


def _apart(folded: str, at: re.Match[str]) -> bool:
    """True when the word at stands between signs or blanks of its own, as it does where it means the sign."""
    return not folded[at.start() - 1 : at.start()].isalnum() and not folded[at.end() : at.end() + 1].isalnum()


def _domain_end(folded: str, start: int, *, sure: bool) -> int | None:
    """Where the domain ends that begins at `start`; None when none stands there. `sure`: after a real @."""
    domain = _DOMAIN.match(folded, start)
    parts = re.split(_DOT, domain[0]) if domain else []
    plain = _PLAIN.match(folded, start)
    while len(parts) > 1:
        end = _end_of(domain, parts)  # type: ignore[arg-type]
        as_written = plain and end <= plain.end()
        if not sure and _LOOSE_DOT.search(folded, start, end):
            return None
        if (_TOP if sure and as_written else _KNOWN_TOP).match(parts[-1]):
            return end
        parts.pop()
    provider = _PROVIDER.match(folded, start)
    return provider.end() if provider and sure else None


def _end_of(domain: re.Match[str], parts: list[str]) -> int:
    at = 0
    for part in parts:
        at = domain[0].index(part, at) + len(part)
    return domain.start() + at
