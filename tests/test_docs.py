"""What the pages tell people to type exists."""

import re
from pathlib import Path

import pytest

from yuqing.cli import commands

ROOT = Path(__file__).parents[1]
PAGES = [*ROOT.glob("README*.md"), *(ROOT / "docs").glob("*.md")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_on_the_page_is_a_command(page):
    named = set(re.findall(r"\byuqing ([a-z][a-z-]+)", page.read_text("utf-8")))

    assert named <= {*commands(), "radar"}


def test_every_command_is_named_on_some_page():
    text = "".join(page.read_text("utf-8") for page in PAGES)

    assert [name for name in commands() if not re.search(rf"yuqing {name}\b|`{name}`", text)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_to_one(page):
    links = re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", page.read_text("utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []
