"""A topic from a file of one's own reaches findings, facts and the brief's words."""

from dataclasses import replace

from scheduler.brief import brief_of, topic_names
from scheduler.worker import Worker
from store import documents
from store.engine import open_store
from tests import make
from tests.scheduler import scene

OWN = """
[[topic]]
id = "outage"
name = "系统瘫痪"
pipl = []
rule = [{ when = ["瘫痪"], score = 0.8 }]
"""


def test_a_users_topic_is_found_and_named(tmp_path):
    file = tmp_path / "own.toml"
    file.write_text(OWN, encoding="utf-8")
    radar = replace(scene.radar(tmp_path / "data"), topic_files=(file,))
    store = open_store(radar.store_url)
    scene.settle(store, radar)
    scene.arrive(store, scene.article(0, title="星禾科技系统瘫痪", body="今早起星禾科技系统瘫痪，无法登录。"))
    Worker(radar, store, lambda: make.NOW).drain()

    with store.read() as connection:
        (stored,) = documents.load(connection, [i for i, _version in documents.every_id(connection)]).values()
    day = make.NOW.date()
    assert "outage" in [topic.id for topic in stored.finding.topics]
    assert topic_names(radar)["outage"] == "系统瘫痪"
    assert "outage" in [row.topic for row in brief_of(radar, store, day, now=make.NOW).topics]
    store.close()
