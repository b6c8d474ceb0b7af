"""What several packages' tests share: a real Elasticsearch, where one can be had."""

import os

import pytest

from analysis.segment import Segmenter
from tests.search_index.elastic_server import Missing, server


@pytest.fixture(scope="session")
def elastic_url():
    """A running Elasticsearch. Without one the tests are skipped with the reason; in CI that is a failure."""
    try:
        running = server()
        url = running.__enter__()
    except Missing as missing:
        if os.environ.get("CI"):
            pytest.fail(f"CI must test on Elasticsearch: {missing}")
        pytest.skip(f"no Elasticsearch: {missing}")
    yield url
    running.__exit__(None, None, None)


@pytest.fixture(scope="session", autouse=True)
def _dictionary() -> object:
    """One segmenter that holds jieba's dictionary, so that those of the tests need not load it again."""
    return Segmenter(accelerate=False)
