"""Tokens: a phrase of tokens is exactly a literal."""

from hypothesis import given
from hypothesis import strategies as st

from core.text import fold
from search_index.query import Literal
from search_index.query.predicate import holder
from search_index.tokens import phrase, sparse, tokens
from tests.search_index.strategies import texts, words


def test_a_han_run_is_closed_at_both_ends():
    assert tokens("信息泄露") == "信 信息 息泄 泄露 露"


def test_runs_and_signs_are_tokens():
    assert tokens("办5G套餐，C++") == "办 办 5g 套 套餐 餐 , c + +"


def test_blanks_are_told_apart():
    assert tokens("a b\nc\u3000") == "a _20 b _a c _20"


def test_a_literal_is_open_at_its_han_edges():
    assert phrase("信息泄露") == ["信息", "息泄", "泄露"]
    assert phrase("5g套餐") == ["5g", "套", "套餐"]
    assert phrase("大a股") == ["大", "a", "股"]
    assert phrase("股") == []


def test_a_long_run_is_cut_to_its_beginning_and_a_hash():
    one, other = tokens("a" * 300), tokens("a" * 301)

    assert len(one) < 130
    assert one != other
    assert one.startswith("a" * 100)


def test_every_second_pair_of_a_han_run_says_it_all():
    assert sparse(phrase("个人信息泄露")) == [(0, "个人"), (2, "信息"), (4, "泄露")]
    assert sparse(phrase("a公司b")) == [(0, "a"), (1, "公"), (2, "公司"), (3, "司"), (4, "b")]


def stands_in(wanted, found):
    placed = sparse(wanted)
    return any(
        all(at + place < len(found) and found[at + place] == word for place, word in placed) for at in range(len(found))
    )


@given(texts, words)
def test_a_phrase_of_tokens_is_the_literal(text, word):
    literal = fold(word).strip()
    if not literal:
        return
    found = tokens(text).split(" ") if text else []
    wanted = phrase(literal)

    by_tokens = stands_in(wanted, found) if wanted else any(token.startswith(literal) for token in found)

    assert by_tokens == holder(Literal(literal))(fold(text))


@given(st.text(max_size=40))
def test_every_text_gives_tokens_that_can_be_written(text):
    tokens(text).encode()


def test_signs_runs_and_han_keep_apart_whatever_stands_at_the_edges():
    assert tokens("，，app中文b。 ") == ", , app 中 中文 文 b 。 _20"
    assert tokens("一") == "一 一"
    assert tokens("") == ""
