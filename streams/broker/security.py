"""A local Kafka that lets nobody do anything unless it was allowed: the other side of `TOCSIN_KAFKA_*`, to try them on.

Beside the plain listener, where everybody is `User:ANONYMOUS`, it gets one for each way to log in. A user has the same
name on all of them: of SCRAM the user, of mutual TLS the common name of the certificate. Rights are Kafka's own
(StandardAuthorizer, refusing by default); only `User:NAME` of `administrator` has them all.

For this machine and its tests: users are made from the command line of Kafka's tool, where other users of the machine
may read their passwords for a second.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from streams.broker.ports import free_port
from streams.broker.properties import HOST

_MECHANISM = "SCRAM-SHA-512"
_LOGIN = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
_PROTOCOLS = ("SASL_SSL", "SASL_PLAINTEXT", "SSL")


@dataclass(frozen=True)
class Security:
    """Who may come, and how.

    `identity` is a PEM file with the broker's certificate for 127.0.0.1, those that vouch for it, and its key (PKCS 8);
    its common name is `administrator`. `authority` is a PEM file with the certificates that clients' are checked by.
    """

    users: Mapping[str, str]
    """Names and passwords, for SCRAM-SHA-512."""
    identity: Path
    authority: Path
    administrator: str = "administrator"
    ports: Mapping[str, int] = field(default_factory=lambda: {protocol: free_port() for protocol in _PROTOCOLS})

    def bootstrap(self, protocol: str) -> str:
        """What a client that speaks SASL_SSL, SASL_PLAINTEXT or SSL (mutual TLS) is given as `bootstrap_servers`."""
        return f"{HOST}:{self.ports[protocol]}"

    def properties(self, plain: Mapping[str, str]) -> dict[str, str]:
        """`plain`, secured."""

        def listeners(setting: str) -> str:
            return ",".join([plain[setting], *(f"{name}://{HOST}:{port}" for name, port in self.ports.items())])

        protocols = [*(f"{name}:{name}" for name in self.ports), "PLAINTEXT:PLAINTEXT", "CONTROLLER:SSL"]
        # A listener needs a JAAS line for every mechanism that is enabled, or the broker ends.
        logins = {
            f"listener.name.{name.lower()}.{_MECHANISM.lower()}.sasl.jaas.config": _LOGIN
            for name in self.ports
            if name.startswith("SASL")
        }
        return {
            **plain,
            **logins,
            "listeners": listeners("listeners"),
            "advertised.listeners": listeners("advertised.listeners"),
            "listener.security.protocol.map": ",".join(protocols),
            # The broker is a client of its controller and of itself (marks at a transaction's end): by certificate.
            "inter.broker.listener.name": "SSL",
            "listener.name.ssl.ssl.client.auth": "required",
            "listener.name.controller.ssl.client.auth": "required",
            "sasl.enabled.mechanisms": _MECHANISM,
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": str(self.identity),
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": str(self.authority),
            "ssl.principal.mapping.rules": "RULE:^.*CN=([^,]+).*$/$1/,DEFAULT",
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "allow.everyone.if.no.acl.found": "false",
            "super.users": f"User:{self.administrator}",
        }

    def credentials(self) -> list[str]:
        """Options with which the data directory is made."""
        return [
            option
            for name, password in self.users.items()
            for option in ("--add-scram", f"{_MECHANISM}=[name={name},password={password}]")
        ]
