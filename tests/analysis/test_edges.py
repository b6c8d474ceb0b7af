"""Words that cross an edge of a name, by an invented dictionary of a few words."""

from math import inf

from analysis.edges import crossing

WORDS = {"边远": 250, "远山": 110, "通信": 3000, "山": 20000, "边": 20000, "今天": 90000, "天天": 3000}


def weight(word: str) -> int:
    return WORDS.get(word, 0)


def test_no_word_crosses() -> None:
    assert crossing("在远山通信办卡", 1, 5, weight) == -inf


def test_a_likely_word_crosses() -> None:
    assert crossing("年代边远山通信全靠", 3, 7, weight) > 0


def test_an_unlikely_word_crosses() -> None:
    """今天|天成物业 reads better than 今|天天|成物业."""
    assert -inf < crossing("今天天成物业停水", 2, 6, weight) < 0


def test_only_the_same_run_of_characters_counts() -> None:
    assert crossing("边，远山通信", 2, 6, weight) == -inf
