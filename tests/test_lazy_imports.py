"""Showing the help must not load what only some commands need."""

import subprocess
import sys

import pytest

HEAVY = {
    "scrapy", "twisted", "jieba", "rjieba", "snownlp", "numpy", "onnxruntime", "tantivy", "fastapi", "elasticsearch",
    "sqlalchemy", "alembic", "pydantic", "yaml", "apscheduler", "jinja2", "openpyxl", "lxml",
}  # fmt: skip


def loaded_after(statement: str) -> set[str]:
    """The heavy modules in a fresh interpreter after a statement."""
    program = f"import sys\n{statement}\nprint('LOADED', *{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return HEAVY & set(done.stdout.rpartition("LOADED")[2].split())


@pytest.mark.parametrize("arguments", [["--help"], ["--lang", "en", "--help"], ["--version"], ["serch"]])
def test_help_loads_nothing_heavy(arguments: list[str]):
    assert loaded_after(f"from yuqing.cli import main\nmain({arguments!r})") == set()


def test_init_loads_nothing_heavy():
    assert loaded_after("import yuqing.commands.init") == set()


@pytest.mark.parametrize("module", ["analysis.analyse", "analysis.segment", "analysis.masking"])
def test_importing_analysis_loads_no_dictionary(module: str):
    """jieba's dictionary costs a second, snownlp's weights four; they are paid when an Analyser is made."""
    assert loaded_after(f"import {module}") <= {"numpy"}


def test_the_query_language_needs_no_engine():
    assert loaded_after("import search_index.query, search_index.facts") == set()


def test_canonical_keys_need_no_crawler_at_work():
    assert loaded_after("import crawlers.canonical") == set()
