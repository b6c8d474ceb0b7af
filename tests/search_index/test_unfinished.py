"""A writer killed in mid-commit leaves files behind that must not stop the next one."""

from search_index import open_index
from search_index.base import Put
from search_index.query import parse
from tests import make


def test_a_mark_of_deletion_that_no_commit_names_is_taken_away_and_a_named_one_stays(tmp_path):
    index = open_index("tantivy", path=tmp_path, mode="write")
    index.apply([Put(make.facts(id=f"d{n}", version=1)) for n in range(9)], seq=1)
    index.apply([Put(make.facts(id="d1", version=2))], seq=2)
    index.close()
    (meta,) = tmp_path.glob("*/meta.json")
    named = {file.name for file in meta.parent.glob("*.del")}
    orphan = meta.parent / f"{'a' * 32}.99.del"
    orphan.write_bytes(b"half")

    again = open_index("tantivy", path=tmp_path, mode="write")
    again.apply([Put(make.facts(id="d2", version=2))], seq=3)

    assert named
    assert not orphan.exists()
    assert again.count(parse("信息"), now=make.NOW) == 9
    again.close()
