"""Corrections become a model of one's own, which the configuration then names."""

import json

import numpy as np
import pytest

from analysis.sentiment_model import model_of, sentiment_model, write_model
from yuqing.cli import main

CORRECTION = {
    "id": "c1",
    "body": "星禾科技真行，一条短信能发八遍，谢谢你全家。",
    "kind": "帖子",
    "company": "星禾科技",
    "label": "负面",
}


@pytest.fixture
def folder(tmp_path):
    write_config(tmp_path)
    return tmp_path


def write_config(folder, more=""):
    watch = "watch: {companies: [{name: 星禾科技, aliases: {full: [星禾科技]}}]}"
    (folder / "yuqing.yaml").write_text(f"company: 星禾科技\n{watch}\n{more}", encoding="utf-8")


def train(folder, *rows, options=()):
    file = folder / "corrections.jsonl"
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return main(["--config", str(folder / "yuqing.yaml"), "train", str(file), *options])


def test_a_correction_changes_what_analyse_says(folder, capsys, monkeypatch):
    assert train(folder, CORRECTION) == 0
    write_config(folder, "sentiment_model: models/sentiment.npz\n")
    (folder / "one.jsonl").write_text(json.dumps(CORRECTION, ensure_ascii=False), encoding="utf-8")
    capsys.readouterr()

    assert main(["--config", str(folder / "yuqing.yaml"), "analyse", str(folder / "one.jsonl")]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["companies"]["星禾科技"]["sentiment"]["label"] == "neg"


def test_further_runs_learn_from_the_shipped_weights_again(folder, capsys):
    """The model in force, even a broken one, has no part in the next."""
    assert train(folder, CORRECTION) == 0
    once = model_of(folder / "models" / "sentiment.npz")
    write_config(folder, "sentiment_model: models/sentiment.npz\n")
    assert train(folder, CORRECTION) == 0
    twice = model_of(folder / "models" / "sentiment.npz")
    (folder / "models" / "sentiment.npz").write_bytes(b"")
    assert train(folder, CORRECTION) == 0
    thrice = model_of(folder / "models" / "sentiment.npz")

    assert np.array_equal(once.company.roots, twice.company.roots)
    assert np.array_equal(once.company.roots, thrice.company.roots)


def test_a_dry_run_writes_nothing(folder):
    assert train(folder, CORRECTION, options=["--dry-run"]) == 0
    assert not (folder / "models").exists()


def test_a_wrong_line_is_named_and_the_others_are_learned(folder, capsys):
    code = train(folder, CORRECTION, CORRECTION | {"company": "无名"}, CORRECTION | {"label": "坏"}, {"id": "none"})

    assert code == 4
    assert (folder / "models" / "sentiment.npz").exists()
    assert [f"第 {n} 行" in capsys.readouterr().err for n in (2,)] == [True]


def broken_models(folder):
    """Files that are no model: no archive, nothing at all, one array, an archive cut short, arrays of another size."""
    (folder / "text.npz").write_text("not weights")
    (folder / "empty.npz").write_bytes(b"")
    np.save(folder / "array.npy", np.zeros(3))
    write_model(sentiment_model(), folder / "whole.npz")
    (folder / "cut.npz").write_bytes((folder / "whole.npz").read_bytes()[:100_000])
    with np.load(folder / "whole.npz") as archive:
        np.savez(folder / "small.npz", **{name: array[:8] for name, array in archive.items()})


@pytest.mark.parametrize("name", ["text.npz", "empty.npz", "array.npy", "cut.npz", "small.npz", "none.npz", "."])
def test_a_broken_model_file_is_a_mistake_of_the_configuration(folder, capsys, name):
    broken_models(folder)
    write_config(folder, f"sentiment_model: {name}\n")
    (folder / "one.jsonl").write_text(json.dumps(CORRECTION, ensure_ascii=False), encoding="utf-8")

    assert main(["--config", str(folder / "yuqing.yaml"), "analyse", str(folder / "one.jsonl")]) == 3
    assert "yuqing train" in capsys.readouterr().err
