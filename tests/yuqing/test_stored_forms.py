"""What `search --json` and `documents` print of a real store keeps its form, page after page."""

import json

import pytest
from jsonschema import Draft202012Validator

from yuqing.cli import main
from yuqing.schemas import schema_of

ROWS = [
    {
        "id": "1",
        "title": "星禾科技被指泄露信息",
        "body": "用户称信息泄露，要求星禾科技答复。",
        "date": "2026-11-20 10:00",
    },
    {"id": "2", "body": "在星禾科技借款后天天接到骚扰电话，打 13912345678 也没人管。", "date": "2026-11-20"},
    {"id": "3", "title": "云鹭湖观鸟", "body": "周末去云鹭湖看鸟。", "url": "https://bbs.example/thread-3-1-1.html"},
]


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    """A radar that has imported three records."""
    folder = tmp_path_factory.mktemp("stored")
    path = folder / "yuqing.yaml"
    path.write_text(
        "company: 星禾科技\nwatch: {companies: [{name: 星禾科技, aliases: {full: [星禾科技]}}]}\n", encoding="utf-8"
    )
    rows = folder / "rows.jsonl"
    rows.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS), encoding="utf-8")
    assert main(["--config", str(path), "import", str(rows), "--kind", "帖子"]) == 0
    return path


@pytest.fixture
def printed(config, capsys):
    def run(*arguments):
        capsys.readouterr()
        assert main(["--config", str(config), *arguments]) == 0
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return run


def test_documents_keep_their_form(printed):
    rows = printed("documents")

    assert {row["key"] for row in rows} == {"record:import-post:1", "record:import-post:2", "discuz:bbs.example:3"}
    for row in rows:
        Draft202012Validator(schema_of("documents")).validate(row)
    assert "13912345678" not in json.dumps(rows)


@pytest.mark.parametrize("order", ["newest", "relevance", "heat"])
def test_search_keeps_its_form(printed, order):
    (page,) = printed("search", "星禾科技", "--order", order, "--json")

    Draft202012Validator(schema_of("search")).validate(page)
    assert page["total"] == 2


def test_pages_follow_each_other_without_a_gap(printed):
    seen, cursor = [], []
    while True:
        (page,) = printed("search", "星禾科技 OR 云鹭湖", "--limit", "1", "--json", *cursor)
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = ["--cursor", page["next"]]

    assert len(seen) == len(set(seen)) == page["total"] == 3
