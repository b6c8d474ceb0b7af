"""`yuqing doctor` names what is wrong and says what to do, and changes nothing."""

import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from search_index import open_index
from store import documents
from store.engine import open_store
from tests import make
from tests.scheduler import scene
from yuqing.cli import main
from yuqing.config import Config, load_config
from yuqing.doctor import disk, machine, outside
from yuqing.doctor.check import Check, table
from yuqing.keys import make_key

from .make import config_file, source

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def configured(home: Path, more: str = "", **values: object) -> Config:
    """A configuration with one source, and more lines under it."""
    return load_config(config_file(home, source(**values) + more, mode=0o600))


def test_advice_stands_under_what_was_seen():
    shown = table([Check("Python", "ok", "3.11"), Check("邮件", "fail", "连不上", "请检查")])

    assert shown.splitlines() == ["✓ Python  3.11", "✗ 邮件    连不上", "          → 请检查"]


def test_all_is_well_ends_with_0_and_a_broken_configuration_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    good = config_file(tmp_path, "company: 星禾科技\n")
    assert main(["--config", str(good), "doctor"]) == 0
    assert not (tmp_path / "data").exists()

    bad = config_file(tmp_path, "compny: 星禾科技\n")
    assert main(["--config", str(bad), "doctor"]) == 1
    assert f"{bad}:1: " in capsys.readouterr().out


def test_a_radar_that_does_not_listen_for_its_own_company_is_told(tmp_path: Path):
    other = configured(tmp_path, "watch: {companies: [{name: 云鹭银行}]}\n")
    (tmp_path / "own").mkdir()

    assert machine.watch(configured(tmp_path / "own")).state == "ok"
    check = machine.watch(other)
    assert (check.state, check.seen) == ("warn", f"只听 云鹭银行，不听 {other.company}")


def test_the_dump_masks_secrets(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = config_file(tmp_path, "company: 星禾\nmail: {username: a, password: hunter2}\n", mode=0o600)

    assert main(["--config", str(path), "doctor", "--config-dump"]) == 0
    shown = capsys.readouterr().out
    assert "username: a" in shown
    assert "hunter2" not in shown


def test_a_package_that_stands_in_our_place_is_named(monkeypatch: pytest.MonkeyPatch):
    """PyPI has a `scheduler` and a `search_index`; installed beside us they overwrite ours."""
    elsewhere = ModuleSpec("scheduler", None, origin="/somewhere/scheduler/__init__.py")
    monkeypatch.setattr(machine, "find_spec", lambda name: elsewhere)
    monkeypatch.setattr(machine, "packages_distributions", lambda: {"scheduler": ["scheduler", "yuqing-radar"]})

    found = list(machine.names())

    assert {each.state for each in found} == {"fail"}
    assert "/somewhere/scheduler" in found[-1].seen
    assert any("scheduler 也来自 scheduler" in each.seen for each in found)


def test_our_own_packages_are_found():
    assert [each.state for each in machine.names()] == ["ok"]
    assert machine.python().state == "ok"


def test_a_clock_before_this_program_was_written_is_wrong():
    assert machine.clock(None, datetime(2020, 1, 1, tzinfo=UTC)).state == "fail"
    assert machine.clock(None, NOW).state == "ok"


def test_too_little_room_is_a_failure(tmp_path: Path):
    assert disk.data_folder(configured(tmp_path)).state == "ok"
    assert disk.data_folder(configured(tmp_path, "free_space_floor: 999999999GB\n")).state == "fail"


def test_a_data_folder_that_is_a_file_is_a_failure(tmp_path: Path):
    (tmp_path / "data").write_text("")

    assert disk.data_folder(configured(tmp_path)).state == "fail"


def test_a_store_is_judged_without_being_made(tmp_path: Path):
    config = configured(tmp_path)
    assert disk.store(config).state == "ok"
    assert not config.data_dir.exists()

    open_store(config.store.url).close()
    assert disk.store(config).state == "ok"


def test_a_store_from_a_newer_program_is_a_failure(tmp_path: Path):
    config = configured(tmp_path)
    open_store(config.store.url).close()
    with sqlite3.connect(config.data_dir / "radar.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")

    assert disk.store(config).state == "fail"


def test_a_store_that_is_no_database_is_a_failure(tmp_path: Path):
    config = configured(tmp_path)
    config.data_dir.mkdir()
    (config.data_dir / "radar.db").write_bytes(b"not a database" * 100)

    assert disk.store(config).state == "fail"


def test_a_database_without_its_driver_is_a_failure(tmp_path: Path):
    config = configured(tmp_path, "store: {url: 'postgresql+nodriver://127.0.0.1/radar'}\n")

    assert disk.store(config).state == "fail"


def test_an_index_is_judged_without_being_made(tmp_path: Path):
    config = configured(tmp_path)
    assert disk.index(config).state == "ok"
    assert not config.data_dir.exists()

    open_index(path=config.data_dir / "index", mode="write").close()
    assert disk.index(config).state == "ok"


def test_an_index_that_has_nothing_of_the_store_is_a_warning(tmp_path: Path):
    """As while it is built anew after an upgrade, or for another time zone."""
    config = configured(tmp_path)
    store = open_store(config.store.url)
    with store.write() as connection:
        documents.add(connection, scene.article(1), make.finding(), backfill=False, now=NOW)
    store.close()

    open_index(path=config.data_dir / "index", mode="write").close()
    assert disk.index(config).state == "warn"
    index = open_index(path=config.data_dir / "index", mode="write")
    index.apply([], seq=1)
    index.close()
    assert disk.index(config).state == "ok"
    mark = next((config.data_dir / "index").glob("g*/layout"))
    mark.write_text("layout 0.0 zone Asia/Shanghai")
    assert "另一套规则" in disk.index(config).seen


def test_an_index_that_is_broken_is_a_warning(tmp_path: Path):
    config = configured(tmp_path)
    (config.data_dir / "index").mkdir(parents=True)
    (config.data_dir / "index" / "rubbish").write_text("x")

    assert disk.index(config).state == "warn"


def test_the_key_is_for_its_owner_alone(tmp_path: Path):
    config = configured(tmp_path)
    assert disk.key(config).state == "ok"

    make_key(config.pseudonym_key_file)
    assert disk.key(config).state == "ok"
    config.pseudonym_key_file.chmod(0o644)
    assert disk.key(config).advice == f"chmod 600 {config.pseudonym_key_file}"
    config.pseudonym_key_file.write_text("short")
    assert disk.key(config).state == "fail"


def test_a_key_that_is_gone_while_the_store_stands_is_a_failure(tmp_path: Path):
    config = configured(tmp_path)
    open_store(config.store.url).close()

    assert disk.key(config).state == "fail"


def test_a_folder_to_import_from_is_looked_at(tmp_path: Path):
    config = configured(tmp_path, channel="import", url=None, folder="inbox")
    assert [each.state for each in disk.import_folders(config)] == ["warn"]

    (tmp_path / "inbox").mkdir()
    assert [each.state for each in disk.import_folders(config)] == ["ok"]


def test_nobody_to_tell_is_said(tmp_path: Path):
    config = configured(tmp_path)

    assert [each.state for each in outside.recipients(config)] == ["warn", "warn"]
    assert outside.mail(config).state == "ok"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@pytest.fixture
def smtp() -> Iterator[int]:
    """A mail server on loopback that knows one password and counts no mail; its port."""
    controller = Controller(
        object(),
        hostname="127.0.0.1",
        port=free_port(),
        authenticator=lambda _server, _session, _envelope, _kind, login: AuthResult(
            success=login.password == b"right", handled=False
        ),
        auth_require_tls=False,
    )
    controller.start()
    yield controller.port
    controller.stop()


@pytest.mark.parametrize(("password", "state"), [("right", "ok"), ("wrong", "fail")])
def test_the_mail_server_is_greeted_without_sending(tmp_path: Path, smtp: int, password: str, state: str):
    mail = f"mail: {{port: {smtp}, username: a, password: {password}}}\nbrief: {{to: pr@xinghe.example}}\n"

    check = outside.mail(configured(tmp_path, mail))

    assert check.state == state
    assert state == "ok" or "授权码" in check.seen


def test_a_mail_server_that_is_not_there_is_a_failure(tmp_path: Path):
    check = outside.mail(configured(tmp_path, "mail: {port: 1}\nbrief: {to: pr@xinghe.example}\n"))

    assert check.state == "fail"


@contextmanager
def site(robots: tuple[int, str], page: int = 200) -> Iterator[tuple[str, list[str]]]:
    """A site on loopback: its address, and the paths that were asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            status, body = robots if self.path == "/robots.txt" else (page, "")
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("robots", "page", "state"),
    [
        ((404, ""), 200, "ok"),
        ((200, "User-agent: *\nDisallow: /private"), 200, "ok"),
        ((200, "User-agent: *\nDisallow: /"), 200, "fail"),
        ((503, ""), 200, "fail"),
        ((404, ""), 500, "fail"),
    ],
)
def test_a_site_is_asked_only_with_online(tmp_path: Path, robots: tuple[int, str], page: int, state: str):
    with site(robots, page) as (address, asked):
        config = configured(tmp_path, url=f"{address}/rss.xml", allow_private="true")

        assert [each.state for each in outside.sources(config, online=False)] == ["ok"]
        assert asked == []
        assert [each.state for each in outside.sources(config, online=True)][1:] == [state]
        assert asked[0] == "/robots.txt"


def test_a_site_that_is_down_is_a_failure(tmp_path: Path):
    config = configured(tmp_path, url="http://127.0.0.1:1/rss.xml", allow_private="true")

    assert [each.state for each in outside.sources(config, online=True)][1:] == ["fail"]


def test_a_remote_source_without_contact_is_a_warning(tmp_path: Path):
    assert [each.state for each in outside.sources(configured(tmp_path), online=False)] == ["ok", "warn"]
    config = configured(tmp_path, "contact: radar@xinghe.example\n")
    assert [each.state for each in outside.sources(config, online=False)] == ["ok"]


def test_what_this_version_cannot_do_is_said(tmp_path: Path):
    config = configured(tmp_path, "contact: radar@xinghe.example\n", render="true")

    assert [each.state for each in outside.sources(config, online=False)] == ["ok", "warn"]


def test_doctor_shows_no_trace_on_stderr(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    main(["--config", str(tmp_path / "none.yaml"), "doctor", "--json"])
    shown = capfd.readouterr()

    assert "Traceback" not in shown.err + shown.out
    assert shown.out.count("\n") >= 4
