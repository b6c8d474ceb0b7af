"""The machine: Python, other distributions in the way of our names, clock and zone, the segmenters."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

import yuqing
from core.i18n import _
from core.times import local_iso
from yuqing.config import Config
from yuqing.doctor.check import Check

DISTRIBUTION = "yuqing-radar"
PACKAGES = ("core", "crawlers", "analysis", "store", "search_index", "alerts", "briefing", "scheduler", "yuqing")
LEAST_PYTHON = (3, 11)
WRITTEN = datetime(2026, 11, 1, tzinfo=UTC)
"""No clock of a machine that runs this can be right and earlier."""


def python() -> Check:
    """Is this Python new enough?"""
    seen = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < LEAST_PYTHON:
        return Check("Python", "fail", seen, _("请用 Python 3.11 或更新的版本重新安装。"))
    return Check("Python", "ok", seen)


def names() -> Iterator[Check]:
    """Does another distribution stand where our packages should?"""
    home = Path(yuqing.__file__).resolve().parent.parent
    owners = packages_distributions()
    bad = [line for package in PACKAGES for line in _shadows(package, home, owners.get(package, []))]
    if not bad:
        yield Check(_("包名"), "ok", _("{n} 个包都是自己的").format(n=len(PACKAGES)))
    for line in bad:
        advice = _("它与本程序同名，会互相覆盖；请把本程序装进单独的环境（python3 -m venv 或 pipx），再重装。")
        yield Check(_("包名"), "fail", line, advice)


def _shadows(package: str, home: Path, owners: list[str]) -> Iterator[str]:
    others = sorted(set(owners) - {DISTRIBUTION})
    if others:
        yield _("{package} 也来自 {others}").format(package=package, others=_("、").join(others))
    spec = find_spec(package)
    if spec is None or not spec.origin:
        yield _("找不到 {package}").format(package=package)
    elif Path(spec.origin).resolve().parent.parent != home:
        yield _("{package} 用的是 {where}，不是本程序的").format(package=package, where=Path(spec.origin).parent)


def clock(config: Config | None, now: datetime) -> Check:
    """Can this clock be right?"""
    seen = local_iso(now, zone=config.timezone) if config else local_iso(now)
    zone = str(config.timezone) if config else "Asia/Shanghai"
    if now < WRITTEN:
        return Check(_("时钟"), "fail", f"{seen} ({zone})", _("时钟慢了；请打开网络对时（timedatectl set-ntp true）。"))
    return Check(_("时钟"), "ok", f"{seen} ({zone})")


def watch(config: Config) -> Check:
    """Does the radar listen for its own company?"""
    watched = [company.name for company in config.watch.companies]
    if config.company in watched:
        return Check(_("监测方案"), "ok", "、".join(watched))
    seen = _("只听 {watched}，不听 {company}").format(watched="、".join(watched), company=config.company)
    advice = _("company 要和 watch.companies 里的一个名字相同，否则日报里没有它的消息；请改成一样，或在方案里加上它。")
    return Check(_("监测方案"), "warn", seen, advice)


def segmenter(config: Config | None) -> Check:
    """Do the quick segmenter and the reference cut alike, our own names among the words?"""
    from analysis.segment import Segmenter

    companies = config.watch.companies if config else ()
    words = {alias for company in companies for aliases in company.aliases.values() for alias in aliases}
    if Segmenter(words).accelerated:
        return Check(_("分词"), "ok", _("rjieba 与 jieba 结果一致"))
    advice = _("结果仍然正确，只是慢；要加快，请重装 rjieba（pip install --force-reinstall rjieba）。")
    return Check(_("分词"), "warn", _("rjieba 缺失或与 jieba 不一致，改用 jieba"), advice)
