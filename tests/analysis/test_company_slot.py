"""Whether a company stands at a place, by its surroundings alone."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import company_slot, encoder
from analysis.analyse import Analyser
from analysis.company_slot import odds_by_words, slot_text
from core.values import Company, Document, Watch


def place(text: str, name: str) -> tuple[str, int, int]:
    return text, text.index(name), text.index(name) + len(name)


@pytest.mark.parametrize(
    ("company", "word"),
    [
        ("我在初见的资料被陌生人说出来了", "我和她初见是在资料室"),
        ("白露的客服第三次把我晾着", "白露以后早晚凉,客服小妹披上外套"),
        ("被知了的会员费坑了两百块", "窗外的知了叫得会员大厅里没法午睡"),
    ],
)
def test_a_company_is_spoken_of_in_another_way_than_a_word(company: str, word: str) -> None:
    name = next(name for name in ("初见", "白露", "知了") if name in company)

    assert odds_by_words(*place(company, name)) > 0
    assert odds_by_words(*place(word, name)) < odds_by_words(*place(company, name)) - 2


def test_the_name_itself_says_nothing() -> None:
    assert odds_by_words(*place("远山的客服呢", "远山")) == odds_by_words(*place("星禾的客服呢", "星禾"))


@given(st.text(max_size=200) | st.text("电话\ue000，", max_size=90), st.integers(0, 200), st.integers(0, 20))
def test_any_place_of_any_text_is_read(text: str, start: int, length: int) -> None:
    start = min(start, len(text))
    end = min(start + length, len(text))

    assert math.isfinite(odds_by_words(text, start, end))
    assert slot_text(text, start, end).count(encoder.MARK) == 1


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """What the encoder is asked; it sees a company everywhere."""
    places: list[tuple[object, ...]] = []

    def read(*at: object) -> float:
        places.append(at)
        return 6.0

    monkeypatch.setattr("analysis.cues.odds_by_encoder", read)
    return places


def verdict(text: str) -> str:
    company = Company("初见交友", {"full": ("初见交友",), "ambiguous": ("初见",)}, cues=("相亲",))
    document = Document("s", "post", "k", None, text, datetime(2026, 11, 20, tzinfo=UTC))
    return Analyser(Watch((company,))).analyse(document).companies["初见交友"].verdict


def test_the_encoder_is_asked_where_words_and_cues_disagree(asked: list[tuple[object, ...]]) -> None:
    assert verdict("今天读到人生若只如初见，很感慨") == "out"
    assert not asked  # both say no
    assert verdict("我在初见填的资料被人说了出来") == "hit"
    assert len(asked) == 1  # no cue, and spoken of like a company


def test_an_article_full_of_names_asks_a_few_times(asked: list[tuple[object, ...]]) -> None:
    verdict("我在初见填的资料被人说了出来。" * 40)

    assert 0 < len(asked) <= 4


def test_without_an_encoder_the_words_stand_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "shipped", lambda: None)

    assert company_slot.odds_by_encoder(*place("我在初见填的资料", "初见")) is None
