"""The compose file as data, what in it points at nothing, and the real Docker Compose if there is one."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.conftest import missing

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docker-compose.yml"


def document() -> dict[str, Any]:
    """With its anchors merged."""
    loaded: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return loaded


def dangling(document: dict[str, Any]) -> Iterator[str]:
    """What services name and the file does not define: a schema does not see that."""
    services, volumes = document["services"], document.get("volumes", {})
    for name, service in services.items():
        needed = service.get("depends_on", {})
        yield from (f"{name} depends on {other}" for other in needed if other not in services)
        for other, how in needed.items() if isinstance(needed, dict) else ():
            if how["condition"] == "service_healthy" and "test" not in services.get(other, {}).get("healthcheck", {}):
                yield f"{name} waits for the health of {other}, which has no check"
            if services.get(other, {}).get("profiles") and how.get("required", True):
                yield f"{name} needs {other}, which only a profile starts"
        for mount in service.get("volumes", []):
            source = mount.split(":")[0]
            if source.startswith("."):
                if not (ROOT / source).exists():
                    yield f"{name} mounts {source}"
            elif source not in volumes:
                yield f"{name} mounts the volume {source}"
        yield from (f"{name} joins {network}" for network in service.get("networks", []))


def command() -> list[str]:
    """Docker Compose 2, as a plugin or by itself. Skips, or under TOCSIN_CI fails, where there is none."""
    for candidate in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(candidate[0]):
            version = subprocess.run([*candidate, "version", "--short"], capture_output=True, text=True, check=False)
            if version.returncode == 0 and not version.stdout.startswith("1."):
                return candidate
    missing("Docker Compose 2 is not installed")
