"""docs/sources.md: every example can be used as it stands, and every option is explained."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.values import Source
from yuqing.config import load_config
from yuqing.configuration.forms import SourceForm
from yuqing.configuration.source_rules import _PLATFORMS

from .make import config_file

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "sources.md").read_text("utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def sources_of(folder: Path, example: str) -> tuple[Source, ...]:
    """The sources of an example, read as they would be in yuqing.yaml."""
    indented = "".join(f"  {line}\n" for line in example.splitlines())
    return load_config(config_file(folder, f"company: 星禾科技\nsources:\n{indented}")).sources


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_every_example_parses(tmp_path: Path, example: str) -> None:
    assert sources_of(tmp_path, example)


def test_the_examples_stand_together_and_show_every_channel_and_platform(tmp_path: Path) -> None:
    sources = sources_of(tmp_path, "".join(EXAMPLES))

    assert {source.channel for source in sources} == {"feed", "listing", "forum", "api", "search", "import"}
    assert {source.platform for source in sources} - {None} == {name for names in _PLATFORMS.values() for name in names}


@pytest.mark.parametrize("option", SourceForm.model_fields)
def test_every_option_is_shown(option: str) -> None:
    assert re.search(rf"\b{option}\b", PAGE)
