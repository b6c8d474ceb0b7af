"""Segmentation: the quick segmenter gives jieba's words, the words give the text back, nothing lands in /tmp."""

import stat
import subprocess
import sys
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.segment import Segmenter

OWN = ("云鹭银行", "星禾科技", "星禾", "和安", "青桐")
QUICK = Segmenter(OWN)
REFERENCE = Segmenter(OWN, accelerate=False)
PIECES = st.sampled_from(
    [*OWN, "祥和安定", "2.0T", "SM-T210", "50%off", "泄露", "的", "信息", "App", " ", "，", "哈", "\n", "😅"]
)


def test_the_accelerator_is_used_when_it_agrees() -> None:
    assert QUICK.accelerated
    assert not REFERENCE.accelerated


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=20).map("".join))
def test_both_segmenters_cut_alike(text: str) -> None:
    """Ties on repeated characters may fall in another order (哈哈|哈): the bag of words is the same."""
    assert sorted(QUICK.cut(text)) == sorted(REFERENCE.cut(text))


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60))
def test_the_words_joined_are_the_text(text: str) -> None:
    assert "".join(QUICK.cut(text)) == text


def test_own_names_are_words_where_the_sentence_lets_them() -> None:
    assert "云鹭银行" in QUICK.cut("我在云鹭银行办卡")
    assert QUICK.cut("祥和安定") == ["祥和", "安定"]


def test_the_cache_is_private(tmp_path: Path) -> None:
    """A marshal file that others can write would let them steer us."""
    from analysis.segment import _dictionary

    _dictionary(tmp_path / "jieba")

    assert stat.S_IMODE((tmp_path / "jieba").stat().st_mode) == 0o700
    assert (tmp_path / "jieba" / "jieba.cache").is_file()


def test_a_folder_that_cannot_be_ours_is_not_used(tmp_path: Path) -> None:
    from analysis.segment import _make_private

    (tmp_path / "file").write_text("")

    assert not _make_private(tmp_path / "file" / "jieba")


def test_a_weight_is_that_of_the_dictionary() -> None:
    """Names of our own are words to the segmenter, and yet no words of the language."""
    for segmenter in (QUICK, REFERENCE):
        assert segmenter.weight("银行") > 1000
        assert segmenter.weight("云鹭银行") == 0
        assert segmenter.weight("云鹭") == 0


def test_the_reference_goes_once_it_has_checked() -> None:
    """70 MB in every worker; in a process of its own, because the tests hold the dictionary."""
    code = (
        "import gc; from analysis.segment import _LOADED, Segmenter; found = Segmenter(['云鹭银行']); gc.collect(); "
        "print(found.accelerated, len(_LOADED))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["True", "0"]
