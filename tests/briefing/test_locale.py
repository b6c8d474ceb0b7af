"""Every Chinese text of alerts and brief, templates included, has its English with the same blanks to fill."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path

import pytest

SAID = re.compile(r"\b_\(\s*\"([^\"]+)\"")


def package_folder(package: str) -> Path:
    return Path(str(files(package)))


def said_in(package: str) -> set[str]:
    paths = [*package_folder(package).glob("*.py"), *package_folder(package).glob("templates/*")]
    return {text for path in paths for text in SAID.findall(path.read_text("utf-8"))}


@pytest.mark.parametrize("package", ["alerts", "briefing"])
def test_every_text_has_its_english(package):
    english = json.loads((package_folder(package) / "locale" / "en.json").read_text("utf-8"))

    assert said_in(package) - set(english) == set()
    for chinese, translated in english.items():
        assert set(re.findall(r"{\w+}", chinese)) == set(re.findall(r"{\w+}", translated)), chinese
