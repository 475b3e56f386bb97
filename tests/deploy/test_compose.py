"""docker-compose.yml: a file that Docker Compose takes, of parts that exist."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from streams.settings import Settings, variable
from tests.deploy import compose

PROMETHEUS = compose.ROOT / "deploy" / "prometheus" / "prometheus.yml"
WORKERS = {name: service for name, service in compose.document()["services"].items() if name.startswith("worker")}


def test_the_schema_takes_it() -> None:
    checker = Path(sys.executable).with_name("check-jsonschema")
    result = subprocess.run(
        [checker, "--builtin-schema", "vendor.compose-spec", compose.FILE], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("profile", [[], ["--profile", "sample"]])
def test_docker_compose_takes_it(profile: list[str]) -> None:
    result = subprocess.run(
        [*compose.command(), *profile, "-f", str(compose.FILE), "config"], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    resolved = yaml.safe_load(result.stdout)["services"]
    assert ("sample" in resolved) == bool(profile)
    assert "topics" in resolved["worker-1"]["depends_on"]


def test_nothing_in_it_points_at_nothing() -> None:
    assert list(compose.dangling(compose.document())) == []


@pytest.mark.parametrize(
    ("service", "fault"),
    [
        ({"depends_on": {"b": {"condition": "service_started"}}}, "a depends on b"),
        ({"depends_on": ["b"]}, "a depends on b"),
        ({"depends_on": {"a": {"condition": "service_healthy"}}}, "a waits for the health of a, which has no check"),
        ({"volumes": ["data:/data"]}, "a mounts the volume data"),
        ({"volumes": ["./nowhere:/data:ro"]}, "a mounts ./nowhere"),
        ({"networks": ["inner"]}, "a joins inner"),
        (
            {"profiles": ["p"], "depends_on": {"a": {"condition": "service_started"}}},
            "a needs a, which only a profile starts",
        ),
    ],
)
def test_the_check_sees_what_points_at_nothing(service: dict[str, Any], fault: str) -> None:
    assert list(compose.dangling({"services": {"a": service}})) == [fault]


def test_every_variable_is_a_setting() -> None:
    known = {variable(field) for field in Settings.model_fields}
    for name, service in compose.document()["services"].items():
        used = {key for key in service.get("environment", {}) if key.startswith("TOCSIN_")}
        assert used <= known, name


def test_the_settings_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in WORKERS["worker-1"]["environment"].items():
        monkeypatch.setenv(name, re.sub(r"\$\{\w+:-(.*)\}", r"\1", value))
    assert Settings().kafka_bootstrap_servers == "kafka:9092"


def test_workers_have_names_of_their_own_that_outlast_a_restart() -> None:
    names = [service["environment"]["TOCSIN_INSTANCE_ID"] for service in WORKERS.values()]
    assert len(names) == 2
    assert sorted(names) == sorted(WORKERS)
    assert all(service["restart"] == "unless-stopped" for service in WORKERS.values())


def test_prometheus_scrapes_every_worker() -> None:
    jobs = yaml.safe_load(PROMETHEUS.read_text(encoding="utf-8"))["scrape_configs"]
    (tocsin,) = (job for job in jobs if job["job_name"] == "tocsin")
    expected = {f"{name}:{service['environment']['TOCSIN_HTTP_PORT']}" for name, service in WORKERS.items()}
    assert set(tocsin["static_configs"][0]["targets"]) == expected


def test_the_world_reaches_nothing() -> None:
    for name, service in compose.document()["services"].items():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), name
