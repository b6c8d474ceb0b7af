"""How a text is meant toward each company: floors on the labelled cases, and what must hold for any text."""

import json
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from analysis.analyse import Analyser
from core.serial import build
from core.values import Document, Finding, Kind, Sentiment, Watch

CASES = Path(__file__).parents[1] / "cases"


@cache
def analyser() -> Analyser:
    return Analyser(build(Watch, json.loads((CASES / "watch.json").read_text("utf-8"))))


def finding(text: str, kind: Kind = "post", title: str | None = None) -> Finding:
    return analyser().analyse(Document("s", kind, "k", title, text, datetime(2026, 11, 20, tzinfo=UTC)))


def toward(text: str, company: str, kind: Kind = "post") -> Sentiment:
    found = finding(text, kind).companies[company].sentiment
    assert found is not None
    return found


def test_the_labelled_cases_keep_their_floor() -> None:
    """Macro-F1 toward companies >= .75 (measured .82 when the floor was set)."""
    pairs: Counter[tuple[str, str]] = Counter()
    for line in (CASES / "sentiment.jsonl").read_text("utf-8").splitlines():
        case = json.loads(line)
        found = finding(case["text"], case["kind"])
        for name, label in case["targets"].items():
            sentiment = found.companies[name].sentiment
            pairs[label, sentiment.label if sentiment else "none"] += 1
    scores = []
    for one in ("neg", "neu", "pos"):
        truth = sum(n for (label, _), n in pairs.items() if label == one)
        claimed = sum(n for (_, label), n in pairs.items() if label == one)
        scores.append(2 * pairs[one, one] / (truth + claimed))

    assert sum(scores) / 3 >= 0.75


@pytest.mark.parametrize("text", ["{}泄露了我的手机号，投诉没人理", "给{}点赞，客服处理得很快", "请问{}怎么改密码"])
def test_the_sentiment_goes_with_the_name(text: str) -> None:
    """The names themselves carry no tone: swapping companies swaps nothing else."""
    assert toward(text.format("星禾科技"), "星禾科技") == toward(text.format("云鹭银行"), "云鹭银行")


def test_each_side_of_a_comparison_is_judged_for_itself() -> None:
    text = "云鹭银行一天就办好了，星禾科技拖了一个月还不退钱"

    assert toward(text, "云鹭银行").score > toward(text, "星禾科技").score
    assert toward(text, "星禾科技").label == "neg"


def test_a_company_that_is_not_meant_has_no_sentiment() -> None:
    assert finding("约在云鹭银行门口见").companies["云鹭银行"].sentiment is None


def test_windows_lie_inside_the_text_and_carry_scores() -> None:
    text = "星禾科技又催收了。真的烦。今天天气好。"

    for window in finding(text).companies["星禾科技"].windows:
        assert 0 <= window.start < window.end <= len(text)
        assert -1 <= window.score <= 1


def test_a_doubtful_sentiment_abstains_but_still_guesses() -> None:
    for line in (CASES / "sentiment.jsonl").read_text("utf-8").splitlines():
        sentiment = finding(json.loads(line)["text"]).sentiment
        assert sentiment.abstained == (sentiment.confidence < 0.5)
        assert sentiment.label in ("neg", "neu", "pos")


def test_the_model_file_is_small() -> None:
    assert (Path(__file__).parents[2] / "analysis" / "data" / "sentiment.npz").stat().st_size <= 5_000_000
