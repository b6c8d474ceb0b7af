"""docs/brief.md names every figure of the brief, and its example counts what the program counts."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

from analysis.surges import settings
from briefing.compose import DEFAULT_POLICY
from briefing.page import page_of
from briefing.render import Limits
from briefing.values import BriefItem, RisenWord, Surge
from core.serial import build
from core.values import CHINESE
from tests.briefing.make import DAY, brief, item

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "brief.md").read_text("utf-8")
RULES = dict(re.findall(r"^\| `([^`]+)` \| ([^|]+?) \| [^|]+ \|$", TEXT, re.MULTILINE))
EXAMPLE = re.findall(r"^\| `([^`]+)` \| (\d+) \| ([^|]+?) \| `([^`]+)` \|$", TEXT, re.MULTILINE)


def example() -> list[BriefItem]:
    lines = re.search(r"```jsonl\n(.*?)```", TEXT, re.DOTALL).group(1).splitlines()
    blank = {"rev": 1, "title": None, "snippet": "", "source": "qinglan", "source_name": "青岚新闻网"}
    return [build(BriefItem, blank | json.loads(line)) for line in lines]


def rule_of(figure: str) -> str:
    """The row of the document that speaks of a figure: "topic.leak.negative" stands under "topic.*.negative"."""
    plain = figure.removesuffix(".stories")
    pattern = [row for row in RULES if re.fullmatch(re.escape(row).replace(r"\*", r"[^.]+"), plain)]
    return pattern[0] if pattern else ""


def test_every_figure_of_a_brief_has_its_rule():
    everything = [*example(), item(kind="voice", topics=("deletion",), keywords=("注销",))]
    told = brief(everything, words=[RisenWord("注销", 0, 28)], surge=Surge(1.0, 28, 0.001, None))
    figures = [f.name.removesuffix(".negative") if "trend." in f.name else f.name for f in told.figures]

    assert {name: rule_of(name) for name in figures if not rule_of(name)} == {}
    assert {rule_of(name) for name in figures} == set(RULES)


@pytest.mark.parametrize("figure", ["total", "negative", "action", "own"])
def test_each_headline_number_is_called_in_the_doc_as_in_the_mail(figure):
    kpis = page_of(brief([item()]), Limits(), "舆情雷达", CHINESE["topic"])["kpis"]

    assert (
        RULES[figure]
        == dict(zip(["total", "negative", "action", "own"], [k["name"] for k in kpis], strict=True))[figure]
    )


def test_the_example_counts_what_the_program_counts():
    figures = {figure.name: figure for figure in brief(example()).figures}

    assert len(EXAMPLE) == 9
    for name, value, ids, query in EXAMPLE:
        assert (figures[name].value, list(figures[name].ids), figures[name].query) == (int(value), ids.split(), query)


def test_the_numbers_of_the_rules_are_those_of_the_policy():
    assert f"至少 {DEFAULT_POLICY.rising_min} 篇，并且至少是前一日的 {DEFAULT_POLICY.rising_ratio} 倍" in TEXT
    assert DEFAULT_POLICY.leading_share == 0.5
    assert "至少一半" in TEXT
    assert f"近 {DEFAULT_POLICY.trend_days} 天" in TEXT
    assert brief([], trend=[]).trend[0].day == DAY - timedelta(days=13)


def test_the_numbers_of_surge_and_rising_words_are_those_of_the_data_file():
    surge, words, history = settings("surge"), settings("words"), settings("history")

    for said in (
        f"至少 {surge['minimum']} 族，至少是平常的 {surge['ratio']} 倍",
        f"碰巧这么多的概率低于 {surge['probability']:.1%}",
        f"前 {history['days']} 天去掉最高的 {surge['trimmed']} 天",
        f"更像平常的 {settings('burst')['scale']:g} 倍",
        f"至少 {words['stories']} 族、至少 {words['sources']} 家媒体",
        f"份量 {words['prior']:g} 族）至少 {words['score']:g}，才算上升；最多列 {words['shown']} 个",
        f"至少 {words['stories']} 族、有其一的族里{'零一二三四五六七八九'[round(10 * words['together'])]}成两个都有",
        f"不足 {history['least_days']} 天",
    ):
        assert said in TEXT
