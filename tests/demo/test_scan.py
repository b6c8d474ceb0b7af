"""The byte scan finds what it must: in any encoding, in mails and in packed logs, and not where told to look away."""

import gzip
from email.message import EmailMessage

import pytest

from yuqing.demo.scan import in_clear

NUMBER = "１５００００３３０３３"


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "utf-16"])
def test_a_string_is_found_in_any_encoding(tmp_path, encoding):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "radar.db").write_bytes(b"\x00" + f"电话{NUMBER}。".encode(encoding))

    leaks, files = in_clear(tmp_path, [NUMBER, "absent"])

    assert [(leak.path.name, leak.text) for leak in leaks] == [("radar.db", NUMBER)]
    assert files == 1


def test_a_mail_is_read_decoded(tmp_path):
    mail = EmailMessage()
    mail.set_content("请回电 13800001101", cte="base64")
    (tmp_path / "001.eml").write_bytes(bytes(mail))

    assert [leak.text for leak in in_clear(tmp_path, ["13800001101"])[0]] == ["13800001101"]


def test_a_packed_log_is_unpacked(tmp_path):
    (tmp_path / "radar.log.1.gz").write_bytes(gzip.compress(b"13800001101"))

    assert len(in_clear(tmp_path, ["13800001101"])[0]) == 1


def test_skipped_folders_are_not_read(tmp_path):
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "a.csv").write_text("13800001101")

    assert in_clear(tmp_path, ["13800001101"], skip=[tmp_path / "inbox"]) == ([], 0)
