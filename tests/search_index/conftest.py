"""The engines that the conformance suite runs on: a folder, and a real Elasticsearch where one can be had."""

import os
from itertools import count

import pytest

from search_index import open_index

ENGINES = ["tantivy", pytest.param("elasticsearch", marks=pytest.mark.external_service)]
_numbers = count()


@pytest.fixture(params=ENGINES)
def engine(request):
    return request.param


@pytest.fixture
def open_again(engine, tmp_path, request):
    """Opens one index, as often as asked; closes what was opened."""
    settings = {"path": tmp_path / "index"}
    if engine == "elasticsearch":
        url = request.getfixturevalue("elastic_url")
        settings = {"url": url, "prefix": f"t{os.getpid()}-{next(_numbers)}", "replicas": 0}
    opened = []

    def open_one(mode="write"):
        opened.append(open_index(engine, mode=mode, **settings))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


@pytest.fixture
def index(open_again):
    return open_again("write")
