"""Folding keeps offsets and forgets width, case and traditional forms."""

from hypothesis import given
from hypothesis import strategies as st

from core.text import fold


def test_width_case_and_traditional_forms_are_one():
    assert fold("ＡＰＰ資訊洩露：星禾　Bank") == "app资讯泄露:星禾 bank"


def test_a_rare_character_is_not_its_common_twin():
    assert fold("𠮷") != fold("吉")


@given(st.text())
def test_folding_keeps_length_and_changes_nothing_twice(text: str):
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)
