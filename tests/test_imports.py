"""Imports go one way, and decisions know no clock: read from the source, so that no import has to happen.

    schemas  <-  agents  <-  streams          faust: only in streams/engine

In `agents` nothing may make a decision differ from one run to the next: no clock, no chance, no environment.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

FORBIDDEN = {
    "schemas": ("agents", "streams", "tests", "faust"),
    "agents": ("streams", "tests", "faust"),
    "streams": ("tests", "faust"),
    "streams.engine": ("tests",),
    # A replay asks the handover until when a generation published; the other way round would be a circle.
    "streams.handover": ("tests", "faust", "streams.replay"),
    # The one file that hands the application to Faust.
    "streams.worker": ("tests",),
}
"""What a package may not import; the longest name that fits a module counts."""

UNREPEATABLE_MODULES = ("random", "secrets", "uuid", "numpy.random", "asyncio", "threading", "socket")
UNREPEATABLE_CALLS = (
    "time.time",
    "time.time_ns",
    "time.monotonic",
    "time.monotonic_ns",
    "time.perf_counter",
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    "os.environ",
    "os.getenv",
    "os.urandom",
    "hash",
)
"""`hash` of a text differs from process to process."""


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def imported(tree: ast.AST, module: str) -> Iterator[tuple[int, str]]:
    """Every import in it, at any depth, by its full name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = module.split(".")[: -node.level]
                base = ".".join([*parents, *([base] if base else [])])
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def names(tree: ast.AST) -> dict[str, str]:
    """What the names that imports make stand for."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                short = alias.asname or alias.name.split(".")[0]
                found[short] = alias.name if alias.asname else short
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                found[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return found


def dotted(node: ast.AST, known: dict[str, str]) -> str | None:
    """The full name that `node` reads, such as `datetime.datetime.now`."""
    if isinstance(node, ast.Name):
        return known.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        base = dotted(node.value, known)
        return f"{base}.{node.attr}" if base else None
    return None


def faults(source: str, module: str) -> list[str]:
    """What `module` may not do and does."""
    tree = ast.parse(source)
    forbidden = FORBIDDEN[max((name for name in FORBIDDEN if within(module, name)), key=len)]
    found = [
        (line, f"imports {name}")
        for line, name in imported(tree, module)
        if any(within(name, package) for package in forbidden)
    ]
    if within(module, "agents"):
        known = names(tree)
        found += [
            (line, f"imports {name}")
            for line, name in imported(tree, module)
            if any(within(name, unrepeatable) for unrepeatable in UNREPEATABLE_MODULES)
        ]
        found += [
            (node.lineno, f"uses {name}")
            for node in ast.walk(tree)
            if isinstance(node, ast.Name | ast.Attribute) and (name := dotted(node, known)) in UNREPEATABLE_CALLS
        ]
    return [f"{module}:{line} {what}" for line, what in sorted(set(found))]


def modules() -> Iterator[tuple[str, Path]]:
    for package in ("schemas", "agents", "streams"):
        for path in sorted((ROOT / package).rglob("*.py")):
            yield ".".join(path.relative_to(ROOT).with_suffix("").parts), path


def test_every_module_keeps_to_its_side() -> None:
    found = [fault for module, path in modules() for fault in faults(path.read_text(encoding="utf-8"), module)]
    assert found == []


def test_there_is_something_to_check() -> None:
    assert {"schemas", "agents", "streams"} == {module.split(".")[0] for module, _ in modules()}


@pytest.mark.parametrize(
    ("module", "source", "expected"),
    [
        ("schemas.row", "import agents.stage", "imports agents.stage"),
        ("schemas.row", "from streams import topics", "imports streams.topics"),
        ("agents.stage", "from streams.topics import RAW", "imports streams.topics.RAW"),
        ("agents.stage", "def f():\n    import streams", "imports streams"),
        ("agents.detect.step", "from ...streams import topics", "imports streams.topics"),
        ("agents.stage", "if TYPE_CHECKING:\n    from faust import App", "imports faust.App"),
        ("streams.topics", "import faust", "imports faust"),
        ("streams.cli.worker", "import faust.cli as f", "imports faust.cli"),
        ("streams.engine.app", "from tests import conftest", "imports tests.conftest"),
        ("agents.stage", "import random", "imports random"),
        ("agents.stage", "from random import choice", "imports random.choice"),
        ("agents.stage", "import datetime as d\nd.datetime.now()", "uses datetime.datetime.now"),
        ("agents.stage", "from datetime import datetime\nx = datetime.now", "uses datetime.datetime.now"),
        ("agents.stage", "from datetime import date\ndate.today()", "uses datetime.date.today"),
        ("agents.stage", "from time import time\ntime()", "uses time.time"),
        ("agents.stage", "import time\ntime.time_ns()", "uses time.time_ns"),
        ("agents.stage", "import os\nos.environ['X']", "uses os.environ"),
        ("agents.stage", "hash('x')", "uses hash"),
    ],
)
def test_the_check_sees_what_is_forbidden(module: str, source: str, expected: str) -> None:
    assert any(fault.endswith(f" {expected}") for fault in faults(source, module)), faults(source, module)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("agents.stage", "from schemas.row import Row\nfrom datetime import datetime\ndatetime.fromtimestamp(0)"),
        ("streams.topics", "from agents.stage import Stage\nimport time\ntime.time()"),
        ("streams.engine.app", "import faust\nfrom faust.types import TP"),
        ("agents.stage", "import streamsomething, fausto"),
        ("agents.stage", "from agents.stage import Stage\nfrom .faults import read\nself.time.time()"),
        ("schemas.alert", "from .base import Model"),
    ],
)
def test_the_check_lets_the_rest_through(module: str, source: str) -> None:
    assert faults(source, module) == []
