"""Every command answers wrong input with its documented exit code and a few clear lines, and loses nothing good."""

import io
import json
import os
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.ground import CLOSED_PORT, COMPLAINTS, Ground, is_clear, listing
from yuqing.cli import commands

Prepared = Callable[[Ground], object]
FAILED, USAGE, CONFIGURATION, PARTLY = 1, 2, 3, 4
BELOW_A_FILE = "occupied/deeper"
NEEDING_A_STORE = (
    "crawl",
    "status",
    "sources",
    "documents",
    "search 星禾",
    "why d1",
    "brief preview",
    "purge",
    "forget d1",
)


@pytest.fixture
def ground(tmp_path):
    ground = Ground(tmp_path).configure()
    ground.file("occupied", "a file stands where a folder should be")
    return ground


def answer(ground, capsys, line, *more):
    """(exit code, what was said on standard error, the whole); the words of the line may name files of the folder."""
    words = [str(ground.folder / word[1:]) if word.startswith("@") else word for word in line.split()]
    code = ground.run(*words, *more)
    shown = capsys.readouterr()
    return code, shown.err, shown.out + shown.err


def a_foreign_database(ground):
    connection = sqlite3.connect(ground.folder / "foreign.db")
    connection.execute("CREATE TABLE recipes (name)")
    connection.commit()
    connection.close()


# ---------------------------------------------------------------- one table: what is given, what is answered

BAD_LINES = b'{"id": 1, "body": "\xff"}\n[]\n{"id": "2"}\n{"id": "3", "title": "a", "body": "ok"}\n{broken\n'
TABLE = [
    # command line (@ is a file of the folder), files, exit code, said
    ("init @occupied/deeper", {}, FAILED, "occupied"),
    ("init @", {}, FAILED, "已经有了"),
    ("demo --folder @occupied/deeper", {}, USAGE, "--folder"),
    ("doctor --nope", {}, USAGE, "--nope"),
    ("crawl nobody", {}, USAGE, "nobody"),
    ("crawl hotline", {}, USAGE, "yuqing import"),
    ("add ftp://news.example/1", {}, None, "ftp"),
    ("add http://127.0.0.1:9/", {}, None, "127.0.0.1"),
    ("import @none.csv", {}, USAGE, "none.csv"),
    ("import @", {}, USAGE, "没有文件"),
    ("import @a.pdf", {"a.pdf": "%PDF"}, USAGE, ".xlsx"),
    ("import @a.csv --kind 垃圾", {"a.csv": COMPLAINTS}, USAGE, "投诉"),
    ("import @a.csv --source nobody", {"a.csv": COMPLAINTS}, USAGE, "hotline"),
    ("import @a.csv --map body", {"a.csv": COMPLAINTS}, USAGE, "body=内容"),
    ("import @a.csv --map body=没有", {"a.csv": COMPLAINTS}, USAGE, "客户编号"),
    ("import @a.csv --map bdoy=内容", {"a.csv": COMPLAINTS}, USAGE, "published_at"),
    ("import @a.xlsx", {"a.xlsx": b"PK\x03\x04 torn"}, USAGE, "另存为"),
    ("import @a.csv", {"a.csv": bytes(range(256)) * 8}, USAGE, "不是文本文件"),
    ("import @a.csv", {"a.csv": ""}, USAGE, "空"),
    ("search 星禾 --limit 0", {}, USAGE, "--limit"),
    ("search 星禾 --cursor zzz", {}, USAGE, "第一页"),
    ("why d0", {}, USAGE, "d0"),
    ("documents --since 前世", {}, USAGE, "2026-11-20"),
    ("documents --source nobody", {}, USAGE, "hotline"),
    ("brief preview --date 2026-13-01", {}, USAGE, "2026-13-01"),
    ("brief preview --date 今天 --html @occupied/deeper.html", {}, USAGE, "deeper.html"),
    ("brief preview --date 今天 --html /proc/nowhere/brief.html", {}, USAGE, "/proc"),
    ("brief prevew", {}, USAGE, "prevew"),
    ("brief send --date 今天", {}, USAGE, "brief.to"),
    ("brief send --to nobody", {}, USAGE, "nobody"),
    ("brief send --to pr@xinghe.example --date 2099-01-01", {}, USAGE, "2099-01-01"),
    ("analyse @a.jsonl", {"a.jsonl": BAD_LINES}, PARTLY, "第 1 行"),
    ("analyse @none", {}, USAGE, "none"),
    ("analyse --watch @none @a.jsonl", {"a.jsonl": "{}"}, USAGE, "none"),
    ("analyse --watch @w.yaml @a.jsonl", {"w.yaml": "companies: 3", "a.jsonl": "{}"}, USAGE, "w.yaml:1"),
    ("extract @none", {}, PARTLY, "none"),
    ("extract --fetched-at 前世 @occupied", {}, USAGE, "--fetched-at"),
    ("stories @a.jsonl", {"a.jsonl": BAD_LINES}, PARTLY, "第 5 行"),
    ("stories @none", {}, USAGE, "none"),
    ("match ok @a.jsonl", {"a.jsonl": BAD_LINES}, PARTLY, "第 2 行"),
    ("match ( @a.jsonl", {"a.jsonl": "{}"}, USAGE, "第 1 列"),
    ("match 情感:不好 @a.jsonl", {"a.jsonl": "{}"}, USAGE, "负面"),
    ("match --now 前世 ok @a.jsonl", {"a.jsonl": "{}"}, USAGE, "--now"),
    ("canonical --source @none @a.txt", {"a.txt": "x"}, USAGE, "none"),
    ("canonical @a.txt", {"a.txt": b"http://a.example/\xff\nhttp://b.example/\n"}, PARTLY, "第 1 行"),
    ("backup @backup.db", {}, FAILED, "还没有数据"),
    ("restore @none.db", {}, USAGE, "none.db"),
    ("restore @junk.db", {"junk.db": "junk" * 100}, FAILED, "不是可用的备份"),
    ("restore @foreign.db", {"foreign.db": a_foreign_database}, FAILED, "不是可用的备份"),
    ("purge --nope", {}, USAGE, "--nope"),
    ("forget d0", {}, USAGE, "d0"),
    ("forget u-nobody", {}, USAGE, "u-nobody"),
    ("status --nope", {}, USAGE, "--nope"),
    ("sources --nope", {}, USAGE, "--nope"),
    ("run --nope", {}, USAGE, "--nope"),
]


@pytest.mark.parametrize(("line", "files", "code", "said"), TABLE, ids=[f"{n}-{row[0]}" for n, row in enumerate(TABLE)])
def test_a_wrong_input_is_answered_clearly(ground, capsys, line, files, code, said):
    for name, content in files.items():
        content(ground) if callable(content) else ground.file(name, content)

    ended, complaint, _all = answer(ground, capsys, line)

    assert ended == code if code else ended in (FAILED, USAGE, PARTLY)
    assert said in complaint
    assert is_clear(complaint)


@pytest.mark.parametrize("name", commands())
def test_every_command_knows_its_options(ground, capsys, name):
    ended, complaint, _all = answer(ground, capsys, f"{name} --nope")

    assert (ended, is_clear(complaint)) == (USAGE, True)
    assert "--nope" in complaint


# ---------------------------------------------------------------- configuration

NEEDING_A_CONFIGURATION = (
    *NEEDING_A_STORE,
    "run",
    "import @a.csv",
    "add http://a.example/",
    "backup @b",
    "restore @b",
    "brief send --date 今天",
)
CONFIGURATIONS = {
    "missing": (None, "yuqing init"),
    "bad YAML": ("company: [a\n  b: }", ":2:"),
    "not UTF-8": ("company: 星禾".encode("gbk"), "UTF-8"),
    "a wrong key": ("compny: 星禾科技\n", "company"),
    "nothing in it": ("", "company"),
    "a wrong value": ("company: 星禾科技\nbrief: {at: '25:00'}\n", "08:00"),
}


@pytest.mark.parametrize("line", NEEDING_A_CONFIGURATION)
def test_no_command_starts_without_a_configuration(ground, capsys, line):
    ground.config.unlink()

    code, complaint, everything = answer(ground, capsys, line)

    assert (code, is_clear(everything)) == (CONFIGURATION, True)
    assert "yuqing init" in complaint
    assert not ground.data.exists()


@pytest.mark.parametrize("kind", CONFIGURATIONS)
def test_a_wrong_configuration_names_its_line_and_what_to_write(ground, capsys, kind):
    content, said = CONFIGURATIONS[kind]
    ground.config.unlink()
    if content is not None:
        ground.file("yuqing.yaml", content)

    code, complaint, _all = answer(ground, capsys, "status")

    assert (code, is_clear(complaint)) == (CONFIGURATION, True)
    assert said in complaint


def test_five_mistakes_are_told_at_once(ground, capsys):
    text = "compny: x\ntimezone: Mars\nbrief: {at: '25:00', to: [nobody]}\nmail: {prot: 25}\nlog: {level: loud}\n"
    ground.file("yuqing.yaml", text)

    code, complaint, _all = answer(ground, capsys, "status")

    assert code == CONFIGURATION
    assert [word for word in ("compny", "Mars", "25:00", "nobody", "prot", "loud") if word not in complaint] == []


def test_a_database_server_without_its_driver_is_a_matter_of_configuration(ground, capsys, monkeypatch):
    for driver in ("psycopg", "psycopg2"):
        monkeypatch.setitem(sys.modules, driver, None)
    ground.configure(more="store: {url: 'postgresql://127.0.0.1:9/radar'}")

    code, complaint, _all = answer(ground, capsys, "status")

    assert (code, is_clear(complaint)) == (CONFIGURATION, True)
    assert "psycopg" in complaint


# ---------------------------------------------------------------- the data folder


@pytest.mark.parametrize("line", [*NEEDING_A_STORE, "run", "import @a.csv"])
def test_a_data_folder_that_cannot_be_made_is_named(ground, capsys, line):
    ground.file("a.csv", COMPLAINTS)
    ground.configure(more=f"store: {{url: 'sqlite:///{BELOW_A_FILE}/radar.db'}}")

    code, complaint, _all = answer(ground, capsys, line)

    assert (code, is_clear(complaint)) == (FAILED, True)
    assert "occupied" in complaint


@pytest.mark.parametrize("line", [*NEEDING_A_STORE, "run", "import @a.csv", "backup @b.db"])
def test_a_database_that_is_none_is_named_and_left_alone(ground, capsys, line):
    ground.file("a.csv", COMPLAINTS)
    ground.file("data/radar.db", "this is not a database" * 100)

    code, complaint, _all = answer(ground, capsys, line)

    assert (code, is_clear(complaint)) == (FAILED, True)
    assert "yuqing restore" in complaint
    assert (ground.data / "radar.db").read_text().startswith("this is not a database")
    assert list(ground.folder.glob("b.db*")) == []


def test_a_damaged_database_can_be_restored(ground, capsys):
    ground.run("import", ground.file("a.csv", COMPLAINTS))
    ground.run("backup", ground.folder / "good.db")
    ground.file("data/radar.db", "this is not a database" * 100)
    capsys.readouterr()

    code, _complaint, everything = answer(ground, capsys, "restore @good.db")
    ground.run("documents")

    assert code == 0
    assert "before-restore" in everything
    assert "星禾科技" in capsys.readouterr().out


def test_a_backup_overwrites_nothing_and_needs_a_place(ground, capsys):
    ground.run("import", ground.file("a.csv", COMPLAINTS))
    capsys.readouterr()

    assert answer(ground, capsys, "backup @a.csv")[:2][0] == USAGE
    for target in ("@occupied/b.db", "/proc/nowhere/b.db"):
        code, complaint, _all = answer(ground, capsys, f"backup {target}")
        assert (code, is_clear(complaint)) == (FAILED, True)
    assert ground.file("a.csv", COMPLAINTS).read_text("utf-8") == COMPLAINTS


@pytest.mark.parametrize("content", ["short", ""])
def test_a_key_that_is_none_is_named_and_left_alone(ground, capsys, content):
    key = ground.file("keys/pseudonym.key", content)

    code, complaint, _all = answer(ground, capsys, "status")

    assert (code, is_clear(complaint), key.read_text()) == (FAILED, True, content)


def test_an_index_folder_that_cannot_be_made_is_named(ground, capsys):
    ground.file("data/index", "a file")

    code, complaint, _all = answer(ground, capsys, "search 星禾")

    assert (code, is_clear(complaint)) == (FAILED, True)
    assert "index" in complaint


# ---------------------------------------------------------------- what was good stays


def test_the_good_rows_of_a_bad_file_are_stored_and_every_bad_one_is_named(ground, capsys):
    bad = '2,,2026-11-20,C2\n3,时间不对,前世,C3\n4,"引号没关,2026-11-20,C4\n5,客服很好,2026-11-20,C5\n'
    raw = (
        (COMPLAINTS + bad).encode() + b"6,\xff\xfe,2026-11-20,C6\n" + f"7,{'长' * 3_400_000},,\n8,最后一条,,\n".encode()
    )
    ground.file("a.csv", raw)

    code, complaint, _all = answer(ground, capsys, "import @a.csv --source hotline")
    ground.run("documents")
    bodies = [json.loads(line)["body"] for line in capsys.readouterr().out.splitlines()]

    assert code == PARTLY
    assert [n for n in (3, 4, 5, 7, 8) if f"a.csv 第 {n} 行" not in complaint] == []
    assert len(bodies) == 3
    assert {"客服很好", "最后一条"} < set(bodies)


def test_an_import_without_an_index_keeps_the_documents(ground, capsys):
    ground.file("data/index", "a file")

    answer(ground, capsys, "import @a.csv", ground.file("a.csv", COMPLAINTS))
    (ground.data / "index").unlink()
    ground.run("import", ground.folder / "a.csv")
    capsys.readouterr()
    ground.run("search", "泄露")

    assert "共 1 篇" in capsys.readouterr().out


def test_a_brief_waits_when_no_mail_server_answers(ground, capsys):
    code, complaint, everything = answer(ground, capsys, "brief send --date 今天 --to pr@xinghe.example")
    ground.run("status", "--json")
    waiting = json.loads(capsys.readouterr().out)["messages"]

    assert (code, is_clear(complaint), waiting) == (PARTLY, True, {"pending": 1})
    assert "Connection refused" in everything
    assert str(CLOSED_PORT) in ground.config.read_text("utf-8")


def test_a_source_that_does_not_answer_is_named_and_the_command_ends_in_part(ground, capsys):
    ground.configure([listing("closed", f"http://127.0.0.1:{CLOSED_PORT}/")])

    code, complaint, everything = answer(ground, capsys, "crawl")

    assert (code, is_clear(everything)) == (PARTLY, True)
    assert "closed" in complaint


def test_a_filter_reads_standard_input_and_stumbles_over_no_line(ground, capsys, monkeypatch):
    lines = BAD_LINES + b'{"id": "9", "body": "' + b"a" * 10_000_000 + b'"}\n' + b'{"id": "10", "body": "ok"}\n'
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(lines)))

    code, complaint, everything = answer(ground, capsys, "match ok")

    assert (code, is_clear(complaint)) == (PARTLY, True)
    assert everything.split()[:2] == ["3", "10"]


def test_a_reader_that_goes_away_ends_the_command_quietly(ground):
    ground.run("import", ground.file("a.csv", COMPLAINTS))
    command = " ".join(f"'{word}'" for word in ground.command("documents"))

    process = os.popen(f"cd '{Path.cwd()}' && {command} 2>&1 | head -c 1")

    assert "Traceback" not in process.read()
