"""The rules of the house: imports point one way, each outside library has one home, every word has its English."""

import ast
import json
import string
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

RINGS = ({"core"}, {"crawlers", "analysis", "search_index", "store"}, {"alerts", "briefing"}, {"scheduler"}, {"yuqing"})
"""From the inside out; a package imports rings further in, never its own ring's others."""

NARROW = {"alerts": {"core", "search_index.query"}, "briefing": {"core", "search_index.query"}}
"""Packages that see less than their ring could: a subscription is a query, and that is all they need."""

HOMES = {
    "scrapy": {"crawlers"},
    "twisted": {"crawlers"},
    "parsel": {"crawlers"},
    "w3lib": {"crawlers"},
    "lxml": {"crawlers"},
    "cssselect": {"crawlers"},
    "itemadapter": {"crawlers"},
    "protego": {"crawlers"},
    "aiohttp": {"crawlers"},
    "yarl": {"crawlers"},
    "openpyxl": {"crawlers"},
    "jieba": {"analysis"},
    "rjieba": {"analysis"},
    "onnxruntime": {"analysis"},
    "snownlp": {"analysis"},
    "numpy": {"analysis"},
    "ahocorasick_rs": {"analysis", "search_index"},
    "tantivy": {"search_index"},
    "elasticsearch": {"search_index"},
    "sqlalchemy": {"store"},
    "alembic": {"store"},
    "apscheduler": {"scheduler"},
    "smtplib": {"scheduler"},
    "pydantic": {"yuqing"},
    "pydantic_core": {"yuqing"},
    "typing_extensions": {"yuqing"},
    "yaml": {"yuqing"},
    "click": {"yuqing"},
    "jinja2": {"briefing", "alerts"},
    "aiosmtpd": {"yuqing"},
}
"""Outside library -> the packages that may know it; core knows the standard library alone."""

PACKAGES = set().union(*RINGS)


def allowed(package: str) -> set[str]:
    """The packages of ours that a package may import, itself included."""
    ring = next(index for index, ring in enumerate(RINGS) if package in ring)
    return {package} | NARROW.get(package, set().union(*RINGS[:ring]))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Every module that a file imports, with its line, wherever in the file the import stands."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"), str(path))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from ((node.lineno, f"{node.module}.{name.name}") for name in node.names)
        elif isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "import_module":
            yield from ((node.lineno, str(name.value)) for name in node.args[:1] if isinstance(name, ast.Constant))


def breaches(root: Path) -> list[str]:
    """Every import under `root` that breaks a rule, with file, line and what would be allowed."""
    return [
        f"{path.relative_to(root)}:{line}: {package} imports {module}; {why}"
        for package in sorted(PACKAGES)
        for path in sorted((root / package).rglob("*.py"))
        for line, module in imports(path)
        if (why := _breach(package, module))
    ]


def _breach(package: str, module: str) -> str | None:
    top = module.partition(".")[0]
    if top == "tests":
        return "nothing that is shipped imports tests"
    if top in PACKAGES and not any(f"{module}.".startswith(f"{name}.") for name in allowed(package)):
        return f"of ours it may import {sorted(allowed(package))}"
    if top in PACKAGES or top in sys.stdlib_module_names:
        return f"{top} lives in {sorted(HOMES[top])}" if package not in HOMES.get(top, {package}) else None
    if top not in HOMES:
        return f"{top} has no home yet"
    if package not in HOMES[top]:
        return f"{top} lives in {sorted(HOMES[top])}"
    return None


def test_imports_point_one_way_and_each_library_has_one_home():
    assert breaches(ROOT) == []


@pytest.mark.parametrize(
    ("package", "statement", "said"),
    [
        ("core", "import store", "of ours it may import ['core']"),
        ("analysis", "from store.engine import Store", "of ours it may import ['analysis', 'core']"),
        ("alerts", "from search_index.tantivy_index import open", "['alerts', 'core', 'search_index.query']"),
        ("briefing", "import alerts.decide", "['briefing', 'core', 'search_index.query']"),
        ("store", "import scheduler", "of ours it may import ['core', 'store']"),
        ("scheduler", "from yuqing import cli", "of ours it may import"),
        ("core", "import requests", "requests has no home yet"),
        ("core", "import smtplib", "smtplib lives in ['scheduler']"),
        ("core", "import yaml", "yaml lives in ['yuqing']"),
        ("store", "def late():\n    from scrapy import Spider", "scrapy lives in ['crawlers']"),
        ("yuqing", "from tests import make", "tests"),
        ("alerts", "from search_index.query import parse", None),
        ("yuqing", "from scheduler.mail import send", None),
    ],
)
def test_a_deliberate_breach_is_named(tmp_path: Path, package: str, statement: str, said: str | None):
    file = tmp_path / package / "deep" / "wrong.py"
    file.parent.mkdir(parents=True)
    file.write_text(f'"""Wrong."""\n\n{statement}\n', "utf-8")

    found = breaches(tmp_path)

    line = 3 + statement.count("\n")
    assert [each.startswith(f"{package}/deep/wrong.py:{line}: ") and said in each for each in found if said] == (
        [True] if said else []
    )


def test_every_package_is_listed_for_shipping_and_tests_are_not():
    shipped = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["packages"]
    here = {
        str(path.parent.relative_to(ROOT)).replace("/", ".")
        for package in PACKAGES
        for path in (ROOT / package).rglob("__init__.py")
    }

    assert sorted(shipped) == sorted(here)


def test_every_data_file_is_shipped():
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["package-data"]
    shipped = {Path(pattern).suffix for pattern in patterns["*"]}
    there = [path for package in PACKAGES for path in (ROOT / package).rglob("*") if path.is_file()]

    assert [str(p.relative_to(ROOT)) for p in there if p.suffix not in shipped | {".py", ".pyc"}] == []


def marked_words(root: Path) -> dict[str, str]:
    """Every text inside `_("…")` -> where it stands. In templates too."""
    found: dict[str, str] = {}
    for package in sorted(PACKAGES):
        for path in sorted((root / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"), str(path))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_" and node.args:
                    where = f"{path.relative_to(root)}:{node.lineno}"
                    found |= dict.fromkeys(_texts(node.args[0], where), where)
    return found


def _texts(argument: ast.expr, where: str) -> Iterator[str]:
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        yield argument.value
    elif isinstance(argument, ast.IfExp):
        yield from _texts(argument.body, where)
        yield from _texts(argument.orelse, where)
    elif isinstance(argument, ast.JoinedStr):
        raise AssertionError(f"{where}: fill a text in after it is translated, not before")


def english_words() -> dict[str, str]:
    """Chinese -> English over all packages."""
    words: dict[str, str] = {}
    for package in sorted(PACKAGES):
        path = ROOT / package / "locale" / "en.json"
        words |= json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return words


def test_every_text_for_people_has_its_english():
    english = english_words()

    assert [f"{where}: {text}" for text, where in marked_words(ROOT).items() if text not in english] == []


def test_an_english_text_has_the_same_blanks_to_fill_in():
    fields = {text: _blanks(text) for text in english_words()}

    assert [text for text, english in english_words().items() if _blanks(english) != fields[text]] == []


def _blanks(text: str) -> set[str]:
    try:
        return {name.partition("!")[0] for _literal, name, _spec, _conversion in string.Formatter().parse(text) if name}
    except ValueError:  # a lone brace: not a template
        return set()
