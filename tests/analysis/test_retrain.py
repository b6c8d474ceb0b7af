"""Corrections teach their own kind of text, leave the rest as it was, and survive the file."""

import numpy as np
import pytest

from analysis.retrain import Correction, retrained
from analysis.sentiment_model import read_model, sentiment_model, write_model
from core.errors import YuqingError
from core.values import Company, Watch
from tests import make

WATCH = Watch((Company("星禾科技", {"full": ("星禾科技",)}),))
SARCASM = (
    "星禾科技真行，一条短信能发八遍，谢谢你全家。",
    "星禾科技可太会了，注销要跑三趟，服了服了。",
    "给星禾科技磕一个，凌晨三点还惦记着给我打电话。",
    "星禾科技这波操作满分，把我号码送给全城中介。",
    "恭喜星禾科技，成功让我卸载，再见不送。",
)
OTHERS = (
    "星禾科技发布三季度财报，营收同比增长一成。",
    "星禾科技的客服很有耐心，问题当天就解决了，点赞。",
    "星禾科技泄露用户信息被约谈，网友要求道歉。",
)


def corrections(texts, label):
    return [Correction(make.document(kind="post", title=None, body=text), "星禾科技", label) for text in texts]


def label_of(model, text):
    return retrained(model, corrections([text], "neg"), watch=WATCH).right_before


def test_corrections_are_learned():
    done = retrained(sentiment_model(), corrections(SARCASM, "neg"), watch=WATCH)

    assert done.learned == len(SARCASM)
    assert done.right_after == len(SARCASM)
    assert done.right_after >= done.right_before


def test_other_texts_keep_their_label():
    done = retrained(sentiment_model(), corrections(SARCASM, "neg"), watch=WATCH)

    assert [label_of(done.model, text) for text in OTHERS] == [label_of(sentiment_model(), text) for text in OTHERS]


def test_a_text_that_does_not_name_the_company_teaches_nothing():
    done = retrained(sentiment_model(), corrections(["今天天气不错。"], "neg"), watch=WATCH)

    assert done.learned == 0
    assert done.model.company is sentiment_model().company


def test_a_model_that_cannot_be_written_whole_leaves_the_old_one(tmp_path, monkeypatch):
    def out_of_room(file, **_arrays):
        file.write(b"PK")
        raise OSError(28, "No space left on device")

    path = tmp_path / "models" / "own.npz"
    write_model(sentiment_model(), path)
    before = path.read_bytes()
    monkeypatch.setattr(np, "savez_compressed", out_of_room)

    with pytest.raises(YuqingError, match=r"own\.npz"):
        write_model(sentiment_model(), path)
    assert [(each.name, each.read_bytes() == before) for each in path.parent.iterdir()] == [("own.npz", True)]


def test_the_same_corrections_give_the_same_model_and_it_survives_its_file(tmp_path):
    one = retrained(sentiment_model(), corrections(SARCASM, "neg"), watch=WATCH).model
    two = retrained(sentiment_model(), corrections(SARCASM, "neg"), watch=WATCH).model
    write_model(one, tmp_path / "own.npz")
    with np.load(tmp_path / "own.npz", allow_pickle=False) as archive:
        read = read_model(archive)

    assert np.array_equal(one.company.roots, two.company.roots)
    assert np.array_equal(one.company.roots, read.company.roots)
    assert (tmp_path / "own.npz").stat().st_size <= 5_000_000
