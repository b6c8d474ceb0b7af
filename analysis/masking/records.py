"""Names in dry records: cells below a head, fields beside a telephone or an id, fields of programs, tickets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import accumulate

from analysis.masking.person import could_be_name, is_likely_name, likely_name_length
from analysis.masking.words import any_of, lists, spaced_any_of
from core.text import HAN
from core.values import Mask

_NEAR = 36  # characters between a field and the number it belongs to
_RUN = re.compile(f"[{HAN}]{{2,10}}")
_BYLINE = re.compile(r"(?:记者|编辑|通讯员|作者|摄影|主编|校对)[:/\s]{0,2}\Z")
_FOREIGN_NAME = re.compile(  # behind words that lead to a name, before 的
    rf"(?<![{HAN}])(?:[{HAN}]{{0,4}}?(?:叫|反映|系人|件人|货人|是|为))?([{HAN}]{{2,6}}[·•・][{HAN}]{{2,6}}?)(?=的|[^{HAN}·•・]|\Z)"
)
_HARD = "|\t_=<>/\n{}"
_PAPERS = ("id_card", "mobile", "bank_card", "landline", "passport", "plate", "email", "wechat", "qq", "address")


@cache
def _label() -> re.Pattern[str]:
    return re.compile(any_of(lists("names")["field_labels"]))


@cache
def _tail() -> re.Pattern[str]:
    return re.compile(rf"(?:{any_of(lists('names')['field_tails'])})|\Z")


def fields(folded: str, found: Sequence[Mask]) -> Iterator[Mask]:
    """
    Names that fill a field near a mask that was found: 祝晓曼/138…, 收 祝晓曼 138….

    A field reaches from sign to sign; the masks found count as signs.
    """
    spans = [(m.start, m.end) for m in found if m.type in _PAPERS]
    if not spans:
        return
    text = list(folded)
    for start, end in spans:
        text[start:end] = "|" * (end - start)
    blanked = "".join(text)
    reached = 0
    for start, end in sorted(spans):
        low, high = max(reached, _line_start(blanked, start)), _line_end(blanked, end)
        for foreign in _FOREIGN_NAME.finditer(blanked, low, high):
            yield Mask("name", *foreign.span(1))
        for run in _RUN.finditer(blanked, low, high):
            if _BYLINE.search(blanked, max(0, run.start() - 5), run.start()):
                continue
            name = _name_in(blanked, *run.span())
            if name:
                yield name
        reached = max(reached, high)


def _line_start(text: str, at: int) -> int:
    low = max(0, at - _NEAR)
    return max(low, text.rfind("\n", low, at) + 1, text.rfind("。", low, at) + 1)


def _line_end(text: str, at: int) -> int:
    high = min(len(text), at + _NEAR)
    return min(high, *(x for x in (text.find("\n", at, high), text.find("。", at, high)) if x >= 0), high)


def _name_in(text: str, start: int, end: int) -> Mask | None:
    """The name that a run of Han characters holds, between a label and a tail."""
    if (start and _HANZI.match(text, start - 1)) or _HANZI.match(text, end):
        return None  # the window cuts the run
    run = text[start:end]
    label = _label().match(run)
    for skip in dict.fromkeys((label.end() if label else 0, 0)):
        rest = run[skip:]
        length = likely_name_length(rest, alone=True)
        if length and (length == len(rest) or _tail().fullmatch(rest, length)):
            return Mask("name", start + skip, start + skip + length)
    if _first_cell(text, start, end) and len(run) == 2 and could_be_name(run):
        return Mask("name", start, end)
    closed = text[start - 1 : start] in _HARD and text[end : end + 1] in _HARD
    closed = closed and (start > 0 or text[end : end + 1] in "\t|")
    return Mask("name", start, end) if closed and len(run) == 3 and could_be_name(run) else None


_HANZI = re.compile(f"[{HAN}]")
_CELLS_BEFORE = re.compile(r"(?:\A|\n|\|)(?:\d{1,4})?[\t|,;/]?\Z")


def _first_cell(text: str, start: int, end: int) -> bool:
    """True for the first cell of a line, or the one behind its number or behind a mask."""
    return text[end : end + 1] in ("\t", "|", ",", ";") and bool(_CELLS_BEFORE.search(text[max(0, start - 7) : start]))


_SEX = re.compile(r"[男女](?=[,/|、;。)\s]|\Z)")
_SIGN_BEFORE = re.compile(r"[,/|、;\s]{1,3}\Z")


def with_sex(folded: str) -> Iterator[Mask]:
    """Names before the sex of their bearer: 葛秀芳，女，71岁. 张某某 is hidden already."""
    for sex in _SEX.finditer(folded):
        sign = _SIGN_BEFORE.search(folded, max(0, sex.start() - 3), sex.start())
        run = _LAST_RUN.search(folded[max(0, sign.start() - 5) : sign.start()]) if sign else None
        if run and "某" not in run[0] and likely_name_length(run[0], alone=True) == len(run[0]):
            yield Mask("name", sign.start() - len(run[0]), sign.start())  # type: ignore[union-attr]


_LAST_RUN = re.compile(rf"(?<![{HAN}])[{HAN}]{{2,4}}\Z")


def columns(folded: str, is_name: Callable[[str], bool]) -> Iterator[Mask]:
    """Names in the cells of a table below a cell that says they are names."""
    if "\n" not in folded:
        return
    at_columns: list[int] = []
    start = 0
    for line in folded.split("\n"):
        sign = next((s for s in ("|", "\t", ",") if s in line), None)
        cells = line.split(sign) if sign else []
        headed = [at for at, cell in enumerate(cells) if cell.strip() in lists("names")["headers"]]
        at_columns = headed or (at_columns if cells else [])
        begins = list(accumulate((len(cell) + 1 for cell in cells), initial=start)) if not headed else []
        for at in at_columns if not headed else ():
            if at >= len(cells):
                break
            cell = cells[at].strip()
            if cell and is_name(cell):
                begin = begins[at] + cells[at].index(cell)
                yield Mask("name", begin, begin + len(cell))
        start += len(line) + 1


_FIELD_SIGN = re.compile(r"[:=](?:(?<=[a-z].)|(?<=[a-z][\"'\s].)|(?<=[a-z][\"']\s.))")


@cache
def _field_of_program() -> re.Pattern[str]:
    words = any_of(lists("names")["fields"])
    latin = r"[a-z]{2,12} [a-z]{2,14}(?: [a-z]{2,12})?(?=  | ?[,;|/\n\"']|\Z)"
    return re.compile(
        rf"(?<![a-z])(?:{words}[\"']?\s?[:=]\s?[\"']?|my name is |拼音[:\s]{{0,2}})({latin}|[{HAN}]{{2,4}}(?![{HAN}]))"
    )


_LATIN_NAME = re.compile(r"[人名客音][:\s]{0,3}([a-z]{2,10} [a-z]{2,14})(?=\s?[,;|/。)\n]|\s(?![a-z])|\Z)")
_NAMED_LATIN = re.compile(
    r"(?:姓名|名字|联系人|[收取寄]件人|收货人|持卡人|[乘客旅]机?车?[人客]|入住人|订房人|客人)(?:拼音)?\Z"
)


def latin_names(folded: str) -> Iterator[Mask]:
    """Names in pinyin behind the head of a field: 联系人 Zhang Wei."""
    for name in _LATIN_NAME.finditer(folded):
        if _NAMED_LATIN.search(folded, max(0, name.start() - 8), name.start() + 1):
            yield Mask("name", *name.span(1))


def program_fields(folded: str) -> Iterator[Mask]:
    """Names after the Latin name of a field: "name":"…", cust_name=…"""
    signed = _FIELD_SIGN.search(folded) or "my name is " in folded or "拼音" in folded
    for field in _field_of_program().finditer(folded) if signed else ():
        if field[1][0].isascii() or is_likely_name(field[1]):
            yield Mask("name", *field.span(1))


@cache
def _passenger() -> re.Pattern[str]:
    return re.compile(
        "(?<![a-z])"
        + spaced_any_of(lists("names")["passengers"])
        + r"(?:姓名)?[:是为\s]{0,3}([a-z]{2,15}/[a-z]{2,20})(?![a-z])"
    )


def passengers(folded: str) -> Iterator[Mask]:
    """Names in pinyin on tickets: ZHANG/SAN."""
    for passenger in _passenger().finditer(folded) if "/" in folded else ():
        yield Mask("name", *passenger.span(1))
