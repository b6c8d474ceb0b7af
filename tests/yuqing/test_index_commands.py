"""`yuqing index`, the search for stories, and exports: what people and programs read from them."""

import csv
import json
import os
import shutil
import subprocess
import time
from datetime import UTC, datetime
from io import StringIO
from itertools import count

import pytest

from scheduler.index_care import Comparison, DayDifference
from scheduler.indexer import open_index_at, writing_index
from scheduler.radar import IndexPlace
from search_index.base import Delete, IndexBusy
from store import documents, index_outbox, index_refused
from store.engine import open_store
from tests.faults.ground import Ground
from yuqing.config import load_config
from yuqing.exports import cell
from yuqing.wiring import App

COMPLAINTS = "工单号,内容,受理时间,客户编号\n" + "".join(
    f"{n},{text},2026-11-{20 - n % 3:02d} 09:00,C{n}\n"
    for n, text in enumerate(
        [
            "星禾科技泄露了我的手机号，天天有推销电话，客服不理",
            "=1+2 星禾科技的合同里写着同意共享信息，我从未同意过",
            "城南公园的长椅坏了，希望尽快修理，老人都没地方坐了",
            "星禾科技注销账户要跑三趟，每次都说资料不全，太麻烦",
            "联系电话13812345678，星禾科技泄露信息后一直没有人回电",
        ]
    )
)
_numbers = count()


@pytest.fixture
def ground(tmp_path):
    """A radar that has read a few complaints."""
    ground = Ground(tmp_path).configure()
    ground.file("complaints.csv", COMPLAINTS)
    assert ground.run("import", tmp_path / "complaints.csv", "--source", "hotline") == 0
    return ground


def answer(ground, capfd, *arguments, code=0):
    """The JSON that a command prints."""
    capfd.readouterr()
    assert ground.run(*arguments, "--json") == code
    return json.loads(capfd.readouterr().out)


def take_out(ground, which):
    """Delete a document from the index alone, as damage would; its day."""
    app = App.open(load_config(ground.config))
    with app.store.read() as connection:
        identity, version, moment = sorted(documents.every_moment(connection))[which]
        seq = index_outbox.last(connection)
    index = app.open_index("write")
    index.apply([Delete(identity, version)], seq=seq)
    index.close()
    app.store.close()
    return moment.date().isoformat()


def test_the_status_of_a_sound_index(ground, capfd):
    status = answer(ground, capfd, "index", "status")

    assert (status["backend"], status["documents"], status["stored"]) == ("tantivy", 5, 5)
    assert (status["equal"], status["behind"], status["refused"], status["running"]) == (True, 0, 0, False)
    assert status["size_bytes"] > 0


def test_verify_names_the_days_that_differ_and_repair_mends_only_them(ground, capfd):
    day = take_out(ground, 2)

    found = answer(ground, capfd, "index", "verify", code=1)
    mended = answer(ground, capfd, "index", "repair")

    assert [one["day"] for one in found["days"]] == [day]
    assert mended == {"days": [day], "ordered": 1, "ahead": 0, "equal": True}
    assert answer(ground, capfd, "index", "verify")["equal"]


def test_rebuild_makes_a_new_generation_with_every_document(ground, capfd):
    before = answer(ground, capfd, "index", "status")
    take_out(ground, 0)

    done = answer(ground, capfd, "index", "rebuild")

    assert done["generation"] != before["generation"]
    assert done["documents"] == 5
    assert answer(ground, capfd, "index", "verify")["equal"]


def test_refused_documents_are_listed_and_tried_again_on_request(ground, capfd):
    store = open_store(f"sqlite:///{ground.data}/radar.db")
    with store.write() as connection:
        identity = next(documents.every_id(connection))[0]
        index_refused.note(connection, [], {identity: (1, "400 immense term")}, now=datetime.now(UTC))
    store.close()

    assert answer(ground, capfd, "index", "refused") | {"at": ""} == {
        "id": identity,
        "version": 1,
        "reason": "400 immense term",
        "at": "",
    }
    assert answer(ground, capfd, "status")["index"]["refused"] == 1
    assert ground.run("index", "refused", "--replay") == 0
    assert "没有被拒收的文档" in capfd.readouterr().out


def test_switch_builds_the_configured_index_and_leaves_the_orders_to_the_one_in_use(ground, capfd):
    shutil.rmtree(ground.data / "index")

    done = answer(ground, capfd, "index", "switch")

    assert done == {"backend": "tantivy", "documents": 5, "equal": True, "behind": 0}


def test_switch_leaves_an_index_alone_that_is_in_use(ground, capfd):
    """Whatever the engine: the lock is ours."""
    app = App.open(load_config(ground.config))
    before = answer(ground, capfd, "index", "status")["generation"]
    with writing_index(app.radar.index, data_dir=app.radar.data_dir, zone=app.radar.zone):
        assert ground.run("index", "switch") == 1
        assert "正在用着" in capfd.readouterr().err
        assert ground.run("search", "泄露") == 0, "a search asks, and leaves the writing to the writer"

    assert answer(ground, capfd, "index", "status")["generation"] == before


def test_the_lock_of_an_index_is_ours_where_the_engine_has_none(tmp_path, monkeypatch):
    places = [IndexPlace("elasticsearch", "http://127.0.0.1:9", name) for name in ("one", "two")]
    zone = load_config(Ground(tmp_path).configure().config).timezone
    opened = {"data_dir": tmp_path, "zone": zone}

    monkeypatch.setattr("scheduler.indexer.open_index_at", lambda place, **_options: StringIO())
    with (
        writing_index(places[0], **opened),
        writing_index(places[1], **opened),
        pytest.raises(IndexBusy, match="one"),
        writing_index(places[0], **opened),
    ):
        pass
    with writing_index(places[0], **opened):
        pass


def test_a_switch_that_left_a_difference_says_so(ground, capfd, monkeypatch):
    day = DayDifference("2026-11-18", stored=2, indexed=1)
    monkeypatch.setattr("scheduler.index_care.compare", lambda *_a, **_o: Comparison(5, (day,), behind=0, refused=0))

    assert not answer(ground, capfd, "index", "switch", code=1)["equal"]
    assert ground.run("index", "switch") == 1
    shown = capfd.readouterr().out
    assert "2026-11-18：库中 2 篇，索引中 1 篇" in shown
    assert "建好了" not in shown


def test_why_a_document_is_no_hit_is_told_clause_by_clause(ground, capfd):
    [item] = answer(ground, capfd, "search", "长椅")["items"]

    told = answer(ground, capfd, "search", "长椅", "(泄露", "OR", "老人)", "--why", item["id"])
    assert ground.run("search", "长椅", "泄露", "--why", item["id"]) == 0

    assert told["id"] == item["id"]
    assert [part["matched"] for part in told["clause"]["parts"]] == [True, True]
    assert capfd.readouterr().out.splitlines() == ["✗ 长椅 泄露", "  ✓ 长椅", "  ✗ 泄露"]
    assert ground.run("search", "长椅", "--why", "nothing") == 2


def test_people_read_lines(ground, capfd):
    capfd.readouterr()
    for part in ("status", "verify", "repair", "rebuild", "refused"):
        assert ground.run("index", part) == 0
    shown = capfd.readouterr().out

    assert "与库一致" in shown
    assert "一致：5 篇。" in shown
    assert "重建好了" in shown


# ---------------------------------------------------------------- searching and exports


def test_people_see_facets_days_and_stories(ground, capfd):
    capfd.readouterr()
    assert ground.run("search", "星禾科技", "--facets", "--hours", "--stories") == 0
    shown = capfd.readouterr().out

    assert "共 4 篇" in shown
    assert "合为 4 个稿件族" in shown
    assert "来源：客服工单 4" in shown
    assert "取法：import 4" in shown
    assert "每小时的篇数" in shown
    assert "11-20" in shown
    assert "█" in shown


def test_an_export_as_json_lines_holds_every_match(ground, capfd, tmp_path):
    assert ground.run("search", "星禾科技", "--export", tmp_path / "all.jsonl") == 0

    rows = [json.loads(line) for line in (tmp_path / "all.jsonl").read_text("utf-8").splitlines()]
    assert "4 篇写入" in capfd.readouterr().out
    assert len(rows) == len({row["id"] for row in rows}) == 4
    assert set(rows[0]) >= {"id", "title", "body", "url", "sentiment", "topics", "story"}
    assert (tmp_path / "all.jsonl").stat().st_mode & 0o077 == 0


def test_an_export_as_csv_is_safe_to_open_in_a_spreadsheet(ground, tmp_path):
    """Excel needs the mark at the beginning, and executes a cell that begins with =."""
    assert ground.run("search", "星禾科技", "--export", tmp_path / "all.csv") == 0

    raw = (tmp_path / "all.csv").read_bytes()
    rows = list(csv.DictReader(raw.decode("utf-8-sig").splitlines()))
    texts = [row["正文"] for row in rows]
    assert raw.startswith(b"\xef\xbb\xbf")
    assert len(rows) == 4
    assert not [text for text in texts if text.startswith("=")]
    assert [text for text in texts if text.startswith("'=1+2")]
    assert b"13812345678" not in raw


def test_an_export_overwrites_nothing_and_wants_a_known_kind(ground, capfd, tmp_path):
    kept = ground.file("kept.csv", "mine")

    assert ground.run("search", "星禾科技", "--export", kept) == 2
    assert ground.run("search", "星禾科技", "--export", tmp_path / "all.xlsx") == 2
    assert kept.read_text() == "mine"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "－"])
def test_no_cell_begins_like_a_formula(start):
    assert cell("body", f"{start}HYPERLINK(1)").startswith("'")
    assert cell("topics", ["leak", "自定"]) == "信息泄露、自定"


# ---------------------------------------------------------------- Elasticsearch


def test_a_server_that_is_down_is_a_clear_line_and_documents_wait(tmp_path, capfd):
    down = "index: {backend: elasticsearch, url: 'http://127.0.0.1:9'}"
    ground = Ground(tmp_path).configure(more=down)
    ground.file("complaints.csv", COMPLAINTS)
    ground.run("import", tmp_path / "complaints.csv", "--source", "hotline")
    capfd.readouterr()

    assert ground.run("search", "泄露") == 1
    said = capfd.readouterr().err
    status = answer(ground, capfd, "status")

    assert "没有应答" in said
    assert len(said.splitlines()) == 1
    assert status["documents"] == 5
    assert (status["index"]["ok"], status["index"]["behind"]) == (False, 5)
    assert "没有应答" in status["index"]["trouble"]


@pytest.mark.parametrize("url", ["http://search.example:9200", "https://a.example:9200, http://b.example:9200"])
def test_plain_http_to_another_machine_is_refused(tmp_path, capfd, url):
    ground = Ground(tmp_path).configure(more=f"index: {{backend: elasticsearch, url: '{url}'}}")

    assert ground.run("search", "泄露") == 3
    assert "https" in capfd.readouterr().err


@pytest.mark.external_service
@pytest.mark.timeout(240)
def test_changing_the_backend_in_the_file_is_all_it_takes(ground, elastic_url, capfd):
    before = answer(ground, capfd, "search", "泄露", "--facets")
    name = f"c{os.getpid()}-{next(_numbers)}"
    ground.configure(more=f"index: {{backend: elasticsearch, url: '{elastic_url}', name: {name}}}")

    after = answer(ground, capfd, "search", "泄露", "--facets")
    status = answer(ground, capfd, "index", "status")

    assert after == before
    assert (status["backend"], status["equal"]) == ("elasticsearch", True)
    assert answer(ground, capfd, "index", "rebuild")["documents"] == 5
    assert ground.run("doctor") in (0, 1)


@pytest.mark.external_service
@pytest.mark.timeout(240)
def test_the_running_indexer_catches_up_when_the_server_comes_back(ground, elastic_url, capfd, tmp_path):
    """The server is behind a relay that is switched on late; nobody restarts anything."""
    port, name = _free_port(), f"c{os.getpid()}-{next(_numbers)}"
    ground.configure(more=f"index: {{backend: elasticsearch, url: 'http://127.0.0.1:{port}', name: {name}}}")
    running = ground.start("run")
    relay = None
    try:
        _wait((ground.data / "logs" / "indexer.log").exists, "the indexer to start")
        _wait(
            lambda: "没有应答" in ground.data.joinpath("logs", "indexer.log").read_text("utf-8"),
            "the indexer to say so",
        )
        relay = subprocess.Popen(
            [os.sys.executable, "-m", "tests.yuqing.relay", str(port), elastic_url.rpartition(":")[2]]
        )
        place = IndexPlace("elasticsearch", elastic_url, name)
        _wait(lambda: _found(place, load_config(ground.config).timezone) == 5, "five documents to be found")
    finally:
        running.terminate()
        running.wait(40)
        if relay:
            relay.terminate()
            relay.wait(10)


def _found(place, zone):
    index = open_index_at(place, data_dir=None, mode="read", zone=zone)
    try:
        return index.health().documents
    except Exception:
        return None
    finally:
        index.close()


def _free_port():
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait(done, what, seconds=90):
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until, f"waited in vain for {what}"
        time.sleep(0.3)
