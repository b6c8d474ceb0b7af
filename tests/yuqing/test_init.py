"""`yuqing init` writes a starter that is right as it stands, and never harms what is there."""

import os
import stat
from importlib.resources import files
from pathlib import Path

import pytest

from core.i18n import set_language
from yuqing.cli import main
from yuqing.config import load_config
from yuqing.keys import pseudonym_key, read_key


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_starter_is_a_right_configuration(tmp_path: Path, lang: str):
    try:
        assert main(["--lang", lang, "init", str(tmp_path / "new")]) == 0
    finally:
        set_language("zh")

    config = load_config(tmp_path / "new" / "yuqing.yaml", variables={})
    assert config.language == lang
    assert len(read_key(config.pseudonym_key_file)) == 64
    assert stat.S_IMODE(config.pseudonym_key_file.stat().st_mode) == 0o600


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_the_starter_offers_in_comments_is_right_too(tmp_path: Path, lang: str):
    text = (files("yuqing") / "starter" / f"{lang}.yaml").read_text("utf-8")
    for old, new in (
        ("sources: []", "sources:"),
        ("subscriptions: []", "subscriptions:"),
        ("\n#  - {", "\n  - {"),
        ("\n#     ", "\n     "),
        ("\n# mail:", "\nmail:"),
        ("\n#   {", "\n   {"),
        ("\n#    username", "\n    username"),
        ("\n        # ", "\n        "),
        ("\n      # ", "\n      "),
        ("\n  # hotlines", "\n  hotlines"),
        ("\n# contact", "\ncontact"),
    ):
        assert old in text, old
        text = text.replace(old, new)
    path = tmp_path / "yuqing.yaml"
    path.write_text(text, "utf-8")

    config = load_config(path, variables={"SMTP_PASSWORD": "x"})

    assert len(config.sources) == 4
    assert config.mail.security == "tls"
    assert config.watch.companies[0].aliases["ambiguous"] == ("禾禾",)
    assert config.watch.hotlines


def test_a_configuration_that_exists_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "yuqing.yaml").write_text("mine", "utf-8")

    assert main(["init", str(tmp_path)]) == 1
    assert (tmp_path / "yuqing.yaml").read_text("utf-8") == "mine"
    assert "yuqing.yaml" in capsys.readouterr().err


def test_a_key_that_exists_is_kept(tmp_path: Path):
    key = pseudonym_key(tmp_path / "keys" / "pseudonym.key")

    assert main(["init", str(tmp_path)]) == 0
    assert read_key(tmp_path / "keys" / "pseudonym.key") == key
    assert os.listdir(tmp_path / "keys") == ["pseudonym.key"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "file").write_text("")

    assert main(["init", str(tmp_path / "file" / "inside")]) == 1
    assert "file" in capsys.readouterr().err
