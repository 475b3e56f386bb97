"""What lies in a local Kafka's directory."""

import shutil
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Files:
    """The names of all that is made there."""

    directory: Path

    @property
    def data(self) -> Path:
        """Kafka's own."""
        return self.directory / "data"

    @property
    def properties(self) -> Path:
        """Kafka's settings, written at each start."""
        return self.directory / "server.properties"

    @property
    def log(self) -> Path:
        """Kafka's warnings and errors since its last start."""
        return self.directory / "broker.log"

    @property
    def old_log(self) -> Path:
        """Those of the start before."""
        return self.directory / "broker.log.1"

    @property
    def pid(self) -> Path:
        """Which process it is."""
        return self.directory / "broker.pid"

    @property
    def lock(self) -> Path:
        """Held while it is started or stopped."""
        return self.directory / "broker.lock"

    def wipe(self) -> None:
        """Delete data and logs, and nothing that is not Kafka's. The lock stays: another process may wait for it."""
        for path in (self.data, self.properties, self.log, self.old_log):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
