"""Names of a watch that would hide or contradict each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.i18n import _
from core.text import fold
from yuqing.configuration.lines import Loc
from yuqing.configuration.plain import Found, items_at, mapping_at, text_at, texts_at


def watch_problems(watch: Mapping[str, Any], loc: Loc) -> Found:
    """Names that would hide or contradict each other."""
    owners: dict[str, tuple[str, str]] = {}
    names: set[str] = set()
    for at, company in items_at(watch, (*loc, "companies")):
        name = text_at(company, "name").strip()
        if name and name in names:
            yield (*at, "name"), _("公司 {name} 写了两次；请合成一个。").format(name=name)
        names.add(name)
        yield from _alias_problems(company, at, name, owners)


def _alias_problems(company: Mapping[str, Any], at: Loc, name: str, owners: dict[str, tuple[str, str]]) -> Found:
    excluded = {fold(each) for each in texts_at(company, "exclude")}
    aliases = mapping_at(company, "aliases")
    for kind in aliases:
        for alias in texts_at(aliases, kind):
            here = (*at, "aliases", kind)
            if len(alias.strip()) == 1:
                yield (
                    here,
                    _("{name} 的名字“{alias}”只有一个字，到处都会碰上；请写长一点。").format(name=name, alias=alias),
                )
            if fold(alias) in excluded:
                text = _("{name} 的名字“{alias}”又写在 exclude 里，就永远听不到了；请删去一处。")
                yield here, text.format(name=name, alias=alias)
            owner = owners.setdefault(fold(alias.strip()), (name, kind))
            if owner != (name, kind):
                text = _("“{alias}”已是 {owner} 的 {kind}；一个名字只能写一处。")
                yield here, text.format(alias=alias, owner=owner[0], kind=owner[1])
