"""A fresh store in a file, and a clock that stands."""

import pytest

from store.engine import open_store


@pytest.fixture
def store(tmp_path):
    opened = open_store(f"sqlite:///{tmp_path}/radar.db")
    yield opened
    opened.close()
