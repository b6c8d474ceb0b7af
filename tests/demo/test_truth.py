"""The analysis against the truth that the world carries: whom a text is really about, and what it complains of."""

from datetime import UTC, date, datetime

import pytest

from analysis.analyse import Analyser
from core.values import CHINESE, Document
from yuqing.config import load_config
from yuqing.demo.config import write_config
from yuqing.demo.world import CRAWLED, world

WORLD = world(date(2025, 11, 21), datetime(2025, 11, 21, 12, 30, tzinfo=UTC))
JUDGED = [d for d in WORLD.documents if d.kind == "news" or d.floor == 1]
LEAST_RIGHT_SHARE = 0.95
"""One bird more or less: 65 of 66 were right when this was written."""


@pytest.fixture(scope="module")
def findings(tmp_path_factory):
    path = write_config(tmp_path_factory.mktemp("demo"), dict.fromkeys(CRAWLED, "http://127.0.0.11:1"), 2525)
    analyser = Analyser(load_config(path).watch)
    return {d.id: analyser.analyse(_document(d)) for d in JUDGED}


def _document(text):
    return Document(text.site, text.kind, text.id, text.title, text.body, WORLD.now, published_at=text.published_at)


def test_birds_rice_and_kindergartens_are_not_the_companies(findings):
    right = sum(set(findings[d.id].about) == set(d.about) for d in JUDGED)

    assert right / len(JUDGED) >= LEAST_RIGHT_SHARE


def test_every_privacy_topic_is_recognised_somewhere(findings):
    found = {t.id for d in JUDGED for t in findings[d.id].topics if t.id in d.topics}

    assert found == set(CHINESE["topic"])


def test_the_crisis_is_recognised_as_a_leak_of_the_company(findings):
    crisis = [d for d in JUDGED if d.round == 2 and "leak" in d.topics]
    seen = [d for d in crisis if "星禾科技" in findings[d.id].about and "leak" in {t.id for t in findings[d.id].topics}]

    assert len(seen) >= len(crisis) - 1
