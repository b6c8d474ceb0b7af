"""What compose.yaml and docs/elasticsearch.md promise. Parsed only: no container is started here."""

import json
import re
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
SERVICES = COMPOSE["services"]
LASTING = {name: SERVICES[name] for name in ("elasticsearch", "yuqing")}


def test_nothing_runs_as_root_or_writes_to_its_root():
    assert all(re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"]) for service in SERVICES.values())
    assert all(service["read_only"] and service["cap_drop"] == ["ALL"] for service in LASTING.values())


def test_no_port_is_published_and_elasticsearch_has_no_way_out():
    assert [name for name, service in SERVICES.items() if "ports" in service] == []
    assert SERVICES["elasticsearch"]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"]["internal"]


def test_the_application_waits_for_a_healthy_server_of_the_official_image():
    assert SERVICES["yuqing"]["depends_on"]["elasticsearch"] == {"condition": "service_healthy"}
    assert SERVICES["elasticsearch"]["image"].startswith("docker.elastic.co/elasticsearch/elasticsearch:9.")
    assert "healthcheck" in SERVICES["elasticsearch"]


def test_what_must_last_lies_in_named_volumes():
    named = set(COMPOSE["volumes"])
    mounts = [mount for service in SERVICES.values() for mount in service["volumes"]]
    sources = {mount["source"] if isinstance(mount, dict) else mount.partition(":")[0] for mount in mounts}
    assert named <= sources
    assert {"radar-data", "radar-keys", "es-data"} <= named


def test_the_image_runs_as_a_user_of_its_own():
    lines = (ROOT / "Dockerfile").read_text("utf-8").splitlines()
    assert "USER 10001:10001" in lines
    assert [line for line in lines if line.startswith("EXPOSE")] == []


def test_the_roles_in_the_guide_grow_from_reader_to_admin():
    guide = (ROOT / "docs/elasticsearch.md").read_text("utf-8")
    roles = {name: json.loads(body) for name, body in re.findall(r"```json role=(\w+)\n(.*?)```", guide, re.S)}
    granted = {name: set(role["indices"][0]["privileges"]) for name, role in roles.items()}

    assert granted["reader"] < granted["indexer"] < granted["admin"]
    assert not granted["reader"] & {"index", "write", "manage", "all"}
    assert all(role["cluster"] == ["monitor"] for role in roles.values())
    assert all(role["indices"][0]["names"] == ["yuqing", "yuqing-g*"] for role in roles.values())
