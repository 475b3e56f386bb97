"""A secured Kafka under test, and users who run real commands on it."""

import base64
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from streams.broker.ports import free_port
from streams.broker.security import Security
from streams.broker.server import LocalKafka
from streams.settings import Settings
from tests.integration.deployment import until
from tests.security.acls import Acls
from tests.security.asked import noted
from tests.security.certificates import Authority
from tests.security.forks import Forks

ALICE, PASSWORD = "alice", "curiouser-and-curiouser"
HEAP_MEGABYTES = 256
SECONDS = 120


class Secured:
    """The broker, its authority, and a stranger's that it does not know."""

    def __init__(self, directory: Path, forks: Forks) -> None:
        self._directory = directory
        self.authority = Authority(directory / "authority")
        self.stranger = Authority(directory / "stranger")
        identity = self.authority.identity("administrator")
        self.security = Security({ALICE: PASSWORD}, identity, self.authority.file)
        self.forks = forks
        """What runs the commands of its users."""

    @contextmanager
    def running(self) -> Iterator["Secured"]:
        """As long as this lasts."""
        kafka = LocalKafka(self._directory / "kafka", 0, heap_megabytes=HEAP_MEGABYTES, security=self.security)
        with noted():
            kafka.start()
        self.log = kafka.files.log
        with kafka:
            yield self

    def by_password(self, protocol: str, prefix: str) -> "User":
        """Alice, by SCRAM-SHA-512, over TLS or in the clear."""
        login = {
            "SECURITY_PROTOCOL": protocol,
            "SASL_MECHANISM": "SCRAM-SHA-512",
            "SASL_USERNAME": ALICE,
            "SASL_PASSWORD": PASSWORD,
        }
        if protocol == "SASL_SSL":
            login["SSL_CAFILE"] = str(self.authority.file)
        return User(self, ALICE, prefix, protocol, login)

    def by_certificate(self, name: str, prefix: str) -> "User":
        """Whoever a certificate of the broker's authority names."""
        certificate, key = self.authority.certificate(name)
        login = {
            "SECURITY_PROTOCOL": "SSL",
            "SSL_CAFILE": str(self.authority.file),
            "SSL_CERTFILE": str(certificate),
            "SSL_KEYFILE": str(key),
        }
        return User(self, name, prefix, "SSL", login)

    @property
    def acls(self) -> Acls:
        """Rights, to be changed."""
        return Acls(self.by_certificate("administrator", "").settings)


class User:
    """Somebody with a login, on a generation and a raw topic of that prefix."""

    def __init__(self, broker: Secured, name: str, prefix: str, protocol: str, login: Mapping[str, str]) -> None:
        self.name = name
        self._forks = broker.forks
        self.variables = {f"TOCSIN_KAFKA_{variable}": value for variable, value in login.items()} | {
            "TOCSIN_KAFKA_BOOTSTRAP_SERVERS": broker.security.bootstrap(protocol),
            "TOCSIN_PREFIX": prefix,
            "TOCSIN_RAW_TOPIC": f"{prefix}.raw" if prefix else "headlines.raw",
            "TOCSIN_ALERTS_TOPIC": f"{prefix}.published" if prefix else "alerts",
            "TOCSIN_HTTP_PORT": str(free_port()),
        }
        self.settings = Settings(
            **{variable.removeprefix("TOCSIN_").lower(): value for variable, value in self.variables.items()}
        )

    def run(self, *arguments: str, stdin: bytes = b"", status: int = 0, **changes: str) -> bytes:
        """`tocsin ARGUMENTS`, which has to end with `status`: its standard output."""
        return self.done(*arguments, stdin=stdin, status=status, **changes).stdout

    def complaint(self, *arguments: str, stdin: bytes = b"", status: int = 2, **changes: str) -> str:
        """`tocsin ARGUMENTS`, which has to end with `status` and without a traceback: its standard error."""
        said = self.done(*arguments, stdin=stdin, status=status, **changes).stderr.decode()
        assert "Traceback" not in said
        return said

    def done(
        self, *arguments: str, stdin: bytes = b"", status: int | None = None, **changes: str
    ) -> subprocess.CompletedProcess[bytes]:
        """`tocsin ARGUMENTS`, run to its end. `changes` are variables; one that is empty is unset."""
        began = time.monotonic()
        done = self._forks.run(arguments, stdin, self.environment(changes), SECONDS)
        took = time.monotonic() - began
        told = f"exit {done.returncode} after {took:.0f} s: {done.stdout[-1000:]!r} {done.stderr[-4000:].decode()}"
        assert status is None or done.returncode == status, told
        return done

    def environment(self, changes: Mapping[str, str]) -> dict[str, str]:
        """What a command of this user is given."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("TOCSIN_")}
        return inherited | {name: value for name, value in (self.variables | dict(changes)).items() if value}


@contextmanager
def running(user: User, log: Path, **changes: str) -> Iterator[subprocess.Popen[bytes]]:
    """A worker of that user, with its lanes open."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "streams.cli", "worker"],
            env=user.environment(changes),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        until(lambda: b"opened" in log.read_bytes(), "lanes are open")
        yield process
    finally:
        process.kill()
        process.wait()


def titles(rows: bytes) -> list[str]:
    """Of headlines in what `tocsin topics dump` prints."""
    documents = [json.loads(base64.b64decode(json.loads(line)["value"])) for line in rows.splitlines()]
    return sorted(filter(None, (document.get("headline", {}).get("title") for document in documents)))
