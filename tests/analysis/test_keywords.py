"""Keywords by tf-idf."""

from analysis.keywords import keywords_of


def test_the_rarer_word_comes_first_and_numbers_never() -> None:
    words = ["信息", "泄露", "泄露", "的", "我们", "12345", "，", "手机号"]

    found = keywords_of(words, top=3)

    assert found[0] == "泄露"
    assert "12345" not in found
    assert "我们" not in found


def test_no_words_give_no_keywords() -> None:
    assert keywords_of([]) == ()


def test_many_figures_leave_no_text_without_keywords() -> None:
    figures = [f"{n}.{n}%" for n in range(60)]

    assert set(keywords_of(["净利润", "减持", *figures])) == {"净利润", "减持"}
