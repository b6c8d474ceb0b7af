"""The filters: forms of the contract, order kept, a bad line costs only itself, never a traceback."""

import io
import json
import os
import resource
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from core.values import Company, Watch
from yuqing.cli import main
from yuqing.commands.analyse import analysis_of
from yuqing.jsonl import LONGEST_LINE_BYTES, Filter
from yuqing.schemas import schema_of


class Run:
    """Runs one filter in this process with bytes on standard input."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch, self.capfd = monkeypatch, capfd

    def __call__(self, *arguments: str, given: bytes = b"") -> tuple[int, list[str], list[str]]:
        """Exit code, lines of output, lines on standard error."""
        self.monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given)))
        code = main(list(arguments))
        shown = self.capfd.readouterr()
        assert "Traceback" not in shown.err
        return code, shown.out.splitlines(), shown.err.splitlines()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """A filter to run, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return Run(monkeypatch, capfd)


def lines(*values: object) -> bytes:
    """JSON lines."""
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values).encode()


BAD_LINES = [
    (b"not json", "JSON"),
    (b"[1]", "JSON"),
    (b'{"id": "\xff\xfe"}', "UTF-8"),
    (b'{"id": NaN}', "JSON"),
    (b'{"id": "a", "body": ' + b"[" * 5000 + b"]" * 5000 + b"}", ""),
]


@pytest.mark.parametrize(("bad", "said"), BAD_LINES)
@pytest.mark.parametrize("command", [["analyse"], ["match", "泄露"]])
def test_a_bad_line_costs_only_itself(run: Run, command: list[str], bad: bytes, said: str):
    good = lines({"id": "a", "body": "信息泄露"}, {"id": "b", "body": "信息泄露"}).splitlines()

    code, out, err = run(*command, given=b"\n".join([good[0], bad, b"", good[1]]))

    assert code == 4
    assert len(out) == 2
    assert len(err) == 2
    assert err[0].startswith("第 2 行")
    assert said in err[0]


def test_a_line_without_its_kind_is_read_as_what_it_looks_like(run: Run):
    """As docs/filters.md says: guessed, and not news whatever it is."""
    texts = {
        "post": "笑死，刚在星禾科技注册完就有人打电话问我要不要贷款，你们是不是装监控了啊",
        "complaint": "客户来电称其从未在星禾科技办理贷款，要求核实名下借款来源并书面答复。",
    }
    given = [{"body": text, "targets": ["星禾科技"]} for text in texts.values()]
    told = [{**line, "kind": kind} for kind, line in zip(texts, given, strict=True)]

    code, out, _err = run("analyse", given=lines(*given, *told))

    assert (code, out[:2]) == (0, out[2:])


def test_a_stumble_of_ours_costs_one_line_too(run: Run, capfd: pytest.CaptureFixture[str]):
    sink = io.BytesIO()

    def work(line: bytes) -> list[str]:
        return [str(1 // int(line))]

    with pytest.raises(Exception, match="1"):
        Filter(io.BytesIO(b"1\n0\n1\n"), sink).run(work)
    assert sink.getvalue() == b"1\n1\n"
    assert "ZeroDivisionError" in capfd.readouterr().err


def test_a_line_without_end_does_not_fill_the_memory(run: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("yuqing.jsonl.LONGEST_LINE_BYTES", 100)

    code, out, err = run("match", "泄露", given=b"x" * 1000 + b"\n" + lines({"id": "a", "body": "泄露"}))

    assert (code, out) == (4, ["a"])
    assert err[0].startswith("第 1 行")


@pytest.mark.parametrize("no_id", [{"id": None}, {"id": ""}, {}, {"id": ["a"]}])
def test_a_document_without_an_id_is_a_bad_line(run: Run, no_id: dict[str, object]):
    code, out, err = run("match", "泄露", given=lines({"body": "泄露", **no_id}, {"id": 0, "body": "泄露"}))

    assert (code, out) == (4, ["0"])
    assert err[0].startswith("第 1 行")
    assert "id" in err[0]


def test_a_line_of_ten_megabytes_is_read(run: Run):
    assert LONGEST_LINE_BYTES > 10 * 2**20

    code, out, _err = run("match", "泄露", given=lines({"id": "a", "body": "好" * 3_500_000 + "泄露"}))

    assert (code, out) == (0, ["a"])


WATCH = """\
companies:
  - name: 星禾科技
    aliases: {full: [星禾科技], person: [陆明远]}
  - name: 云鹭银行
hotlines: [400-000-1234]
"""


def test_analyse_gives_every_company_of_the_watch_and_masks_in_place(run: Run, tmp_path: Path):
    (tmp_path / "watch.yaml").write_text(WATCH, "utf-8")
    body = "星禾科技泄露了我的信息，陆明远请回电13800138000，热线400-000-1234没人接"

    code, out, err = run("analyse", "--watch", "watch.yaml", given=lines({"id": "d1", "title": "曝光", "body": body}))

    found = json.loads(out[0])
    text = f"曝光\n{body}"
    assert (code, err) == (0, [])
    assert list(found["companies"]) == ["星禾科技", "云鹭银行"]
    assert found["companies"]["云鹭银行"] == {"verdict": "out", "mentions": [], "sentiment": None}
    mention = found["companies"]["星禾科技"]["mentions"][0]
    assert text[mention["start"] : mention["end"]] == mention["text"] == "星禾科技"
    assert [mask["type"] for mask in found["masks"]] == ["mobile"]
    assert len(found["masked_text"]) == len(text)
    assert "陆明远" in found["masked_text"]
    assert "400-000-1234" in found["masked_text"]


def test_targets_stand_in_place_of_the_watch(run: Run):
    _code, out, _err = run("analyse", given=lines({"id": 1, "text": "云鹭银行很好", "targets": ["云鹭银行"]}))

    assert list(json.loads(out[0])["companies"]) == ["云鹭银行"]
    assert json.loads(out[0])["id"] == 1


def test_the_watch_of_the_configuration_is_used_when_there_is_one(run: Run, tmp_path: Path):
    (tmp_path / "yuqing.yaml").write_text("company: 云鹭银行\n", "utf-8")

    _code, out, _err = run("analyse", given=lines({"id": 1, "text": "云鹭银行很好", "kind": "客户声音"}))

    assert list(json.loads(out[0])["companies"]) == ["云鹭银行"]


def test_astral_characters_and_half_ones_keep_offsets(run: Run):
    given = '{"id":1,"text":"😀\\ud800𠮷云鹭银行","targets":["云鹭银行"]}\n'.encode()

    code, out, _err = run("analyse", given=given)

    found = json.loads(out[0])
    assert code == 0
    assert found["companies"]["云鹭银行"]["mentions"][0]["start"] == 3
    assert len(found["masked_text"]) == 7


@pytest.mark.parametrize(
    "arguments",
    [
        ["analyse", "--watch", "none.yaml"],
        ["analyse", "none.jsonl"],
        ["match", "信息 AND"],
        ["match", "泄露", "--now", "昨天"],
        ["match"],
        ["canonical", "--source", "none.yaml"],
        ["stories", "none.jsonl"],
        ["extract"],
    ],
)
def test_wrong_usage_ends_with_2(run: Run, arguments: list[str]):
    code, out, err = run(*arguments)

    assert (code, out) == (2, [])
    assert err


def test_match_prints_ids_in_order_and_counts_days_from_now(run: Run):
    given = lines(
        {"id": "a", "title": "信息泄露", "body": "", "date": "2026-11-20T10:00:00", "sentiment": "负面"},
        {"id": "b", "title": "信息泄露", "body": "", "date": "2026-11-10T10:00:00", "sentiment": "neg"},
        {"id": "c", "title": "信息泄露", "body": "", "sentiment": "pos"},
    )

    assert run("match", "信息泄露 情感:负面", given=given)[1] == ["a", "b"]
    assert run("match", "--now", "2026-11-20T23:00:00", "信息泄露 时间:今天", given=given)[1] == ["a"]
    assert run("match", "-时间:近7天", "--now", "2026-11-20T23:00:00", given=given)[1] == ["b", "c"]
    assert run("match", "--now", "2026-11-20T23:00:00", "--", "-时间:近7天", given=given)[1] == ["b", "c"]


def test_canonical_gives_twins_one_key(run: Run, tmp_path: Path):
    (tmp_path / "s.yaml").write_text("strip_parameters: [seed]\n", "utf-8")
    given = (
        b"https://m.news.example/a?utm_source=x\nhttp://news.example/a/\n\nnews\xff\nhttps://news.example/a?seed=7\n"
    )

    code, out, err = run("canonical", "--source", "s.yaml", given=given)

    assert code == 4
    assert err[0].startswith("第 4 行")
    assert [row.split("\t")[0] for row in out] == [
        "https://m.news.example/a?utm_source=x",
        "http://news.example/a/",
        "https://news.example/a?seed=7",
    ]
    assert len({row.split("\t")[1] for row in out}) == 1


REPORT = (
    "青岚新闻网讯：星禾科技今日证实，部分客户的手机号码与身份证号码遭到泄露，公司已经报警并开通专线。"
    "业内人士认为，此次事件暴露出第三方合作商管理的漏洞，监管部门已约谈相关负责人，要求限期整改并向社会公布结果。"
)


def test_stories_folds_reprints_and_the_earliest_published_is_the_first(run: Run):
    given = lines(
        {
            "id": "r",
            "title": "转载",
            "body": "编者按。" + REPORT,
            "published_at": "2026-11-20T12:00:00",
            "outlet": "乙",
        },
        {"id": "o", "title": "原文", "text": REPORT, "published_at": "2026-11-20T08:00:00", "outlet": "甲"},
        {
            "id": "x",
            "title": "别的",
            "text": "云鹭银行举办金融知识进社区活动，志愿者为居民讲解如何识别诈骗电话与短信。" * 2,
        },
    )

    code, out, _err = run("stories", given=given)

    rows = [json.loads(row) for row in out]
    assert code == 0
    assert [(row["id"], row["role"]) for row in rows] == [("r", "reprint"), ("o", "first"), ("x", "single")]
    assert rows[0]["story"] == rows[1]["story"] != rows[2]["story"] == "x"
    assert rows[0]["event"] == rows[1]["event"]


def test_stories_gives_back_ids_as_they_were_even_twins_and_numbers(run: Run):
    same = {"title": "原文", "text": REPORT, "published_at": None}

    _code, out, _err = run("stories", given=lines({"id": 7, **same}, {"id": 7, **same}, {**same}))

    assert [json.loads(row)["id"] for row in out] == [7, 7, None]
    assert {json.loads(row)["story"] for row in out} == {7}


def test_stories_names_a_bad_line_and_places_the_others(run: Run):
    code, out, err = run("stories", given=b"x\n" + lines({"id": 1, "text": REPORT}, {"id": 2}))

    assert (code, len(out), len(err)) == (4, 1, 3)


PAGE = """<html><head><meta charset="gbk"><title>星禾科技回应信息泄露 - 青岚新闻网</title></head><body>
<h1>星禾科技回应信息泄露</h1><div>2026年11月20日 08:30　来源：青岚新闻网</div>
<div class="content"><p>星禾科技今日回应称，已经第一时间报警，并逐一通知受影响的客户，请大家放心。</p>
<p>公司表示将承担相应责任，欢迎社会各界监督，后续进展会在官方网站公布，客服热线全天开通。</p></div></body></html>"""


def test_extract_prints_one_line_a_file_and_names_what_it_cannot_read(run: Run, tmp_path: Path):
    (tmp_path / "a.html").write_bytes(PAGE.encode("gbk"))
    (tmp_path / "b.html").write_bytes(b"")

    code, out, err = run("extract", "--url", "https://news.example/2026/1.html", "a.html", "none.html", ".", "b.html")

    page = json.loads(out[0])
    assert (code, len(out), len(err)) == (4, 2, 3)
    assert err[0].startswith("none.html")
    assert page["title"] == "星禾科技回应信息泄露"
    assert page["published_at"] == "2026-11-20T08:30:00+08:00"
    assert page["precision"] == "minute"
    assert page["kind"] == "article"
    assert page["posts"] == []
    assert json.loads(out[1])["title"] is None


def test_every_output_keeps_its_form(run: Run, tmp_path: Path):
    (tmp_path / "a.html").write_bytes(PAGE.encode("gbk"))
    documents = lines({"id": 1, "title": "曝光", "text": REPORT + "电话13800138000", "targets": ["星禾科技"]})

    for arguments, given in ((["analyse"], documents), (["stories"], documents), (["extract", "a.html"], b"")):
        _code, out, _err = run(*arguments, given=given)
        assert out
        for row in out:
            Draft202012Validator(schema_of(arguments[0])).validate(json.loads(row))


def test_ten_thousand_lines_do_not_grow_the_memory(run: Run):
    """One in ten here; `make soak` runs them all."""
    count = 10_000 if os.environ.get("YUQING_SOAK") else 1_000
    work = analysis_of(Watch((Company("星禾科技", {"full": ("星禾科技",)}),)))
    rows = [lines({"id": n, "title": f"第{n}篇", "text": f"{n}{REPORT}"}) for n in range(count)]
    for row in rows[: count // 2]:
        list(work(row))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for row in rows[count // 2 :]:
        list(work(row))

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000  # KiB
