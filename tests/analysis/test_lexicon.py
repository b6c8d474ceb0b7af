"""Judging words, and what turns them round."""

import pytest

from analysis.lexicon import lexicon


@pytest.mark.parametrize(
    ("text", "sign"),
    [("服务贴心", 1), ("这服务真“贴心”", -1), ("又泄露了", -1), ("从未泄露", 1), ("没有，泄露了", -1), ("不推荐", -1)],
)
def test_negators_and_scare_quotes_turn_a_word_round(text: str, sign: int) -> None:
    (word,) = lexicon().judging_words(text)

    assert word.weight * sign > 0
