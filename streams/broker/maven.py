"""The Maven repository, reached through jgo's resolver in Python.

Only its resolver is used, never its environments: those would fetch a JDK to sort the jars.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from streams.broker.faults import ArtifactsError

if TYPE_CHECKING:
    from jgo.maven import MavenContext

TIMEOUT_SECONDS = 60


def context(repository: Path) -> "MavenContext":
    """A resolver that stores what it fetches in `repository`; jgo's own settings may name a mirror as `central`."""
    try:
        from jgo.config import GlobalSettings
        from jgo.constants import MAVEN_CENTRAL_URL
        from jgo.maven import MavenContext, PythonResolver
    except ImportError as error:
        raise ArtifactsError("jgo is not installed: pip install 'tocsin[local]'") from error
    return MavenContext(
        resolver=PythonResolver(),
        repo_cache=repository,
        remote_repos={"central": MAVEN_CENTRAL_URL, **GlobalSettings.load().repositories},
        timeout=TIMEOUT_SECONDS,
    )


def resolve(maven: "MavenContext", coordinates: Iterable[str]) -> list[Any]:
    """The artifacts that `coordinates` need to run, each once, in class path order."""
    from jgo.parse import Coordinate

    wanted = [maven.create_dependency(Coordinate.parse(coordinate)) for coordinate in coordinates]
    named, needed = maven.resolver.resolve(wanted)
    runtime = [dependency for dependency in needed if dependency.scope in ("compile", "runtime")]
    return list({dependency.artifact.key: dependency.artifact for dependency in [*named, *runtime]}.values())
