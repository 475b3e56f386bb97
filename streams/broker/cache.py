"""Where the local Kafka keeps its jars and its data: `tocsin` under the user's cache directory."""

import os
from collections.abc import Mapping
from pathlib import Path


def cache_directory(environ: Mapping[str, str] | None = None) -> Path:
    """`$XDG_CACHE_HOME/tocsin`, or `~/.cache/tocsin`. A relative `XDG_CACHE_HOME` is ignored, as its standard asks."""
    base = Path((os.environ if environ is None else environ).get("XDG_CACHE_HOME", ""))
    return (base if base.is_absolute() else Path.home() / ".cache") / "tocsin"


def kafka_directory(port: int, environ: Mapping[str, str] | None = None) -> Path:
    """Where the Kafka on `port` keeps its data, unless told otherwise."""
    return cache_directory(environ) / "kafka" / str(port)
