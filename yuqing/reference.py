"""
The tables of the reference pages, made from the code: `python -m yuqing.reference docs`.

The options in docs/configuration.md come from the models of yuqing.yaml, the keys in docs/filters.md from the
forms of the filters. A test checks that both are current.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from yuqing.configuration.forms import ConfigForm
from yuqing.schemas import OUTPUTS, input_schema, schema_of

PAGES = ("configuration.md", "filters.md")

_NONE = {"type": "null"}


def rows_of(schema: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """Every key of a JSON Schema as (path, type, default, meaning), nested ones after their parent."""
    yield from _rows(schema, schema.get("$defs", {}), "")


def _rows(schema: Mapping[str, Any], defs: Mapping[str, Any], lead: str) -> Iterator[tuple[str, str, str, str]]:
    required = schema.get("required", ())
    for name, given in schema.get("properties", {}).items():
        path, inner = f"{lead}{name}", _resolved(given, defs)
        yield path, _kind(inner, defs), _default(given, name in required), str(given.get("description", ""))
        suffix, deeper = _inside(inner, defs)
        if deeper.get("properties"):
            yield from _rows(deeper, defs, f"{path}{suffix}.")


def _resolved(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema itself: references followed, `or null` taken away."""
    if "$ref" in schema:
        return _resolved(defs[schema["$ref"].rpartition("/")[2]], defs)
    choices = [each for each in schema.get("anyOf", ()) if each != _NONE]
    return _resolved(choices[0], defs) if len(choices) == 1 else schema


def _inside(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """What stands in a list ("[]") or under the names of a mapping (".NAME"); the schema itself otherwise."""
    if isinstance(schema.get("items"), Mapping):
        return "[]", _resolved(schema["items"], defs)
    if isinstance(schema.get("additionalProperties"), Mapping):
        return ".NAME", _resolved(schema["additionalProperties"], defs)
    return "", schema


def _kind(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return " / ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if "anyOf" in schema:
        return " or ".join(_kind(_resolved(each, defs), defs) for each in schema["anyOf"] if each != _NONE)
    suffix, inner = _inside(schema, defs)
    if suffix == "[]":
        return f"list of {_kind(inner, defs)}"
    if suffix:
        return f"mapping to {_kind(inner, defs)}"
    return {"integer": "whole number", "string": "text", "boolean": "true / false"}.get(
        schema.get("type", ""), schema.get("type", "any")
    )


def _default(schema: Mapping[str, Any], required: bool) -> str:
    if required:
        return "**required**"
    value = schema.get("default")
    if value in (None, "", [], {}) or isinstance(value, (dict, list)):
        return ""
    return f"`{json.dumps(value, ensure_ascii=False)}`"


def tables() -> dict[str, str]:
    """The tables by the name of their marker."""
    outputs = {command: _key_table(schema_of(command)) for command in OUTPUTS}
    return {"options": _option_table(ConfigForm.model_json_schema()), "document": _key_table(input_schema()), **outputs}


_MARKED = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def filled(page: str) -> str:
    """The page with every marked table made anew from the code."""
    made = tables()
    return _MARKED.sub(lambda match: f"{match[1]}{made[match[2]]}\n{match[3]}", page)


def _option_table(schema: Mapping[str, Any]) -> str:
    rows = [f"| `{path}` | {kind} | {default} | {meaning} |" for path, kind, default, meaning in rows_of(schema)]
    return "\n".join(["| 键 key | 类型 type | 默认 default | 含义 meaning |", "|---|---|---|---|", *rows])


def _key_table(schema: Mapping[str, Any]) -> str:
    rows = [
        f"| `{path}` | {_or_null(schema, path, kind)} | {meaning} |"
        for path, kind, _default, meaning in rows_of(schema)
    ]
    return "\n".join(["| key | type | |", "|---|---|---|", *rows])


def _or_null(schema: Mapping[str, Any], path: str, kind: str) -> str:
    """The type, with `null` where the top of the schema allows it."""
    given = schema.get("properties", {}).get(path, {})
    return f"{kind} or `null`" if _NONE in given.get("anyOf", ()) else kind


def main(folder: Path) -> None:
    """Make the tables of the pages in the folder anew."""
    for name in PAGES:
        page = folder / name
        page.write_text(filled(page.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))
