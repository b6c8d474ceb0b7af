"""What only the embedded index promises: its folder may vanish, there is one writer."""

import shutil
from zoneinfo import ZoneInfo

import pytest

from search_index import open_index
from search_index.base import IndexBusy, IndexUnavailable, Put
from search_index.query import parse
from tests.search_index.make import NOW, facts


@pytest.fixture
def engine():
    return "tantivy"


def test_a_second_writer_is_told_who_writes(index, tmp_path):
    with pytest.raises(IndexBusy, match="进程"):
        open_index("tantivy", path=tmp_path / "index", mode="write")


def test_reading_before_there_is_an_index_says_so(tmp_path):
    reader = open_index("tantivy", path=tmp_path / "none", mode="read")

    with pytest.raises(IndexUnavailable):
        reader.search(parse("*"), now=NOW)


def test_a_deleted_folder_is_noticed_and_made_anew(index, open_again, tmp_path):
    reader = open_again("read")
    index.apply([Put(facts("a", body="甲"))], seq=5)
    assert reader.count(parse("*"), now=NOW) == 1
    shutil.rmtree(tmp_path / "index")

    with pytest.raises(IndexUnavailable):
        index.apply([Put(facts("b", body="甲"))], seq=6)
    with pytest.raises(IndexUnavailable):
        reader.search(parse("*"), now=NOW)

    assert index.applied_seq() == 0
    index.apply([Put(facts("b", body="甲"))], seq=6)
    assert reader.search(parse("*"), now=NOW).ids == ("b",)


@pytest.mark.parametrize("damage", ["meta.json", "layout"])
def test_a_damaged_generation_is_replaced_by_a_new_one(open_again, tmp_path, damage):
    first = open_again("write")
    first.apply([Put(facts("a", body="甲"))], seq=5)
    first.close()
    next((tmp_path / "index").glob(f"g*/{damage}")).write_text("{garbage")

    again = open_again("write")

    assert again.applied_seq() == 0


def test_lost_segment_files_are_noticed(open_again, tmp_path):
    first = open_again("write")
    first.apply([Put(facts("a", body="甲"))], seq=5)
    first.close()
    for file in (tmp_path / "index").glob("g*/*.store"):
        file.unlink()

    assert open_again("write").applied_seq() == 0


def test_another_zone_makes_the_index_anew(index, tmp_path):
    """Until it is made, a search is told so: an answer by other rules would be wrong and look exact."""
    index.apply([Put(facts("a"))], seq=5)
    index.close()

    reader = open_index("tantivy", path=tmp_path / "index", mode="read", zone=ZoneInfo("Europe/Berlin"))
    for ask in (lambda: reader.search(parse("*"), now=NOW), reader.applied_seq, reader.fits):
        with pytest.raises(IndexUnavailable, match="另一套规则"):
            ask()

    again = open_index("tantivy", path=tmp_path / "index", mode="write", zone=ZoneInfo("Europe/Berlin"))

    assert again.applied_seq() == 0
    again.close()


def test_one_generation_remains(index, tmp_path):
    for seq in (1, 2):
        with index.new_generation() as fresh:
            fresh.apply([], seq=seq)

    assert len(list((tmp_path / "index").glob("g*"))) == 1


def test_a_reader_makes_nothing_in_a_damaged_generation(index, open_again, tmp_path):
    meta = next((tmp_path / "index").glob("g*/meta.json"))
    meta.unlink()

    with pytest.raises(IndexUnavailable):
        open_again("read").count(parse("*"), now=NOW)

    assert not meta.exists()


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(IndexUnavailable, match="权限"):
        open_index("tantivy", path=tmp_path / "file" / "index", mode="write")


def test_an_index_that_could_not_be_opened_may_be_opened_again(tmp_path, monkeypatch):
    """The process that failed is not the other one that writes."""
    with monkeypatch.context() as full:
        full.setattr("search_index.generations.Generations.create", _disk_is_full)
        with pytest.raises(IndexUnavailable):
            open_index("tantivy", path=tmp_path / "index", mode="write")

    open_index("tantivy", path=tmp_path / "index", mode="write").close()


def _disk_is_full(_self):
    raise IndexUnavailable("No space left on device")
