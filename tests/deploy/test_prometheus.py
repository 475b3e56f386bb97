"""Prometheus' configuration and alerts: Prometheus takes them, they fire when they should, their metrics exist."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml
from prometheus_client import CollectorRegistry

from streams.metrics import Metrics
from tests.conftest import need_tool

DIRECTORY = Path(__file__).parents[2] / "deploy" / "prometheus"
TESTS = Path(__file__).with_name("rules.test.yml")
ALERTS = {
    rule["alert"]: rule
    for group in yaml.safe_load((DIRECTORY / "rules.yml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
}


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "config", str(DIRECTORY / "prometheus.yml")],
        ["check", "rules", "--lint-fatal", str(DIRECTORY / "rules.yml")],
        ["test", "rules", str(TESTS)],
    ],
    ids=["config", "rules", "alerts"],
)
def test_promtool_agrees(arguments: list[str]) -> None:
    result = subprocess.run([need_tool("promtool"), *arguments], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def exported() -> set[str]:
    """The names under which Prometheus sees a worker's metrics."""
    registry = CollectorRegistry()
    Metrics(registry)
    suffix = {"counter": "_total", "gauge": "", "histogram": "_bucket"}
    return {family.name + suffix.get(family.type, "") for family in registry.collect()}


def test_every_metric_in_an_alert_is_exported() -> None:
    used = {name for rule in ALERTS.values() for name in re.findall(r"\btocsin_\w+", rule["expr"])}
    assert used
    assert used <= exported()


def test_every_alert_is_tried_says_how_bad_it_is_and_what_to_do() -> None:
    fired = {
        case["alertname"]
        for test in yaml.safe_load(TESTS.read_text(encoding="utf-8"))["tests"]
        for case in test["alert_rule_test"]
        if case["exp_alerts"]
    }
    assert fired == set(ALERTS)
    for name, rule in ALERTS.items():
        assert rule["labels"]["severity"] in ("warning", "critical"), name
        assert set(rule["annotations"]) == {"summary", "action"}, name
