"""The reference pages say what the code says, and what the filters print keeps their form."""

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from yuqing.reference import PAGES, filled, rows_of, tables
from yuqing.schemas import OUTPUTS, schema_of

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_current(page: str):
    """When it is not: python -m yuqing.reference docs."""
    text = (DOCS / page).read_text("utf-8")

    assert filled(text) == text


def test_every_table_stands_in_a_page():
    text = "".join((DOCS / page).read_text("utf-8") for page in PAGES)

    assert [name for name in tables() if f"<!-- table: {name} -->" not in text] == []


@pytest.mark.parametrize("command", OUTPUTS)
def test_a_form_is_a_json_schema_without_nameless_keys(command: str):
    Draft202012Validator.check_schema(schema_of(command))

    assert all(kind != "any" for _path, kind, _default, _meaning in rows_of(schema_of(command)))
