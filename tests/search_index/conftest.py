"""The indexes that the conformance suite runs on."""

import pytest

from search_index import open_index


@pytest.fixture
def open_again(tmp_path):
    """Opens one index folder, as often as asked; closes what was opened."""
    opened = []

    def open_one(mode="write"):
        opened.append(open_index("tantivy", path=tmp_path / "index", mode=mode))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


@pytest.fixture
def index(open_again):
    return open_again("write")
