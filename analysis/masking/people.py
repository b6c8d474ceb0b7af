"""Names in sentences, after cue words; every kind of name is gathered here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain

from ahocorasick_rs import AhoCorasick

from analysis.masking.person import (
    FOREIGN_SOUND,
    is_likely_name,
    is_surname,
    likely_name_length,
    may_be_name,
    surname,
)
from analysis.masking.records import columns, fields, latin_names, passengers, program_fields, with_sex
from analysis.masking.titles import before_title, before_word
from analysis.masking.words import any_of, lists, spaced_any_of
from core.text import HAN
from core.values import Mask

_END = re.compile(r"[\s,;:。、!?)】\]|/]")
_HAN_RUN = re.compile(f"[{HAN}]{{1,8}}")
_NO_LIST = (
    "(?:(?<![客用账帐储租住农商散业]户名)|(?![单册录称额]))"  # 客户名单卖给中介 has a list, and nobody of the name 单
)
_FILLER = (
    r"(?:(?:\(?工号|(?<=工号)):?[a-z]{0,3}\d{2,8}\)?[\s,()的]{0,2}|\([^()\n]{1,6}\)(?=[:\s]))?"
    r"(?:\d(?=[:\s]))?(?:的?(?:姓名|名字))?(?:显示|写着|写的|叫做|是叫)?(?:[:是为叫\s=(\"'“「『【\[|\-—_/<>》]|】|」){0,3}"
)


_SAYS_SURNAME = re.compile(
    rf"姓([{HAN}])[,、\s]{{1,2}}(?:名?叫|全名|名字)?(\1[{HAN}]{{1,2}})(?![{HAN}])"
)  # 我姓李，李晓梅


def names(folded: str, persons: Sequence[str], found: Sequence[Mask]) -> Iterator[Mask]:
    """Masks of names; `persons` (folded) and names of companies are left alone, `found` are the masks beside them."""
    looks = (
        _beside_words(folded),
        _by_surname(folded),
        _labelled(folded),
        program_fields(folded),
        latin_names(folded),
        columns(folded, _fills_cell),
        with_sex(folded),
        fields(folded, found),
        passengers(folded),
        _in_bold(folded),
        _before_crowd(folded),
    )
    for mask in chain.from_iterable(looks):
        if not _is_known(folded, mask, persons):
            yield mask


def _is_known(folded: str, mask: Mask, persons: Sequence[str]) -> bool:
    """True when the whole span is a person of the watch, or goes on behind his name in words only (陆明远来)."""
    known = (p for p in persons if folded.startswith(p, mask.start))
    return any(mask.end - mask.start <= len(p) or _breaks(folded, mask.start + len(p)) for p in known)


@cache
def _bold_name() -> re.Pattern[str]:
    cue = any_of(lists("names")["strong"])
    return re.compile(rf"{cue}(?:\*\*: ?([{HAN}]{{2,4}})(?![{HAN}*])|[:是 ]{{0,2}}\*\*([{HAN}]{{2,4}})\*\*(?!\*))")


def _in_bold(folded: str) -> Iterator[Mask]:
    """Names whose label or who themselves are set in bold type: **联系人**：…, 联系人：**…**"""
    for name in _bold_name().finditer(folded) if "**" in folded else ():
        at = 1 if name[1] else 2
        if is_likely_name(name[at], alone=True):
            yield Mask("name", *name.span(at))


_ROW = re.compile(rf"(?<![{HAN}])([{HAN}]{{2,4}}(?:、[{HAN}]{{2,4}}?){{1,5}})等?[两二三四五六七八九十几多\d]{{1,2}}\Z")


@cache
def _crowd() -> re.Pattern[str]:
    return re.compile(rf"[位名个]{any_of(lists('names')['crowd'])}")


def _before_crowd(folded: str) -> Iterator[Mask]:
    """Names in a row before a word for private persons: 陆小满、温若凡两位业主."""
    for crowd in _crowd().finditer(folded) if "、" in folded else ():
        low = max(0, crowd.start() - 32)
        row = _ROW.search(folded, low, crowd.start())
        for name in _HAN_RUN.finditer(folded, *row.span(1)) if row else ():
            if is_likely_name(name[0], alone=True):
                yield Mask("name", *name.span())


_LABEL = re.compile(rf"[{HAN}]{{2,8}}(?:\([^()\n:]{{1,6}}\))?\Z")


def _labelled(folded: str) -> Iterator[Mask]:
    """Names after a colon whose label ends like the name of a person's part: 求职者:…, 父亲:…, not 记者:…"""
    ends, at = lists("names")["label_ends"], folded.find(":")
    while at >= 0:
        label = _LABEL.search(folded[max(0, at - 16) : at]) if folded[at - 1 : at] in ends + ")" else None
        said = label[0].split("(")[0] if label else ""
        if said and said[-1] in ends and not _public_label().search(said):
            start = at + 1 + (folded[at + 1 : at + 2] == " ")
            run = _HAN_RUN.match(folded, start)
            length = likely_name_length(run[0], alone=True) if run else 0
            if length and _ends_or_bracket(folded, start + length):
                yield Mask("name", start, start + length)
        at = folded.find(":", at + 1)


def _ends_or_bracket(folded: str, at: int) -> bool:
    return _ends(folded, at) or folded.startswith("(", at)


@cache
def _public_label() -> re.Pattern[str]:
    return re.compile(any_of(lists("names")["public_labels"]) + r"\Z")


def _by_surname(folded: str) -> Iterator[Mask]:
    for said in _SAYS_SURNAME.finditer(folded) if "姓" in folded else ():
        if is_likely_name(said[2], alone=True):
            yield Mask("name", *said.span(2))


def _fills_cell(cell: str) -> bool:
    return _name_end(cell, 0, strong=True) == len(cell)


@cache
def _name_cue() -> re.Pattern[str]:
    words = lists("names")
    strong, weak = spaced_any_of(words["strong"]), any_of(words["weak"])
    cue = rf"(?:({strong})|(?<![@{HAN}])我是|(?<![行总副企@主]){weak})"
    return re.compile(cue + _NO_LIST + _FILLER + f"(?:(?<=人)[、,])?(?=[{HAN}])")


_AFTER_LOOSE = re.compile(rf"{_FILLER}(?=[{HAN}])")
_HEADS = frozenset("行总副企@席任管")  # 副店长, 董事会主席: somebody public


def _loose_words() -> list[str]:
    words = lists("names")
    of_records = (doing + who for doing in words["doings"] for who in "人者")
    return [*words["loose"], *of_records, *(ours + role for ours in words["ours"] for role in words["roles"])]


@cache
def _words() -> tuple[AhoCorasick, list[str]]:
    """Every word beside which a name can stand, and the kind of each: they are looked up at once."""
    words = lists("names")
    cues = [*words["strong"], *words["weak"], "我是", *(" ".join(word) for word in words["strong"])]
    lists_of = {
        "cue": cues,
        "loose": _loose_words(),
        "behind": words["behind"],
        "post": words["posts"],
        "title": words["titles"],
    }
    pairs = [(word, kind) for kind, of_kind in lists_of.items() for word in dict.fromkeys(of_kind)]
    return AhoCorasick([word for word, _ in pairs]), [kind for _, kind in pairs]


def _beside_words(folded: str) -> Iterator[Mask]:
    """Names after cues, before titles and before papers."""
    automaton, kinds = _words()
    cues: dict[int, int] = {}  # where a cue begins, and where the longest loose one that begins there ends
    for word, start, end in automaton.find_matches_as_indexes(folded, overlapping=True):
        if kinds[word] == "cue":
            cues.setdefault(start, 0)
        elif kinds[word] == "loose":
            cues[start] = max(end, cues.get(start, 0))
        elif kinds[word] == "behind":
            yield from before_word(folded, start)
        else:
            yield from before_title(folded, start, end, is_post=kinds[word] == "post")
    yield from _after_cues(folded, sorted(cues.items()))


def _after_cues(folded: str, cues: Sequence[tuple[int, int]]) -> Iterator[Mask]:
    reached = 0
    for start, loose_end in cues:
        span = _after_cue(folded, start, loose_end) if start >= reached else None
        if span:
            reached = span[0]
            yield Mask("name", *span)
            yield from _listed(folded, span[1])


def _after_cue(folded: str, start: int, loose_end: int) -> tuple[int, int] | None:
    """The span of the name after the cue that begins at `start`; `loose_end` is where a loose one ends, or 0."""
    cue = _name_cue().match(folded, start)
    end = (_name_end(folded, cue.end(), strong=bool(cue[1])) or _likely_end(folded, cue.end())) if cue else None
    if cue and end:
        return cue.end(), end
    private = loose_end and folded[start - 1 : start] not in _HEADS and not _signs(folded, start, loose_end)
    loose = _AFTER_LOOSE.match(folded, loose_end) if private else None
    end = _likely_end(folded, loose.end()) if loose else None
    return (loose.end(), end) if loose and end else None


def _signs(folded: str, start: int, end: int) -> bool:
    """True for the label of one who signs what is public: 设计师:…"""
    return folded.startswith(":", end) and bool(_public_label().search(folded[start:end]))


def _listed(folded: str, at: int) -> Iterator[Mask]:
    """The names that go on after a first one: 王建国、李小红."""
    while folded[at : at + 1] in _AND:
        run = _HAN_RUN.match(folded, at + 1)
        length = likely_name_length(run[0], alone=True) if run else 0
        if not length or not (_breaks(folded, at + 1 + length) or _COUNTED.match(folded, at + 1 + length)):
            return
        yield Mask("name", at + 1, at + 1 + length)
        at += 1 + length


_COUNTED = re.compile("[两二三四五六七八九十几][位名人个]")
_AND = frozenset("、,和与及/")


def _likely_end(folded: str, start: int) -> int | None:
    """Where what looks like a name ends; a short one only with a break behind it."""
    if folded.startswith(_minority(), start):
        return _other_end(folded, start, strong=False)
    run = _HAN_RUN.match(folded, start)
    length = likely_name_length(run[0], alone=True) if run else 0
    if not length and run and is_likely_name(run[0][:3], alone=True) and _said(folded, start + 3):
        return start + 3
    firm = _not_person().search(folded, start, start + length + 4) if length else None
    if not length or (firm and firm.start() <= start + length):
        return None
    shorter = start + length - 1
    if folded.startswith("先生", shorter):
        return shorter
    if is_likely_name(folded[start:shorter]) and (_long_follower().match(folded, shorter) or _trails(folded, shorter)):
        return shorter
    return start + length if length > 2 or _breaks(folded, start + length) else None


def _name_end(folded: str, start: int, *, strong: bool) -> int | None:
    """Where the name that begins at `start` ends; None when no name stands there."""
    words = lists("names")
    run = _HAN_RUN.match(folded, start)
    if not run:
        return None
    text = run[0]
    other = _other_end(folded, start, strong=strong)
    if other:
        return other
    if not is_surname(text, wordy=strong):
        return None
    lengths = (4, 3) if text[:2] in words["compound"] else (3, 2)
    fits = [n for n in lengths if n <= len(text) and may_be_name(text[:n], sure=strong and _ends(folded, start + n))]
    for n in fits:
        if _breaks(folded, start + n) and not (n == 3 and 2 in fits and not strong and _trails(folded, start + 2)):
            return start + n
    if strong and fits and text[0] in words["surnames"] and not _not_person().search(text):
        return start + fits[0]
    return None


@cache
def _minority() -> tuple[str, ...]:
    return tuple(lists("names")["minority"])


def _other_end(folded: str, start: int, *, strong: bool) -> int | None:
    """Where a name with blanks (马 骁) or one of a minority people (阿依古丽, 买买提·艾力) ends; None otherwise."""
    for pattern in _other_names() if strong else ():
        match = pattern.match(folded, start)
        if match and may_be_name(re.sub(FOREIGN_SOUND, "", match[0]), sure=True):
            return match.end()
    if not folded.startswith(_minority(), start):
        return None
    run = _HAN_RUN.match(folded, start)
    dotted = None if strong else _dotted().match(folded, start)
    if dotted:
        return dotted.end()
    lengths = range(min(6, len(run[0]) if run else 0), 2 if strong else 3, -1)
    fits = (n for n in lengths if may_be_name(folded[start : start + n].replace("都", "")))
    return next((start + n for n in fits if _breaks(folded, start + n)), None)


@cache
def _other_names() -> tuple[re.Pattern[str], ...]:
    words = lists("names")
    hard_end = f"(?![{HAN}a-z0-9*])"
    return (
        re.compile(f"{surname()}(?: [{HAN}] [{HAN}]| {{1,2}}[{HAN}]{{1,2}}){hard_end}"),
        re.compile(f"[{HAN}]{{2,6}}[·•・][{HAN}]{{2,6}}(?:{hard_end}|(?={any_of(words['followers'])}))"),
    )


@cache
def _dotted() -> re.Pattern[str]:
    behind = any_of(word for word in lists("names")["followers"] if len(word) > 1)
    return re.compile(f"[{HAN}]{{2,6}}[·•・][{HAN}]{{2,6}}?(?=[^{HAN}a-z0-9*]|\\Z|的|{behind})")


@cache
def _follower() -> re.Pattern[str]:
    return re.compile(rf"[^{HAN}a-z0-9*]|\Z|{any_of(lists('names')['followers'])}")


@cache
def _long_follower() -> re.Pattern[str]:
    return re.compile(any_of(word for word in lists("names")["followers"] if len(word) > 1))


def _said(folded: str, at: int) -> bool:
    return folded.startswith(("说", "称", "让", "承诺", "告诉", "表示", "要求", "保证", "骂", "打"), at)


@cache
def _not_person() -> re.Pattern[str]:
    return re.compile(any_of(lists("names")["organisations"]) + "(?!卡|账|流水)|·")  # 罗伯特·… is a longer name


def _trails(folded: str, at: int) -> bool:
    return folded[at] in lists("names")["trailing"]


def _ends(folded: str, at: int) -> bool:
    return at >= len(folded) or bool(_END.match(folded, at))


def _breaks(folded: str, at: int) -> bool:
    return bool(_follower().match(folded, at)) and not _not_person().match(folded, at)
