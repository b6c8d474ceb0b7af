"""When the encoder is asked how a text is meant, and what comes of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from analysis import sentiment
from analysis.encoder import MARK, OTHER, TextOrCompany
from analysis.sentiment import SecondReader, policy
from analysis.sentiment_model import LONGEST_READ, LONGEST_REVIEW, Told, sentiment_model
from core.text import fold
from core.values import Kind
from tests.analysis.test_sentiment import finding

HOTEL = fold("酒店的位置不错，离地铁近，但房间隔音太差，前台态度也一般，早餐倒是挺丰富的，下次再说吧。")
POST = fold("#今天的武汉#早安，大家加油，口罩戴好，今天又是新的一天")
HOW: dict[str, Any] = {
    "toward": {"asked_below": 2.0, "share": 0.5},
    "tone": {"asked_below": 1.0, "share": 0.5},
    "voice_from": 0.5,
    "most_asked": 2,
}


DOUBT = {"toward": {"asked_below": 99.0, "share": 0.5}}


def odds(neg: float, pos: float) -> Any:
    return np.array([neg, pos], np.float32)


class Reader:
    def __init__(self) -> None:
        self.asked: list[tuple[str, Kind, TextOrCompany]] = []

    def tone(self, folded: str, kind: Kind, group: TextOrCompany) -> Any:
        self.asked.append((folded, kind, group))
        return odds(4, -4)


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Reader:
    found = Reader()
    monkeypatch.setattr(sentiment, "shipped", lambda: found)
    return found


def told(view: str, whole: str = "") -> Told:
    return Told(
        view, "", "", whole or view, names=1, companies=1, first=0, length=len(whole or view), text_type="other"
    )


def test_a_doubt_toward_a_company_is_settled_by_the_mean_of_both(reader: Reader) -> None:
    second = SecondReader("post", HOW)

    assert second.toward(told("甲"), odds(0, 1)).tolist() == [2, -1.5]
    assert second.toward(told("乙"), odds(3, 0)).tolist() == [3, 0]  # no doubt
    assert [text for text, _, _ in reader.asked] == ["甲"]


def test_a_text_is_read_a_few_times_at_most(reader: Reader) -> None:
    second = SecondReader("post", HOW)

    found = [second.toward(told(name), odds(0, 0)).tolist() for name in "甲乙丙"]

    assert found == [[2, -2], [2, -2], [0, 0]]


def test_of_a_text_too_long_to_be_read_whole_it_says_nothing_of_a_company(reader: Reader) -> None:
    second = SecondReader("post", HOW)

    assert second.toward(told("短", "长" * (LONGEST_READ + 1)), odds(0, 0)).tolist() == [0, 0]
    assert second.toward(told("短", "长" * LONGEST_READ), odds(0, 0)).tolist() != [0, 0]


@pytest.mark.parametrize(
    ("text", "kind", "first", "asked"),
    [
        (HOTEL, "post", (4.2, 4.0), True),
        (HOTEL, "voice", (4.2, 4.0), True),
        (HOTEL, "post", (6.2, 4.0), False),  # no doubt
        (POST, "post", (0.2, 0.0), False),  # no review
        (POST, "news", (0.2, 0.0), True),
        (HOTEL, "post", (0.2, -0.1), False),  # neutral may be, so no review
        (HOTEL * 5, "post", (4.2, 4.0), True),  # its beginning
        (HOTEL * 25, "post", (4.2, 4.0), False),  # an article
        (POST * 9, "news", (0.2, 0.0), False),  # more than a headline
    ],
)
def test_whole_texts_are_read_where_they_are_like_what_it_learned(
    text: str, kind: Kind, first: tuple[float, float], asked: bool, reader: Reader
) -> None:
    document = sentiment_model().document

    after = SecondReader(kind, HOW).whole(text, odds(*first), document, length=len(text))

    assert [heard for heard, _, _ in reader.asked] == [text[:LONGEST_REVIEW]] * asked
    assert (after.tolist() == odds(*first).tolist()) != asked


def test_without_an_encoder_the_first_reader_stands_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sentiment, "shipped", lambda: None)

    assert SecondReader("post", HOW).toward(told("甲"), odds(0, 1)).tolist() == [0, 1]


def test_signs_of_others_pass_for_no_company(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sentiment, "policy", lambda: policy() | {"encoder": HOW | DOUBT})

    finding(f"{MARK}星禾科技{OTHER}的客服{MARK}")

    assert [text.count(MARK) + text.count(OTHER) for text, _, group in reader.asked if group == "toward"] == [1]


def test_names_never_reach_it(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sentiment, "policy", lambda: policy() | {"encoder": HOW | DOUBT})

    finding("云鹭银行比星禾科技好用一点吧，客服也一样")

    heard = [text for text, _, group in reader.asked if group == "toward"]
    assert heard
    for text in heard:
        assert MARK in text
        assert OTHER in text
        assert "银行" not in text
        assert "科技" not in text
