"""Names and rules of a watch that are useless or dangerous. Pure: words and counts are handed in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from analysis.names import aliases_of, hiding_phrases, mention_rules, written
from core.i18n import _
from core.text import fold, is_han
from core.values import AliasKind, Company, Watch

Weight = Literal["danger", "useless"]
SURE: tuple[AliasKind, ...] = ("full", "brand", "product")
SHORTEST_LATIN = 4  # three letters (app, car) stand in too many texts to be a name
DOUBT_SHARE = 0.5  # a name of which more than half stays in doubt tells people nothing


@dataclass(frozen=True, slots=True)
class Remark:
    """What is wrong with one name or phrase of a company, and what to do."""

    weight: Weight
    company: str
    kind: str
    name: str
    text: str


def lint(watch: Watch, *, is_word: Callable[[str], bool]) -> list[Remark]:
    """
    What can be said without any text. `is_word` says whether the general dictionary has a (folded) word.

    The dangerous ones first, in the order of the watch.
    """
    owners = _owners(watch)
    remarks = [r for company in watch.companies for r in _of_company(company, owners, is_word)]
    return sorted(remarks, key=lambda remark: remark.weight)


def lint_finds(watch: Watch, finds: Mapping[tuple[str, str], Counter[str]]) -> list[Remark]:
    """
    What stored texts add: names that never occur, and names that mostly stay in doubt.

    `finds` is (company, folded alias) -> verdict -> how many mentions.
    """
    remarks = []
    for company in watch.companies:
        for kind, alias in aliases_of(company):
            counts = (finds.get((company.name, form), Counter[str]()) for form in written(alias))
            seen = sum(counts, Counter[str]())
            total = seen.total()
            if not total:
                text = _("库中没有一篇出现过它")
                remarks.append(Remark("useless", company.name, kind, alias, text))
            elif seen["doubt"] / total > DOUBT_SHARE:
                text = _("{n} 处提及里 {doubt} 处存疑；请补充 cues 或 exclude")
                remarks.append(Remark("danger", company.name, kind, alias, text.format(n=total, doubt=seen["doubt"])))
    return sorted(remarks, key=lambda remark: remark.weight)


def _owners(watch: Watch) -> dict[str, set[str]]:
    owners: dict[str, set[str]] = {}
    for company in watch.companies:
        for _kind, alias in aliases_of(company):
            owners.setdefault(fold(alias), set()).add(company.name)
    return owners


def _of_company(company: Company, owners: Mapping[str, set[str]], is_word: Callable[[str], bool]) -> Iterator[Remark]:
    seen: set[str] = set()
    for kind, alias in aliases_of(company):
        folded = fold(alias)
        if folded in seen:
            yield Remark("useless", company.name, kind, alias, _("同一公司写了两次"))
            continue
        seen.add(folded)
        if problem := _danger(company, kind, folded, owners, is_word):
            yield Remark("danger", company.name, kind, alias, problem)
    yield from _of_exclusions(company)
    if company.aliases.get("ambiguous") and not company.cues:
        for alias in company.aliases["ambiguous"]:
            text = _("有歧义的名字而没有 cues：只能靠同文的全称和通用的提示词")
            yield Remark("danger", company.name, "ambiguous", alias, text)


def _of_exclusions(company: Company) -> Iterator[Remark]:
    """A phrase without a name hides none, and yet can take a real mention away (see `analysis.cues`)."""
    hiding = hiding_phrases(company)
    text = _("里面没有这家公司的任何名字，什么也不遮；但它 {n} 字以内的简称和有歧义的名字会因它被排除")
    for phrase in company.exclude:
        if fold(phrase) not in hiding:
            told = text.format(n=mention_rules()["near_counter"])
            yield Remark("danger", company.name, "exclude", phrase, told)


def _danger(
    company: Company, kind: AliasKind, folded: str, owners: Mapping[str, set[str]], is_word: Callable[[str], bool]
) -> str | None:
    others = owners[folded] - {company.name}
    if others:
        return _("也是 {others} 的名字，同一处会算作两家").format(others="、".join(sorted(others)))
    if kind in ("stock_code",):
        return None if folded.isdigit() and len(folded) in (5, 6) else _("不是 5 或 6 位数字的股票代码")
    han = [character for character in folded if is_han(character)]
    if not han and len(folded) < SHORTEST_LATIN and kind != "ambiguous":
        return _("太短的字母名字，常常是别的词；请改列为 ambiguous 并写 cues")
    if han and len(folded) == 1:
        return _("只有一个字，几乎每篇都有")
    if kind in (*SURE, "short") and is_word(folded):
        return _("是常用词；请改列为 ambiguous 并写 cues")
    return None
