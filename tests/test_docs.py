"""The reference is complete: every setting, topic, metric, command and reason is in it."""

import re
from pathlib import Path
from typing import get_args

import pytest
from prometheus_client import CollectorRegistry

from schemas.alert import Status
from schemas.rejected import Code
from schemas.row import VerdictKind
from streams.cli import COMMANDS
from streams.metrics import Metrics
from streams.settings import NAMES, Settings, variable

ROOT = Path(__file__).parent.parent
REFERENCE = (ROOT / "docs" / "REFERENCE.md").read_text(encoding="utf-8")


def metrics() -> list[str]:
    """The names of all metrics as Prometheus shows them, without the suffixes of histograms."""
    registry = CollectorRegistry()
    Metrics(registry)
    return sorted(family.name + ("_total" if family.type == "counter" else "") for family in registry.collect())


@pytest.mark.parametrize(
    "name",
    [
        *(variable(field) for field in Settings.model_fields),
        *NAMES,
        *metrics(),
        *(f"tocsin {name}" for name in COMMANDS),
        *get_args(Code),
        *get_args(VerdictKind),
        *get_args(Status),
    ],
)
def test_is_in_the_reference(name: str) -> None:
    assert f"`{name}`" in REFERENCE or f"`{name} " in REFERENCE


@pytest.mark.parametrize("document", [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md"], ids=lambda p: p.name)
def test_files_that_documents_name_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    named = re.findall(r"`((?:agents|schemas|streams|deploy|tests|benchmarks|docs)/[\w./-]+)`", text)
    assert [path for path in named if not (ROOT / path).exists()] == []
